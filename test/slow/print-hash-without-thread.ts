/** Ends a thread so many milliseconds after the first five steps of a training, and prints the hash or the error. */
import workerThreads from 'node:worker_threads';

const workers: workerThreads.Worker[] = [];
class Watched extends workerThreads.Worker {
  constructor(...args: ConstructorParameters<typeof workerThreads.Worker>) {
    super(...args);
    workers.push(this);
  }
}
Object.assign(workerThreads, { Worker: Watched });
const report = console.error;
console.error = message => {
  report(message);
  setTimeout(() => workers[0]!.terminate(), Number(process.argv[2]));
};
await import('./print-alexnet-hash.ts').catch(error => console.log(String(error)));
