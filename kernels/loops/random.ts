import type { KernelFunction } from '../contract.ts';
import { cos, log } from '../math.ts';
import { philox4x32 } from '../random.ts';

const words = new Uint32Array(4);
const uniform = (word: number): number => (word >>> 8) * 2 ** -24;

export const randomUniform: KernelFunction<'randomUniform'> = ({ y }, { random }, { size, stream, min, max }) => {
  for (let i = 0; i < size; i++) {
    if (i % 4 === 0) draw(i / 4, stream, random);
    y[i] = min + (max - min) * uniform(words[i % 4]!);
  }
};

export const randomNormal: KernelFunction<'randomNormal'> = ({ y }, { random }, { size, stream, mean, deviation }) => {
  for (let i = 0; i < size; i++) {
    if (i % 4 === 0) draw(i / 4, stream, random);
    const first = i % 4 < 2 ? 0 : 2;
    const radius = Math.sqrt(-2 * log(1 - uniform(words[first]!)));
    // sin t = cos(t - pi / 2).
    const turns = uniform(words[first + 1]!) - (i % 2 === 0 ? 0 : 0.25);
    y[i] = mean + deviation * radius * cos(2 * Math.PI * turns);
  }
};

function draw(block: number, stream: number, random: Int32Array): void {
  philox4x32(words, block, stream, random[2]!, random[3]!, random[0]!, random[1]!);
}
