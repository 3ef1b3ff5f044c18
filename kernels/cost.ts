/**
 * What a kernel call costs in floating-point operations, for GFLOP/s and for choosing what to tune. A multiply-add
 * counts 2. Sums and products count exactly, with the zeros of padding; elementwise kernels count what their formula
 * says, with 8 for an elementary function (exp, log, tanh, power), 1 for a comparison and for every other operation.
 */

import type { ElementsGeometry, GeometryOf, KernelName, LocalResponseGeometry, RowsGeometry } from './contract.ts';
import { formulaFlops } from './generated/cost.ts';
import type {
  AxisGeometry,
  Conv2dGeometry,
  NormalizationGeometry,
  ResampleGeometry,
  ResizeGeometry,
  Window2dGeometry,
} from './geometry.ts';

const elementary = 8;

const perElement =
  (count: number) =>
  ({ size }: ElementsGeometry): number =>
    count * size;
const perEntry =
  (count: number) =>
  ({ rows, columns }: RowsGeometry): number =>
    count * rows * columns;
/** Once for every element of every window. */
const perTap =
  (count: number) =>
  ({ n, p, q, r, s, c }: Window2dGeometry): number =>
    count * n * p * q * r * s * c;
const convolution = (g: Conv2dGeometry): number => (2 * g.n * g.p * g.q * g.k * g.r * g.s * g.c) / g.groups;
/** A convolution, and so many operations for each number of its output. */
const withElementwise =
  (count: number) =>
  (g: Conv2dGeometry): number =>
    convolution(g) + count * g.n * g.p * g.q * g.k;
/** A window of channels for each element, and then `count` operations. */
const localResponse =
  (perNeighbour: number, count: number) =>
  ({ rows, columns, depthRadius }: LocalResponseGeometry): number =>
    (perNeighbour * Math.min(2 * depthRadius + 1, columns) + count) * rows * columns;
const perPlace = ({ outer, length, inner }: AxisGeometry): number => outer * length * inner;
/** An operation for each of so many numbers of a normalization. */
const normalization =
  (count: number) =>
  ({ outer, rows, groups, width }: NormalizationGeometry): number =>
    count * outer * rows * groups * width;
const resized = ({ outer, count, inner, interpolation }: ResizeGeometry): number =>
  interpolation === 'nearest' ? 0 : 3 * outer * count * inner;
/** Eight for the place of each output, and then `count` for each of its channels. */
const resampled =
  (count: number) =>
  ({ n, p, q, c, interpolation }: ResampleGeometry): number =>
    n * p * q * (8 + (interpolation === 'nearest' ? 0 : count * c));
const none = (): number => 0;

export const flops: { readonly [K in KernelName]: (geometry: GeometryOf<K>) => number } = {
  ...formulaFlops,
  matmulForward: ({ m, n, k }) => 2 * m * n * k,
  conv2dForward: convolution,
  conv2dBackwardInput: convolution,
  conv2dBackwardFilter: convolution,
  conv2dTransposeForward: convolution,
  conv2dBiasReluMaxPool2d: ({ conv, pool }) =>
    convolution(conv) + 2 * conv.n * conv.p * conv.q * conv.k + perTap(1)(pool),
  maxPool2dWhereBackward: perTap(1),
  conv2dMaxPool2dBackwardFilter: ({ conv, pool }) =>
    convolution(conv) + conv.n * conv.p * conv.q * conv.k + perTap(1)(pool),
  conv2dBias: withElementwise(1),
  conv2dBiasRelu: withElementwise(2),
  conv2dBiasAdd: withElementwise(2),
  conv2dBiasAddRelu: withElementwise(3),
  biasForward: perEntry(1),
  biasBackward: perEntry(1),
  maxPool2dForward: perTap(1),
  maxPool2dBackward: perTap(1),
  averagePool2dForward: perTap(1),
  averagePool2dBackward: perTap(1),
  dropoutForward: perElement(2),
  localResponseNormalizationForward: localResponse(2, 3 + elementary),
  localResponseNormalizationBackward: localResponse(5, 5 + elementary),
  normalizationForward: normalization(7),
  normalizationBackward: normalization(9),
  normalizationRelu: normalization(8),
  normalizationReluBackward: normalization(14),
  normalizationAdd: normalization(8),
  normalizationAddRelu: normalization(9),
  normalizationAddReluBackward: normalization(10),
  scaleShiftForward: perEntry(2),
  oneHot: none,
  castFromUint8: none,
  castFromInt32: none,
  castToInt32: none,
  castFromUint8Affine: perElement(2),
  randomUniform: perElement(2),
  randomNormal: perElement(5 + 2 * elementary),
  insertForward: none,
  gatherForward: none,
  resizeForward: resized,
  resizeBackward: resized,
  resampleForward: resampled(9),
  resampleBackward: resampled(8),
  gatherBackward: ({ outer, count, inner }) => outer * count * inner,
  maxForward: ({ size }) => size,
  minForward: ({ size }) => size,
  argmax: perPlace,
  argmin: perPlace,
  sumForward: ({ size }) => size,
  broadcastForward: none,
  transposeForward: none,
  cropForward: none,
  padForward: none,
};
