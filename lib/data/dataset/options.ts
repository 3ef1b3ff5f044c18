/** Checks on what the methods of a dataset are given. */
import { describe } from '../../describe.ts';
import { OptionError, ShapeError } from '../../errors.ts';
import { isObject, natural, positiveInteger } from '../../layers/options.ts';
import { unknownName } from '../../nearest-name.ts';
import { checkedSeed } from '../../random/random.ts';
import { formatShape, sameShape } from '../../shape/shape.ts';
import type { Stage, StageFacts } from './stage.ts';

export interface ShuffleOptions {
  /** How many elements of a stream wait to be drawn; data in memory is shuffled as a whole. */
  readonly buffer?: number;
  /** What is drawn from, in place of the seed of the training. */
  readonly seed?: number;
}

export interface BatchingOptions {
  /** Whether a last batch that is smaller is left out; false if this is. */
  readonly dropRemainder?: boolean;
}

/** Throws OptionError unless this is an object with none but these options. */
export function checkedNames<O extends object>(what: string, options: O, known: readonly string[]): O {
  if (!isObject(options)) throw new OptionError(`${what}: expected an object with options, got ${describe(options)}`);
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw unknownName(`option of ${what}`, name, known);
  }
  return options;
}

/** The options of `shuffle`; the buffer is 0 where it is not needed. Throws OptionError. */
export function shuffleSize(stage: Stage, options: ShuffleOptions): { buffer: number; seed: number | undefined } {
  const { buffer, seed } = checkedNames('shuffle', options, ['buffer', 'seed']);
  if (seed !== undefined) checkedSeed('shuffle', seed);
  if (stage.kind === 'stream') {
    if (buffer === undefined)
      throw new OptionError('shuffle: a stream needs buffer, how many elements wait to be drawn');
    return { buffer: positiveInteger('shuffle', 'buffer', buffer), seed };
  }
  if (buffer !== undefined) {
    throw new OptionError('shuffle: buffer is for streams; data in memory is shuffled as a whole, so leave it out');
  }
  if (stage.count === Number.POSITIVE_INFINITY) {
    throw new OptionError('shuffle: the dataset repeats without end; shuffle it before repeat()');
  }
  return { buffer: 0, seed };
}

/** How many examples a stream has, if it was told. */
export function knownExamples(what: string, options: { readonly examples?: number }): number | undefined {
  const { examples } = checkedNames(what, options, ['examples']);
  return examples === undefined ? undefined : natural(what, 'examples', examples);
}

/** What is known of two stages behind each other. Throws OptionError or ShapeError for those that do not go together. */
export function concatFacts(first: Stage, second: Stage): StageFacts {
  const kinds = [first, second].map(({ batched }) => (batched ? 'batches' : 'examples'));
  if (kinds[0] !== kinds[1]) {
    throw new OptionError(`concat: ${kinds[1]} do not go behind ${kinds[0]}; concat before batch()`);
  }
  if (first.count === Number.POSITIVE_INFINITY) {
    throw new OptionError('concat: the dataset repeats without end, so nothing comes behind it');
  }
  const [a, b] = [first.spec?.x.shape, second.spec?.x.shape];
  if (a !== undefined && b !== undefined && !sameShape(a, b)) {
    throw new ShapeError(`concat: examples of ${formatShape(b)} do not go behind examples of ${formatShape(a)}`);
  }
  const sum = (one: number | undefined, other: number | undefined) =>
    one === undefined || other === undefined ? undefined : one + other;
  return {
    batched: first.batched,
    batchSize: first.batchSize === second.batchSize ? first.batchSize : undefined,
    count: sum(first.count, second.count),
    examples: sum(first.examples, second.examples),
    spec: first.spec ?? second.spec,
    isFixed: first.isFixed && second.isFixed,
    repeats: first.repeats || second.repeats,
    shuffles: Math.max(first.shuffles, second.shuffles),
    maps: Math.max(first.maps, second.maps),
  };
}
