import { describe } from '../describe.ts';
import { DataError, OptionError, StateError } from '../errors.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import type { EncodedOutput } from '../shape/category-rules.ts';
import type { Shape } from '../shape/shape.ts';
import { checkedOutputMode, encoded, encodedShape } from './category-modes.ts';
import { type AdaptData, numbersOf } from './data-moments.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';
import { checkedOptions, flag, natural, type PositiveInteger, positiveInteger } from './options.ts';

type Mode = 'int' | 'oneHot' | 'multiHot' | 'count';
const modes: readonly Mode[] = ['int', 'oneHot', 'multiHot', 'count'];

export interface IntegerLookupOptions<
  M extends Mode = Mode,
  D extends number = number,
  P extends boolean = boolean,
  I extends Shape | undefined = Shape | undefined,
> extends LayerOptions<I> {
  /** How many indices there may be, those of special tokens among them, at least 2; as many as there are if left out. */
  readonly maxTokens?: PositiveInteger<'integerLookup', 'maxTokens', D> | null;
  /** How many indices there are for numbers out of the vocabulary: x takes the one of x modulo their count; 1 if left out. */
  readonly numOovIndices?: number;
  /** The number that stands for none: its index is 0 for `int`, and it counts nowhere else; none if left out. */
  readonly maskToken?: number | null;
  /** What `invert` makes of an index out of the vocabulary; -1 if left out. */
  readonly oovToken?: number;
  /** The numbers that have indices, in this order; those that `adapt` finds if left out. Special tokens may stand in front. */
  readonly vocabulary?: readonly number[] | null;
  /** Whether inputs are indices, and outputs the numbers that have them; false if left out. */
  readonly invert?: boolean;
  /** `int`, also if left out: the index. `oneHot`, `multiHot`, `count`: as in `categoryEncoding`. */
  readonly outputMode?: M;
  /** Whether vectors have maxTokens numbers, however few indices there are; false if left out. */
  readonly padToMaxTokens?: P;
}

type Depth<D extends number, P extends boolean> = [P] extends [true] ? D : number;

/** Integers by their places in a vocabulary. */
export interface IntegerLookup<
  M extends Mode,
  D extends number,
  P extends boolean,
  I extends Shape | undefined = undefined,
> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: EncodedOutput<this['~in'], M, Depth<D, P>>;
  /**
   * Finds the vocabulary in data, which may come in batches, before the layer is added to a model, and gives the layer: the
   * integers by how often they are there, of those that are there equally often the greater ones first. Throws StateError
   * behind that, OptionError for a layer that was given a vocabulary, DataError for data without examples and with what is
   * no integer.
   */
  adapt(data: AdaptData): Promise<this>;
  /** The numbers by their indices, special tokens in front unless they are not wanted. Throws StateError where there is none. */
  getVocabulary(includeSpecialTokens?: boolean): readonly number[];
}

interface Settings {
  readonly maxTokens: number | null;
  readonly numOovIndices: number;
  readonly maskToken: number | null;
  readonly oovToken: number;
  readonly invert: boolean;
  readonly outputMode: Mode;
  readonly padToMaxTokens: boolean;
}

const layer = 'integerLookup';

/**
 * Integers by their places in a vocabulary, as float32, or vectors as `outputMode` says: [...] -> [...]. Indices begin with
 * that of the mask where there is one and the mode is `int`, then those for numbers out of the vocabulary. Without such
 * indices, numbers out of the vocabulary are -1 and count nowhere, where Keras throws. Throws OptionError.
 */
export function integerLookup<
  const M extends Mode = 'int',
  const D extends number = number,
  const P extends boolean = false,
  const I extends Shape | undefined = undefined,
>(given: IntegerLookupOptions<M, D, P, I> = {}): IntegerLookup<M, D, P, I> {
  const settings = checkedSettings(given);
  const special = specialTokens(settings);
  const { outputMode, padToMaxTokens, maxTokens, invert } = settings;
  const isGiven = (given.vocabulary ?? null) !== null;
  let tokens = isGiven ? checkedVocabulary(given.vocabulary, settings) : null;
  let isUsed = false;
  const known = (): readonly number[] => {
    if (tokens !== null) return tokens;
    throw new StateError(`${layer}: no vocabulary: give one, or await adapt(data) before the layer is added`);
  };
  const depth = () => (padToMaxTokens ? maxTokens! : special.length + known().length);
  return {
    className: 'IntegerLookup',
    ...common(given),
    get config() {
      return { ...settings, vocabulary: tokens };
    },
    outputShape: input => encodedShape(input, outputMode, outputMode === 'int' ? 1 : depth()),
    forward(ops, x) {
      const own = known();
      isUsed = true;
      const numbers = ops.cast(x, 'float32');
      if (invert) return tokensOf(ops, numbers, own, settings);
      return encoded(ops, indicesOf(ops, numbers, own, settings), outputMode, depth());
    },
    async adapt(data) {
      if (isGiven) throw new OptionError(`${layer}: it was given a vocabulary; leave it out to adapt the layer`);
      if (isUsed) throw new StateError(`${layer}: adapt it before it is added to a model, which takes its vocabulary`);
      tokens = await foundIn(data, settings);
      return this;
    },
    getVocabulary: (includeSpecialTokens = true) => [...(includeSpecialTokens ? special : []), ...known()],
  };
}

/** The mask, where indices have it, and a token for each index of numbers out of the vocabulary. */
function specialTokens({ maskToken, oovToken, numOovIndices, outputMode }: Settings): number[] {
  const mask = maskToken === null || outputMode !== 'int' ? [] : [maskToken];
  return [...mask, ...new Array<number>(numOovIndices).fill(oovToken)];
}

/** The index of each number. */
function indicesOf(ops: Ops, x: Value, tokens: readonly number[], settings: Settings): Value {
  const { maskToken, numOovIndices, outputMode } = settings;
  const start = specialTokens(settings).length;
  const places = ops.equal(ops.expandDims(x, -1), ops.constant({ shape: [tokens.length], data: tokens }));
  const index = ops.cast(ops.argmax(places, -1), 'float32');
  const outside: Value = numOovIndices === 0 ? ops.fill([1], -1) : outsideOf(ops, x, start, numOovIndices);
  const indices = ops.where(ops.max(places, -1), ops.add(index, start), outside) as Value;
  if (maskToken === null) return indices;
  return ops.where(ops.equal(x, maskToken), outputMode === 'int' ? 0 : -1, indices) as Value;
}

/** The index of a number out of the vocabulary: by its remainder, which is not negative. */
function outsideOf(ops: Ops, x: Value, start: number, count: number): Value {
  const quotient = ops.floor(ops.divide(x, count));
  const rest = ops.subtract(x, ops.multiply(quotient, count));
  // A quotient next to an integer may have been rounded to it.
  return ops.add(ops.where(ops.less(rest, 0), ops.add(rest, count), rest), start - count) as Value;
}

/** The token of each index. */
function tokensOf(ops: Ops, x: Value, tokens: readonly number[], settings: Settings): Value {
  const { maskToken, oovToken } = settings;
  const start = specialTokens(settings).length;
  const places = ops.oneHot(ops.cast(ops.subtract(x, start), 'int32'), tokens.length);
  const found = ops.max(places, -1);
  const token = ops.sum(ops.multiply(places, ops.constant({ shape: [tokens.length], data: tokens })), -1);
  const known = ops.where(found, token, oovToken) as Value;
  return maskToken === null ? known : (ops.where(ops.equal(x, 0), maskToken, known) as Value);
}

/** The integers of the data, the most frequent first. */
async function foundIn(data: AdaptData, settings: Settings): Promise<readonly number[]> {
  const { maskToken, oovToken, maxTokens } = settings;
  const counts = new Map<number, number>();
  for await (const numbers of numbersOf(data)) {
    for (const number of Array.from(numbers)) {
      if (!isToken(number)) {
        throw new DataError(`${layer}: adapt: the data must be ${tokenRule}, got ${number}`);
      }
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
  }
  for (const token of [maskToken, oovToken]) if (token !== null) counts.delete(token);
  if (counts.size === 0) throw new DataError(`${layer}: adapt: the data has special tokens alone`);
  const ordered = [...counts].sort(([a, count], [b, other]) => other - count || b - a).map(([token]) => token);
  return maxTokens === null ? ordered : ordered.slice(0, maxTokens - specialTokens(settings).length);
}

/** What float32 holds as it is, with none beside it that would be rounded to it. */
const isToken = (given: unknown): given is number => Number.isInteger(given) && Math.abs(given as number) < 2 ** 24;
const tokenRule = 'integers between -2^24 and 2^24, without them';

function checkedSettings(given: object): Settings {
  const known = ['numOovIndices', 'maskToken', 'oovToken', 'vocabulary', 'invert', 'outputMode', 'padToMaxTokens'];
  const options = checkedOptions<IntegerLookupOptions>(layer, given, ['maxTokens', ...known]);
  const token = (option: string, value: number): number => {
    if (isToken(value)) return value;
    throw new OptionError(`${layer}: ${option} must be of the ${tokenRule}, got ${describe(value)}`);
  };
  const maskToken = options.maskToken == null ? null : token('maskToken', options.maskToken);
  const settings = {
    maxTokens: options.maxTokens == null ? null : positiveInteger(layer, 'maxTokens', options.maxTokens),
    numOovIndices: natural(layer, 'numOovIndices', options.numOovIndices ?? 1),
    maskToken,
    oovToken: token('oovToken', options.oovToken ?? -1),
    invert: flag(layer, 'invert', options.invert ?? false),
    outputMode: checkedOutputMode(layer, options.outputMode ?? 'int', modes),
    padToMaxTokens: flag(layer, 'padToMaxTokens', options.padToMaxTokens ?? false),
  };
  const { maxTokens, invert, outputMode, padToMaxTokens } = settings;
  const least = specialTokens(settings).length + 1;
  if (maxTokens !== null && maxTokens < Math.max(2, least)) {
    throw new OptionError(
      `${layer}: maxTokens must be at least ${Math.max(2, least)}, a token and the special ones, got ${maxTokens}`,
    );
  }
  if (padToMaxTokens && maxTokens === null) throw new OptionError(`${layer}: padToMaxTokens needs maxTokens`);
  if (invert && outputMode !== 'int') {
    throw new OptionError(`${layer}: invert needs outputMode 'int', got ${describe(outputMode)}`);
  }
  return settings;
}

/** The vocabulary without the special tokens in front of it. */
function checkedVocabulary(given: unknown, settings: Settings): readonly number[] {
  if (!Array.isArray(given) || given.length === 0 || !given.every(isToken)) {
    throw new OptionError(`${layer}: vocabulary must be a list of ${tokenRule}, got ${describe(given)}`);
  }
  const { maskToken, oovToken, invert, maxTokens } = settings;
  const special = specialTokens(settings);
  const tokens = special.every((token, i) => token === given[i]) ? given.slice(special.length) : [...given];
  if (tokens.length === 0) throw new OptionError(`${layer}: vocabulary has special tokens alone, ${describe(given)}`);
  const seen = new Set<number>();
  const repeated = tokens.find(token => seen.size === seen.add(token).size);
  if (repeated !== undefined) throw new OptionError(`${layer}: vocabulary has ${repeated} more than once`);
  for (const [option, token] of [
    ['maskToken', maskToken],
    ['oovToken', invert ? oovToken : null],
  ] as const) {
    if (token === null || !tokens.includes(token)) continue;
    throw new OptionError(
      `${layer}: vocabulary has the ${option} ${token}; leave it out, or begin with all special tokens, ${describe(special)}`,
    );
  }
  if (maxTokens !== null && special.length + tokens.length > maxTokens) {
    throw new OptionError(
      `${layer}: vocabulary has ${special.length + tokens.length} tokens with the special ones, but maxTokens is ${maxTokens}`,
    );
  }
  return tokens;
}
