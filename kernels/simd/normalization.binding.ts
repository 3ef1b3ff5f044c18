/** Normalizations: of lines where what they go over lies side by side, else by columns. */
import type { NormalizationGeometry, NormalizationReluGeometry } from '../geometry.ts';
import {
  type BackwardInputs,
  type BackwardOutputs,
  columnBackward,
  columnBackwardScratch,
  columnForward,
  columnForwardScratch,
  type ForwardInputs,
  type ForwardOutputs,
} from './normalization-columns.binding.ts';
import { isLines, lineBackward, lineBackwardScratch, lineForward } from './normalization-lines.binding.ts';
import { type Bindings, rowRanges, type SimdScratch, type SimdStage } from './stages.binding.ts';

type Forward = 'normalizationForward' | 'normalizationRelu' | 'normalizationAdd' | 'normalizationAddRelu';
type Backward = 'normalizationBackward' | 'normalizationReluBackward' | 'normalizationAddReluBackward';

interface Call<I, O> {
  readonly inputs: I;
  readonly outputs: O;
  /** `most` where a relu has one. */
  readonly geometry: NormalizationGeometry & Partial<NormalizationReluGeometry>;
  readonly shared: number;
  readonly pieces: number;
}

const forward =
  (floor: number) =>
  ({ inputs, outputs, geometry, shared, pieces }: Call<ForwardInputs, ForwardOutputs>): SimdStage[] => {
    const { most = Number.POSITIVE_INFINITY } = geometry;
    return isLines(geometry)
      ? lineForward(inputs, outputs, geometry, pieces, floor, most)
      : columnForward(inputs, outputs, geometry, shared, pieces, floor, most);
  };

function backward({ inputs, outputs, geometry, shared, pieces }: Call<BackwardInputs, BackwardOutputs>): SimdStage[] {
  const { most = Number.POSITIVE_INFINITY } = geometry;
  return isLines(geometry)
    ? lineBackward(inputs, outputs, geometry, shared, pieces, most)
    : columnBackward(inputs, outputs, geometry, shared, pieces, most);
}

export const normalizationBindings: Bindings<Forward | Backward | 'scaleShiftForward'> = {
  normalizationForward: forward(Number.NEGATIVE_INFINITY),
  normalizationRelu: forward(0),
  normalizationAdd: forward(Number.NEGATIVE_INFINITY),
  normalizationAddRelu: forward(0),
  normalizationBackward: backward,
  normalizationReluBackward: backward,
  normalizationAddReluBackward: backward,
  scaleShiftForward: ({ inputs: { x, scale, shift }, outputs: { y }, geometry: { rows, columns }, pieces }) => [
    rowRanges(rows, columns, pieces).map(({ from, to }) => {
      const offset = 4 * from * columns;
      return [['scaleShiftForward', x + offset, scale, shift, y + offset, to - from, columns] as const];
    }),
  ],
};

const forwardScratch = (geometry: NormalizationGeometry): SimdScratch =>
  isLines(geometry) ? {} : columnForwardScratch(geometry);
const backwardScratch = (geometry: NormalizationGeometry): SimdScratch =>
  isLines(geometry) ? lineBackwardScratch(geometry) : columnBackwardScratch(geometry);

export const normalizationScratch = {
  normalizationForward: forwardScratch,
  normalizationRelu: forwardScratch,
  normalizationAdd: forwardScratch,
  normalizationAddRelu: forwardScratch,
  normalizationBackward: backwardScratch,
  normalizationReluBackward: backwardScratch,
  normalizationAddReluBackward: backwardScratch,
};
