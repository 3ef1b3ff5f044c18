/** A process predicts with plain kernels first, and changes to the fastest ones once it has run for some time. */
import t from 'tap';
import { thisHost } from '../../lib/backend/host.ts';
import { Kernels, loadKernels } from '../../lib/backend/kernels-file.ts';
import { avx2Obstacle } from '../../lib/backend/revectorize.ts';
import { simdBackend } from '../../lib/backend/simd.ts';
import { configure, conv2d, dense, flatten, maxPooling2d, Sequential, tensor } from '../../lib/index.ts';

configure({ threads: 2 });

const images = tensor(Float32Array.from({ length: 8 * 16 * 16 }, (_, i) => ((i * 37) % 101) / 101)).reshape([
  8, 16, 16, 1,
]);
const targets = tensor(Float32Array.from({ length: 8 * 3 }, (_, i) => ((i * 53) % 97) / 97)).reshape([8, 3]);

function newModel() {
  const layers = [
    conv2d({ filters: 8, kernelSize: 3, activation: 'relu' }),
    maxPooling2d(2),
    flatten(),
    dense(3),
  ] as const;
  const model = new Sequential({ inputShape: [16, 16, 1], seed: 3, backend: 'simd' });
  const made = model.add(layers[0]).add(layers[1]).add(layers[2]).add(layers[3]);
  made.compile({ optimizer: 'adam', loss: 'mse' });
  return made;
}

const weightsOf = async (model: ReturnType<typeof newModel>): Promise<number[]> =>
  (await model.getWeights()).flatMap(({ data }) => [...data]);
const fitOnce = (model: ReturnType<typeof newModel>) =>
  model.fit(images, targets, { batchSize: 4, shuffle: false, verbose: 0 });

t.test('between two runs, with the same bits; info() tells it', async t => {
  const kernels = await loadKernels(true);
  const plain = kernels.current;
  const [early, half, late] = [newModel(), newModel(), newModel()];
  await fitOnce(early);
  await fitOnce(early);
  const expected = await weightsOf(early);
  const predicted = (await early.predict(images)).data;
  await fitOnce(half);
  t.equal(kernels.current, plain, 'nothing has run for long');
  const obstacle = avx2Obstacle(thisHost());
  const before =
    obstacle === undefined ? 'not yet: it is tried once the kernels have run for a while' : `off: ${obstacle}`;
  t.equal(simdBackend.info().avx2, before);

  kernels.ran(1000);
  t.same((await early.predict(images)).data, predicted, 'a plan that was loaded before');
  t.not(kernels.current, plain);
  t.notOk(kernels.isWorthCompiling(1e12));
  if (obstacle === undefined) t.match(simdBackend.info().avx2, /^(on$|off: )/);
  else t.equal(simdBackend.info().avx2, before);

  const fastest = kernels.current;
  await fitOnce(half);
  t.same(await weightsOf(half), expected, 'half of the training before, half after');
  await fitOnce(late);
  await fitOnce(late);
  t.same(await weightsOf(late), expected, 'all of it after');
  t.equal(kernels.current, fastest, 'once and for all');
});

t.test('who measures need not wait', async t => {
  const kernels = await loadKernels(false);
  t.notOk(kernels.areFastest);
  t.ok(kernels.isWorthCompiling(1e12), 'a long run');
  t.notOk(kernels.isWorthCompiling(1e6), 'a short one');
  await kernels.compileFastest();
  t.ok(kernels.areFastest);
  t.notOk(kernels.isWorthCompiling(1e12));
});

t.test('kernels that cannot be compiled anew go on as they are', async t => {
  const { current } = await loadKernels(false);
  const kernels = new Kernels({ ...current, avx2: 'not yet' }, Uint8Array.of(1, 2), false, () => {
    throw new Error('no memory');
  });
  await kernels.compileFastest();
  t.equal(kernels.current.module, current.module);
  t.equal(kernels.current.avx2, 'off: the fastest kernels cannot be compiled: no memory');
});
