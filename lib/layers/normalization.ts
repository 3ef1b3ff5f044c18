import { describe } from '../describe.ts';
import { OptionError, ShapeError, StateError } from '../errors.ts';
import type { Initializer } from '../initializers/initializers.ts';
import type { Value } from '../plan/graph.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import { type NestedArray, type Tensor, tensor } from '../tensor/index.ts';
import { checkedAxes, placesOf } from './axes.ts';
import { type AdaptData, momentsOf } from './data-moments.ts';
import { common, type LayerOptions, type LayerOptionValues } from './layer.ts';
import type { AlongAxes, AxesOption } from './normalization-rules.ts';
import { checkedOptions, flag } from './options.ts';

/** A number, or numbers in arrays as deep as there are axes. */
export type Statistic = number | readonly Statistic[];

export interface NormalizationOptions<
  I extends Shape | undefined = Shape | undefined,
  A extends AxesOption = AxesOption,
> extends LayerOptions<I> {
  /**
   * The axes whose places have statistics of their own, counted with the batch as axis 0, or from the end; null for none, so
   * that there is one mean and one variance; -1 if left out.
   */
  readonly axis?: A;
  /** Of all elements, or of the shape of these axes; with `variance`, or else `adapt` finds both. */
  readonly mean?: Statistic;
  /** Likewise; 0 or more. */
  readonly variance?: Statistic;
  /** Whether the layer turns normalized numbers back: x max(sqrt(variance), 1e-7) + mean; false if left out. */
  readonly invert?: boolean;
}

/** A layer that knows the mean and the variance of its inputs. */
export interface Normalization<A extends AxesOption, I extends Shape | undefined = undefined> extends AlongAxes<A, I> {
  /**
   * Finds mean and variance of data, which may come in batches, before the layer is added to a model, and gives the layer.
   * Throws StateError behind that, DataError for data without examples or with numbers that are not finite, ShapeError for
   * batches of different shapes.
   */
  adapt(data: AdaptData): Promise<this>;
}

/** No image has as many. */
const mostAxes = 20;

/** As Keras's `epsilon`: the least standard deviation. */
const leastDeviation = 1e-7;

/**
 * (x - mean) / max(sqrt(variance), 1e-7), along the axes given, with statistics that are given or found by `adapt`. They
 * are parameters that do not train, and are saved with the model. Throws OptionError for options out of range, ShapeError
 * where they do not fit the input, OptionError too where they are neither given nor found.
 */
export function normalization<const A extends AxesOption = -1, const I extends Shape | undefined = undefined>(
  options: NormalizationOptions<I, A> = {},
): Normalization<A, I> {
  const layer = 'normalization';
  checkedOptions(layer, options, ['axis', 'mean', 'variance', 'invert']);
  const axis: AxesOption = options.axis === undefined ? -1 : options.axis;
  const axes = axis === null ? [] : checkedAxes(layer, axis);
  const invert = flag(layer, 'invert', options.invert ?? false);
  const { mean: givenMean, variance: givenVariance } = options;
  let statistics = givenStatistics(options);
  let config: LayerOptionValues =
    givenMean === undefined || givenVariance === undefined ? {} : { mean: givenMean, variance: givenVariance };
  let isUsed = false;
  return {
    className: 'Normalization',
    ...common(options),
    get config() {
      return { axis, invert, ...config };
    },
    outputShape(input) {
      placesOf(axes, input);
      return input;
    },
    parameters(input) {
      if (statistics === undefined) {
        throw new OptionError(
          'normalization: no mean and variance: give them, or await adapt(data) before the layer is added',
        );
      }
      isUsed = true;
      const kept = placesOf(axes, input).map(place => input[place]!);
      return Object.entries(statistics).map(([name, given]) => ({
        name,
        shape: given.shape.length === 0 ? [1] : kept,
        initializer: these(fitting(name, given, kept, input)),
        trainable: false,
      }));
    },
    forward(ops, x, { mean, variance }) {
      const places = placesOf(axes, x.shape.slice(1));
      const repeated = x.shape.map((size, i) => (places.includes(i - 1) ? size : 1));
      const along = (value: Value) => (value.shape[0] === 1 ? value : ops.reshape(value, repeated));
      const deviation = ops.maximum(ops.sqrt(along(variance!)), leastDeviation);
      const floats = ops.cast(x, 'float32');
      if (invert) return ops.add(ops.multiply(floats, deviation), along(mean!));
      return ops.divide(ops.subtract(floats, along(mean!)), deviation);
    },
    async adapt(data) {
      if (isUsed)
        throw new StateError('normalization: adapt it before it is added to a model, which takes its statistics');
      statistics = await momentsOf(data, example => placesOf(axes, example));
      config = configOf(statistics);
      return this;
    },
  };
}

interface Statistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Mean and variance as the options give them; undefined where they do not. Throws OptionError. */
function givenStatistics({ mean, variance }: NormalizationOptions): Statistics | undefined {
  if (mean === undefined && variance === undefined) return undefined;
  const statistics = { mean: checkedStatistic('mean', mean), variance: checkedStatistic('variance', variance) };
  if (statistics.variance.data.every(value => value >= 0)) return statistics;
  throw new OptionError(`normalization: variance must be 0 or more, got ${describe(variance)}`);
}

function checkedStatistic(option: string, given: Statistic | undefined): Tensor {
  const flat: readonly unknown[] = Array.isArray(given) ? (given as unknown[]).flat(mostAxes) : [given];
  if (flat.length > 0 && flat.every(Number.isFinite)) return tensor(given as NestedArray);
  throw new OptionError(`normalization: ${option} must be a finite number or a list of them, got ${describe(given)}`);
}

/** The numbers for the shape of the axes, along which those that are given are repeated. */
function fitting(name: string, given: Tensor, kept: Shape, input: Shape): ArrayLike<number> {
  if (given.shape.length === 0) return given.data;
  const padded = [...new Array<number>(Math.max(0, kept.length - given.shape.length)).fill(1), ...given.shape];
  const fits = padded.length === kept.length && padded.every((size, i) => size === 1 || size === kept[i]);
  if (fits) return given.broadcastTo(kept).data;
  const [own, wanted, of] = [given.shape, kept, input].map(formatShape);
  throw new ShapeError(`${name} has the shape ${own}, expected a number or the shape ${wanted} for inputs of ${of}`);
}

/** As the options would give them. */
function configOf({ mean, variance }: Statistics): LayerOptionValues {
  return { mean: mean.toArray() as Statistic, variance: variance.toArray() as Statistic };
}

/** Writes these numbers. */
const these = (numbers: ArrayLike<number>): Initializer => ({
  name: 'these',
  config: {},
  fill: out => out.set(numbers),
});
