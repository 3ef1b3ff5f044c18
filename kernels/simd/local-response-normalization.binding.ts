/** Local response normalization: pieces are ranges of the rows. */
import type { LocalResponseGeometry } from '../contract.ts';
import { rowStage } from './formulas.binding.ts';
import { responseRowBytes, responseRows } from './layouts.binding.ts';
import { ownScratch } from './own-scratch.binding.ts';
import type { Bindings, SimdFunctionName, SimdScratch, SimdStage } from './stages.binding.ts';

export const localResponseBindings: Bindings<
  'localResponseNormalizationForward' | 'localResponseNormalizationBackward'
> = {
  localResponseNormalizationForward: ({ inputs: { x }, outputs: { y }, geometry, pieces }) => [
    stage('localResponseNormalizationForward', [x, y], geometry, pieces),
  ],
  localResponseNormalizationBackward: ({ inputs: { dy, x, y }, outputs: { dx }, geometry, pieces }) => [
    stage('localResponseNormalizationBackward', [dy, x, y, dx], geometry, pieces),
  ],
};

/** Each piece with its own scratch memory. */
function stage(
  name: SimdFunctionName,
  matrices: readonly number[],
  geometry: LocalResponseGeometry,
  pieces: number,
): SimdStage {
  const { depthRadius, bias, alpha, beta } = geometry;
  const operands = matrices.map(place => [place, 'matrix'] as const);
  const withoutScratch = rowStage(name, operands, geometry, pieces, depthRadius, bias, alpha, beta);
  return withoutScratch.map(piece => piece.map(invocation => [...invocation, ownScratch()] as const));
}

/** The squares of some rows, and in backward the ratios of as many. */
export const localResponseScratch = ({ columns, depthRadius }: LocalResponseGeometry): SimdScratch => ({
  each: 2 * responseRows * responseRowBytes(columns, depthRadius),
});
