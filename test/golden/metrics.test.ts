/** Every metric over uneven batches, without weights and with them: what Keras 3 computes, or what the definition does. */
import t from 'tap';
import { type Metric, metrics, Sequential, Tensor, tensor } from '../../lib/index.ts';
import { readGolden, relativeError } from './golden.ts';
import { uniform } from './inputs.ts';
import { type TargetsKind, targetsOf } from './targets.ts';

type Result = number | readonly number[];

const golden = readGolden<{
  madeBy: string;
  cases: readonly {
    metric: string;
    predictions: keyof typeof predictions;
    targets: TargetsKind;
    options: { readonly [option: string]: unknown };
    plain: Result;
    weighted: Result;
    first: Result;
  }[];
}>('metrics-keras.json');

const tolerance = 2e-5;
const rows = 10;
const drawn = (tag: string, columns: number, scale: number, offset = 0, bits = 24): Tensor =>
  tensor(uniform(tag, { shape: [rows, columns], scale, offset, bits }), [rows, columns]);

/** As metrics_keras.py draws them. */
const predictions = {
  rows: drawn('metric/x', 7, 1, 0.5, 3),
  column: drawn('metric/column', 1, 1, 0.5, 4),
  logits: drawn('metric/logits', 7, 8),
  positive: drawn('metric/positive', 7, 2, 1.25),
};
const sampleWeight = tensor(uniform('weighting/weights', { shape: [rows], scale: 2, offset: 1.25 }));

/** The factory of that name, which is the camel case of Keras's. */
function metricOf(name: string, options: object): Metric {
  const factories = metrics as { readonly [name: string]: (options: never) => Metric };
  const made = factories[name];
  if (made === undefined) throw new Error(`there is no ${name} among ${Object.keys(metrics).join(', ')}`);
  return made(options as never);
}

const flat = (result: unknown): number[] =>
  result instanceof Tensor ? [...result.data] : [result as number].flat(3).map(Number);

for (const backend of ['loops', 'simd'] as const) {
  t.test(`${backend}, ${golden.madeBy}: metrics over batches of 4, 4 and 2`, async t => {
    const models = new Map<number, Sequential>();
    for (const { metric, predictions: on, targets, options, ...expected } of golden.cases) {
      const x = predictions[on];
      const columns = x.shape[1]!;
      const model =
        models.get(columns) ??
        (new Sequential({ inputShape: [columns], backend }).add((ops, y) => ops.affine(y, 1)) as Sequential);
      models.set(columns, model);
      const y = targetsOf('metric/y', targets, [rows, columns]);
      const what = `${metric} ${JSON.stringify(options)} of ${on} and ${targets}`;
      const loss = targets === 'classes' ? 'sparseCategoricalCrossentropy' : 'meanSquaredError';
      const check = (way: keyof typeof expected) => {
        const error = relativeError(flat(model.results![metric]), flat(expected[way]));
        t.ok(error < tolerance, `${what}, ${way}: ${flat(model.results![metric])}, expected ${expected[way]}`);
      };
      model.compile({ optimizer: 'sgd', loss, metrics: [metricOf(metric, options)] });
      await model.evaluate(x, y, { batchSize: 4 });
      check('plain');
      await model.evaluate(x.slice([0], [4]), y.slice([0], [4]), { batchSize: 4 });
      check('first');
      model.compile({ optimizer: 'sgd', loss, weightedMetrics: [metricOf(metric, options)] });
      await model.evaluate(x, y, { batchSize: 4, sampleWeight });
      check('weighted');
    }
  });
}
