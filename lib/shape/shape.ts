import { ShapeError } from '../errors.ts';
import { sentence } from './sentences.ts';

/** Axis sizes, outermost first. A model's shapes leave the batch axis out. */
export type Shape = readonly number[];

/** Number of elements of a tensor of that shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i]);
}

/**
 * The shape of an elementwise result: NumPy's rule, aligned at the last axis, axes of 1 are repeated. Throws ShapeError
 * that names the last axis that does not go together.
 */
export function broadcastShape(operation: string, a: Shape, b: Shape): Shape {
  const shape: number[] = [];
  for (let axis = Math.max(a.length, b.length) - 1; axis >= 0; axis--) {
    const fromA = a[a.length - 1 - shape.length] ?? 1;
    const fromB = b[b.length - 1 - shape.length] ?? 1;
    if (fromA !== fromB && fromA !== 1 && fromB !== 1) {
      const shapes = { a: formatShape(a), b: formatShape(b) };
      throw new ShapeError(sentence('broadcast', { operation, ...shapes, fromA, fromB, axis }));
    }
    shape.unshift(fromA === 1 ? fromB : fromA);
  }
  return shape;
}

/** [28, 28, 1] */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}
