import type { KernelFunction, MatmulGeometry } from '../contract.ts';
import { gemm, gemmScratch } from './gemm.ts';

export const matmulForward: KernelFunction<'matmulForward'> = ({ c }, { a, b }, geometry, scratch) => {
  gemm(c, geometry.m, geometry.n, geometry.k, packA, a, packB, b, geometry, scratch);
};

export const matmulScratch = ({ n, k }: MatmulGeometry): number => gemmScratch(n, k);

function packA(
  panel: Float64Array,
  at: number,
  a: Float32Array,
  { m, k, transposeA }: MatmulGeometry,
  first: number,
  count: number,
  k0: number,
  k1: number,
): void {
  if (transposeA) packAlong(panel, at, a, m, first, count, k0, k1);
  else packAcross(panel, at, a, k, first, count, k0, k1);
}

function packB(
  panel: Float64Array,
  at: number,
  b: Float32Array,
  { n, k, transposeB }: MatmulGeometry,
  first: number,
  count: number,
  k0: number,
  k1: number,
): void {
  if (transposeB) packAcross(panel, at, b, k, first, count, k0, k1);
  else packAlong(panel, at, b, n, first, count, k0, k1);
}

/** From a matrix whose rows are k: the four elements of a step lie side by side. Also packs filters and gradients. */
export function packAlong(
  panel: Float64Array,
  at: number,
  x: Float32Array,
  width: number,
  first: number,
  count: number,
  k0: number,
  k1: number,
): void {
  for (let k = k0; k < k1; k++, at += 4) {
    const from = k * width + first;
    panel[at] = x[from]!;
    panel[at + 1] = count > 1 ? x[from + 1]! : 0;
    panel[at + 2] = count > 2 ? x[from + 2]! : 0;
    panel[at + 3] = count > 3 ? x[from + 3]! : 0;
  }
}

/** From a matrix whose columns are k: each of the four elements of a step comes from a row of its own. */
function packAcross(
  panel: Float64Array,
  at: number,
  x: Float32Array,
  depth: number,
  first: number,
  count: number,
  k0: number,
  k1: number,
): void {
  for (let i = 0; i < 4; i++) {
    if (i < count) {
      const row = (first + i) * depth;
      for (let k = k0, to = at + i; k < k1; k++, to += 4) panel[to] = x[row + k]!;
    } else {
      for (let k = k0, to = at + i; k < k1; k++, to += 4) panel[to] = 0;
    }
  }
}
