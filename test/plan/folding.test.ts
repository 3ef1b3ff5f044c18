/** Batch normalization that prediction folds into filters and biases, against the same network without folding. */
import fc from 'fast-check';
import t from 'tap';
import {
  type BackendName,
  batchNormalization,
  conv2d,
  dense,
  type Layer,
  maxPooling2d,
  randomNormal,
  relu,
  residual,
  Sequential,
  zeros,
} from '../../lib/index.ts';

/** What stands in front of the normalization. */
const conv = fc.record({
  filters: fc.integer({ min: 1, max: 9 }),
  kernelSize: fc.integer({ min: 1, max: 3 }),
  strides: fc.integer({ min: 1, max: 2 }),
  useBias: fc.boolean(),
});
const drawnNetwork = fc.record({
  conv,
  units: fc.integer({ min: 1, max: 6 }),
  options: fc.record({ center: fc.boolean(), scale: fc.boolean(), epsilon: fc.constantFrom(1e-3, 1e-5) }),
  isPooled: fc.boolean(),
  batch: fc.integer({ min: 1, max: 40 }),
  seed: fc.nat(1000),
});
type DrawnNetwork = typeof drawnNetwork extends fc.Arbitrary<infer T> ? T : never;

/** A network whose moving statistics, like all its weights, are random; variances are positive. */
async function networkOf({ conv, units, options, isPooled, seed }: DrawnNetwork, backend: BackendName) {
  const layers: Layer[] = [
    conv2d({ ...conv, padding: 'same' }),
    batchNormalization(options),
    relu(),
    ...(isPooled ? [maxPooling2d({ poolSize: 2, padding: 'same' })] : []),
    dense(units, { useBias: conv.useBias }),
    batchNormalization(options),
  ];
  const model = layers.reduce(
    (built, layer) => built.add(layer as never) as Sequential,
    new Sequential({ inputShape: [6, 7, 2], seed, backend }) as Sequential,
  );
  const parameters = model.layers.flatMap(layer => layer.parameters);
  await model.setWeights(
    parameters.map(({ name, shape }, i) => {
      const drawn = randomNormal(shape, { seed: seed + i });
      return name === 'moving_variance' ? drawn.square().add(0.1) : drawn;
    }),
  );
  return model;
}

for (const backend of ['loops', 'simd'] satisfies BackendName[]) {
  t.test(`${backend}: 60 drawn networks, folded and not`, async t => {
    const property = fc.asyncProperty(drawnNetwork, async drawn => {
      const model = await networkOf(drawn, backend);
      const x = randomNormal([drawn.batch, 6, 7, 2], { seed: drawn.seed });
      const got = await model.predict(x);
      // What is asked for is computed, so nothing is folded.
      const names = model.layers.map(({ path }) => path);
      const { [names.at(-1)!]: expected } = await model.activations(x, names);
      const scale = Math.max(1e-3, ...expected!.abs().data);
      const off = Math.max(...got.subtract(expected!).abs().data) / scale;
      model.dispose();
      if (!(off < 1e-5)) throw new Error(`${off} off`);
    });
    await t.resolves(fc.assert(property, { seed: 20261121, numRuns: 60 }));
  });
}

const small = () =>
  new Sequential({ inputShape: [8, 8, 3], seed: 1 })
    .add(conv2d(4, 3, { padding: 'same', useBias: false }))
    .add(batchNormalization())
    .add(relu());

t.test('what is folded, and what is not', async t => {
  const kernels = (model: Sequential, batch: number) =>
    model
      .plan('predict', batch)
      .calls.map(({ kernel }) => kernel)
      .filter(kernel => /conv|matmul|scaleShift|bias|relu|pool/i.test(kernel));
  t.same(kernels(small() as Sequential, 32), ['conv2dBiasRelu']);
  t.same(kernels(small().add(maxPooling2d(2)) as Sequential, 32), ['conv2dBiasReluMaxPool2d']);
  const deep = new Sequential({ inputShape: [30] }).add(dense(40)).add(batchNormalization());
  t.same(kernels(deep as Sequential, 40), ['scaleShiftForward', 'matmulForward', 'biasForward']);
  // The filters have more elements than the output of one example.
  t.same(kernels(deep as Sequential, 1), ['matmulForward', 'biasForward', 'scaleShiftForward']);
  const shared = small().add(residual([batchNormalization(), relu()]));
  t.equal(kernels(shared as Sequential, 32).filter(kernel => kernel === 'scaleShiftForward').length, 1);
});

t.test('predictions follow weights that change', async t => {
  const model = small()
    .add(dense(2))
    .add(batchNormalization({ axis: 1 }));
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const [x, y] = [randomNormal([16, 8, 8, 3], { seed: 1 }), zeros([16, 8, 8, 2])];
  const names = model.layers.map(({ path }) => path);
  const check = async (when: string) => {
    const { [names.at(-1)!]: expected } = await model.activations(x, names);
    const got = await model.predict(x);
    const off = Math.max(...got.subtract(expected!).abs().data);
    t.ok(off < 1e-5, `${when}: ${off} off`);
    return got;
  };
  const first = await check('at first');
  await model.fit(x, y, { epochs: 2, batchSize: 4, verbose: 0 });
  const trained = await check('behind training');
  t.notSame(trained.data, first.data);
  await model.setWeights((await model.getWeights()).map(weight => weight.multiply(0.5)));
  t.notSame((await check('behind setWeights')).data, trained.data);
});
