/** Maps of places in images to places: column and row of an output to those in the image from which it comes. */
import type { Pair } from '../../../kernels/geometry.ts';
import type { Operand } from '../../plan/emitter.ts';
import type { Value } from '../../plan/graph.ts';
import type { LayerOps } from '../outcome.ts';

/**
 * [a, b, c, d, e, f]: column a q + b p + c and row d q + e p + f of the image, for column q and row p of the output. Each is
 * a number for all images, or a value [n] with one for each.
 */
export type Affine = readonly [Operand, Operand, Operand, Operand, Operand, Operand];

/** The first map and then the second, for places; as if the image had been changed by the first and then by the second. */
export function composed(ops: LayerOps, first: Affine, second: Affine): Affine {
  const [a, b, c, d, e, f] = first;
  const [a2, b2, c2, d2, e2, f2] = second;
  const sum = (x: Operand, x2: Operand, y: Operand, y2: Operand): Operand =>
    plus(ops, times(ops, x, x2), times(ops, y, y2));
  return [
    sum(a, a2, b, d2),
    sum(a, b2, b, e2),
    plus(ops, sum(a, c2, b, f2), c),
    sum(d, a2, e, d2),
    sum(d, b2, e, e2),
    plus(ops, sum(d, c2, e, f2), f),
  ];
}

/** The linear map [[a, b], [d, e]] around the middle of images of that height and width, which stays where it is. */
export function aroundMiddle(
  ops: LayerOps,
  [a, b, d, e]: readonly [Operand, Operand, Operand, Operand],
  [h, w]: Pair,
): Affine {
  const [column, row] = [(w - 1) / 2, (h - 1) / 2];
  const rest = (middle: number, x: Operand, y: Operand): Operand =>
    plus(ops, plus(ops, times(ops, x, -column), times(ops, y, -row)), middle);
  return [a, b, rest(column, a, b), d, e, rest(row, d, e)];
}

/** The matrix [6, n] of the operation `resample`. */
export const matrixOf = (ops: LayerOps, affine: Affine, n: number): Value =>
  ops.stack(affine.map((each): Value => (typeof each === 'number' ? ops.fill([n], each) : each)));

/** Products and sums that are known beforehand are not computed for each image. */
export function times(ops: LayerOps, a: Operand, b: Operand): Operand {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (a === 0 || b === 0) return 0;
  if (a === 1) return b;
  if (b === 1) return a;
  const product: Value = ops.multiply(a, b);
  return product;
}

export function plus(ops: LayerOps, a: Operand, b: Operand): Operand {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (a === 0) return b;
  if (b === 0) return a;
  const sum: Value = ops.add(a, b);
  return sum;
}
