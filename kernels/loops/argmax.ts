import type { KernelFunction } from '../contract.ts';
import type { AxisGeometry } from '../geometry.ts';

export const argmax: KernelFunction<'argmax'> = ({ y }, { x }, geometry) => {
  firstBest(y, x, geometry, 1);
};

export const argmin: KernelFunction<'argmin'> = ({ y }, { x }, geometry) => {
  firstBest(y, x, geometry, -1);
};

/** The first place of the largest value times `sign`, or of the first NaN. */
function firstBest(y: Int32Array, x: Float32Array, { outer, length, inner }: AxisGeometry, sign: 1 | -1): void {
  for (let place = 0; place < outer * inner; place++) {
    const o = Math.floor(place / inner);
    const start = o * length * inner + (place - o * inner);
    let best = 0;
    let value = sign * x[start]!;
    for (let l = 1; l < length && !Number.isNaN(value); l++) {
      const other = sign * x[start + l * inner]!;
      if (!(other > value || Number.isNaN(other))) continue;
      best = l;
      value = other;
    }
    y[place] = best;
  }
}
