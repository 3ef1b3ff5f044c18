/**
 * What a kernel call costs in floating-point operations, for GFLOP/s and for choosing what to tune. A multiply-add
 * counts 2. Sums and products count exactly, with the zeros of padding; elementwise kernels count what their formula
 * says, with 8 for an elementary function (exp, log, tanh, power), 1 for a comparison and for every other operation.
 */

import type { ElementsGeometry, GeometryOf, KernelName, LocalResponseGeometry, RowsGeometry } from './contract.ts';
import type { Conv2dGeometry, Window2dGeometry } from './geometry.ts';

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
const convolution = (g: Conv2dGeometry): number => 2 * g.n * g.p * g.q * g.k * g.r * g.s * g.c;
/** A window of channels for each element, and then `count` operations. */
const localResponse =
  (perNeighbour: number, count: number) =>
  ({ rows, columns, depthRadius }: LocalResponseGeometry): number =>
    (perNeighbour * Math.min(2 * depthRadius + 1, columns) + count) * rows * columns;
const none = (): number => 0;

export const flops: { readonly [K in KernelName]: (geometry: GeometryOf<K>) => number } = {
  matmulForward: ({ m, n, k }) => 2 * m * n * k,
  conv2dForward: convolution,
  conv2dBackwardInput: convolution,
  conv2dBackwardFilter: convolution,
  conv2dBiasReluMaxPool2d: ({ conv, pool }) =>
    convolution(conv) + 2 * conv.n * conv.p * conv.q * conv.k + perTap(1)(pool),
  maxPool2dWhereBackward: perTap(1),
  conv2dMaxPool2dBackwardFilter: ({ conv, pool }) =>
    convolution(conv) + conv.n * conv.p * conv.q * conv.k + perTap(1)(pool),
  conv2dBiasRelu: geometry => convolution(geometry) + 2 * geometry.n * geometry.p * geometry.q * geometry.k,
  biasForward: perEntry(1),
  biasBackward: perEntry(1),
  maxPool2dForward: perTap(1),
  maxPool2dBackward: perTap(1),
  averagePool2dForward: perTap(1),
  averagePool2dBackward: perTap(1),
  reluForward: perElement(1),
  reluBackward: perElement(1),
  leakyReluForward: perElement(2),
  leakyReluBackward: perElement(2),
  eluForward: perElement(3 + elementary),
  eluBackward: perElement(3),
  sigmoidForward: perElement(3 + elementary),
  sigmoidBackward: perElement(3),
  tanhForward: perElement(elementary),
  tanhBackward: perElement(3),
  softmaxForward: perEntry(4 + elementary),
  softmaxBackward: perEntry(4),
  dropoutForward: perElement(2),
  localResponseNormalizationForward: localResponse(2, 3 + elementary),
  localResponseNormalizationBackward: localResponse(5, 5 + elementary),
  softmaxCrossEntropyForward: perEntry(6 + 2 * elementary),
  softmaxCrossEntropyBackward: perEntry(2),
  crossEntropyForward: perEntry(6 + elementary),
  crossEntropyBackward: perEntry(8),
  sigmoidBinaryCrossEntropyForward: perEntry(6 + 2 * elementary),
  sigmoidBinaryCrossEntropyBackward: perEntry(3),
  binaryCrossEntropyForward: perEntry(8 + 2 * elementary),
  binaryCrossEntropyBackward: perEntry(8),
  meanSquaredErrorForward: perEntry(3),
  meanSquaredErrorBackward: perEntry(3),
  oneHot: none,
  categoricalAccuracy: perEntry(2),
  binaryAccuracy: perEntry(4),
  fill: none,
  affineForward: perElement(2),
  addForward: perElement(1),
  subtractForward: perElement(1),
  multiplyForward: perElement(1),
  divideForward: perElement(1),
  expForward: perElement(elementary),
  logForward: perElement(elementary),
  sqrtForward: perElement(1),
  absForward: perElement(1),
  absBackward: perElement(2),
  sumForward: ({ size }) => size,
  broadcastForward: none,
  transposeForward: none,
  cropForward: none,
  padForward: none,
  sgdUpdate: perElement(2),
  momentumUpdate: ({ size, nesterov }) => (nesterov ? 6 : 4) * size,
  adamUpdate: perElement(12),
  rmspropUpdate: ({ size, momentum }) => (momentum === 0 ? 9 : 11) * size,
};
