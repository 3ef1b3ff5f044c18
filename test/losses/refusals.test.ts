/** What losses and metrics refuse, with whole messages: options from plain JavaScript, and targets that do not go with them. */
import t from 'tap';
import {
  conv2d,
  dense,
  type LossName,
  losses,
  type Metric,
  type MetricName,
  metrics,
  Sequential,
  tensor,
  zeros,
} from '../../lib/index.ts';
import { errorOf, rejectionOf } from '../error-of.ts';

type Factory = (options: unknown) => unknown;
const lossFactories = losses as object as { readonly [name: string]: Factory };
const metricFactories = metrics as object as { readonly [name: string]: Factory };

t.test('options of losses', async t => {
  const faults: readonly (readonly [string, unknown, string])[] = [
    ['huber', 5, 'huber: expected an object with options, got 5'],
    ['huber', { detla: 1 }, 'unknown option of huber "detla": did you mean "delta"? Known: reduction, delta'],
    ['huber', { delta: 0 }, 'huber: delta must be a finite number above 0, got 0'],
    [
      'poisson',
      { reduction: 'none' },
      `poisson: reduction "none" leaves many numbers, but training lowers a single one; use 'sumOverBatchSize', 'mean', 'sum' or 'meanWithSampleWeight'`,
    ],
    [
      'poisson',
      { reduction: 'summ' },
      'unknown reduction of poisson "summ": did you mean "sum"? Known: sumOverBatchSize, mean, sum, meanWithSampleWeight',
    ],
    [
      'poisson',
      { reduction: 3 },
      'poisson: reduction must be one of sumOverBatchSize, mean, sum, meanWithSampleWeight, got 3',
    ],
    [
      'categoricalCrossentropy',
      { labelSmoothing: 2 },
      'categoricalCrossentropy: labelSmoothing must be at least 0 and at most 1, got 2',
    ],
    ['binaryCrossentropy', { fromLogits: 'yes' }, 'binaryCrossentropy: fromLogits must be true or false, got "yes"'],
    [
      'binaryCrossentropy',
      { axis: 0 },
      'binaryCrossentropy: axis must name an axis behind the batch axis, got 0: 0 is the batch axis',
    ],
    [
      'cosineSimilarity',
      { axis: 1.5 },
      'cosineSimilarity: axis must name an axis behind the batch axis, got 1.5: expected an integer',
    ],
    [
      'sparseCategoricalCrossentropy',
      { axis: 1 },
      'sparseCategoricalCrossentropy: axis must be -1, for class numbers stand for the last axis; got 1; transpose the outputs',
    ],
    [
      'sparseCategoricalCrossentropy',
      { ignoreClass: 'none' },
      'sparseCategoricalCrossentropy: ignoreClass must be an integer or null, got "none"',
    ],
    ['binaryFocalCrossentropy', { alpha: 2 }, 'binaryFocalCrossentropy: alpha must be at least 0 and at most 1, got 2'],
    [
      'binaryFocalCrossentropy',
      { gamma: -1 },
      'binaryFocalCrossentropy: gamma must be a finite number of 0 or more, got -1',
    ],
    [
      'categoricalGeneralizedCrossEntropy',
      { q: 1 },
      'categoricalGeneralizedCrossEntropy: q must be above 0 and below 1, got 1',
    ],
    ['dice', { axis: [] }, 'dice: axis must be an integer, a list of integers or null, got []'],
    ['tversky', { beta: Number.NaN }, 'tversky: beta must be a finite number of 0 or more, got NaN'],
  ];
  for (const [name, options, message] of faults) {
    t.equal(
      errorOf(() => lossFactories[name]!(options)),
      `OptionError: ${message}`,
    );
  }
});

t.test('options of metrics', async t => {
  const faults: readonly (readonly [string, unknown, string])[] = [
    ['precision', 'all', 'precision: expected an object with options, got "all"'],
    [
      'precision',
      { topk: 2 },
      'unknown option of precision "topk": did you mean "topK"? Known: name, thresholds, topK, classId',
    ],
    [
      'precision',
      { thresholds: [0.5, 2] },
      'precision: thresholds must be a number from 0 to 1 or a list of such numbers, got [0.5, 2]',
    ],
    ['recall', { topK: 0 }, 'recall: topK must be a positive integer, got 0'],
    ['recall', { classId: -1 }, 'recall: classId must be an integer of 0 or more, got -1'],
    ['recall', { name: '' }, 'recall: name must be a text, got ""'],
    ['precisionAtRecall', undefined, 'precisionAtRecall: expected an object with options, got undefined'],
    ['precisionAtRecall', {}, 'precisionAtRecall: recall must be at least 0 and at most 1, got undefined'],
    [
      'sensitivityAtSpecificity',
      { specificity: 0.5, numThresholds: 0 },
      'sensitivityAtSpecificity: numThresholds must be a positive integer, got 0',
    ],
    ['auc', { curve: 'ROK' }, 'unknown curve of auc "ROK": did you mean "ROC"? Known: ROC, PR, PRGAIN'],
    ['auc', { numThresholds: 1 }, 'auc: numThresholds must be an integer of 2 or more, got 1'],
    ['auc', { numLabels: 3 }, 'auc: numLabels is for multiLabel: true; leave one of them out or set the other'],
    ['auc', { labelWeights: 3 }, 'auc: labelWeights must be a list of finite numbers, got 3'],
    [
      'f1Score',
      { average: 'macros' },
      'unknown average of f1Score "macros": did you mean "macro"? Known: micro, macro, weighted',
    ],
    ['f1Score', { average: 1 }, 'f1Score: average must be null, micro, macro, weighted, got 1'],
    ['f1Score', { threshold: 0 }, 'f1Score: threshold must be null, or above 0 and at most 1, got 0'],
    ['fBetaScore', { beta: 0 }, 'fBetaScore: beta must be a finite number above 0, got 0'],
    ['meanIoU', {}, 'meanIoU: numClasses must be a positive integer, got undefined'],
    ['meanIoU', { numClasses: 3, axis: 1 }, 'meanIoU: axis must be -1, the last axis; got 1; transpose the outputs'],
    [
      'iou',
      { numClasses: 3, targetClassIds: [3] },
      'iou: targetClassIds must be a list of integers from 0 to 2, got [3]',
    ],
    ['binaryIoU', { threshold: Number.NaN }, 'binaryIoU: threshold must be a finite number, got NaN'],
    [
      'cohenKappa',
      { weightage: 'quadradic' },
      'unknown weightage of cohenKappa "quadradic": did you mean "quadratic"? Known: none, linear, quadratic',
    ],
    ['confusionMatrix', { numClasses: 0 }, 'confusionMatrix: numClasses must be a positive integer, got 0'],
    [
      'r2Score',
      { classAggregation: 'uniform' },
      'unknown classAggregation of r2Score "uniform"; known: uniformAverage, varianceWeightedAverage',
    ],
    [
      'r2Score',
      { classAggregation: 1 },
      'r2Score: classAggregation must be null, uniformAverage, varianceWeightedAverage, got 1',
    ],
    ['r2Score', { numRegressors: 0.5 }, 'r2Score: numRegressors must be an integer of 0 or more, got 0.5'],
    ['huber', { reduction: 'sum' }, 'huber: a metric is a mean over all batches and has no reduction; leave it out'],
    ['huber', 3, 'huber: expected an object with options, got 3'],
  ];
  for (const [name, options, message] of faults) {
    t.equal(
      errorOf(() => metricFactories[name]!(options)),
      `OptionError: ${message}`,
    );
  }
});

t.test('losses and metrics that do not go with targets or outputs', async t => {
  const model = new Sequential({ inputShape: [3], seed: 1 }).add(dense({ units: 4, activation: 'softmax' }));
  const [x, y] = [zeros([5, 3]), zeros([5, 4])];
  const evaluate = async (metric: Metric, loss: LossName = 'mse') => {
    (model as Sequential).compile({ optimizer: 'sgd', loss, metrics: [metric] });
    return rejectionOf((model as Sequential).evaluate(x, loss === 'mse' ? y : zeros([5])));
  };
  t.equal(
    await rejectionOf(evaluate(metrics.sparseCategoricalAccuracy())),
    'OptionError: compile: the metric sparseCategoricalAccuracy needs class numbers as targets, but those of the loss meanSquaredError are numbers like the output',
  );
  t.equal(
    await evaluate(metrics.precision({ classId: 4 })),
    'OptionError: metric precision: classId must be an integer from 0 to 3, got 4',
  );
  t.equal(
    await evaluate(metrics.auc({ multiLabel: true, numLabels: 3 })),
    'OptionError: metric auc: numLabels 3 for an output of 4 columns; there must be as many',
  );
  t.equal(
    await evaluate(metrics.auc({ labelWeights: [1, 2] })),
    'OptionError: metric auc: 2 labelWeights for an output of 4 columns; there must be as many',
  );
  t.equal(
    await evaluate(metrics.iou({ numClasses: 5, targetClassIds: [0] }), 'sparseCategoricalCrossentropy'),
    'ShapeError: metric iou: classes [5] and predictions [5, 4] must be as many',
  );
  t.equal(
    errorOf(() => model.compile({ optimizer: 'sgd', loss: 'mse', metrics: ['meanIoU' as string as MetricName] })),
    'OptionError: meanIoU: expected an object with options, got undefined',
  );
  t.equal(
    errorOf(() => model.compile({ optimizer: 'sgd', loss: 'mse', ...({ lossWeights: [1] } as object) })),
    'OptionError: compile: lossWeights must be a finite number, got [1]',
  );
  const images = new Sequential({ inputShape: [2, 2, 1] }).add(conv2d(3, 1));
  const along = (axis: number) => {
    images.compile({ optimizer: 'sgd', loss: losses.categoricalCrossentropy({ axis }) });
    return rejectionOf(images.trainOnBatch(zeros([1, 2, 2, 1]), zeros([1, 2, 2, 3])));
  };
  t.equal(
    await along(4),
    'ShapeError: loss categoricalCrossentropy: axis 4 is none of [1, 2, 2, 3]; outputs have the axes 1 to 3 behind the batch axis',
  );
  t.equal(
    await along(-4),
    'ShapeError: loss categoricalCrossentropy: axis -4 is the batch axis; outputs have the axes 1 to 3 behind the batch axis',
  );
});

t.test('a curve for each label needs labels', async t => {
  const model = new Sequential({ inputShape: [2, 2, 1] }).add(conv2d(3, 1));
  model.compile({ optimizer: 'sgd', loss: 'mse', metrics: [metrics.auc({ multiLabel: true })] });
  t.equal(
    await rejectionOf(model.evaluate(zeros([1, 2, 2, 1]), zeros([1, 2, 2, 3]))),
    'ShapeError: metric auc: multiLabel needs an output of [labels], got [2, 2, 3]',
  );
});

t.test('a class that is ignored may be any number; others must be classes', async t => {
  for (const backend of ['loops', 'simd'] as const) {
    const model = new Sequential({ inputShape: [3], backend }).add(dense({ units: 4, activation: 'softmax' }));
    const loss = losses.sparseCategoricalCrossentropy({ ignoreClass: -1 });
    const compiled = model.compile({ optimizer: 'sgd', loss, metrics: ['accuracy', 'sparseTopKCategoricalAccuracy'] });
    const x = zeros([3, 3]);
    const none = await compiled.evaluate(x, tensor(Int32Array.of(-1, -1, -1)));
    t.same(none, { loss: 0, accuracy: 0, sparseTopKCategoricalAccuracy: 0 }, 'nothing counts, and nothing is right');
    t.equal(
      await rejectionOf(compiled.evaluate(x, tensor(Int32Array.of(0, 7, -1)))),
      'DataError: evaluate: the target at [1] is 7: the model has 4 classes, so targets must be integers from 0 to 3, or -1, which is ignored',
    );
  }
});

t.test('a loss that drops the batch axis is refused before anything is trained', async t => {
  const model = new Sequential({ inputShape: [3], seed: 1 }).add(dense(2));
  const before = await model.getWeights();
  const compiled = model.compile({
    optimizer: 'sgd',
    loss: { name: 'columns', targets: 'numbers', forward: (ops, output) => ops.mean(output, 0) },
  });
  t.equal(
    await rejectionOf(compiled.trainOnBatch(zeros([4, 3]), zeros([4, 2]))),
    'ShapeError: loss columns: forward gives [2] for an output of [4, 2]; it must keep the batch axis in front: [4, ...]',
  );
  t.same(await model.getWeights(), before);
});
