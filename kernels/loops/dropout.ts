import type { KernelFunction } from '../contract.ts';
import { philox4x32 } from '../random.ts';

const words = new Uint32Array(4);

export const dropoutForward: KernelFunction<'dropoutForward'> = ({ y }, { x, random, rate }, { size, stream }) => {
  const share = rate[0]!;
  const threshold = Math.floor(share * 2 ** 32);
  const scale = 1 / (1 - share);
  const key0 = random[0]!;
  const key1 = random[1]!;
  const step0 = random[2]!;
  const step1 = random[3]!;
  for (let i = 0; i < size; i += 4) {
    philox4x32(words, i / 4, stream, step0, step1, key0, key1);
    const end = i + 4 < size ? i + 4 : size;
    for (let j = i; j < end; j++) y[j] = words[j - i]! >= threshold ? x[j]! * scale : 0;
  }
};
