// Made by `npm run generate`; what is changed here is lost.
import type { ElementsGeometry, RowsGeometry } from '../signature.ts';

const perElement =
  (count: number) =>
  ({ size }: Pick<ElementsGeometry, 'size'>): number =>
    count * size;
const perEntry =
  (count: number) =>
  ({ rows, columns }: RowsGeometry): number =>
    count * rows * columns;

/** Floating-point operations, counted in the formulas. */
export const formulaFlops = {
  reluForward: perElement(1),
  reluBackward: perElement(1),
  leakyReluForward: perElement(2),
  leakyReluBackward: perElement(2),
  eluForward: perElement(10),
  eluBackward: perElement(3),
  sigmoidForward: perElement(8),
  sigmoidBackward: perElement(3),
  softplusForward: perElement(20),
  softplusBackward: perElement(9),
  tanhForward: perElement(8),
  tanhBackward: perElement(3),
  softmaxForward: perEntry(12),
  softmaxBackward: perEntry(4),
  addForward: perElement(1),
  subtractForward: perElement(1),
  multiplyForward: perElement(1),
  divideForward: perElement(1),
  affineForward: perElement(2),
  negateForward: perElement(1),
  squareForward: perElement(1),
  maximumForward: perElement(1),
  minimumForward: perElement(1),
  powForward: perElement(16),
  equal: perElement(1),
  notEqual: perElement(1),
  less: perElement(1),
  lessEqual: perElement(1),
  greater: perElement(1),
  greaterEqual: perElement(1),
  whereForward: perElement(1),
  whereBackward: perElement(2),
  clipForward: perElement(2),
  clipBackward: perElement(3),
  sign: perElement(2),
  floor: perElement(1),
  assign: perElement(0),
  movingAverage: perElement(3),
  expForward: perElement(8),
  logForward: perElement(8),
  log1pForward: perElement(8),
  erfForward: perElement(8),
  sqrtForward: perElement(1),
  absForward: perElement(1),
  absBackward: perElement(3),
  fill: perElement(0),
  softmaxCrossEntropyForward: perEntry(16),
  softmaxCrossEntropyBackward: perEntry(4),
  crossEntropyForward: perEntry(15),
  crossEntropyBackward: perEntry(9),
  sigmoidBinaryCrossEntropyForward: perEntry(31),
  sigmoidBinaryCrossEntropyBackward: perEntry(2),
  binaryCrossEntropyForward: perEntry(26),
  binaryCrossEntropyBackward: perEntry(8),
  meanSquaredErrorForward: perEntry(3),
  meanSquaredErrorBackward: perEntry(2),
  categoricalAccuracy: perEntry(2),
  binaryAccuracy: perEntry(4),
  sgdUpdate: perElement(2),
  momentumUpdate: perElement(4),
  nesterovUpdate: perElement(6),
  adamUpdate: perElement(12),
  rmspropUpdate: perElement(11),
  adagradUpdate: perElement(7),
};
