/** Metrics of one's own: means and sums of numbers for each example, over uneven batches and with weights. */
import t from 'tap';
import { meanMetric, Sequential, sumMetric, tensor } from '../../lib/index.ts';

t.test('means and sums of what each example gives', async t => {
  const x = tensor([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const sampleWeight = tensor([1, 0, 2]);
  for (const backend of ['loops', 'simd'] as const) {
    const model = new Sequential({ inputShape: [2], backend }).add((ops, y) => ops.affine(y, 1));
    const perRow = [meanMetric('mean', (ops, y) => ops.sum(y, 1)), sumMetric('sum', (ops, y) => ops.sum(y, 1))];
    const perElement = [meanMetric('elements', (_, y) => y), sumMetric('elementSum', (_, y) => y)];
    const all = [...perRow, ...perElement];
    model.compile({ optimizer: 'sgd', loss: 'mse', metrics: all });
    const { loss: _, ...plain } = await model.evaluate(x, x, { batchSize: 2 });
    t.same(plain, { mean: 7, sum: 21, elements: 3.5, elementSum: 21 }, backend);
    model.compile({ optimizer: 'sgd', loss: 'mse', weightedMetrics: all });
    const { loss: __, ...weighted } = await model.evaluate(x, x, { batchSize: 2, sampleWeight });
    t.same(weighted, { mean: 25 / 3, sum: 25, elements: 25 / 6, elementSum: 25 }, `${backend}, weighted`);
    const nothing = await model.evaluate(x, x, { sampleWeight: tensor([0, 0, 0]) });
    t.same(nothing, { loss: 0, mean: 0, sum: 0, elements: 0, elementSum: 0 }, 'weights that add up to 0');
  }
});
