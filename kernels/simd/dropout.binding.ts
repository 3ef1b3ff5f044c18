import { type Bindings, elements } from './stages.binding.ts';

export const dropoutBindings: Bindings<'dropoutForward'> = {
  dropoutForward({ inputs: { x, random, rate }, outputs: { y }, geometry: { size, stream }, pieces }) {
    const ranges = elements(size, pieces).map(({ from, to }) => {
      const places = [x + 4 * from, y + 4 * from, random, rate];
      return [['dropoutForward', ...places, to - from, stream, from / 4] as const];
    });
    return [ranges];
  },
};
