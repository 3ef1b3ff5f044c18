import { elementStage } from './formulas.binding.ts';
import { type Bindings, elements, type SimdStage } from './stages.binding.ts';

type Cast = 'castFromUint8' | 'castFromInt32' | 'castToInt32' | 'castFromUint8Affine';

/** Elements of x have one byte each. */
const fromBytes = (x: number, y: number, size: number, pieces: number, factor: number, offset: number): SimdStage =>
  elements(size, pieces).map(({ from, to }) => [
    ['castFromUint8Affine', x + from, y + 4 * from, to - from, factor, offset] as const,
  ]);

export const castBindings: Bindings<Cast> = {
  castFromUint8: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    fromBytes(x, y, size, pieces, 1, 0),
  ],
  castFromUint8Affine: ({ inputs: { x }, outputs: { y }, geometry: { size, factor, offset }, pieces }) => [
    fromBytes(x, y, size, pieces, factor, offset),
  ],
  castFromInt32: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('castFromInt32', [x, y], size, pieces),
  ],
  castToInt32: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('castToInt32', [x, y], size, pieces),
  ],
};
