/** Random numbers: pieces begin at whole blocks of words. */
import { type Bindings, elements, type SimdStage } from './stages.binding.ts';

const stage = (
  name: 'randomUniform' | 'randomNormal',
  y: number,
  random: number,
  size: number,
  pieces: number,
  ...numbers: readonly number[]
): SimdStage =>
  elements(size, pieces).map(({ from, to }) => [
    [name, y + 4 * from, random, to - from, ...numbers, from / 4] as const,
  ]);

export const randomBindings: Bindings<'randomUniform' | 'randomNormal'> = {
  randomUniform: ({ inputs: { random }, outputs: { y }, geometry: { size, stream, min, max }, pieces }) => [
    stage('randomUniform', y, random, size, pieces, min, max - min, stream),
  ],
  randomNormal: ({ inputs: { random }, outputs: { y }, geometry: { size, stream, mean, deviation }, pieces }) => [
    stage('randomNormal', y, random, size, pieces, mean, deviation, stream),
  ],
};
