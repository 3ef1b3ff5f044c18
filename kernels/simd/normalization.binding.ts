/** Normalizations: of lines where what they go over lies side by side, else by columns. */
import type { NormalizationGeometry } from '../geometry.ts';
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
  readonly geometry: NormalizationGeometry;
  readonly shared: number;
  readonly pieces: number;
}

/** What is normalized is kept between `floor` and `ceiling`. */
const forward = (
  { inputs, outputs, geometry, shared, pieces }: Call<ForwardInputs, ForwardOutputs>,
  floor = Number.NEGATIVE_INFINITY,
  ceiling = Number.POSITIVE_INFINITY,
): SimdStage[] =>
  isLines(geometry)
    ? lineForward(inputs, outputs, geometry, pieces, floor, ceiling)
    : columnForward(inputs, outputs, geometry, shared, pieces, floor, ceiling);

const backward = (
  { inputs, outputs, geometry, shared, pieces }: Call<BackwardInputs, BackwardOutputs>,
  most = Number.POSITIVE_INFINITY,
): SimdStage[] =>
  isLines(geometry)
    ? lineBackward(inputs, outputs, geometry, shared, pieces, most)
    : columnBackward(inputs, outputs, geometry, shared, pieces, most);

export const normalizationBindings: Bindings<Forward | Backward | 'scaleShiftForward'> = {
  normalizationForward: call => forward(call),
  normalizationRelu: call => forward(call, 0, call.geometry.most),
  normalizationAdd: call => forward(call),
  normalizationAddRelu: call => forward(call, 0),
  normalizationBackward: call => backward(call),
  normalizationReluBackward: call => backward(call, call.geometry.most),
  normalizationAddReluBackward: call => backward(call),
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
