/** Where the examples of a stream come from. */
import { describe } from '../../describe.ts';
import { OptionError } from '../../errors.ts';
import type { BatchSource, EpochStart } from '../batches.ts';
import { Block, blockOfOne } from './block.ts';
import { batchColumnsOf, columnsOf } from './mapping.ts';
import type { StreamStage } from './stage.ts';

/** What gives elements each time it is iterated over, called, or, as a batch source, asked for batches. */
export type ElementSource<T> =
  | Iterable<T>
  | AsyncIterable<T>
  | ((start: EpochStart) => Iterable<T> | AsyncIterable<T>)
  | { readonly examples?: number; batches(start: EpochStart): Iterable<T> | AsyncIterable<T> };

/** The examples, or the batches, that a source gives. Throws OptionError for what is no source. */
export function streamFrom(
  what: string,
  source: ElementSource<unknown>,
  { batched, examples }: { readonly batched: boolean; readonly examples: number | undefined },
): StreamStage {
  const open = openerOf(what, source);
  const told = typeof source === 'object' && 'batches' in source ? (source as BatchSource).examples : undefined;
  const known = examples ?? told;
  return {
    kind: 'stream',
    batched,
    count: batched ? undefined : known,
    examples: known,
    spec: undefined,
    isFixed: true,
    repeats: false,
    shuffles: 0,
    maps: 0,
    async *blocks({ start }) {
      for await (const given of checkedIterable(what, open(start))) {
        yield batched ? new Block(batchColumnsOf(what, given)) : blockOfOne(columnsOf(what, 'an example', given));
      }
    },
  };
}

function openerOf(what: string, source: ElementSource<unknown>): (start: EpochStart) => unknown {
  if (typeof source === 'function') return source;
  if (typeof source === 'object' && source !== null) {
    if ('batches' in source) return start => source.batches(start);
    if (Symbol.iterator in source || Symbol.asyncIterator in source) return () => source;
  }
  throw new OptionError(
    `${what}: expected an iterable, or a function that gives one for each pass, got ${describe(source)}`,
  );
}

function checkedIterable(what: string, given: unknown): AsyncIterable<unknown> {
  const isIterable = typeof given === 'object' && given !== null;
  if (isIterable && (Symbol.iterator in given || Symbol.asyncIterator in given)) return given as AsyncIterable<unknown>;
  throw new OptionError(`${what}: the function must give an iterable, got ${describe(given)}`);
}
