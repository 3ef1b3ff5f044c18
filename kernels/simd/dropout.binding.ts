import { type Bindings, elements } from './stages.binding.ts';

export const dropoutBindings: Bindings<'dropoutForward'> = {
  dropoutForward({ inputs: { x, random }, outputs: { y }, geometry: { size, rate, stream }, pieces }) {
    const threshold = Math.floor(rate * 2 ** 32);
    const scale = 1 / (1 - rate);
    const ranges = elements(size, pieces).map(({ from, to }) => {
      const places = [x + 4 * from, y + 4 * from, random];
      return [['dropoutForward', ...places, to - from, threshold, scale, stream, from / 4] as const];
    });
    return [ranges];
  },
};
