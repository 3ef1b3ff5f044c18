import type { AxisGeometry } from '../geometry.ts';
import { type Bindings, rowRanges, type SimdStage } from './stages.binding.ts';

const stage = (
  name: 'argmax' | 'argmin',
  x: number,
  y: number,
  { outer, length, inner }: AxisGeometry,
  pieces: number,
): SimdStage =>
  rowRanges(outer * inner, length, pieces).map(({ from, to }) => [[name, x, y, from, to, length, inner] as const]);

export const argmaxBindings: Bindings<'argmax' | 'argmin'> = {
  argmax: ({ inputs: { x }, outputs: { y }, geometry, pieces }) => [stage('argmax', x, y, geometry, pieces)],
  argmin: ({ inputs: { x }, outputs: { y }, geometry, pieces }) => [stage('argmin', x, y, geometry, pieces)],
};
