import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { isObject } from '../layers/options.ts';
import type { Loss } from '../losses/loss.ts';
import { checkedExamples, weighted } from '../losses/reduction.ts';
import { losses } from '../losses/registry.ts';
import { type Metric, type MetricOptions, metricName, ratio, savedAs } from './metric.ts';

/** The losses whose mean is a metric of the same name; `cosineSimilarity` is one with the other sign. */
type LossMetric = Exclude<keyof typeof losses, 'cosineSimilarity' | 'bce' | 'mse' | 'mae' | 'mape' | 'msle' | 'kld'>;

/** The options of a loss, without a reduction. */
type OptionsOf<N extends LossMetric> = Omit<NonNullable<Parameters<(typeof losses)[N]>[0]>, 'reduction'> &
  MetricOptions;

/** Throws OptionError. */
type Factory<N extends LossMetric> = (options?: OptionsOf<N>) => Metric;

/** Losses as metrics: their means over all rows that count. */
export const lossMetrics: { readonly [N in LossMetric]: Factory<N> } = {
  sparseCategoricalCrossentropy: ofLoss('sparseCategoricalCrossentropy', losses.sparseCategoricalCrossentropy),
  categoricalCrossentropy: ofLoss('categoricalCrossentropy', losses.categoricalCrossentropy),
  binaryCrossentropy: ofLoss('binaryCrossentropy', losses.binaryCrossentropy),
  categoricalFocalCrossentropy: ofLoss('categoricalFocalCrossentropy', losses.categoricalFocalCrossentropy),
  binaryFocalCrossentropy: ofLoss('binaryFocalCrossentropy', losses.binaryFocalCrossentropy),
  categoricalGeneralizedCrossEntropy: ofLoss(
    'categoricalGeneralizedCrossEntropy',
    losses.categoricalGeneralizedCrossEntropy,
  ),
  meanSquaredError: ofLoss('meanSquaredError', losses.meanSquaredError),
  meanAbsoluteError: ofLoss('meanAbsoluteError', losses.meanAbsoluteError),
  meanAbsolutePercentageError: ofLoss('meanAbsolutePercentageError', losses.meanAbsolutePercentageError),
  meanSquaredLogarithmicError: ofLoss('meanSquaredLogarithmicError', losses.meanSquaredLogarithmicError),
  huber: ofLoss('huber', losses.huber),
  logCosh: ofLoss('logCosh', losses.logCosh),
  klDivergence: ofLoss('klDivergence', losses.klDivergence),
  poisson: ofLoss('poisson', losses.poisson),
  hinge: ofLoss('hinge', losses.hinge),
  squaredHinge: ofLoss('squaredHinge', losses.squaredHinge),
  categoricalHinge: ofLoss('categoricalHinge', losses.categoricalHinge),
  dice: ofLoss('dice', losses.dice),
  tversky: ofLoss('tversky', losses.tversky),
};

/** The metric `logCosh` under Keras's name of its class. */
export const logCoshError: Factory<'logCosh'> = ofLoss('logCoshError', losses.logCosh);

function ofLoss<O extends object>(
  factory: string,
  make: (options: O) => Loss,
): (given?: Omit<O, 'reduction'> & MetricOptions) => Metric {
  return given => {
    if (given !== undefined && !isObject(given)) {
      throw new OptionError(`${factory}: expected an object with options, got ${describe(given)}`);
    }
    const { name = factory, ...options }: MetricOptions = given ?? {};
    if ('reduction' in options) {
      throw new OptionError(`${factory}: a metric is a mean over all batches and has no reduction; leave it out`);
    }
    const loss = make(options as O);
    const { reduction: _, ...config } = loss.config ?? {};
    return { ...metricOfLoss(metricName(factory, name), loss), ...savedAs(factory, { ...config, name }) };
  };
}

function metricOfLoss(name: string, loss: Loss): Metric {
  return {
    name,
    ...(loss.targets === 'classes' ? { targets: loss.targets } : {}),
    sums(ops, output, targets, weights) {
      const given = loss.forward(ops, output, targets);
      const whole = given.shape.length === 0 ? ops.broadcastTo(given, [output.shape[0]!]) : given;
      const values = checkedExamples(`metric ${name}`, whole, output);
      const mask = loss.mask?.(ops, output, targets) ?? ops.fill(values.shape, 1);
      const counted = weights === undefined ? mask : weighted(ops, mask, weights);
      return { total: ops.sum(ops.multiply(values, counted)), count: ops.sum(counted) };
    },
    result: ({ total, count }) => ratio(total![0]!, count![0]!),
  };
}
