/** Layers that change images in models: saved and loaded, outside of training, and faults. */
import t from 'tap';
import {
  augMix,
  augmentation,
  centerCrop,
  contrastLimitedAdaptiveHistogramEqualization,
  cutMix,
  decodeModel,
  dense,
  encodeModel,
  equalization,
  flatten,
  LambdaCallback,
  type Layer,
  mixUp,
  modelFromJson,
  randAugment,
  randomBrightness,
  randomColorJitter,
  randomContrast,
  randomCrop,
  randomElastic,
  randomErasing,
  randomFlip,
  randomGaussianBlur,
  randomGrayscale,
  randomHue,
  randomInvert,
  randomPerspective,
  randomRotation,
  randomShear,
  randomTranslation,
  randomUniform,
  randomZoom,
  resizing,
  Sequential,
  type TrainingState,
} from '../../lib/index.ts';
import { errorOf } from '../error-of.ts';
import { weightHash } from '../model/digit-training.ts';
import { sameNumbers } from '../same-numbers.ts';

const all = (): Layer[] => [
  randomFlip('horizontal'),
  randomRotation({ factor: 0.1, seed: 3 }),
  randomZoom(0.2),
  randomTranslation({ heightFactor: 0.1, widthFactor: [0, 0.2], fillMode: 'wrap' }),
  randomShear({ xFactor: 0.1, interpolation: 'nearest' }),
  randomElastic({ alpha: 8, sigma: 3, fillMode: 'constant', fillValue: 1 }),
  randomContrast({ factor: [0.1, 0.2], valueRange: [0, 1] }),
  randomBrightness({ factor: 0.1, valueRange: [0, 1] }),
  randomInvert({ factor: 0.1, valueRange: [0, 1] }),
  randomErasing({ factor: 0.5, fillValue: 0.5, valueRange: [0, 1] }),
  randomPerspective({ factor: 0.5, scale: 0.2, interpolation: 'nearest', fillValue: 0.5 }),
  randomGaussianBlur({ factor: 0.5, kernelSize: [3, 5], sigma: 0.5, valueRange: [0, 1] }),
];
const ofColors = (): Layer[] => [
  randomHue({ factor: 0.2, valueRange: [0, 1] }),
  randomColorJitter({ brightnessFactor: 0.1, contrastFactor: 0.2, saturationFactor: [0.4, 0.6], valueRange: [0, 1] }),
  randomColorJitter({ hueFactor: 0.3 }),
  randAugment({ numOps: 3, factor: [0.1, 0.3], interpolation: 'nearest', valueRange: [0, 1], seed: 4 }),
  augMix({ numChains: 2, chainDepth: 1, factor: 0.2, alpha: 0.5, allOps: false, valueRange: [0, 1] }),
];
const equalizations = (): Layer[] => [
  equalization({ valueRange: [0, 1], bins: 64 }),
  contrastLimitedAdaptiveHistogramEqualization({ valueRange: [0, 1], clipLimit: 2, tileGridSize: [2, 3] }),
];
const images = randomUniform([40, 12, 12, 1], { seed: 4 });
const labels = Array.from({ length: 40 }, (_, i) => i % 3);

t.test('outside of training images stay as they are, and windows are those in the middle', async t => {
  const x = randomUniform([2, 9, 12, 2], { seed: 1 });
  for (const layer of [...all(), augmentation(all())]) {
    const model = new Sequential({ inputShape: [9, 12, 2] }).add(layer) as Sequential;
    sameNumbers(t, (await model.predict(x)).data, x.data, layer.className!);
  }
  const colored = randomUniform([2, 6, 5, 3], { seed: 1 });
  for (const layer of ofColors()) {
    const model = new Sequential({ inputShape: [6, 5, 3] }).add(layer) as Sequential;
    sameNumbers(t, (await model.predict(colored)).data, colored.data, layer.className!);
  }
  const window = new Sequential({ inputShape: [9, 12, 2] }).add(randomCrop(5, 5));
  const resized = new Sequential({ inputShape: [9, 12, 2] }).add(resizing(5, 5, { cropToAspectRatio: true }));
  t.same((await window.predict(x)).data, (await resized.predict(x)).data);
});

t.test('layers come back from files, within composites too', async t => {
  const sizes = [randomCrop(8, 8), centerCrop(7, 6, { name: 'middle' })];
  const layers = [...all(), ...sizes, augmentation(all()), ...ofColors(), ...equalizations()];
  for (const layer of layers) {
    const model = new Sequential({ inputShape: [12, 12, 3] }).add(layer) as Sequential;
    const copy = await decodeModel(await encodeModel(model));
    t.same(copy.layers[0]!.config, layer.config, layer.className!);
    t.same(modelFromJson(model.toJSON()).layers[0]!.config, layer.config);
    t.same(copy.outputShape, model.outputShape);
  }
  t.same(randomZoom(0.2).config, {
    heightFactor: [-0.2, 0.2],
    widthFactor: null,
    fillMode: 'reflect',
    fillValue: 0,
    interpolation: 'bilinear',
    seed: null,
  });
  t.same(randomErasing().config, {
    factor: [0, 1],
    scale: [0.02, 0.33],
    fillValue: null,
    valueRange: [0, 255],
    seed: null,
  });
  t.same(randAugment().config, {
    valueRange: [0, 255],
    numOps: 2,
    factor: [0, 0.5],
    interpolation: 'bilinear',
    seed: null,
  });
  t.same(augMix().config, {
    valueRange: [0, 255],
    numChains: 3,
    chainDepth: 3,
    factor: [0, 0.3],
    alpha: 1,
    allOps: true,
    interpolation: 'bilinear',
    seed: null,
  });
  t.same(equalization().config, { valueRange: [0, 255], bins: 256 });
  t.same(contrastLimitedAdaptiveHistogramEqualization().config, {
    valueRange: [0, 255],
    clipLimit: 4,
    tileGridSize: [8, 8],
  });
  t.same(randomColorJitter({ brightnessFactor: 0.1, contrastFactor: 0.2 }).config, {
    valueRange: [0, 255],
    brightnessFactor: [-0.1, 0.1],
    contrastFactor: [0.2, 0.2],
    saturationFactor: null,
    hueFactor: null,
    seed: null,
  });
  t.same(randomGaussianBlur().config, {
    factor: [0, 1],
    kernelSize: [3, 3],
    sigma: [0, 1],
    valueRange: [0, 255],
    seed: null,
  });
  t.same(randomPerspective().config, {
    factor: [0, 1],
    scale: 1,
    interpolation: 'bilinear',
    fillValue: 0,
    seed: null,
  });
  const own: Layer = { forward: (_, x) => x };
  t.equal(augmentation([own]).config, undefined, 'a layer that cannot be saved');
});

/** A small training whose batches are mixed and whose images are changed. */
function training(source: 'mixUp' | 'cutMix') {
  const model = new Sequential({ inputShape: [12, 12, 1], seed: 6 })
    .add(augmentation(all()))
    .add(randomCrop(10, 10))
    .add(flatten())
    .add(dense(3, { activation: 'softmax' })) as Sequential;
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
  const data = { x: images, targets: labels };
  return { model, data: source === 'mixUp' ? mixUp(data, { classes: 3 }) : cutMix(data, { classes: 3 }) };
}
const options = { epochs: 3, batchSize: 16, verbose: 0 } as const;

t.test('a training that is cut in the middle of an epoch goes on to the same bits', async t => {
  for (const source of ['mixUp', 'cutMix'] as const) {
    const whole = training(source);
    await whole.model.fit(whole.data, options);
    const expected = weightHash(await whole.model.getWeights());
    for (const cutAt of [2, 4]) {
      const first = training(source);
      let state: TrainingState | undefined;
      let batches = 0;
      const cut = new LambdaCallback({
        async onTrainBatchEnd(_batch, _logs, run) {
          if (++batches !== cutAt) return;
          state = await run.model.getState();
          throw new Error('cut');
        },
      });
      await t.rejects(first.model.fit(first.data, { ...options, callbacks: [cut] }), new Error('cut'));
      const second = training(source);
      await second.model.setState(state!);
      await second.model.fit(second.data, { verbose: 0, resume: true, callbacks: [new LambdaCallback({})] });
      t.equal(weightHash(await second.model.getWeights()), expected, `${source}, cut behind ${cutAt} batches`);
    }
  }
});

t.test('options out of range, and shapes that do not fit', async t => {
  const loose = (factory: object) => factory as (...given: unknown[]) => Layer;
  const add = (layer: Layer) => new Sequential({ inputShape: [4] as number[] }).add(layer);
  const faults: [() => unknown, string][] = [
    [
      () => randomRotation(1.5),
      'OptionError: randomRotation: factor must be a number or [lower, upper] between -1 and 1, got 1.5',
    ],
    [
      () => loose(randomRotation)([0.1]),
      'OptionError: randomRotation: factor must be a number or [lower, upper] between -1 and 1, got [0.1]',
    ],
    [
      () => loose(randomRotation)({}),
      'OptionError: randomRotation: factor must be a number or [lower, upper] between -1 and 1, got undefined',
    ],
    [
      () => randomRotation({ factor: 0.1, seed: -1 }),
      'OptionError: randomRotation: seed must be a safe integer of 0 or more, got -1',
    ],
    [
      () => loose(randomTranslation)({ heightFactor: 0.1 }),
      'OptionError: randomTranslation: widthFactor must be a number or [lower, upper] between -1 and 1, got undefined',
    ],
    [
      () => randomZoom([-1, 0]),
      'OptionError: randomZoom: heightFactor must be greater than -1, with which nothing is seen, got [-1, 0]',
    ],
    [
      () => randomShear({ xFactor: -0.1 }),
      'OptionError: randomShear: xFactor must be a number or [lower, upper] between 0 and 1, got -0.1',
    ],
    [
      () => loose(randomShear)({ fillMode: 'mirror' }),
      'OptionError: unknown fillMode of randomShear "mirror"; known: constant, nearest, reflect, wrap',
    ],
    [
      () => loose(randomFlip)('sideways'),
      'OptionError: unknown mode of randomFlip "sideways"; known: horizontal, vertical, horizontal_and_vertical',
    ],
    [
      () => randomContrast({ factor: 0.1, valueRange: [1, 0] }),
      'OptionError: randomContrast: valueRange must be [low, high], the smallest and the largest number of pixels, got [1, 0]',
    ],
    [
      () => randomErasing({ fillValue: [] }),
      'OptionError: randomErasing: fillValue must be a number, one for each channel, or null for noise, got []',
    ],
    [() => randomHue(2), 'OptionError: randomHue: factor must be a number or [lower, upper] between 0 and 1, got 2'],
    [
      () => randomColorJitter({ contrastFactor: -0.1 }),
      'OptionError: randomColorJitter: contrastFactor must be a number or [lower, upper] between 0 and 1, got [-0.1, -0.1]',
    ],
    [
      () => randomColorJitter({ brightnessFactor: 2 }),
      'OptionError: randomColorJitter: brightnessFactor must be a number or [lower, upper] between -1 and 1, got 2',
    ],
    [
      () => randomGaussianBlur({ kernelSize: [3, 4] }),
      'OptionError: randomGaussianBlur: kernelSize must be an odd number or [columns, rows] of odd numbers, got [3, 4]',
    ],
    [
      () => randomGaussianBlur({ sigma: 1.5 }),
      'OptionError: randomGaussianBlur: sigma must be a number or [lower, upper] between 0 and 1, got 1.5',
    ],
    [
      () => randomPerspective({ scale: -1 }),
      'OptionError: randomPerspective: scale must be a number between 0 and 1, got -1',
    ],
    [() => randAugment({ numOps: 0 }), 'OptionError: randAugment: numOps must be a positive integer, got 0'],
    [
      () => randAugment({ factor: 2 }),
      'OptionError: randAugment: factor must be a number or [lower, upper] between 0 and 1, got 2',
    ],
    [() => augMix({ numChains: 1.5 }), 'OptionError: augMix: numChains must be a positive integer, got 1.5'],
    [() => augMix({ chainDepth: 0 }), 'OptionError: augMix: chainDepth must be a positive integer, got 0'],
    [() => augMix({ alpha: 0 }), 'OptionError: augMix: alpha must be greater than 0, got 0'],
    [() => loose(augMix)({ allOps: 1 }), 'OptionError: augMix: allOps must be true or false, got 1'],
    [() => equalization({ bins: 1 }), 'OptionError: equalization: bins must be an integer of 2 or more, got 1'],
    [
      () => contrastLimitedAdaptiveHistogramEqualization({ tileGridSize: [2, 0] }),
      'OptionError: contrastLimitedAdaptiveHistogramEqualization: tileGridSize must be a positive integer, got 0',
    ],
    [
      () => contrastLimitedAdaptiveHistogramEqualization({ clipLimit: Number.NaN }),
      'OptionError: contrastLimitedAdaptiveHistogramEqualization: clipLimit must be a finite number, got NaN',
    ],
    [() => randomElastic({ sigma: 0 }), 'OptionError: randomElastic: sigma must be greater than 0, got 0'],
    [() => loose(randomCrop)(0, 3), 'OptionError: randomCrop: height must be a positive integer, got 0'],
    [() => loose(centerCrop)(3, 0.5), 'OptionError: centerCrop: width must be a positive integer, got 0.5'],
    [
      () => loose(augmentation)([3]),
      'OptionError: augmentation: layers[0] must be a layer, such as conv2d(8, 3), got 3',
    ],
    [
      () => add(randomInvert() as Layer),
      'ShapeError: randomInvert "random_invert": expected an input of [height, width, channels], got [4]',
    ],
    [
      () => add(augmentation([randomFlip()]) as Layer),
      'ShapeError: randomFlip "augmentation/random_flip": expected an input of [height, width, channels], got [4]',
    ],
  ];
  for (const [fault, message] of faults) t.equal(errorOf(fault), message);
  const three = randomErasing({ fillValue: [1, 2, 3] });
  t.equal(
    errorOf(() => new Sequential({ inputShape: [3, 3, 2] }).add(three)),
    'ShapeError: randomErasing "random_erasing": fillValue has 3 numbers for images of 2 channels: expected one for each',
  );
  t.equal(
    errorOf(() => new Sequential({ inputShape: [3, 3, 2] }).add(randomGrayscale())),
    'ShapeError: randomGrayscale "random_grayscale": expected an input of [height, width, 3], red, green and blue, got [3, 3, 2]',
  );
  t.equal(
    errorOf(() => new Sequential({ inputShape: [3, 3, 1] }).add(randAugment())),
    'ShapeError: randAugment "rand_augment": expected an input of [height, width, 3], red, green and blue, got [3, 3, 1]',
  );
  t.equal(
    errorOf(() => new Sequential({ inputShape: [3, 3, 1] }).add(augMix())),
    'ShapeError: augMix "aug_mix": expected an input of [height, width, 3], red, green and blue, got [3, 3, 1]',
  );
  t.equal(
    errorOf(() => new Sequential({ inputShape: [3, 3, 1] }).add(randomColorJitter({ hueFactor: 0.1 }))),
    'ShapeError: randomColorJitter "random_color_jitter": expected an input of [height, width, 3], red, green and blue, got [3, 3, 1]',
  );
  t.same(
    new Sequential({ inputShape: [3, 3, 1] }).add(randomColorJitter({ contrastFactor: 0.1 })).outputShape,
    [3, 3, 1],
  );
});
