import workerThreads from 'node:worker_threads';
import { configure } from 'inkling';
import t from 'tap';
import { simdBackend, useFastestKernels } from '../../lib/backend/simd.ts';
import { expectedHashes, trainDigits, weightHash } from '../model/digit-training.ts';

t.test('a thread that ends before it has begun does not end the models', async t => {
  let ended: Promise<number> | undefined;
  class Watched extends workerThreads.Worker {
    constructor(...args: ConstructorParameters<typeof workerThreads.Worker>) {
      super(...args);
      ended = this.terminate();
    }
  }
  Object.assign(workerThreads, { Worker: Watched });
  configure({ threads: 2 });
  await useFastestKernels();
  t.equal(weightHash(await (await trainDigits(7, 'simd')).getWeights()), expectedHashes.simd);
  t.equal(await ended, 0);
  const { threads, oneThread } = simdBackend.info();
  t.equal(threads, 1);
  t.equal(oneThread, 'a thread ended with code 0; one thread does all the work');
});
