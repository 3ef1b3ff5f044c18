/** How the elements of a stage come to the one who takes them. */
import { DataError } from '../../errors.ts';
import type { Block } from './block.ts';
import type { IndexedStage, Pass, Stage, StreamStage } from './stage.ts';

/** The elements from `from` on, with so many being made ahead of the one that is asked for. */
export async function* readElements(stage: Stage, pass: Pass, from: number, ahead: number): AsyncGenerator<Block> {
  const iterator = stage.kind === 'indexed' ? readAt(stage, pass, from) : readOn(stage, pass, from);
  const waiting: Promise<IteratorResult<Block>>[] = [];
  try {
    for (;;) {
      while (waiting.length <= ahead) waiting.push(quiet(iterator.next()));
      const { done, value } = await waiting.shift()!;
      if (done === true) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}

/** An error is told to the one who takes the element, which may be nobody. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Each `next` begins to read at once, so that several may be under way. */
function readAt(stage: IndexedStage, pass: Pass, from: number): AsyncIterator<Block, undefined> {
  const read = stage.open(pass);
  let place = from;
  return {
    async next() {
      if (place >= stage.count) return { done: true, value: undefined };
      return { done: false, value: await read(Uint32Array.of(place++)) };
    },
  };
}

async function* readOn(stage: StreamStage, pass: Pass, from: number): AsyncGenerator<Block, undefined> {
  let passed = 0;
  for await (const block of stage.blocks(pass)) if (passed++ >= from) yield block;
  if (passed >= from) return;
  throw new DataError(
    `the dataset has ${passed} batches in this pass, but the training goes on behind ${from} of them`,
  );
}
