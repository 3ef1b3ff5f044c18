import { run } from './run.ts';

/** The result of a worker that trains. */
function resultOfWorker(): Promise<{ readonly [name: string]: unknown }> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
}

async function runInWorkers(): Promise<object> {
  const results = await Promise.all([resultOfWorker(), resultOfWorker()]);
  return { ...results[0], hashes: results.map(result => result['hash']) };
}

const result = await (location.search === '?workers' ? runInWorkers() : run());
document.getElementById('result')!.textContent = JSON.stringify(result);
