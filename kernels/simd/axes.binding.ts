/** Axes for kernels whose operands have strides: written to where axes.ts looks them up. */
import { axesBytes } from './layouts.binding.ts';
import type { OwnScratch } from './own-scratch.binding.ts';
import type { SimdInvocation, SimdScratch } from './stages.binding.ts';

/** An axis and the element strides of two operands along it. */
export interface Axis {
  readonly size: number;
  readonly a: number;
  readonly b: number;
}

/** As few axes as visit the same elements in the same order: neighbours that both operands go through as one are one. */
export function mergedAxes(shape: readonly number[], a: readonly number[], b: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  for (let i = shape.length - 1; i >= 0; i--) {
    const axis = { size: shape[i]!, a: a[i]!, b: b[i]! };
    const inner = axes[0];
    if (axis.size === 1) continue;
    if (inner !== undefined && axis.a === inner.a * inner.size && axis.b === inner.b * inner.size) {
      axes[0] = { ...inner, size: inner.size * axis.size };
    } else {
      axes.unshift(axis);
    }
  }
  return axes;
}

export const product = (axes: readonly Axis[]): number => axes.reduce((size, axis) => size * axis.size, 1);
export const one: Axis = { size: 1, a: 1, b: 1 };

/** What writes axes to where a kernel looks them up. */
export const axesSetup = (place: OwnScratch, axes: readonly Axis[]): SimdInvocation[] =>
  (axes.length === 0 ? [one] : axes).map(({ size, a, b }, i) => ['setAxis', place, i, size, a, b] as const);

/** Scratch memory of what goes through the axes of one shape. */
export const forAxes = ({ shape }: { readonly shape: readonly number[] }): SimdScratch => ({
  each: axesBytes(shape.length),
});
