import { DataError, ShapeError } from '../../errors.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../../shape/shape.ts';
import { allocate } from '../../tensor/dtype.ts';
import { Tensor } from '../../tensor/index.ts';
import { gather, inOrder } from '../examples.ts';

/** Examples side by side: inputs, and what belongs to them, each with the examples along its first axis. */
export interface Columns {
  readonly x: Tensor;
  readonly targets?: Tensor;
  /** [count] */
  readonly weights?: Tensor;
}

const names = ['x', 'targets', 'weights'] as const;

export const countOf = ({ x }: Columns): number => x.shape[0]!;

/** The columns that are there, each made into another one. */
export function eachColumn(
  columns: Columns,
  change: (column: Tensor, name: (typeof names)[number]) => Tensor,
): Columns {
  const made = names.flatMap(name => {
    const column = columns[name];
    return column === undefined ? [] : [[name, change(column, name)] as const];
  });
  return Object.fromEntries(made) as { x: Tensor };
}

/** Some rows of columns, in some order; nothing is copied before somebody asks for it. */
export class Block {
  readonly whole: Columns;
  readonly rows: Uint32Array;
  readonly #isWhole: boolean;
  #columns: Columns | undefined;

  constructor(whole: Columns, rows?: Uint32Array) {
    this.whole = whole;
    this.rows = rows ?? inOrder(countOf(whole));
    this.#isWhole = rows === undefined;
  }

  get count(): number {
    return this.rows.length;
  }

  /** The rows as columns of their own. */
  get columns(): Columns {
    this.#columns ??= this.#isWhole ? this.whole : eachColumn(this.whole, column => rowsOf(column, this.rows));
    return this.#columns;
  }

  /** One of the columns, where only that is needed. */
  get targets(): Tensor | undefined {
    const { targets } = this.whole;
    return targets && rowsOf(targets, this.rows);
  }

  /** Some of these rows. */
  pick(rows: Uint32Array): Block {
    return new Block(
      this.whole,
      rows.map(row => this.rows[row]!),
    );
  }

  /** Rows from `begin` to before `end`. */
  part(begin: number, end: number): Block {
    return new Block(this.whole, this.rows.subarray(begin, end));
  }

  /** One example: x and targets without the axis of the examples. */
  example(row: number): Columns {
    return eachColumn(this.columns, ({ shape, dtype, data }) => {
      const size = sizeOf(shape.slice(1));
      return new Tensor(shape.slice(1), dtype, data.subarray(row * size, (row + 1) * size));
    });
  }
}

function rowsOf(column: Tensor, rows: Uint32Array): Tensor {
  const shape = [rows.length, ...column.shape.slice(1)];
  const data = allocate('Dataset', column.dtype, shape);
  gather(column, rows, 0, rows.length, data);
  return new Tensor(shape, column.dtype, data);
}

/** An example with the axis of the examples in front: [1, ...shape]. */
export const blockOfOne = (example: Columns): Block =>
  new Block(eachColumn(example, ({ shape, dtype, data }) => new Tensor([1, ...shape], dtype, data)));

/**
 * The examples of several blocks as one. `what` begins every message. Throws ShapeError or DataError for blocks whose
 * examples are not alike.
 */
export function join(what: string, blocks: readonly Block[]): Block {
  const [first] = blocks;
  if (first === undefined || blocks.length === 1) return first!;
  if (blocks.every(({ whole }) => whole === first.whole)) {
    const rows = new Uint32Array(blocks.reduce((sum, { count }) => sum + count, 0));
    let at = 0;
    for (const block of blocks) {
      rows.set(block.rows, at);
      at += block.count;
    }
    return new Block(first.whole, rows);
  }
  for (const { whole } of blocks) checkAlike(what, first.whole, whole);
  const count = blocks.reduce((sum, block) => sum + block.count, 0);
  return new Block(
    eachColumn(first.whole, ({ shape, dtype }, name) => {
      const one = shape.slice(1);
      const data = allocate(what, dtype, [count, ...one]);
      let at = 0;
      for (const { whole, rows } of blocks) {
        gather(whole[name]!, rows, 0, rows.length, data.subarray(at));
        at += rows.length * sizeOf(one);
      }
      return new Tensor([count, ...one], dtype, data);
    }),
  );
}

/** Throws ShapeError or DataError unless the examples of both have the same members, shapes and types. */
export function checkAlike(what: string, before: Columns, now: Columns): void {
  for (const name of names) {
    const [a, b] = [before[name], now[name]];
    if (a === undefined && b === undefined) continue;
    const [was, is] = [a, b].map(column => (column === undefined ? 'none' : exampleShape(column)));
    if (was === is) continue;
    const Kind =
      a !== undefined && b !== undefined && !sameShape(a.shape.slice(1), b.shape.slice(1)) ? ShapeError : DataError;
    const member = name === 'x' ? 'inputs' : name;
    throw new Kind(
      `${what}: ${member} of an example are ${is}, those of one before ${was}: all examples must be alike`,
    );
  }
}

/** float32 [28, 28, 1], without the axis of the examples. */
const exampleShape = ({ dtype, shape }: Tensor): string => `${dtype} ${formatShape(shape.slice(1) as Shape)}`;
