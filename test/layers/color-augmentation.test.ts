/** Layers that change colors, sharpness and perspective while they train: what they draw, and what they make of it. */
import t from 'tap';
import {
  augMix,
  autoContrast,
  type BackendName,
  contrastLimitedAdaptiveHistogramEqualization,
  equalization,
  type Layer,
  randAugment,
  randomBrightness,
  randomColorDegeneration,
  randomColorJitter,
  randomContrast,
  randomGaussianBlur,
  randomHue,
  randomPerspective,
  randomPosterization,
  randomRotation,
  randomSaturation,
  randomSharpness,
  randomShear,
  randomTranslation,
  Sequential,
  type Shape,
  solarization,
  tensor,
} from '../../lib/index.ts';
import { dirichletShares } from '../../lib/layers/augmentation/aug-mix.ts';
import { inParts } from '../../lib/layers/augmentation/histograms.ts';
import { sizeOf } from '../../lib/shape/shape.ts';
import { sameNumbers } from '../same-numbers.ts';
import { deviation, isUniform, mean, range } from './drawn-numbers.ts';
import { TrainedLayer } from './trained-layer.ts';

const n = 400;
const unit = { valueRange: [0, 1] } as const;

async function withGradient(layer: Layer, x: ArrayLike<number>, of: Shape, backend: BackendName) {
  const each = new TrainedLayer(layer, of, backend);
  const result = await each.run(x, 7, 3);
  each.dispose();
  return result;
}
const trained = async (...given: Parameters<typeof withGradient>) => (await withGradient(...given)).y;

const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

/** Images of shades 0 to 255: a dark one and a bright one in two channels each, and one that has a single shade. */
const [rows, columns] = [6, 7];
const shades = Float32Array.from({ length: 3 * rows * columns * 2 }, (_, i) => {
  const [image, channel] = [Math.floor(i / (rows * columns * 2)), i % 2];
  return image === 2 ? 77 : Math.floor((((i * 7919) % 97) / 97) * 60) + 90 * image + 30 * channel;
});

t.test('images are taken in parts where their indices would go beyond what float32 holds', async t => {
  const parts: Shape[] = [];
  const layer: Layer = {
    forward: (ops, x) =>
      inParts(ops, x, 2 ** 22 - 1, part => {
        parts.push(part.shape);
        return ops.add(part, part.shape[0]!);
      }),
  };
  const y = await trained(layer, new Float32Array(10), [10, 1, 1, 1], 'loops');
  t.same(
    parts.slice(-3).map(([images]) => images),
    [4, 4, 2],
  );
  t.same([...y], [4, 4, 4, 4, 4, 4, 4, 4, 2, 2]);
});

for (const backend of ['loops', 'simd'] satisfies BackendName[]) {
  t.test(`${backend}: hues`, async t => {
    // Red is turned toward yellow by a green that grows, and toward magenta by a blue that grows.
    const red = Float32Array.from({ length: n * 3 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    const y = await trained(randomHue({ factor: [0.1, 0.3], ...unit }), red, [n, 1, 1, 3], backend);
    const turns = range(n).map(i => (y[i * 3 + 1]! - y[i * 3 + 2]!) / 6);
    t.ok(isUniform(turns.map(Math.abs), 0.05, 0.15), 'half of the factor');
    t.ok(Math.abs(mean(turns.map(Math.sign))) < 0.15, 'to both sides');
    t.ok(range(n).every(i => Math.abs(y[i * 3]! - 1) < 1e-6));
    const gray = new Float32Array(n * 3).fill(0.4);
    t.ok(
      apart(await trained(randomHue({ factor: 1, ...unit }), gray, [n, 1, 1, 3], backend), gray) < 1e-6,
      'gray stays',
    );
  });

  t.test(`${backend}: color jitter is four layers in their order`, async t => {
    const shape = [50, 4, 5, 3];
    const x = Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7919) % 1000) / 1000);
    const layers: Layer[] = [
      randomBrightness({ factor: 0.2, ...unit }),
      randomContrast({ factor: 0.3, ...unit }),
      randomSaturation({ factor: [0.3, 0.7], ...unit }),
      randomHue({ factor: 0.4, ...unit }),
    ];
    const chain: Layer = { forward: (ops, image) => layers.reduce((y, layer) => ops.apply(layer, y) as never, image) };
    const all = { brightnessFactor: 0.2, contrastFactor: 0.3, saturationFactor: [0.3, 0.7], hueFactor: 0.4 } as const;
    const y = await trained(randomColorJitter({ ...all, ...unit }), x, shape, backend);
    sameNumbers(t, y, await trained(chain, x, shape, backend), 'the four layers');
    t.ok(apart(y, x) > 0.1);
    t.same(await trained(randomColorJitter(), x, shape, backend), x, 'nothing is changed where nothing is asked for');
  });

  t.test(`${backend}: blur`, async t => {
    const [h, w] = [7, 9];
    const dot = Float32Array.from({ length: n * h * w }, (_, i) => (i % (h * w) === 3 * w + 4 ? 1 : 0));
    const layer = randomGaussianBlur({ factor: [0.7, 0.7], kernelSize: 5, sigma: [0.5, 1], ...unit });
    const y = await trained(layer, dot, [n, h, w, 1], backend);
    const at = (image: number, row: number, column: number) => y[(image * h + row) * w + column]!;
    const isBlurred = range(n).map(i => (at(i, 3, 4) === 1 ? 0 : 1));
    t.ok(Math.abs(mean(isBlurred) - 0.7) < 0.07, `${mean(isBlurred)} of the images`);
    const blurred = range(n).filter(i => isBlurred[i] === 1);
    // A neighbour has e^(-1 / (2 sigma^2)) of what the middle has.
    const deviations = (row: number, column: number) =>
      blurred.map(i => Math.sqrt(-0.5 / Math.log(at(i, row, column) / at(i, 3, 4))));
    const [columns, rows] = [deviations(3, 5), deviations(4, 4)];
    t.ok(isUniform(columns, 0.5, 1) && isUniform(rows, 0.5, 1), 'deviations');
    t.ok(
      columns.some((each, i) => Math.abs(each - rows[i]!) > 0.1),
      'one for each axis',
    );
    t.ok(range(n).every(i => Math.abs(y.subarray(i * h * w, (i + 1) * h * w).reduce((a, b) => a + b) - 1) < 1e-5));
    t.ok(
      range(n).every(i => at(i, 0, 4) === 0 && at(i, 3, 1) === 0 && at(i, 6, 7) === 0),
      'five pixels',
    );
  });

  t.test(`${backend}: perspective`, async t => {
    const [h, w] = [15, 21];
    // Pixels tell their column in the first channel and their row in the second, as shares of the whole.
    const places = Float32Array.from({ length: n * h * w * 2 }, (_, i) =>
      i % 2 === 0 ? ((i >> 1) % w) / (w - 1) : (Math.floor((i >> 1) / w) % h) / (h - 1),
    );
    const y = await trained(randomPerspective({ factor: [0.6, 0.6], scale: 0.4 }), places, [n, h, w, 2], backend);
    const column = (image: number, q: number) => y[(image * h * w + q) * 2]!;
    const row = (image: number, p: number) => y[(image * h + p) * w * 2 + 1]!;
    const isMoved = range(n).map(i => (Math.abs(column(i, 8) - 0.4) < 1e-7 ? 0 : 1));
    t.ok(Math.abs(mean(isMoved) - 0.6) < 0.07, `${mean(isMoved)} of the images`);
    // Along an edge x / u is linear in x; the corner lies where it is x.
    const corner = (u: (x: number) => number, x: number) => {
      const [near, far] = [x / u(x), (2 * x) / u(2 * x)];
      return (2 * near - far) / (1 - (far - near) / x);
    };
    const moved = range(n).filter(i => isMoved[i] === 1);
    t.ok(
      isUniform(
        moved.map(i => corner(x => column(i, x * (w - 1)), 0.3)),
        0.8,
        1.2,
      ),
      'the second corner',
    );
    t.ok(
      isUniform(
        moved.map(i => corner(x => row(i, x * (h - 1)), 2 / 7)),
        0.8,
        1.2,
      ),
      'the third corner',
    );
    t.ok(
      moved.every(i => column(i, 0) === 0 && row(i, 0) === 0),
      'the first corner stays',
    );
    const still = range(n).filter(i => isMoved[i] === 0);
    const image = h * w * 2;
    t.ok(still.every(i => apart(y.subarray(i * image, (i + 1) * image), places.subarray(0, image)) < 1e-6));
  });

  t.test(`${backend}: equalization`, async t => {
    const x = [0, 50, 50, 100, 100, 100, 200, 255];
    // Of the seven pixels that are not the darkest, 2, 5, 6 and 7 are as dark as the others or darker: shares of 255.
    const expected = [0, 73, 73, 182, 182, 182, 219, 255];
    t.same([...(await trained(equalization(), x, [1, 2, 4, 1], backend))], expected);
    const scaled = await trained(
      equalization(unit),
      x.map(value => value / 255),
      [1, 4, 2, 1],
      backend,
    );
    t.ok(
      apart(
        scaled.map(value => value * 255),
        expected,
      ) < 1e-4,
    );

    for (const layer of [equalization(), contrastLimitedAdaptiveHistogramEqualization({ tileGridSize: 2 })]) {
      const together = await trained(layer, shades, [3, rows, columns, 2], backend);
      for (const image of range(3)) {
        const own = shades.subarray(image * rows * columns * 2, (image + 1) * rows * columns * 2);
        const alone = await trained(layer, own, [1, rows, columns, 2], backend);
        const place = image * rows * columns * 2;
        t.same(together.subarray(place, place + alone.length), alone, `${layer.className}: each image by itself`);
      }
      t.ok(together.every(value => value >= 0 && value <= 255));
    }
    const { y, dx } = await withGradient(equalization(), shades, [3, rows, columns, 2], backend);
    const isFlat = (i: number) => i >= 2 * rows * columns * 2;
    t.ok(
      y.every((value, i) => !isFlat(i) || value === 77),
      'a single shade stays',
    );
    t.ok(
      dx.every((value, i) => value === (isFlat(i) ? 1 : 0)),
      'where shades are spread no gradient flows',
    );
  });
}

t.test('equalization acts outside of training, too', async t => {
  for (const layer of [equalization(), contrastLimitedAdaptiveHistogramEqualization({ tileGridSize: [2, 3] })]) {
    const model = new Sequential({ inputShape: [rows, columns, 2] }).add(layer);
    const predicted = await model.predict(tensor(shades, [3, rows, columns, 2]));
    sameNumbers(t, predicted.data, await trained(layer, shades, [3, rows, columns, 2], 'simd'), layer.className!);
  }
});

for (const backend of ['loops', 'simd'] satisfies BackendName[]) {
  const [h, w] = [6, 7];
  const image = Float32Array.from({ length: h * w * 3 }, (_, i) => 0.2 + 0.5 * (((i * 7919) % 1000) / 1000) ** 2);
  const many = Float32Array.from({ length: n * image.length }, (_, i) => image[i % image.length]!);
  const imagesOf = (y: Float32Array) =>
    range(y.length / image.length).map(i => y.subarray(i * image.length, (i + 1) * image.length));
  const all = [n, h, w, 3];
  /** The images that a layer makes of one, each once. */
  const outcomesOf = async (layer: Layer) => {
    const y = await trained(layer, many.subarray(0, 20 * image.length), [20, h, w, 3], backend);
    return [...new Map(imagesOf(y).map(each => [String(each), each])).values()];
  };
  const each = async (layer: Layer) => imagesOf(await trained(layer, many, all, backend));
  const factor = [0.2, 0.2] as const;
  const changes: Layer[] = [
    randomShear({ xFactor: factor, yFactor: factor }),
    randomTranslation({ heightFactor: factor, widthFactor: factor }),
    randomRotation({ factor }),
    randomPosterization({ factor: 1, ...unit }),
    solarization({ additionFactor: factor, thresholdFactor: factor, ...unit }),
    autoContrast(unit),
    equalization(unit),
    randomBrightness({ factor, ...unit }),
    randomColorDegeneration({ factor, ...unit }),
    randomSharpness({ factor, ...unit }),
  ];

  t.test(`${backend}: RandAugment`, async t => {
    const changed = await each(randAugment({ numOps: 1, factor, ...unit }));
    const known = await Promise.all(changes.map(outcomesOf));
    const found = changed.map(y => known.findIndex(outcomes => outcomes.some(outcome => apart(y, outcome) < 1e-4)));
    for (const [place, { className }] of changes.entries()) {
      const share = found.filter(each => each === place).length / n;
      t.ok(Math.abs(share - 1 / 11) < 0.05, `${className}: ${share} of the images`);
    }
    const rest = changed.filter((_, i) => found[i] === -1);
    t.ok(Math.abs(rest.length / n - 1 / 11) < 0.05, `contrast: ${rest.length} images`);
    const means = (y: Float32Array, channel: number) => mean([...y].filter((_, i) => i % 3 === channel));
    t.ok(
      rest.every(y => range(3).every(channel => Math.abs(means(y, channel) - means(image, channel)) < 0.02)),
      'the others keep their mean',
    );

    const none = await each(randAugment({ numOps: 2, factor: 0, ...unit }));
    const unchanged = none.filter(y => apart(y, image) < 1e-6).length / n;
    t.ok(Math.abs(unchanged - (6 / 11) ** 2 - 1 / 121) < 0.07, `${unchanged} are as they were`);
    t.not(
      String(await each(randAugment({ factor, ...unit, seed: 5 }))),
      String(await each(randAugment({ factor, ...unit }))),
    );
  });

  t.test(`${backend}: AugMix`, async t => {
    const known = (await Promise.all(changes.map(outcomesOf))).flat();
    const mixed = await each(augMix({ numChains: 1, chainDepth: 1, factor, ...unit }));
    // y is w x + (1 - w) times the outcome of a change.
    const shares = mixed.flatMap(y => {
      for (const outcome of known) {
        const place = image.findIndex((value, i) => Math.abs(outcome[i]! - value) > 0.05);
        const rest = (y[place]! - image[place]!) / (outcome[place]! - image[place]!);
        const blend = image.map((value, i) => value + rest * (outcome[i]! - value));
        if (rest > 0.02 && apart(y, blend) < 1e-3) return [rest];
      }
      return [];
    });
    t.ok(Math.abs(shares.length / n - 10 / 12) < 0.06, `the change of ${shares.length} images is known`);
    t.ok(shares.every(share => share < 1.001) && Math.abs(mean(shares) - 0.51) < 0.05, 'evenly drawn shares');
    t.ok(Math.abs(deviation(shares) - Math.sqrt(1 / 12)) < 0.03);

    const few = many.subarray(0, 60 * image.length);
    const three = imagesOf(await trained(augMix({ factor, ...unit }), few, [60, h, w, 3], backend));
    t.ok(three.every(y => y.every(value => value >= 0 && value <= 1)));
    t.ok(three.filter(y => apart(y, image) > 0.01).length > 0.9 * 60);
    const gray = many.subarray(0, 20 * h * w);
    const plain = await trained(augMix({ allOps: false, ...unit }), gray, [20, h, w, 1], backend);
    t.ok(apart(plain, gray) > 0.1, 'images of any number of channels');
  });

  t.test(`${backend}: shares`, async t => {
    for (const [alpha, columns] of [
      [1, 2],
      [0.3, 3],
      [0.02, 2],
      [4, 3],
    ] as const) {
      const layer: Layer = {
        outputShape: [columns],
        forward: (ops, x) => {
          const {
            shape: [rows = 0],
          } = x;
          return ops.training ? dirichletShares(ops, [rows, columns], alpha) : ops.fill([rows, columns], 0);
        },
      };
      const rows = 4000;
      const y = await trained(layer, new Float32Array(rows), [rows, 1], backend);
      const of = (column: number) => range(rows).map(row => y[row * columns + column]!);
      const expected = Math.sqrt((columns - 1) / columns ** 2 / (columns * alpha + 1));
      for (const column of range(columns)) {
        const what = `alpha ${alpha}: column ${column} of ${columns}`;
        t.ok(Math.abs(mean(of(column)) - 1 / columns) < 0.02, `${what}: mean ${mean(of(column))}`);
        t.ok(
          Math.abs(deviation(of(column)) / expected - 1) < 0.04,
          `${what}: ${deviation(of(column))} for ${expected}`,
        );
      }
      t.ok(
        range(rows).every(
          row => Math.abs(y.subarray(row * columns, (row + 1) * columns).reduce((a, b) => a + b) - 1) < 1e-5,
        ),
      );
      if (alpha === 1) t.ok(isUniform(of(0), 0, 1));
    }
  });
}
