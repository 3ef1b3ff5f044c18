import { describe } from '../../describe.ts';
import { DataError, ShapeError } from '../../errors.ts';
import type { RandomStream } from '../../random/random.ts';
import { sentence } from '../../shape/sentences.ts';
import { formatShape } from '../../shape/shape.ts';
import { type NestedArray, oneHot, Tensor, tensor } from '../../tensor/index.ts';
import { Block, blockOfOne, type Columns, countOf, eachColumn, join } from './block.ts';

/** An example, or a batch, as it may be given. */
export interface GivenElement {
  readonly x: Tensor | NestedArray;
  readonly targets?: Tensor | NestedArray;
  readonly weights?: Tensor | NestedArray;
}

/** What a function of `map` may need besides the element. */
export interface MapContext {
  /** The place of the element in its pass, counted from 0. */
  readonly index: number;
  /**
   * A random number, 0 <= u < 1. The numbers of an element follow from the seed, the step at which the pass began and the
   * element's place, so that a training that goes on draws the same; `Math.random` would not.
   */
  random(): number;
}

/** The function of `map`; what type of element it takes has been checked by the compiler. */
export type MapFunction = (element: never, context: MapContext) => GivenElement | PromiseLike<GivenElement>;

type Change = (block: Block, places: Uint32Array) => Block | Promise<Block>;

/** Numbers that one element may draw before it meets those of the next one. */
const drawsOfElement = 2 ** 20;

function contextOf(draws: RandomStream, index: number): MapContext {
  let drawn = 0;
  return { index, random: () => draws.uniform(index * drawsOfElement + drawn++) };
}

/** Each example of a block as `map` makes it. */
export function mapExamples(map: MapFunction, draws: RandomStream): Change {
  return (block, places) => {
    const made = Array.from(places, (place, i) => map(block.example(i) as never, contextOf(draws, place)));
    const joined = (results: readonly GivenElement[]) =>
      join(
        'map',
        results.map(result => blockOfOne(columnsOf('map', 'an example', result))),
      );
    return made.some(isPromise) ? Promise.all(made).then(joined) : joined(made as GivenElement[]);
  };
}

/** Each batch as `map` makes it. */
export function mapBatches(map: MapFunction, draws: RandomStream): Change {
  return (block, places) => {
    const made = map(block.columns as never, contextOf(draws, places[0]!));
    const checked = (result: GivenElement): Block => {
      const columns = batchColumnsOf('map', result);
      const [before, now] = [block.count, countOf(columns)];
      if (now === before) return new Block(columns);
      throw new ShapeError(`map: a batch of ${before} examples has become one of ${now}; a map keeps their number`);
    };
    return isPromise(made) ? Promise.resolve(made).then(checked) : checked(made);
  };
}

/** Class numbers as rows of numbers. Throws OptionError for a number that is no class. */
export function oneHotTargets(classes: number): Change {
  return ({ columns }) => {
    const { targets } = columns;
    if (targets === undefined) throw new DataError('oneHot: the dataset has no targets');
    return new Block({ ...columns, targets: oneHot(targets, classes) });
  };
}

const isPromise = (given: GivenElement | PromiseLike<GivenElement>): given is PromiseLike<GivenElement> =>
  typeof given === 'object' && given !== null && 'then' in given;

const toTensor = (given: Tensor | NestedArray): Tensor => (given instanceof Tensor ? given : tensor(given));

/** The members of an element as tensors. Throws DataError for what is no element. */
export function columnsOf(what: string, kind: string, given: unknown): Columns {
  if (typeof given !== 'object' || given === null || !('x' in given) || given.x === undefined) {
    throw new DataError(
      `${what}: ${kind} must be { x, targets, weights }, of which x alone must be there, got ${describe(given)}`,
    );
  }
  return eachColumn(given as Columns, column => toTensor(column));
}

/** The same of a batch, or of all examples: each member has the examples along its first axis. Throws ShapeError. */
export function batchColumnsOf(what: string, given: unknown): Columns {
  const columns = columnsOf(what, 'a batch', given);
  const { x, targets, weights } = columns;
  const count = x.shape[0];
  if (count === undefined) throw new ShapeError(`${what}: expected inputs of [N, ...], got a single number`);
  if (targets !== undefined && targets.shape[0] !== count) {
    throw new ShapeError(sentence('counts', { method: what, count, targets: formatShape(targets.shape) }));
  }
  if (weights !== undefined && (weights.shape.length !== 1 || weights.size !== count)) {
    const is = formatShape(weights.shape);
    throw new ShapeError(
      `${what}: weights of shape ${is} for ${count} examples: expected one weight for each, [${count}]`,
    );
  }
  return columns;
}
