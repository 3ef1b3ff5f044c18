import type { EncodedOutput } from '../shape/category-rules.ts';
import type { Shape } from '../shape/shape.ts';
import { checkedOutputMode, encoded, encodedShape } from './category-modes.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';
import { checkedOptions, type PositiveInteger, positiveInteger } from './options.ts';

type Mode = 'oneHot' | 'multiHot' | 'count';
const modes: readonly Mode[] = ['oneHot', 'multiHot', 'count'];

export interface CategoryEncodingOptions<
  D extends number = number,
  M extends Mode = Mode,
  I extends Shape | undefined = Shape | undefined,
> extends LayerOptions<I> {
  /** How many categories there are: inputs are numbers from 0 to numTokens - 1. */
  readonly numTokens: PositiveInteger<'categoryEncoding', 'numTokens', D>;
  /**
   * `oneHot`: a vector for each number, in place of a last axis of size 1. `multiHot`, also if left out: ones for all
   * numbers along the last axis. `count`: how often each of them is there.
   */
  readonly outputMode?: M;
}

/** Numbers of categories as vectors of D numbers. */
export interface CategoryEncoding<D extends number, M extends Mode, I extends Shape | undefined = undefined>
  extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: EncodedOutput<this['~in'], M, D>;
}

/**
 * Numbers of categories as vectors: [..., k] -> [..., numTokens], or [..., k, numTokens] for `oneHot` with k > 1. Numbers
 * that are no category count nowhere, where Keras throws. Throws OptionError, and ShapeError for inputs without an axis
 * where the mode needs one.
 */
export function categoryEncoding<
  const D extends number,
  const M extends Mode = 'multiHot',
  const I extends Shape | undefined = undefined,
>(given: CategoryEncodingOptions<D, M, I>): CategoryEncoding<D, M, I> {
  const layer = 'categoryEncoding';
  const options = checkedOptions<CategoryEncodingOptions<number, Mode, I>>(layer, given, ['numTokens', 'outputMode']);
  const numTokens = positiveInteger(layer, 'numTokens', options.numTokens);
  const outputMode = checkedOutputMode(layer, options.outputMode ?? 'multiHot', modes);
  return {
    className: 'CategoryEncoding',
    ...common(options),
    config: { numTokens, outputMode },
    outputShape: input => encodedShape(input, outputMode, numTokens),
    forward: (ops, x) => encoded(ops, x, outputMode, numTokens),
  };
}
