/** normalization adapted to data, and with statistics that are given, against Keras: see golden/adapt_keras.py. */
import t from 'tap';
import {
  type AdaptData,
  type BackendName,
  decodeModel,
  encodeModel,
  type NormalizationOptions,
  normalization,
  Sequential,
  type Shape,
  tensor,
  zeros,
} from '../../lib/index.ts';
import { errorOf, rejectionOf } from '../error-of.ts';
import { readGolden, relativeError } from '../golden/golden.ts';
import { uniform } from '../golden/inputs.ts';

const { madeBy, cases } = readGolden<{
  readonly madeBy: string;
  readonly cases: readonly {
    readonly shape: Shape;
    readonly axis: number | readonly number[] | null;
    readonly options: NormalizationOptions;
    readonly output: readonly number[];
    readonly batched?: readonly number[];
  }[];
}>('adapt-keras.json');

const drawn = (tag: string, shape: Shape) => tensor(uniform(tag, { shape, scale: 8, offset: 3 }), shape);

for (const backend of ['loops', 'simd'] satisfies BackendName[]) {
  t.test(`${backend} and ${madeBy}`, async t => {
    for (const [index, { shape, axis, options, output, batched }] of cases.entries()) {
      const what = `axis ${JSON.stringify(axis)} of ${JSON.stringify(shape)}, ${JSON.stringify(options)}`;
      const x = drawn(`adapt/${index} x`, [2, ...shape]);
      const check = async (data: AdaptData | undefined, expected: readonly number[], how: string) => {
        const layer = normalization({ axis, ...options });
        if (data !== undefined) t.equal(await layer.adapt(data), layer);
        const model = new Sequential({ inputShape: shape, backend }).add(layer);
        for (const each of [model, await decodeModel(await encodeModel(model))]) {
          const error = relativeError((await each.predict(x)).data, expected);
          t.ok(error < 1e-6, `${what}, ${how}: ${error} off`);
        }
      };
      if (batched === undefined) {
        await check(undefined, output, 'given');
        continue;
      }
      const data = drawn(`adapt/${index}`, [11, ...shape]);
      const ranges = [
        [0, 7],
        [7, 3],
        [10, 1],
      ] as const;
      const parts = ranges.map(([from, count]) =>
        data.slice([from, ...shape.map(() => 0)], [count, ...shape.map(() => -1)]),
      );
      await check(data, output, 'one tensor');
      await check(parts, batched, 'a list of batches');
      await check(
        async function* () {
          for (const part of parts) yield { x: part, targets: zeros([part.shape[0]!]) };
        },
        batched,
        'a batch source',
      );
      await check({ batches: () => parts.map(part => ({ x: part, targets: zeros([1]) })) }, batched, 'a source object');
    }
  });
}

t.test('numbers that are far from 0 and near each other lose no digits', async t => {
  const layer = await normalization().adapt(Array.from({ length: 1000 }, (_, i) => [1e6 + (i % 4)]));
  t.same(layer.config, { axis: -1, invert: false, mean: [1e6 + 1.5], variance: [1.25] });
});

t.test('data that cannot be adapted to', async t => {
  const adapt = (data: unknown, options: NormalizationOptions = {}) =>
    rejectionOf(normalization(options).adapt(data as AdaptData));
  const faults: [unknown, string][] = [
    [[], 'DataError: adapt: the data has no examples'],
    [zeros([0, 3]), 'DataError: adapt: the data has no examples'],
    [5, 'DataError: adapt: expected examples along the first axis, got a single number'],
    [[[1], [Number.NaN]], 'DataError: adapt: the data has numbers that are not finite'],
    [
      [zeros([2, 3]), zeros([2, 4])],
      'ShapeError: adapt: examples of [4] behind examples of [3]; all must have one shape',
    ],
    [[1, 2, 3], 'ShapeError: axis -1 does not exist in inputs of []: expected 1 to 0, or -1 to -0'],
    [null, 'OptionError: adapt: expected a tensor, nested arrays or batches, got null'],
    [() => 3, 'OptionError: adapt: expected a tensor, nested arrays or batches, got a function'],
  ];
  for (const [data, message] of faults) t.equal(await adapt(data), message);
});

t.test('statistics that are not there, or come too late, or do not fit', async t => {
  const add = (options: NormalizationOptions, shape: Shape = [2, 3]) =>
    errorOf(() => new Sequential({ inputShape: shape }).add(normalization(options)));
  t.equal(
    add({}),
    'OptionError: normalization: no mean and variance: give them, or await adapt(data) before the layer is added',
  );
  t.equal(
    add({ mean: 1 }),
    'OptionError: normalization: variance must be a finite number or a list of them, got undefined',
  );
  t.equal(
    add({ mean: [[1, 2]], variance: 1 }),
    'ShapeError: normalization "normalization": mean has the shape [1, 2], expected a number or the shape [3] for inputs of [2, 3]',
  );
  t.equal(
    add({ mean: [1, 2], variance: 1 }),
    'ShapeError: normalization "normalization": mean has the shape [2], expected a number or the shape [3] for inputs of [2, 3]',
  );
  t.equal(
    add({ axis: 3, mean: 1, variance: 1 }),
    'ShapeError: normalization "normalization": axis 3 does not exist in inputs of [2, 3]: expected 1 to 2, or -1 to -2',
  );
  const layer = normalization({ mean: 0, variance: 1 });
  new Sequential({ inputShape: [3] }).add(layer);
  t.equal(
    await rejectionOf(layer.adapt(zeros([2, 3]))),
    'StateError: normalization: adapt it before it is added to a model, which takes its statistics',
  );
});
