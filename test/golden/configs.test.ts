/** Every loss, metric, optimizer and schedule tells its class and all its options, with Keras's defaults, and is made again of them. */
import t from 'tap';
import {
  type Json,
  losses,
  lossFromConfig,
  metricFromConfig,
  metrics,
  optimizerFromConfig,
  Sequential,
  scheduleFromConfig,
} from '../../lib/index.ts';
import { readGolden } from './golden.ts';

interface Options {
  readonly [option: string]: Json;
}

type Configs = { readonly [className: string]: Options };

const golden = readGolden<
  { madeBy: string; needed: Configs } & { readonly [S in 'losses' | 'metrics' | 'optimizers' | 'schedules']: Configs }
>('configs-keras.json');

/** Not a number that anyone computes with, or one that everything here has. */
const leftOut = ['name', 'dtype', 'lossScaleFactor'];

/** Where another word says the same. */
const same: { readonly [option: string]: readonly [keras: Json, inkling: Json | undefined] } = {
  weightDecay: [null, 0],
  thresholds: [null, 0.5],
  gradientAccumulationSteps: [null, 1],
  // Left out where there are no averages.
  useEma: [false, undefined],
  emaMomentum: [0.99, undefined],
  // Found out from the shapes where it is left out.
  sparseYTrue: [true, undefined],
  sparseYPred: [true, undefined],
};

const camel = (value: Json): Json =>
  typeof value === 'string' ? value.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) : value;

const differs = (option: string, keras: Json, inkling: Json | undefined): boolean => {
  const [a, b] = [keras, inkling].map(value => JSON.stringify(value));
  const [x, y] = same[option] ?? [];
  if (inkling === undefined && keras === null) return false;
  return a !== b && !(a === JSON.stringify(x) && b === JSON.stringify(y));
};

const makers = {
  losses: lossFromConfig,
  metrics: metricFromConfig,
  optimizers: optimizerFromConfig,
  schedules: scheduleFromConfig,
};

for (const [section, make] of Object.entries(makers)) {
  t.test(`${golden.madeBy}: ${section}`, async t => {
    for (const [className, options] of Object.entries(golden[section as keyof typeof makers])) {
      const made = make({ className, config: golden.needed[className] ?? {} });
      const config: Options = { ...made.config };
      t.equal(made.className, className);
      for (const [option, value] of Object.entries(options)) {
        if (leftOut.includes(option)) continue;
        t.notOk(
          differs(option, camel(value), config[option]),
          `${className}: ${option} is ${JSON.stringify(config[option])}, expected ${JSON.stringify(value)}`,
        );
      }
      const again = make({ className, config: JSON.parse(JSON.stringify(config)) });
      t.same(again.config, config, `${className} is made again`);
      t.not(again, made);
    }
  });
}

t.test('options other than the defaults', async t => {
  const huber = lossFromConfig({ className: 'Huber', config: { delta: 2, reduction: 'sum' } });
  t.same(huber.config, losses.huber({ delta: 2, reduction: 'sum' }).config);
  t.equal(huber.reduction, 'sum');
  const some = [
    metrics.recall({ topK: 3, name: 'found' }),
    metrics.huber({ delta: 3 }),
    metrics.accuracy({ name: 'right' }),
    metrics.cohenKappa({ weightage: 'linear', numClasses: 4 }),
    metrics.auc({ thresholds: [0.25, 0.5], curve: 'PR' }),
  ];
  for (const metric of some) {
    const { className = '', config = {} } = metric;
    const again = metricFromConfig({ className, config });
    t.equal(again.name, metric.name);
    t.same(again.config, config, className);
  }
  t.same(metrics.huber({ delta: 3 }).config, { delta: 3, name: 'huber' });
  t.equal(metrics.accuracy().className, 'AutomaticAccuracy');
});

t.test('a metric that is made again gives the same numbers', async t => {
  const x = [[0.9], [0.2], [0.7], [0.4]];
  const y = [[1], [0], [0], [1]];
  const metric = metrics.precision({ thresholds: [0.3, 0.8], name: 'cut' });
  const { className = '', config = {} } = metric;
  const results = [metric, metricFromConfig({ className, config })].map(async each => {
    const model = new Sequential({ inputShape: [1] }).add((ops, value) => ops.affine(value, 1));
    model.compile({ optimizer: 'sgd', loss: 'mse', metrics: [each] });
    await model.evaluate(x, y);
    return model.results!['cut'];
  });
  const [first, second] = await Promise.all(results);
  t.same(second, first);
});

t.test('classes that are not known', async t => {
  const known = new Set(Object.values(losses).map(factory => factory().className));
  t.throws(() => lossFromConfig({ className: 'CTC', config: {} }), {
    name: 'FormatError',
    message: `the loss CTC is not known; known are ${[...known].join(', ')}`,
  });
  t.throws(() => metricFromConfig({ className: 'BLEU', config: {} }), {
    name: 'FormatError',
    message: /^the metric BLEU is not known; known are SparseCategoricalCrossentropy, .*, ConcordanceCorrelation$/,
  });
  t.throws(() => metricFromConfig({ className: 'Precision', config: { topK: 0 } }), {
    name: 'OptionError',
    message: 'precision: topK must be a positive integer, got 0',
  });
});
