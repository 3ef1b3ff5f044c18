/** Which examples belong to which part of a dataset. */
import { DataError, OptionError } from '../../errors.ts';
import { RandomStream } from '../../random/random.ts';
import type { Tensor } from '../../tensor/index.ts';
import { inOrder } from '../examples.ts';

export interface PartOptions {
  /** Whether each part has the same share of each class; false if left out. */
  readonly stratify?: boolean;
  /** Decides which examples belong to which part; 0 if left out. */
  readonly seed?: number;
}

/** The places 0 ... count - 1, in random order. */
function drawn(count: number, seed: number): Uint32Array {
  const places = inOrder(count);
  new RandomStream(seed, 'parts of a dataset').shuffle(places);
  return places;
}

/** The places of each class, in random order, class by class. */
function byClass(classes: ArrayLike<number>, seed: number): number[][] {
  const places = new Map<number, number[]>();
  for (const place of drawn(classes.length, seed)) {
    const of = classes[place]!;
    const known = places.get(of);
    if (known === undefined) places.set(of, [place]);
    else known.push(place);
  }
  return [...places.keys()].sort((a, b) => a - b).map(of => places.get(of)!);
}

const sorted = (places: readonly number[]): Uint32Array => Uint32Array.from(places).sort();

/**
 * The places of a share of all examples, and of the rest, each in their order. With classes, each class gives that share
 * of its examples, rounded so that the whole is that of all examples (largest remainders first).
 */
export function splitPlaces(
  count: number,
  share: number,
  seed: number,
  classes: ArrayLike<number> | undefined,
): [Uint32Array, Uint32Array] {
  const taken = Math.round(count * share);
  if (taken === 0 || taken === count) {
    throw new DataError(
      `split: a share of ${share} of ${count} examples leaves ${taken} and ${count - taken}; both parts need at least one`,
    );
  }
  const groups = classes === undefined ? [[...drawn(count, seed)]] : byClass(classes, seed);
  const sizes = rounded(
    groups.map(group => (group.length * taken) / count),
    taken,
  );
  const parts: [number[], number[]] = [[], []];
  for (const [i, group] of groups.entries())
    for (const [k, place] of group.entries()) parts[k < sizes[i]! ? 0 : 1].push(place);
  return [sorted(parts[0]), sorted(parts[1])];
}

/** Whole numbers near these, with that sum: the largest remainders are rounded up. */
function rounded(exact: readonly number[], sum: number): number[] {
  const sizes = exact.map(Math.floor);
  let left = sum - sizes.reduce((total, size) => total + size, 0);
  const order = exact.map((size, i) => ({ i, rest: size - sizes[i]! })).sort((a, b) => b.rest - a.rest || a.i - b.i);
  for (const { i } of order) if (left-- > 0) sizes[i]!++;
  return sizes;
}

/** The places of each of k folds: their sizes differ by one at most, and with classes also the sizes of each class. */
export function foldPlaces(
  count: number,
  k: number,
  seed: number,
  classes: ArrayLike<number> | undefined,
): Uint32Array[] {
  if (k > count) throw new DataError(`kFold: ${count} examples do not make ${k} folds; give at most ${count}`);
  const dealt = classes === undefined ? [...drawn(count, seed)] : byClass(classes, seed).flat();
  return Array.from({ length: k }, (_, fold) => sorted(dealt.filter((_, i) => i % k === fold)));
}

/** The class of each example: its number, or the largest column of several. Throws OptionError. */
export function classesOfTargets(what: string, targets: Tensor | undefined): ArrayLike<number> {
  const count = targets?.shape[0] ?? 0;
  if (targets === undefined || targets.shape.length > 2) {
    throw new OptionError(
      `${what}: stratify needs one class for each example, got ${targets === undefined ? 'no targets' : `targets of [N, ${targets.shape.slice(1).join(', ')}]`}`,
    );
  }
  const columns = targets.size / count;
  if (columns === 1) return targets.data;
  return targets.argmax(-1).data;
}
