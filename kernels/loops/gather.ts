import type { KernelFunction } from '../contract.ts';

export const gatherForward: KernelFunction<'gatherForward'> = (
  { y },
  { x, indices },
  { outer, length, inner, count },
) => {
  y.fill(0);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      const index = indices[i]!;
      if (index < 0 || index >= length) continue;
      const from = (o * length + index) * inner;
      y.set(x.subarray(from, from + inner), (o * count + i) * inner);
    }
  }
};

export const gatherBackward: KernelFunction<'gatherBackward'> = (
  { dx },
  { dy, indices },
  { outer, length, inner, count },
) => {
  dx.fill(0);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      const index = indices[i]!;
      if (index < 0 || index >= length) continue;
      const to = (o * length + index) * inner;
      const from = (o * count + i) * inner;
      for (let c = 0; c < inner; c++) dx[to + c] = dx[to + c]! + dy[from + c]!;
    }
  }
};
