import { once } from 'node:events';
import workerThreads from 'node:worker_threads';
import { configure, randomUniform } from 'inkling';
import t from 'tap';
import { simdBackend, useFastestKernels } from '../../lib/backend/simd.ts';
import { expectedHashes, trainDigits, weightHash } from '../model/digit-training.ts';

t.test('a thread that ends does not end the models: they go on with one thread, to the same bits', async t => {
  const workers: workerThreads.Worker[] = [];
  const online: Promise<unknown>[] = [];
  class Watched extends workerThreads.Worker {
    constructor(...args: ConstructorParameters<typeof workerThreads.Worker>) {
      super(...args);
      workers.push(this);
      online.push(once(this, 'online'));
    }
  }
  Object.assign(workerThreads, { Worker: Watched });
  configure({ threads: 3 });
  await useFastestKernels();
  const model = await trainDigits(7, 'simd');
  t.equal(weightHash(await model.getWeights()), expectedHashes.simd);
  const x = randomUniform([64, 14, 14, 1], { seed: 1 });
  const before = await model.predict(x);
  t.equal(simdBackend.info().threads, 3);
  t.equal(workers.length, 2);
  // One that has not begun yet, as on a busy machine, ends with code 0.
  await Promise.all(online);
  // Where the thread's greeting comes only now, it is unreferenced, and its end would keep no process alive.
  const alive = setInterval(() => {}, 1000);
  await workers[1]!.terminate();
  clearInterval(alive);
  t.same((await model.predict(x)).data, before.data);
  t.equal(weightHash(await (await trainDigits(7, 'simd')).getWeights()), expectedHashes.simd, 'a model made later');
  const { threads, oneThread } = simdBackend.info();
  t.equal(threads, 1);
  t.equal(oneThread, 'a thread ended with code 1; one thread does all the work');
});
