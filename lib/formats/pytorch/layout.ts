import { type Shape, sizeOf } from '../../shape/shape.ts';

/**
 * How PyTorch lays the numbers of a parameter out: Inkling's array seen as `view`, with its axes in the order `axes`, as
 * an array of `shape`.
 */
export interface Layout {
  readonly view: Shape;
  readonly axes: readonly number[];
  /** The shape of PyTorch's tensor. */
  readonly shape: Shape;
}

/** The same numbers in the same order. */
export const unchanged = (shape: Shape): Layout => ({ view: shape, axes: shape.map((_, i) => i), shape });

/** The axes in another order. */
export const transposed = (view: Shape, axes: readonly number[]): Layout => ({
  view,
  axes,
  shape: axes.map(axis => view[axis]!),
});

/** The layout with axes of PyTorch's tensor split or joined. */
export const reshaped = (layout: Layout, shape: Shape): Layout => ({ ...layout, shape });

/** Numbers in Inkling's order, from PyTorch's. */
export function fromPyTorch(data: ArrayLike<number>, { view, axes }: Layout): Float32Array {
  const out = new Float32Array(sizeOf(view));
  forEachPlace(view, axes, (ours, theirs) => {
    out[ours] = data[theirs]!;
  });
  return out;
}

/** Numbers in PyTorch's order, from Inkling's. */
export function toPyTorch(data: ArrayLike<number>, { view, axes }: Layout): Float32Array {
  const out = new Float32Array(sizeOf(view));
  forEachPlace(view, axes, (ours, theirs) => {
    out[theirs] = data[ours]!;
  });
  return out;
}

/** Calls with each place in an array of shape `view`, and with its place once the axes are in the order `axes`. */
function forEachPlace(view: Shape, axes: readonly number[], call: (ours: number, theirs: number) => void): void {
  const strides = view.map((_, axis) => sizeOf(view.slice(axis + 1)));
  const sizes = axes.map(axis => view[axis]!);
  const steps = axes.map(axis => strides[axis]!);
  const last = sizes.length - 1;
  const at = sizes.map(() => 0);
  const size = sizeOf(view);
  let ours = 0;
  for (let theirs = 0; theirs < size; theirs++) {
    call(ours, theirs);
    for (let axis = last; axis >= 0; axis--) {
      ours += steps[axis]!;
      at[axis]!++;
      if (at[axis]! < sizes[axis]!) break;
      ours -= steps[axis]! * sizes[axis]!;
      at[axis] = 0;
    }
  }
}
