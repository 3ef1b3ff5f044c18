/** Stages whose elements can be read at any place. */
import { inOrder } from '../examples.ts';
import { Block, type Columns, countOf, join } from './block.ts';
import { drawsOf, firstPass, type IndexedStage, type Pass, type Read, type StageFacts } from './stage.ts';

/** Tensors in memory. */
export function memory(columns: Columns): IndexedStage {
  const count = countOf(columns);
  const { x, targets } = columns;
  return {
    kind: 'indexed',
    batched: false,
    count,
    examples: count,
    spec: {
      x: { shape: x.shape.slice(1), dtype: x.dtype },
      targets: targets && { shape: targets.shape.slice(1), dtype: targets.dtype },
    },
    isFixed: true,
    repeats: false,
    shuffles: 0,
    maps: 0,
    memories: [columns],
    open: () => rows => new Block(columns, rows),
  };
}

/** The elements in an order that is drawn for each pass. */
export function shuffled(stage: IndexedStage, seed: number | undefined): IndexedStage {
  return {
    ...stage,
    isFixed: false,
    shuffles: stage.shuffles + 1,
    open(pass) {
      const read = stage.open(pass);
      const order = inOrder(stage.count);
      drawsOf('shuffle', stage.shuffles, seed, pass).shuffle(order);
      return rows => read(rows.map(row => order[row]!));
    },
  };
}

/** The elements at these places. */
export function picked(stage: IndexedStage, places: Uint32Array): IndexedStage {
  return {
    ...stage,
    ...counts(stage, places.length),
    open(pass) {
      const read = stage.open(pass);
      return rows => read(rows.map(row => places[row]!));
    },
  };
}

/** The elements from `begin` to before `end`. */
export function between(stage: IndexedStage, begin: number, end: number): IndexedStage {
  const first = Math.min(begin, stage.count);
  return {
    ...stage,
    ...counts(stage, Math.max(0, Math.min(end, stage.count) - first)),
    open(pass) {
      const read = stage.open(pass);
      return rows => read(rows.map(row => row + first));
    },
  };
}

/** All elements, so many times over, each time as a pass of its own. */
export function repeated(stage: IndexedStage, times: number): IndexedStage {
  const { count, examples } = stage;
  return {
    ...stage,
    count: count * times,
    examples: examples && examples * times,
    repeats: true,
    isFixed: stage.isFixed,
    open: pass => {
      const reads = new Map<number, Read>();
      const readOf = (repetition: number): Read => {
        const known = reads.get(repetition) ?? stage.open(repetitionOf(pass, repetition));
        // Those who read go forward, so that older orders of examples are needed no more.
        reads.delete(repetition - 2);
        reads.set(repetition, known);
        return known;
      };
      return rows => readRuns('repeat', rows, row => [Math.floor(row / count), row % count], readOf);
    },
  };
}

/** The same pass again, with draws of its own. */
export const repetitionOf = ({ start, name }: Pass, repetition: number): Pass => ({
  start,
  name: repetition === 0 ? name : `${name}, repetition ${repetition}`,
});

/** The elements of one behind those of the other. */
export function behind(first: IndexedStage, second: IndexedStage, facts: StageFacts): IndexedStage {
  return {
    ...facts,
    kind: 'indexed',
    count: first.count + second.count,
    memories: [...first.memories, ...second.memories],
    open(pass) {
      const reads = [first, second].map(stage => stage.open(pass));
      const place = (row: number): [number, number] => (row < first.count ? [0, row] : [1, row - first.count]);
      return rows => readRuns('concat', rows, place, part => reads[part]!);
    },
  };
}

/** Reads rows that lie in several parts, those next to each other in the same part at once. */
function readRuns(
  what: string,
  rows: Uint32Array,
  placeOf: (row: number) => [part: number, row: number],
  readOf: (part: number) => Read,
): Block | Promise<Block> {
  const runs: { part: number; rows: number[] }[] = [];
  for (const each of rows) {
    const [part, row] = placeOf(each);
    const run = runs.at(-1);
    if (run?.part === part) run.rows.push(row);
    else runs.push({ part, rows: [row] });
  }
  const blocks = runs.map(run => readOf(run.part)(Uint32Array.from(run.rows)));
  const isThere = (block: Block | Promise<Block>): block is Block => block instanceof Block;
  if (blocks.every(isThere)) return join(what, blocks);
  return Promise.all(blocks).then(all => join(what, all));
}

/** The examples in batches; the last may be smaller, or is left out. */
export function batches(stage: IndexedStage, size: number, dropRemainder: boolean): IndexedStage {
  const exact = stage.count / size;
  const count = dropRemainder ? Math.floor(exact) : Math.ceil(exact);
  const examples = dropRemainder ? count * size : stage.count;
  return {
    ...stage,
    batched: true,
    batchSize: size,
    count,
    examples,
    open(pass) {
      const read = stage.open(pass);
      return ([batch = 0]) => read(inOrder(Math.min(size, examples - batch * size), batch * size));
    },
  };
}

/** The elements as another function of their blocks. It is given the place of the first element of each. */
export function changed(
  stage: IndexedStage,
  facts: Partial<StageFacts>,
  changeOf: (pass: Pass) => (block: Block, places: Uint32Array) => Block | Promise<Block>,
): IndexedStage {
  const { count } = stage;
  return {
    ...stage,
    ...facts,
    count,
    memories: [],
    open(pass) {
      const read = stage.open(pass);
      const change = changeOf(pass);
      return async rows => change(await read(rows), rows);
    },
  };
}

/** Examples that are read together while a cache is filled. */
const cachedTogether = 256;

/** The elements as they are in the first pass, all read when the first is asked for, and kept. */
export function cached(stage: IndexedStage): IndexedStage {
  let kept: Promise<Read> | undefined;
  const fill = async (): Promise<Read> => {
    const read = stage.open(firstPass);
    const together = stage.batched ? 1 : cachedTogether;
    const blocks: Block[] = [];
    for (let from = 0; from < stage.count; from += together) {
      const block = await read(inOrder(Math.min(together, stage.count - from), from));
      // What is kept are copies, so that large tensors behind them can go.
      blocks.push(new Block(block.columns));
    }
    if (stage.batched) return ([row = 0]) => blocks[row]!;
    const all = join('cache', blocks);
    return rows => all.pick(rows);
  };
  return {
    ...stage,
    isFixed: true,
    memories: [],
    open: () => async rows => {
      kept ??= fill();
      try {
        return (await kept)(rows);
      } catch (error) {
        kept = undefined;
        throw error;
      }
    },
  };
}

/** How many elements, and examples as far as that follows. */
function counts(
  { batched, batchSize, count, examples }: IndexedStage,
  left: number,
): { count: number; examples: number | undefined } {
  if (!batched) return { count: left, examples: left };
  const isEven = batchSize !== undefined && examples === count * batchSize;
  return { count: left, examples: left === count ? examples : isEven ? left * batchSize : undefined };
}
