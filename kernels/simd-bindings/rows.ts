/** Kernels whose pieces are ranges of the rows of matrices. */
import type { LocalResponseGeometry, RowsGeometry } from '../contract.ts';
import { type Bindings, rowRanges, type SimdFunctionName, type SimdScratch, type SimdStage } from './binding.ts';
import { ownScratch } from './own-scratch.ts';

type Rows =
  | 'localResponseNormalizationForward'
  | 'localResponseNormalizationBackward'
  | 'softmaxForward'
  | 'softmaxBackward'
  | 'softmaxCrossEntropyForward'
  | 'softmaxCrossEntropyBackward'
  | 'crossEntropyForward'
  | 'crossEntropyBackward'
  | 'sigmoidBinaryCrossEntropyForward'
  | 'sigmoidBinaryCrossEntropyBackward'
  | 'binaryCrossEntropyForward'
  | 'binaryCrossEntropyBackward'
  | 'meanSquaredErrorForward'
  | 'meanSquaredErrorBackward'
  | 'oneHot'
  | 'categoricalAccuracy'
  | 'binaryAccuracy';

/** What begins anew with each row: a number for the row, or all its columns. */
const perRow = (place: number) => ({ place, isMatrix: false });
const perElement = (place: number) => ({ place, isMatrix: true });
type RowOperand = ReturnType<typeof perRow>;

/** A function of operands, of which each piece gets its rows, their number, the columns, and numbers that hold for all. */
const stage = (
  name: SimdFunctionName,
  operands: readonly RowOperand[],
  { rows, columns }: RowsGeometry,
  pieces: number,
  ...numbers: readonly number[]
): SimdStage =>
  rowRanges(rows, columns, pieces).map(({ from, to }) => {
    const places = operands.map(({ place, isMatrix }) => place + 4 * from * (isMatrix ? columns : 1));
    return [[name, ...places, to - from, columns, ...numbers] as const];
  });

type RowLoss = 'crossEntropyForward' | 'binaryCrossEntropyForward' | 'meanSquaredErrorForward';
const rowLoss = (name: RowLoss): Bindings<RowLoss>[RowLoss] => {
  return ({ inputs: { x, targets }, outputs: { loss }, geometry, pieces }) => [
    stage(name, [perElement(x), perElement(targets), perRow(loss)], geometry, pieces),
  ];
};

type Accuracy = 'categoricalAccuracy' | 'binaryAccuracy';
const accuracy = (name: Accuracy): Bindings<Accuracy>[Accuracy] => {
  return ({ inputs: { x, targets }, outputs: { correct }, geometry, pieces }) => [
    stage(name, [perElement(x), perElement(targets), perRow(correct)], geometry, pieces),
  ];
};

export const rowBindings: Bindings<Rows> = {
  softmaxForward: ({ inputs: { x }, outputs: { y }, geometry, pieces }) => [
    stage('softmaxForward', [perElement(x), perElement(y)], geometry, pieces),
  ],
  softmaxBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry, pieces }) => [
    stage('softmaxBackward', [perElement(dy), perElement(y), perElement(dx)], geometry, pieces),
  ],
  softmaxCrossEntropyForward({ inputs: { logits, targets }, outputs: { loss, probabilities }, geometry, pieces }) {
    const operands = [perElement(logits), perElement(targets), perRow(loss), perElement(probabilities)];
    return [stage('softmaxCrossEntropyForward', operands, geometry, pieces)];
  },
  softmaxCrossEntropyBackward({ inputs, outputs: { dlogits }, geometry, pieces }) {
    const { dloss, probabilities, targets } = inputs;
    const operands = [perRow(dloss), perElement(probabilities), perElement(targets), perElement(dlogits)];
    return [stage('softmaxCrossEntropyBackward', operands, geometry, pieces)];
  },
  crossEntropyForward: rowLoss('crossEntropyForward'),
  crossEntropyBackward({ inputs: { dloss, x, targets }, outputs: { dx }, geometry, pieces }) {
    const operands = [perRow(dloss), perElement(x), perElement(targets), perElement(dx)];
    return [stage('crossEntropyBackward', operands, geometry, pieces)];
  },
  sigmoidBinaryCrossEntropyForward({ inputs, outputs: { loss, probabilities }, geometry, pieces }) {
    const { logits, targets } = inputs;
    const operands = [perElement(logits), perElement(targets), perRow(loss)];
    const losses = stage('sigmoidBinaryCrossEntropyForward', operands, geometry, pieces);
    const ranges = rowRanges(geometry.rows, geometry.columns, pieces);
    // The same rows in both, so that they need no stage of their own.
    return [
      losses.map((piece, i) => {
        const { from, to } = ranges[i]!;
        const place = 4 * from * geometry.columns;
        const size = (to - from) * geometry.columns;
        return [...piece, ['sigmoidForward', logits + place, probabilities + place, size] as const];
      }),
    ];
  },
  sigmoidBinaryCrossEntropyBackward({ inputs, outputs: { dlogits }, geometry, pieces }) {
    const { dloss, probabilities, targets } = inputs;
    const operands = [perRow(dloss), perElement(probabilities), perElement(targets), perElement(dlogits)];
    return [stage('differenceBackward', operands, geometry, pieces, 1 / geometry.columns)];
  },
  binaryCrossEntropyForward: rowLoss('binaryCrossEntropyForward'),
  binaryCrossEntropyBackward({ inputs: { dloss, x, targets }, outputs: { dx }, geometry, pieces }) {
    const operands = [perRow(dloss), perElement(x), perElement(targets), perElement(dx)];
    return [stage('binaryCrossEntropyBackward', operands, geometry, pieces, 1 / geometry.columns)];
  },
  meanSquaredErrorForward: rowLoss('meanSquaredErrorForward'),
  meanSquaredErrorBackward({ inputs: { dloss, x, targets }, outputs: { dx }, geometry, pieces }) {
    const operands = [perRow(dloss), perElement(x), perElement(targets), perElement(dx)];
    return [stage('differenceBackward', operands, geometry, pieces, 2 / geometry.columns)];
  },
  oneHot: ({ inputs: { labels }, outputs: { y }, geometry, pieces }) => [
    stage('oneHot', [perRow(labels), perElement(y)], geometry, pieces),
  ],
  categoricalAccuracy: accuracy('categoricalAccuracy'),
  binaryAccuracy: accuracy('binaryAccuracy'),
  localResponseNormalizationForward({ inputs: { x }, outputs: { y }, geometry, pieces }) {
    return [withScratch('localResponseNormalizationForward', [x, y], geometry, pieces)];
  },
  localResponseNormalizationBackward({ inputs: { dy, x, y }, outputs: { dx }, geometry, pieces }) {
    return [withScratch('localResponseNormalizationBackward', [dy, x, y, dx], geometry, pieces)];
  },
};

/** Each piece with its own scratch memory. */
function withScratch(
  name: 'localResponseNormalizationForward' | 'localResponseNormalizationBackward',
  matrices: readonly number[],
  geometry: LocalResponseGeometry,
  pieces: number,
): SimdStage {
  const { depthRadius, bias, alpha, beta } = geometry;
  const withoutScratch = stage(name, matrices.map(perElement), geometry, pieces, depthRadius, bias, alpha, beta);
  return withoutScratch.map(piece => piece.map(invocation => [...invocation, ownScratch()] as const));
}

/** Twice eight rows between zeros; the same sizes stand in local-response-normalization.ts. */
export const localResponseScratch = ({ columns, depthRadius }: LocalResponseGeometry): SimdScratch => ({
  each: 2 * 8 * 4 * (columns + 2 * depthRadius + 8),
});
