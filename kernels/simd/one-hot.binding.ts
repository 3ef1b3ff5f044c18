import { rowStage } from './formulas.binding.ts';
import type { Bindings } from './stages.binding.ts';

export const oneHotBindings: Bindings<'oneHot'> = {
  oneHot: ({ inputs: { labels }, outputs: { y }, geometry, pieces }) => [
    rowStage(
      'oneHot',
      [
        [labels, 'perRow'],
        [y, 'matrix'],
      ],
      geometry,
      pieces,
    ),
  ],
};
