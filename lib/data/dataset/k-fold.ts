import { describe } from '../../describe.ts';
import { OptionError } from '../../errors.ts';
import { positiveInteger } from '../../layers/options.ts';
import type { Shape } from '../../shape/shape.ts';
import type { DType } from '../../tensor/index.ts';
import { inOrder } from '../examples.ts';
import { Dataset } from './dataset.ts';
import { picked } from './indexed.ts';
import { foldPlaces, type PartOptions } from './parts.ts';
import { checkedParts, divisible } from './splitting.ts';
import type { Division, ElementKind, Targets } from './types.ts';

/** What a model is trained on, and what it is checked with. */
export interface Fold<D> {
  readonly train: D;
  readonly validation: D;
}

/**
 * The examples in k parts for cross-validation: each fold validates with one of them and trains on the others. The parts
 * are drawn by the seed, their sizes differ by one at most; with `stratify`, also those of each class. Throws as `split`.
 */
export function kFold<In extends Shape, D extends DType, T extends Targets, E extends ElementKind>(
  dataset: Dataset<In, D, T, E>,
  k: Division<'kFold'>[E],
  options: PartOptions = {},
): Fold<Dataset<In, D, T, E>>[] {
  if (!(dataset instanceof Dataset)) throw new OptionError(`kFold: expected a dataset, got ${describe(dataset)}`);
  const whole = divisible('kFold', dataset['~stage']);
  if (positiveInteger('kFold', 'k', k as number) === 1) throw new OptionError('kFold: k must be 2 or more, got 1');
  const { seed, classes } = checkedParts('kFold', whole, options);
  const parts = foldPlaces(whole.count, k as number, seed, classes);
  const of = (places: Uint32Array) => new Dataset<In, D, T, E>(picked(whole, places), dataset['~ahead']);
  return parts.map(part => {
    const held = new Set(part);
    return { train: of(inOrder(whole.count).filter(place => !held.has(place))), validation: of(part) };
  });
}
