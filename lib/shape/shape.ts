/** Axis sizes, outermost first. A model's shapes leave the batch axis out. */
export type Shape = readonly number[];

/** Number of elements of a tensor of that shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i]);
}

/** [28, 28, 1] */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}
