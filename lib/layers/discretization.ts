import { describe } from '../describe.ts';
import { DataError, OptionError, StateError } from '../errors.ts';
import type { EncodedOutput } from '../shape/category-rules.ts';
import type { Shape } from '../shape/shape.ts';
import { checkedOutputMode, encoded, encodedShape } from './category-modes.ts';
import { type AdaptData, numbersOf } from './data-moments.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';
import { checkedOptions, type PositiveInteger, positiveInteger } from './options.ts';
import { boundariesOf, merged, type Summary, summaryOf } from './quantile-summary.ts';

type Mode = 'int' | 'oneHot' | 'multiHot' | 'count';
const modes: readonly Mode[] = ['int', 'oneHot', 'multiHot', 'count'];

export interface DiscretizationOptions<
  B extends readonly number[] = readonly number[],
  D extends number = number,
  M extends Mode = Mode,
  I extends Shape | undefined = Shape | undefined,
> extends LayerOptions<I> {
  /** Where one bin ends and the next begins, in ascending order: `[0, 1]` makes the bins x < 0, 0 <= x < 1 and 1 <= x. */
  readonly binBoundaries?: B | null;
  /** In their place: how many bins `adapt` makes, each with about as many of the data. */
  readonly numBins?: PositiveInteger<'discretization', 'numBins', D> | null;
  /** The error of the quantiles that `adapt` finds: it keeps about 1 / epsilon numbers; 0.01 if left out. */
  readonly epsilon?: number;
  /** `int`, also if left out: the number of the bin. `oneHot`, `multiHot`, `count`: as in `categoryEncoding`. */
  readonly outputMode?: M;
}

/** How many bins there are. */
type BinsOf<B extends readonly number[], D extends number> = number extends D
  ? number extends B['length']
    ? number
    : [...B, 0]['length'] & number
  : D;

/** Numbers by the bins that they lie in. */
export interface Discretization<D extends number, M extends Mode, I extends Shape | undefined = undefined>
  extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: EncodedOutput<this['~in'], M, D>;
  /**
   * Finds the boundaries of `numBins` bins from data, which may come in batches, before the layer is added to a model, and
   * gives the layer. Throws StateError behind that, OptionError for a layer with boundaries of its own, DataError for data
   * without examples, and for vectors where the data make fewer bins.
   */
  adapt(data: AdaptData): Promise<this>;
}

/**
 * Numbers by the bins that they lie in, from 0 on, as float32: [...] -> [...], or vectors as `outputMode` says. Boundaries
 * are given, or found by `adapt`, which estimates quantiles as Keras does. Throws OptionError.
 */
export function discretization<
  const B extends readonly number[] = readonly number[],
  const D extends number = number,
  const M extends Mode = 'int',
  const I extends Shape | undefined = undefined,
>(given: DiscretizationOptions<B, D, M, I>): Discretization<BinsOf<B, D>, M, I> {
  const layer = 'discretization';
  const known = ['binBoundaries', 'numBins', 'epsilon', 'outputMode'];
  const options = checkedOptions<DiscretizationOptions<readonly number[], number, Mode, I>>(layer, given, known);
  const outputMode = checkedOutputMode(layer, options.outputMode ?? 'int', modes);
  const epsilon = options.epsilon ?? 0.01;
  if (!(epsilon > 0 && epsilon < 1)) {
    throw new OptionError(`${layer}: epsilon must be between 0 and 1, without them, got ${describe(epsilon)}`);
  }
  const numBins = options.numBins == null ? null : positiveInteger(layer, 'numBins', options.numBins);
  let boundaries = checkedBoundaries(layer, options.binBoundaries ?? null, numBins);
  let isUsed = false;
  const bins = () => (boundaries === null ? numBins! : boundaries.length + 1);
  return {
    className: 'Discretization',
    ...common(options),
    get config() {
      return { binBoundaries: boundaries, numBins, epsilon, outputMode };
    },
    outputShape: input => encodedShape(input, outputMode, bins()),
    forward(ops, x) {
      if (boundaries === null) {
        throw new OptionError(
          `${layer}: no boundaries: give binBoundaries, or await adapt(data) before the layer is added`,
        );
      }
      isUsed = true;
      if (boundaries.length === 0) return encoded(ops, ops.fill(x.shape, 0), outputMode, 1);
      const limits = ops.constant({ shape: [boundaries.length], data: boundaries });
      const passed = ops.greaterEqual(ops.expandDims(ops.cast(x, 'float32'), -1), limits);
      return encoded(ops, ops.sum(passed, -1), outputMode, bins());
    },
    async adapt(data) {
      if (numBins === null) throw new OptionError(`${layer}: it has binBoundaries; give numBins alone to adapt it`);
      if (isUsed) throw new StateError(`${layer}: adapt it before it is added to a model, which takes its boundaries`);
      let summary: Summary = { values: new Float32Array(0), weights: new Float32Array(0) };
      for await (const numbers of numbersOf(data)) summary = merged(summaryOf(numbers, epsilon), summary, epsilon);
      const found = boundariesOf(summary, numBins);
      if (outputMode !== 'int' && found.length < numBins - 1) {
        throw new DataError(
          `${layer}: adapt found ${found.length + 1} bins in place of ${numBins}; give it more data, a smaller epsilon or fewer bins`,
        );
      }
      boundaries = found;
      return this;
    },
  };
}

function checkedBoundaries(
  layer: string,
  given: readonly number[] | null,
  numBins: number | null,
): readonly number[] | null {
  if (given === null) {
    if (numBins !== null) return null;
    throw new OptionError(`${layer}: give binBoundaries, or numBins and adapt it`);
  }
  const fits =
    Array.isArray(given) && given.every((each, i) => Number.isFinite(each) && (i === 0 || each >= given[i - 1]!));
  if (!fits) {
    throw new OptionError(
      `${layer}: binBoundaries must be a list of finite numbers in ascending order, got ${describe(given)}`,
    );
  }
  return [...given];
}
