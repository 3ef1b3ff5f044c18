/** Layers that change images while they train: what they draw, what they make of it, and in how many passes. */
import t from 'tap';
import {
  augmentation,
  type BackendName,
  centerCrop,
  type Layer,
  randomBrightness,
  randomContrast,
  randomCrop,
  randomElastic,
  randomErasing,
  randomFlip,
  randomInvert,
  randomRotation,
  randomShear,
  randomTranslation,
  randomZoom,
  type Shape,
} from '../../lib/index.ts';
import { sizeOf } from '../../lib/shape/shape.ts';
import { areSameNumbers, sameNumbers } from '../same-numbers.ts';
import { deviation, isUniform, mean, range } from './drawn-numbers.ts';
import { TrainedLayer } from './trained-layer.ts';

const [n, h, w] = [400, 15, 21];
const shape: Shape = [n, h, w, 2];

/** Images whose pixels tell their column in the first channel and their row in the second. */
const places = Float32Array.from({ length: sizeOf(shape) }, (_, i) =>
  i % 2 === 0 ? (i >> 1) % w : Math.floor((i >> 1) / w) % h,
);

async function trained(layer: Layer, x: Float32Array = places, of: Shape = shape, backend: BackendName = 'simd') {
  const each = new TrainedLayer(layer, of, backend);
  const result = await each.run(x, 7, 3);
  each.dispose();
  return { ...result, passes: each.kernels.filter(kernel => kernel === 'resampleForward').length };
}

/** The six numbers of each image's map, from what the pixels in the middle tell. */
function mapsOf(y: Float32Array): number[][] {
  const [row, column] = [(h - 1) / 2, (w - 1) / 2];
  const at = (image: number, p: number, q: number, c: number) => y[((image * h + p) * w + q) * 2 + c]!;
  return range(n).map(image =>
    [0, 1].flatMap(c => {
      const along = at(image, row, column + 1, c) - at(image, row, column, c);
      const down = at(image, row + 1, column, c) - at(image, row, column, c);
      return [along, down, at(image, row, column, c) - along * column - down * row];
    }),
  );
}

for (const backend of ['loops', 'simd'] satisfies BackendName[]) {
  t.test(`${backend}: the maps that are drawn`, async t => {
    const maps = async (layer: Layer) => mapsOf((await trained(layer, places, shape, backend)).y);
    const [cx, cy] = [(w - 1) / 2, (h - 1) / 2];

    const turned = await maps(randomRotation([-0.1, 0.2]));
    const angles = turned.map(([a, b]) => Math.atan2(-b!, a!) / (2 * Math.PI));
    t.ok(isUniform(angles, -0.1, 0.2), 'rotation');
    const off = turned.map(([a, b, c, d, e, f]) =>
      Math.max(Math.hypot(a! - e!, b! + d!), Math.hypot(a! * cx + b! * cy + c! - cx, d! * cx + e! * cy + f! - cy)),
    );
    t.ok(Math.max(...off) < 1e-4, 'turns around the middle, and changes no length');

    const moved = await maps(randomTranslation({ heightFactor: [-0.2, 0.1], widthFactor: 0.3 }));
    t.ok(
      isUniform(
        moved.map(map => -map[5]! / h),
        -0.2,
        0.1,
      ),
      'downward',
    );
    t.ok(
      isUniform(
        moved.map(map => -map[2]! / w),
        -0.3,
        0.3,
      ),
      'to the right',
    );

    const zoomed = await maps(randomZoom(0.4));
    t.ok(
      isUniform(
        zoomed.map(map => map[0]!),
        0.6,
        1.4,
      ),
      'zoom',
    );
    t.ok(zoomed.every(([a, , c, , e]) => Math.abs(a! - e!) < 1e-4 && Math.abs(a! * cx + c! - cx) < 1e-4));
    const stretched = await maps(randomZoom({ heightFactor: [0.1, 0.3], widthFactor: [-0.2, 0] }));
    t.ok(
      isUniform(
        stretched.map(map => map[4]!),
        1.1,
        1.3,
      ),
    );
    t.ok(
      isUniform(
        stretched.map(map => map[0]!),
        0.8,
        1,
      ),
    );

    const sheared = await maps(randomShear({ xFactor: [0.1, 0.3], fillMode: 'nearest' }));
    const slopes = sheared.map(map => map[1]!);
    t.ok(isUniform(slopes.map(Math.abs), 0.1, 0.3), 'shear');
    t.ok(Math.abs(mean(slopes.map(Math.sign))) < 0.15, 'to both sides');

    const flipped = await maps(randomFlip('horizontal'));
    const shares = flipped.map(map => (map[0]! < 0 ? 1 : 0));
    t.ok(Math.abs(mean(shares) - 0.5) < 0.07, 'half of the images');
    t.ok(
      flipped.every(
        ([a, b, c, d, e, f]) => (a === 1 ? c === 0 : c === w - 1) && b === 0 && d === 0 && e === 1 && f === 0,
      ),
    );
  });

  t.test(`${backend}: elastic distortion`, async t => {
    const { y, dx } = await trained(randomElastic({ alpha: 6, sigma: 2, fillMode: 'nearest' }), places, shape, backend);
    const at = (image: number, row: number, column: number, c: number) => ((image * h + row) * w + column) * 2 + c;
    for (const [c, what] of [
      [0, 'columns'],
      [1, 'rows'],
    ] as const) {
      const shift = (row: number, column: number) =>
        range(n).map(image => y[at(image, row, column, c)]! - places[at(image, row, column, c)]!);
      const middle = shift(7, 10);
      // The deviation of -1 ... 1 is 1 / sqrt(3); that of the smoothed noise 1 / (2 sqrt(pi) sigma) of it.
      const expected = (6 / Math.sqrt(3)) * (1 / (2 * Math.sqrt(Math.PI) * 2));
      t.ok(Math.abs(mean(middle)) < 0.2 * expected, `${what}: ${mean(middle)}`);
      t.ok(Math.abs(deviation(middle) / expected - 1) < 0.12, `${what}: ${deviation(middle)} for ${expected}`);
      // A Gaussian smoothed by itself: neighbours at a distance d are alike by e^(-d^2 / (4 sigma^2)).
      const product = mean(shift(7, 11).map((value, i) => value * middle[i]!));
      t.ok(Math.abs(product / deviation(middle) ** 2 - Math.exp(-1 / 16)) < 0.1, `${what}: neighbours`);
    }
    t.ok(Math.abs(dx.reduce((sum, each) => sum + each, 0) / dx.length - 1) < 1e-3, 'no pixel is lost');
  });

  t.test(`${backend}: colors`, async t => {
    const x = Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7919) % 1000) / 1000);
    const size = h * w * 2;
    const run = async (layer: Layer) => (await trained(layer, x, shape, backend)).y;
    const wide = { valueRange: [-9, 11] } as const;
    const bright = await run(randomBrightness({ factor: [-0.1, 0.3], ...wide }));
    const added = range(n).map(i => bright[i * size]! - x[i * size]!);
    t.ok(isUniform(added, -2, 6), 'brightness is a share of the range of values');
    t.ok(bright.every((value, i) => Math.abs(value - x[i]! - added[Math.floor(i / size)]!) < 1e-5));
    const clipped = await run(randomBrightness({ factor: 0.8, valueRange: [0, 1] }));
    t.ok(clipped.every(value => value >= 0 && value <= 1) && clipped.includes(0) && clipped.includes(1));

    const contrast = await run(randomContrast({ factor: [0.5, 0.3], ...wide }));
    const factors = range(n).map(
      i => (contrast[i * size]! - contrast[i * size + 2]!) / (x[i * size]! - x[i * size + 2]!),
    );
    t.ok(isUniform(factors, 0.7, 1.5), 'contrast');
    const means = (of: Float32Array, i: number, c: number) => mean(range(h * w).map(p => of[i * size + 2 * p + c]!));
    t.ok(range(20).every(i => [0, 1].every(c => Math.abs(means(x, i, c) - means(contrast, i, c)) < 1e-5)));

    const inverted = await run(randomInvert({ factor: [0.3, 0.3], valueRange: [0, 1] }));
    const isInverted = range(n).map(i => (inverted[i * size + 2] === x[i * size + 2] ? 0 : 1));
    t.ok(Math.abs(mean(isInverted) - 0.3) < 0.07, 'inverted');
    t.ok(
      inverted.every(
        (value, i) => Math.abs(value - (isInverted[Math.floor(i / size)] === 1 ? 1 - x[i]! : x[i]!)) < 1e-6,
      ),
    );
  });

  t.test(`${backend}: erasing`, async t => {
    const ones = new Float32Array(sizeOf(shape)).fill(1);
    const layer = randomErasing({ factor: [0.6, 0.6], scale: [0.16, 0.16], fillValue: [5, 6], valueRange: [0, 9] });
    const { y, dx } = await trained(layer, ones, shape, backend);
    const boxes = range(n).map(image => {
      const erased = range(h * w).filter(p => y[(image * h * w + p) * 2] === 5);
      const rows = erased.map(p => Math.floor(p / w));
      const columns = erased.map(p => p % w);
      return { count: erased.length, rows: [...new Set(rows)], columns: [...new Set(columns)] };
    });
    const chosen = boxes.filter(({ count }) => count > 0);
    t.ok(Math.abs(chosen.length / n - 0.6) < 0.07, `${chosen.length} of ${n} images`);
    t.ok(
      chosen.every(({ count, rows, columns }) => count === rows.length * columns.length),
      'rectangles',
    );
    t.ok(Math.abs(mean(chosen.map(({ rows }) => rows.length)) - 0.4 * h) < 0.3, 'rows');
    t.ok(Math.abs(mean(chosen.map(({ columns }) => columns.length)) - 0.4 * w) < 0.3, 'columns');
    const first = chosen.map(({ rows }) => Math.min(...rows));
    t.ok(Math.min(...first) <= 1 && Math.max(...first) >= h - 8, 'anywhere');
    t.ok(y.every((value, i) => value === 1 || value === 5 + (i % 2)));
    t.ok(
      dx.every((value, i) => value === (y[i] === 1 ? 1 : 0)),
      'no gradient comes from what is erased',
    );
    const noise = (await trained(randomErasing({ factor: [1, 1], valueRange: [-2, 2] }), ones, shape, backend)).y;
    const drawn = [...noise].filter(value => value !== 1);
    t.ok(drawn.every(value => value >= -2 && value <= 2) && drawn.includes(2) && drawn.includes(-2));
    t.ok(Math.abs(mean(drawn)) < 0.1);
  });

  t.test(`${backend}: windows`, async t => {
    const { y, passes } = await trained(randomCrop(9, 16), places, shape, backend);
    t.equal(passes, 1);
    const size = 9 * 16 * 2;
    const begins = range(n).map(i => [y[i * size]!, y[i * size + 1]!] as const);
    t.same(
      [...new Set(begins.map(([column]) => column))].sort(),
      range(w - 16 + 1),
      'all columns, and only whole ones',
    );
    t.same([...new Set(begins.map(([, row]) => row))].sort(), range(h - 9 + 1));
    t.ok(
      y.every((value, i) => {
        const [column, row] = begins[Math.floor(i / size)]!;
        const p = (i % size) >> 1;
        return value === (i % 2 === 0 ? column + (p % 16) : row + Math.floor(p / 16));
      }),
    );
    const small = await trained(randomCrop(20, 10), places, shape, backend);
    t.equal(small.passes, 0, 'images that are too small are resized');
    const center = (await trained(centerCrop(9, 16), places, shape, backend)).y;
    t.same([...center.subarray(0, 2)], [2, 3]);
  });
}

const fixed = (factor: number) => [factor, factor] as const;

/** The product of two maps as matrices. */
function product([a, b, c, d, e, f]: readonly number[], [a2, b2, c2, d2, e2, f2]: readonly number[]): number[] {
  return [
    ...[a! * a2! + b! * d2!, a! * b2! + b! * e2!, a! * c2! + b! * f2! + c!],
    ...[d! * a2! + e! * d2!, d! * b2! + e! * e2!, d! * c2! + e! * f2! + f!],
  ];
}

t.test('neighbours that move pixels share one pass, whose map is the product of theirs', async t => {
  const layers = [
    randomRotation(fixed(0.06)),
    randomZoom({ heightFactor: fixed(-0.3), widthFactor: fixed(-0.2) }),
    randomShear({ xFactor: 0, yFactor: 0 }),
    randomTranslation({ heightFactor: fixed(0.1), widthFactor: fixed(-0.05) }),
  ];
  const maps = await Promise.all(layers.map(async layer => mapsOf((await trained(layer)).y)[0]!));
  const expected = maps.reduce(product);
  const { y, passes } = await trained(augmentation(layers));
  t.equal(passes, 1);
  const worst = Math.max(...mapsOf(y)[0]!.map((value, i) => Math.abs(value - expected[i]!)));
  t.ok(worst < 1e-4, `${worst} off`);
});

t.test('how many passes there are', async t => {
  const turn = () => randomRotation(0.1);
  const cases: [readonly Layer[], number][] = [
    [[randomFlip(), turn(), randomFlip()], 1],
    [[turn(), randomZoom({ heightFactor: 0.1, fillMode: 'constant' })], 2],
    [[turn(), randomZoom({ heightFactor: 0.1, interpolation: 'nearest' })], 2],
    [[randomRotation({ factor: 0.1, fillValue: 1 }), turn()], 1],
    [
      [
        randomRotation({ factor: 0.1, fillMode: 'constant', fillValue: 1 }),
        randomRotation({ factor: 0.1, fillMode: 'constant' }),
      ],
      2,
    ],
    [[turn(), randomContrast(0.1), turn()], 2],
    [[turn(), randomElastic()], 1],
    [[turn(), randomElastic(), turn()], 2],
    [[turn(), randomCrop(9, 9)], 1],
    [[randomElastic(), randomCrop(9, 9), randomFlip()], 3],
    [[augmentation([turn(), turn()]), turn()], 2],
    [[randomBrightness(0.1)], 0],
    [[], 0],
  ];
  for (const [layers, expected] of cases) {
    const names = layers.map(({ className }) => className).join(', ');
    t.equal((await trained(augmentation(layers))).passes, expected, names);
  }
});

t.test(
  'a pass gives what its layers give one after the other, where nothing has to be read between pixels',
  async t => {
    const layers = [
      randomFlip({ mode: 'vertical', seed: 1 }),
      randomTranslation({
        heightFactor: fixed(2 / h),
        widthFactor: fixed(-3 / w),
        fillMode: 'wrap',
        interpolation: 'nearest',
      }),
      randomFlip({ mode: 'horizontal', seed: 2 }),
      randomCrop(9, 16, { seed: 3 }),
    ];
    const chain: Layer = {
      className: 'Chain',
      forward: (ops, x) => layers.reduce((y, layer) => ops.apply(layer, y) as never, x),
    };
    const [one, four] = [await trained(augmentation(layers)), await trained(chain)];
    t.same([one.passes, four.passes], [1, 4]);
    sameNumbers(t, one.y, four.y, 'outputs');
    sameNumbers(t, one.dx, four.dx, 'gradients');
  },
);

t.test('draws depend on the seed, the step and the place of the layer', async t => {
  const run = async (layer: Layer, seed: number, step: number) => {
    const each = new TrainedLayer(layer, shape);
    const { y } = await each.run(places, seed, step);
    each.dispose();
    return y;
  };
  const factories = [
    (seed?: number) => randomRotation({ factor: 0.1, seed: seed ?? null }),
    (seed?: number) => randomElastic({ seed: seed ?? null }),
    (seed?: number) => randomErasing({ seed: seed ?? null }),
    (seed?: number) => augmentation([randomContrast({ factor: 0.4, seed: seed ?? null })]),
  ];
  for (const make of factories) {
    const first = await run(make(), 1, 0);
    sameNumbers(t, await run(make(), 1, 0), first, 'the same step');
    t.notOk(areSameNumbers(await run(make(), 1, 1), first), 'another step');
    t.notOk(areSameNumbers(await run(make(), 2, 0), first), 'another seed');
    sameNumbers(t, await run(make(5), 1, 0), await run(make(5), 2, 0), 'a seed of its own');
  }
  const twice = mapsOf(await run(augmentation([randomFlip('vertical'), randomFlip('vertical')]), 1, 0));
  t.ok(twice.some(map => map[4] === 1) && twice.some(map => map[4] === -1), 'each layer has a stream of its own');
});
