/** What the comparison of topKCategoricalAccuracy with Keras, in golden/metrics.test.ts, leaves out. */
import t from 'tap';
import { metrics, Sequential, tensor } from '../../lib/index.ts';
import { errorOf } from '../error-of.ts';

/** Rows of outputs, the class that is right, and whether TensorFlow's `in_top_k` counts the row for k of 1, 2 and 4. */
const rows: readonly (readonly [readonly number[], number, readonly [number, number, number]])[] = [
  [[1, 2, 3], 2, [1, 1, 1]],
  [[1, 2, 3], 1, [0, 1, 1]],
  [[1, 2, 3], 0, [0, 0, 1]],
  [[3, 3, 3], 2, [1, 1, 1]],
  [[3, 1, 1], 2, [0, 1, 1]],
  [[Number.NaN, 2, 3], 2, [0, 0, 0]],
  [[1, Number.NaN, 3], 1, [0, 0, 0]],
  [[1, 2, Number.POSITIVE_INFINITY], 2, [0, 0, 0]],
  [[Number.NEGATIVE_INFINITY, 2, 3], 2, [0, 0, 0]],
];

/** What gives y when it is divided by 1, or by 0 if y is not finite. */
const numerator = (y: number): number => (Number.isFinite(y) ? y : Number.isNaN(y) ? 0 : Math.sign(y));

for (const backend of ['loops', 'simd'] as const) {
  t.test(`${backend}: equal columns, NaN and infinities`, async t => {
    // Inputs must be finite, so the layer divides one row by another.
    const model = new Sequential({ inputShape: [2, 3], backend }).add((ops, x) => {
      const [numerators, denominators] = ops.split(x, 2, 1);
      return ops.reshape(ops.divide(numerators!, denominators!), [-1, 3]);
    });
    for (const [place, k] of [1, 2, 4].entries()) {
      const metric = metrics.topKCategoricalAccuracy({ k });
      model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy', metrics: [metric] });
      for (const [output, label, counts] of rows) {
        const fractions = [output.map(numerator), output.map(y => (Number.isFinite(y) ? 1 : 0))];
        const logs = await model.evaluate(tensor([fractions]), tensor(Int32Array.of(label)));
        t.equal(logs['topKCategoricalAccuracy'], counts[place], `${output}, class ${label}, k of ${k}`);
      }
    }
  });
}

t.test('a k that cannot be', async t => {
  t.equal(
    errorOf(() => metrics.topKCategoricalAccuracy({ k: 0 })),
    'OptionError: topKCategoricalAccuracy: k must be a positive integer, got 0',
  );
});
