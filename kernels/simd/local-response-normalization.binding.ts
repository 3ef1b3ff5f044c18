/** Local response normalization: pieces are ranges of the rows. */
import type { LocalResponseGeometry } from '../contract.ts';
import { rowStage } from './formulas.binding.ts';
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

/** Twice eight rows between zeros; the same sizes stand in local-response-normalization.ts. */
export const localResponseScratch = ({ columns, depthRadius }: LocalResponseGeometry): SimdScratch => ({
  each: 2 * 8 * 4 * (columns + 2 * depthRadius + 8),
});
