/** What is written for Keras and read again is the same model, whatever its options are. */
import fc from 'fast-check';
import * as inkling from 'inkling';
import t from 'tap';
import { decodeKeras, encodeKeras } from '../../../lib/formats/keras/keras-file.ts';

const { conv2d, dense, graph, Sequential } = inkling;

const seed = fc.option(fc.nat(1e6), { nil: undefined });
const named = (name: string, options: { [option: string]: fc.Arbitrary<unknown> } = {}): fc.Arbitrary<object> =>
  fc.record(options, { requiredKeys: [] }).map(drawn => {
    const given = Object.entries(drawn).filter(([, value]) => value !== undefined);
    return { ...Object.fromEntries(given), name };
  });
const number = fc.integer({ min: 1, max: 64 }).map(whole => whole / 32);

const initializer = fc.oneof(
  ...['zeros', 'ones', 'heNormal', 'lecunUniform', 'glorotNormal'].map(name => fc.constant({ name })),
  named('constant', { value: number }),
  named('randomUniform', { min: number.map(value => -value), max: number, seed }),
  named('truncatedNormal', { mean: number, stddev: number, seed }),
  named('varianceScaling', {
    scale: number,
    mode: fc.constantFrom('fanIn', 'fanOut', 'fanAvg'),
    distribution: fc.constantFrom('truncatedNormal', 'untruncatedNormal', 'uniform'),
  }),
);
const regularizer = fc.oneof(
  fc.constant(null),
  named('l1', { l1: number }),
  named('l2', { l2: number }),
  named('l1l2', { l1: number, l2: number }),
);
const constraint = fc.oneof(
  fc.constant(null),
  named('nonNeg'),
  named('maxNorm', { maxValue: number, axis: fc.constantFrom(0, [0]) }),
  named('minMaxNorm', { minValue: number, maxValue: number.map(value => value + 2), rate: fc.constant(0.5) }),
);
const activation = fc.oneof(
  fc.constantFrom('linear', 'relu', 'leakyRelu', 'hardSigmoid', 'logSoftmax', 'sparsePlus', 'gelu', 'relu6'),
  named('relu', { maxValue: number, negativeSlope: number, threshold: number }),
  named('leakyRelu', { negativeSlope: number }),
  named('elu', { alpha: number }),
);
const parameter = (name: string) => ({
  [`${name}Initializer`]: initializer,
  [`${name}Regularizer`]: regularizer,
  [`${name}Constraint`]: constraint,
});
const convolution = {
  kernelSize: fc.constantFrom(1, 2, [2, 3]),
  padding: fc.constantFrom('same', 'valid'),
  activation,
  useBias: fc.boolean(),
  activityRegularizer: regularizer,
  ...parameter('bias'),
};
const axis = fc.constantFrom(-1, 1, 3);
const normalized = { axis, epsilon: number, center: fc.boolean(), scale: fc.boolean(), ...parameter('beta') };

/** Options by the names of the factories of layers on images of [6, 6, 4]. */
const options: { readonly [factory: string]: { readonly [option: string]: fc.Arbitrary<unknown> } } = {
  conv2d: { filters: fc.constantFrom(2, 4), ...convolution, groups: fc.constantFrom(1, 2), ...parameter('kernel') },
  depthwiseConv2d: { ...convolution, depthMultiplier: fc.constantFrom(1, 2), ...parameter('depthwise') },
  separableConv2d: { filters: fc.nat(3).map(n => n + 1), ...convolution, ...parameter('pointwise') },
  conv2dTranspose: { filters: fc.constant(2), ...convolution, strides: fc.constant(2), ...parameter('kernel') },
  dense: { units: fc.constantFrom(1, 3), activation, useBias: fc.boolean(), ...parameter('kernel') },
  batchNormalization: { ...normalized, momentum: fc.constant(0.5), renorm: fc.boolean() },
  layerNormalization: normalized,
  groupNormalization: { ...normalized, axis: fc.constant(-1), groups: fc.constantFrom(-1, 2) },
  rmsNormalization: { axis, epsilon: number },
  unitNormalization: { axis },
  prelu: { sharedAxes: fc.constantFrom(null, [1, 2]), ...parameter('alpha') },
  dropout: {
    rate: fc.constant(0.25),
    seed: fc.constantFrom(null, 4),
    noiseShape: fc.constantFrom(null, [null, 1, 1, 4]),
  },
  spatialDropout2d: { rate: fc.constant(0.25) },
  alphaDropout: { rate: fc.constant(0.25) },
  gaussianNoise: { stddev: number },
  gaussianDropout: { rate: fc.constant(0.25) },
  maxPooling2d: {
    poolSize: fc.constantFrom(1, [2, 3]),
    strides: fc.constantFrom(1, 2),
    padding: fc.constantFrom('same'),
  },
  averagePooling2d: { poolSize: fc.constantFrom(2, 3) },
  adaptiveMaxPooling2d: { outputSize: fc.constantFrom(2, [3, 1]) },
  globalAveragePooling2d: { keepDims: fc.boolean() },
  globalMaxPooling2d: { keepDims: fc.boolean() },
  zeroPadding2d: {
    padding: fc.constantFrom(
      1,
      [1, 2],
      [
        [0, 1],
        [2, 3],
      ],
    ),
  },
  cropping2d: {
    cropping: fc.constantFrom(1, [
      [0, 1],
      [2, 1],
    ]),
  },
  upSampling2d: { size: fc.constantFrom(2, [1, 3]), interpolation: fc.constantFrom('nearest', 'bilinear') },
  resizing: { height: fc.constant(3), width: fc.constant(8), cropToAspectRatio: fc.boolean() },
  permute: { dims: fc.constantFrom([2, 1, 3], [3, 1, 2]) },
  reshape: { targetShape: fc.constantFrom([-1, 8], [144]) },
  rescaling: { scale: number, offset: number },
  activation: { activation },
  relu: { maxValue: fc.constantFrom(null, 2), threshold: number },
  softmax: { axis: fc.constantFrom(-1, [1, 2]) },
  activityRegularization: { l1: number },
  categoryEncoding: { numTokens: fc.constant(3), outputMode: fc.constantFrom('multiHot', 'count') },
  discretization: { binBoundaries: fc.constant([-1, 0, 1.5]), outputMode: fc.constantFrom('int', 'oneHot') },
  einsumDense: {
    equation: fc.constant('abcd,de->abce'),
    outputShape: fc.constant([6, 6, 2]),
    biasAxes: fc.constantFrom(null, 'e'),
    activation,
    ...parameter('kernel'),
  },
  identity: {},
  flatten: {},
  randomFlip: { mode: fc.constantFrom('horizontal', 'vertical') },
  randomRotation: { factor: number.map(value => value / 4), fillMode: fc.constantFrom('wrap', 'constant') },
  randomTranslation: { heightFactor: fc.constant(0.25), widthFactor: fc.constant([-0.5, 0.25]) },
  randomZoom: { heightFactor: fc.constant(0.25), widthFactor: fc.constantFrom(null, 0.5) },
  randomContrast: { factor: fc.constant(0.25), valueRange: fc.constantFrom([0, 1], [0, 255]) },
  randomBrightness: { factor: fc.constant(0.25) },
  randomCrop: { height: fc.constant(3), width: fc.constant(4) },
  randomErasing: { factor: fc.constant(0.5), fillValue: fc.constantFrom(null, 0.5) },
};
/** Those that have no values by themselves. */
const required = [
  'numTokens',
  'binBoundaries',
  'equation',
  'outputShape',
  'filters',
  'kernelSize',
  'units',
  'rate',
  'stddev',
  'height',
  'width',
  'dims',
  'targetShape',
  'scale',
  'activation',
  'outputSize',
  'factor',
  'heightFactor',
  'widthFactor',
  'groups',
  'l1',
  'offset',
];

const layer = fc.constantFrom(...Object.keys(options)).chain(factory => {
  const own = options[factory]!;
  return fc
    .record(own, { requiredKeys: Object.keys(own).filter(name => required.includes(name)) })
    .map(drawn => ({ factory, drawn }));
});

const made = (factory: string, drawn: object): inkling.Layer => {
  const factories: { readonly [name: string]: unknown } = inkling;
  return (factories[factory] as (options: object) => inkling.Layer)(drawn);
};

const architecture = (model: inkling.Sequential) => {
  const { layers, frozen, inputShape, name } = model.toJSON().config;
  return { layers, frozen, inputShape, name };
};

t.test('layers with any options', async t => {
  await fc.assert(
    fc.asyncProperty(layer, fc.boolean(), async ({ factory, drawn }, isFrozen) => {
      const model = new Sequential({ inputShape: [6, 6, 4], seed: 2, name: 'any' });
      model.add(made(factory, { ...drawn, name: 'drawn' }));
      const [first] = model.layers;
      if (isFrozen && first!.parameters.length > 0) first!.trainable = false;
      const again = await decodeKeras(await encodeKeras(model));
      t.same(architecture(again), architecture(model), factory, { drawn });
      t.same(await again.getWeights(), await model.getWeights());
    }),
    { numRuns: 250, seed: 5 },
  );
  t.end();
});

t.test('graphs keep their names, and composites become graphs that compute the same', async t => {
  const whole = graph(
    [6, 6, 4],
    (x, apply) => {
      const twice = conv2d(4, 3, { padding: 'same', name: 'twice' });
      const y = apply(twice, apply(inkling.relu({ name: 'between' }), apply(twice, x)));
      return apply(inkling.concatenate({ axis: 1, name: 'joined' }), [y, x]);
    },
    { name: 'whole' },
  );
  const model = new Sequential([whole], { name: 'whole', seed: 3 });
  const again = await decodeKeras(await encodeKeras(model));
  t.same(architecture(again), architecture(model));

  const x = inkling.randomNormal([2, 6, 6, 4], { seed: 1 });
  const composed = new Sequential({ inputShape: [6, 6, 4], seed: 4 })
    .add(
      inkling.residual([conv2d(4, 3, { padding: 'same' })], {
        shortcut: [conv2d(4, 1), inkling.relu()],
        activation: 'relu',
      }),
    )
    .add(inkling.branches([[], conv2d(2, 1)], { join: 'concatenate' }))
    .add(inkling.paddedShortcut({ filters: 8 }))
    .add(inkling.augmentation([inkling.randomFlip(), inkling.randomRotation(0.1)]))
    .add(new Sequential({ inputShape: [3, 3, 8] }).add(inkling.flatten()).add(dense(2)));
  const flattened = await decodeKeras(await encodeKeras(composed));
  t.same(
    flattened.layers[0]!.children.map(({ name }) => name),
    [
      ...['residual_shortcut_conv2d', 'residual_conv2d', 'residual_shortcut_re_lu', 'residual_join'],
      ...['residual_activation', 'branches_conv2d', 'branches_join', 'padded_shortcut'],
      ...['padded_shortcut_channels_first', 'padded_shortcut_padding', 'padded_shortcut_channels_last'],
      ...['augmentation_random_flip', 'augmentation_random_rotation', 'sequential_flatten', 'sequential_dense'],
    ],
  );
  t.same((await flattened.predict(x)).data, (await composed.predict(x)).data);
});

t.test('models within a model have names of their own', async t => {
  const part = () => new Sequential({ inputShape: [4] }).add(dense(4));
  const model = new Sequential({ inputShape: [4], seed: 5 })
    .add(dense(4))
    .add(part().add(part()))
    .add(dense({ units: 4, name: 'sequential_1' }))
    .add(part());
  const again = await decodeKeras(await encodeKeras(model));
  t.equal(again.name, 'sequential');
  t.same(
    again.layers.flatMap(({ name, children }) => [name, ...children.map(child => child.path)]),
    [
      ...['dense', 'sequential_3', 'sequential_3/dense', 'sequential_3/sequential_1'],
      ...['sequential_1', 'sequential_2', 'sequential_2/dense'],
    ],
  );
  const x = inkling.randomNormal([2, 4], { seed: 1 });
  t.same((await again.predict(x)).data, (await model.predict(x)).data);
});

const optimizers: readonly inkling.Optimizer[] = [
  inkling.adam({ learningRate: 0.5, beta1: 0.8, clipNorm: 2, useEma: true, emaMomentum: 0.5 }),
  inkling.sgd({ learningRate: 1, momentum: 0.25, nesterov: true, gradientAccumulationSteps: 3 }),
  inkling.adamw({ weightDecay: 0, globalClipNorm: 1 }),
  inkling.adafactor({ beta2Decay: -0.5, relativeStep: false }),
  inkling.ftrl({ l1RegularizationStrength: 0.5, beta: 0.25 }),
  inkling.muon({ excludeLayers: ['dense_1', /^a.b$/], rmsRate: null }),
  inkling.rmsprop({ weightDecay: 0.25, clipValue: 0.5 }),
  inkling.adam({
    learningRate: inkling.cosineDecay({ initialLearningRate: 1, decaySteps: 8, warmupTarget: 2, warmupSteps: 2 }),
  }),
  inkling.sgd({ learningRate: inkling.polynomialDecay({ initialLearningRate: 1, decaySteps: 8, cycle: true }) }),
  inkling.sgd({ learningRate: inkling.piecewiseConstantDecay({ boundaries: [1, 2], values: [3, 2, 1] }) }),
  ...[inkling.lamb(), inkling.lion(), inkling.nadam(), inkling.adagrad(), inkling.adadelta(), inkling.adamax()],
];
const losses = [
  inkling.meanSquaredError({ reduction: 'sum' }),
  inkling.huber({ delta: 2 }),
  inkling.binaryCrossentropy({ fromLogits: true, labelSmoothing: 0.25 }),
  inkling.categoricalFocalCrossentropy({ gamma: 3 }),
  inkling.klDivergence(),
  inkling.tversky({ alpha: 0.25, axis: [1] }),
  inkling.cosineSimilarity({ axis: 1 }),
];
const { metrics } = inkling;
const measured = [
  metrics.accuracy({ name: 'share' }),
  metrics.auc({ curve: 'PR', numThresholds: 50, fromLogits: true }),
  metrics.precision({ thresholds: [0.25, 0.5], name: 'found' }),
  metrics.topKCategoricalAccuracy({ k: 2 }),
  metrics.meanIoU({ numClasses: 3 }),
  metrics.r2Score({ classAggregation: 'varianceWeightedAverage' }),
  metrics.klDivergence(),
  metrics.f1Score({ average: 'weighted' }),
];

t.test('what a model is compiled with', async t => {
  for (const [i, optimizer] of optimizers.entries()) {
    const model = new Sequential({ inputShape: [4], seed: 1 }).add(dense(3));
    const [loss, metric] = [losses[i % losses.length]!, measured[i % measured.length]!];
    model.compile({ optimizer, loss, lossWeights: i + 1, metrics: ['mae', metric], weightedMetrics: ['mse'] });
    const { compiled } = await decodeKeras(await encodeKeras(model));
    t.same(compiled!.optimizer.config, optimizer.config, optimizer.name);
    t.same([compiled!.loss.className, compiled!.loss.config], [loss.className, loss.config]);
    t.equal(compiled!.lossWeight, i + 1);
    t.same(
      compiled!.metrics.map(({ name }) => name),
      ['mae', metric.name],
    );
    if (i % measured.length !== 0) t.same(compiled!.metrics[1]!.config, metric.config);
    t.same(
      compiled!.weightedMetrics.map(({ name }) => name),
      ['mse'],
    );
  }
});
