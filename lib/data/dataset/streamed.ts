/** Stages whose elements come one after the other. */
import { inOrder } from '../examples.ts';
import { Block, join } from './block.ts';
import { repetitionOf } from './indexed.ts';
import { drawsOf, firstPass, type Pass, type Stage, type StageFacts, type StreamStage } from './stage.ts';

/** Examples that are read together from a stage that could be read at any place. */
const readTogether = 32;

/** Any stage as a stream. */
export function streamOf(stage: Stage): StreamStage {
  if (stage.kind === 'stream') return stage;
  const { memories: _, open, ...facts } = stage;
  return {
    ...facts,
    kind: 'stream',
    async *blocks(pass) {
      const read = open(pass);
      const together = stage.batched ? 1 : readTogether;
      for (let from = 0; from < stage.count; from += together) {
        yield await read(inOrder(Math.min(together, stage.count - from), from));
      }
    },
  };
}

/** Elements in a block: a batch is one. */
const elementsIn = ({ batched }: StageFacts, block: Block): number => (batched ? 1 : block.count);

/**
 * The elements in an order drawn for each pass: each is taken at random out of `size` that wait. `unit` cuts a block into
 * its elements.
 */
export function shuffledStream(stage: StreamStage, size: number, seed: number | undefined): StreamStage {
  return {
    ...stage,
    isFixed: false,
    shuffles: stage.shuffles + 1,
    async *blocks(pass) {
      const draws = drawsOf('shuffle', stage.shuffles, seed, pass);
      const waiting: Block[] = [];
      let drawn = 0;
      const together = (blocks: Block[]): Block[] =>
        stage.batched || blocks.length === 0 ? blocks : [join('shuffle', blocks)];
      for await (const block of stage.blocks(pass)) {
        const out: Block[] = [];
        for (const element of elementsOf(stage, block)) {
          if (waiting.length < size) {
            waiting.push(element);
            continue;
          }
          const place = draws.integer(drawn++, size);
          out.push(waiting[place]!);
          waiting[place] = element;
        }
        yield* together(out);
      }
      const order = inOrder(waiting.length);
      drawsOf('shuffle', stage.shuffles, seed, { ...pass, name: `${pass.name}, the rest` }).shuffle(order);
      for (let from = 0; from < order.length; from += readTogether) {
        yield* together([...order.subarray(from, from + readTogether)].map(place => waiting[place]!));
      }
    },
  };
}

/** The elements of a block by themselves; copies of examples, so that the block does not stay for the sake of one. */
function elementsOf(stage: StreamStage, block: Block): Block[] {
  if (stage.batched) return [block];
  return Array.from(inOrder(block.count), row => new Block(block.part(row, row + 1).columns));
}

/** The elements from `begin` to before `end`; the source is left behind the last one. */
export function betweenStream(stage: StreamStage, begin: number, end: number): StreamStage {
  const count = stage.count && Math.max(0, Math.min(end, stage.count) - begin);
  return {
    ...stage,
    count,
    examples: stage.batched ? undefined : count,
    async *blocks(pass) {
      let at = 0;
      if (end <= begin) return;
      for await (const block of stage.blocks(pass)) {
        const here = elementsIn(stage, block);
        const [first, last] = [Math.max(begin - at, 0), Math.min(end - at, here)];
        at += here;
        if (first < last) yield stage.batched ? block : block.part(first, last);
        if (at >= end) return;
      }
    },
  };
}

/** All elements, so many times over. A stream that ends without an element ends it all. */
export function repeatedStream(stage: StreamStage, times: number): StreamStage {
  const { count, examples } = stage;
  return {
    ...stage,
    count: times === Number.POSITIVE_INFINITY ? times : count && count * times,
    examples: times === Number.POSITIVE_INFINITY ? times : examples && examples * times,
    repeats: true,
    async *blocks(pass) {
      for (let repetition = 0; repetition < times; repetition++) {
        let isEmpty = true;
        for await (const block of stage.blocks(repetitionOf(pass, repetition))) {
          isEmpty = false;
          yield block;
        }
        if (isEmpty) return;
      }
    },
  };
}

/** The elements of one behind those of the other. */
export function behindStream(first: StreamStage, second: StreamStage, facts: StageFacts): StreamStage {
  return {
    ...facts,
    kind: 'stream',
    async *blocks(pass) {
      yield* first.blocks(pass);
      yield* second.blocks(pass);
    },
  };
}

/** The examples in batches; the last may be smaller, or is left out. */
export function streamBatches(stage: StreamStage, size: number, dropRemainder: boolean): StreamStage {
  const round = dropRemainder ? Math.floor : Math.ceil;
  const count = stage.count && round(stage.count / size);
  return {
    ...stage,
    batched: true,
    batchSize: size,
    count,
    examples: dropRemainder ? count && count * size : stage.count,
    async *blocks(pass) {
      let waiting: Block[] = [];
      let there = 0;
      for await (let block of stage.blocks(pass)) {
        while (there + block.count >= size) {
          const missing = size - there;
          yield join('batch', [...waiting, block.part(0, missing)]);
          block = block.part(missing, block.count);
          waiting = [];
          there = 0;
        }
        if (block.count > 0) waiting.push(block);
        there += block.count;
      }
      if (there > 0 && !dropRemainder) yield join('batch', waiting);
    },
  };
}

/** The elements as another function of their blocks. It is given the place of the first element of each. */
export function changedStream(
  stage: StreamStage,
  facts: Partial<StageFacts>,
  changeOf: (pass: Pass) => (block: Block, places: Uint32Array) => Block | Promise<Block>,
): StreamStage {
  return {
    ...stage,
    ...facts,
    async *blocks(pass) {
      const change = changeOf(pass);
      let at = 0;
      for await (const block of stage.blocks(pass)) {
        const here = elementsIn(stage, block);
        yield await change(block, inOrder(here, at));
        at += here;
      }
    },
  };
}

/** The elements as they are in the first pass, kept once that has come to its end. */
export function cachedStream(stage: StreamStage): StreamStage {
  let kept: readonly Block[] | undefined;
  return {
    ...stage,
    isFixed: true,
    async *blocks() {
      if (kept !== undefined) {
        yield* kept;
        return;
      }
      const blocks: Block[] = [];
      for await (const block of stage.blocks(firstPass)) {
        const copy = new Block(block.columns);
        blocks.push(copy);
        yield copy;
      }
      kept = blocks;
    },
  };
}
