/** Images whose pixels are counted by their shades, and tables of what each shade becomes. */
import type { Value } from '../../plan/graph.ts';
import { sizeOf } from '../../shape/shape.ts';
import type { LayerOps } from '../outcome.ts';

/** Float32 holds all whole numbers up to here: indices are computed in it. */
const mostIndices = 2 ** 24;

/** Does to some images after the other what needs `perImage` indices for each of them. */
export function inParts(ops: LayerOps, x: Value, perImage: number, change: (part: Value) => Value): Value {
  const n = x.shape[0]!;
  const most = Math.max(1, Math.floor(mostIndices / perImage));
  if (n <= most) return change(x);
  const sizes = Array.from({ length: Math.ceil(n / most) }, (_, i) => Math.min(most, n - i * most));
  return ops.concat(ops.split(x, sizes).map(change));
}

/** The shade of each pixel, a whole number from 0 to before `bins`, whose last one has `high` alone. */
export function shadesOf(ops: LayerOps, x: Value, bins: number, low: number, high: number): Value {
  const place: Value = ops.multiply(ops.subtract(x, low) as Value, (bins - 1) / (high - low));
  return ops.floor(ops.clip(place, 0, bins - 1));
}

/** How often each index occurs, of `count`. */
export function countsOf(ops: LayerOps, indices: Value, count: number): Value {
  return ops.segmentSum(ops.fill(indices.shape, 1), ops.cast(indices, 'int32'), count);
}

/**
 * The sums along the last axis up to each place, that place included: products with ones above the diagonal, first within
 * blocks and then over what stands before them, which are many times fewer than those of one product.
 */
export function runningSums(ops: LayerOps, x: Value): Value {
  const size = x.shape.at(-1)!;
  let block = Math.floor(Math.sqrt(size));
  while (size % block !== 0) block--;
  const blocks = size / block;
  const count = sizeOf(x.shape) / size;
  const within: Value = ops.reshape(summed(ops, ops.reshape(x, [-1, block]), 0) as Value, [count, blocks, block]);
  const sums: Value = ops.reshape(ops.slice(within, [0, 0, block - 1], [count, blocks, 1]) as Value, [count, blocks]);
  const before: Value = ops.reshape(summed(ops, sums, 1), [count, blocks, 1]);
  return ops.reshape(ops.add(within, before) as Value, x.shape);
}

/** The sums of each row up to `less` places before each place. */
function summed(ops: LayerOps, x: Value, less: 0 | 1): Value {
  const size = x.shape.at(-1)!;
  const data = Float32Array.from({ length: size * size }, (_, i) => (Math.floor(i / size) + less <= i % size ? 1 : 0));
  return ops.matmul(x, ops.constant({ shape: [size, size], data }) as never);
}

/** What tables have at each index, counted over all of their elements. */
export function lookedUp(ops: LayerOps, tables: Value, indices: Value): Value {
  return ops.gather(ops.reshape(tables, [-1]) as Value, ops.cast(indices, 'int32')) as Value;
}

/** Numbers that are the same in each run: one for each place along an axis of [n, h, w, c]. */
export function along(ops: LayerOps, axis: 0 | 1 | 2 | 3, length: number, number: (place: number) => number): Value {
  const shape = [0, 1, 2, 3].map(each => (each === axis ? length : 1));
  return ops.constant({ shape, data: Float32Array.from({ length }, (_, place) => number(place)) });
}
