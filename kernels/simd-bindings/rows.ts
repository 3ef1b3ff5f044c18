/** Kernels whose parts are ranges of the rows of matrices. */
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

/** A function of operands, of which each part gets its rows, their number, the columns, and numbers that hold for all. */
const stage = (
  name: SimdFunctionName,
  operands: readonly RowOperand[],
  { rows, columns }: RowsGeometry,
  parts: number,
  ...numbers: readonly number[]
): SimdStage =>
  rowRanges(rows, columns, parts).map(({ from, to }) => {
    const places = operands.map(({ place, isMatrix }) => place + 4 * from * (isMatrix ? columns : 1));
    return [[name, ...places, to - from, columns, ...numbers] as const];
  });

type RowLoss = 'crossEntropyForward' | 'binaryCrossEntropyForward' | 'meanSquaredErrorForward';
const rowLoss = (name: RowLoss): Bindings<RowLoss>[RowLoss] => {
  return ({ inputs: { x, targets }, outputs: { loss }, geometry, parts }) => [
    stage(name, [perElement(x), perElement(targets), perRow(loss)], geometry, parts),
  ];
};

type Accuracy = 'categoricalAccuracy' | 'binaryAccuracy';
const accuracy = (name: Accuracy): Bindings<Accuracy>[Accuracy] => {
  return ({ inputs: { x, targets }, outputs: { correct }, geometry, parts }) => [
    stage(name, [perElement(x), perElement(targets), perRow(correct)], geometry, parts),
  ];
};

export const rowBindings: Bindings<Rows> = {
  softmaxForward: ({ inputs: { x }, outputs: { y }, geometry, parts }) => [
    stage('softmaxForward', [perElement(x), perElement(y)], geometry, parts),
  ],
  softmaxBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry, parts }) => [
    stage('softmaxBackward', [perElement(dy), perElement(y), perElement(dx)], geometry, parts),
  ],
  softmaxCrossEntropyForward({ inputs: { logits, targets }, outputs: { loss, probabilities }, geometry, parts }) {
    const operands = [perElement(logits), perElement(targets), perRow(loss), perElement(probabilities)];
    return [stage('softmaxCrossEntropyForward', operands, geometry, parts)];
  },
  softmaxCrossEntropyBackward({ inputs, outputs: { dlogits }, geometry, parts }) {
    const { dloss, probabilities, targets } = inputs;
    const operands = [perRow(dloss), perElement(probabilities), perElement(targets), perElement(dlogits)];
    return [stage('softmaxCrossEntropyBackward', operands, geometry, parts)];
  },
  crossEntropyForward: rowLoss('crossEntropyForward'),
  crossEntropyBackward({ inputs: { dloss, x, targets }, outputs: { dx }, geometry, parts }) {
    const operands = [perRow(dloss), perElement(x), perElement(targets), perElement(dx)];
    return [stage('crossEntropyBackward', operands, geometry, parts)];
  },
  sigmoidBinaryCrossEntropyForward({ inputs, outputs: { loss, probabilities }, geometry, parts }) {
    const { logits, targets } = inputs;
    const operands = [perElement(logits), perElement(targets), perRow(loss)];
    const losses = stage('sigmoidBinaryCrossEntropyForward', operands, geometry, parts);
    const ranges = rowRanges(geometry.rows, geometry.columns, parts);
    // The same rows in both, so that they need no stage of their own.
    return [
      losses.map((part, i) => {
        const { from, to } = ranges[i]!;
        const place = 4 * from * geometry.columns;
        const size = (to - from) * geometry.columns;
        return [...part, ['sigmoidForward', logits + place, probabilities + place, size] as const];
      }),
    ];
  },
  sigmoidBinaryCrossEntropyBackward({ inputs, outputs: { dlogits }, geometry, parts }) {
    const { dloss, probabilities, targets } = inputs;
    const operands = [perRow(dloss), perElement(probabilities), perElement(targets), perElement(dlogits)];
    return [stage('differenceBackward', operands, geometry, parts, 1 / geometry.columns)];
  },
  binaryCrossEntropyForward: rowLoss('binaryCrossEntropyForward'),
  binaryCrossEntropyBackward({ inputs: { dloss, x, targets }, outputs: { dx }, geometry, parts }) {
    const operands = [perRow(dloss), perElement(x), perElement(targets), perElement(dx)];
    return [stage('binaryCrossEntropyBackward', operands, geometry, parts, 1 / geometry.columns)];
  },
  meanSquaredErrorForward: rowLoss('meanSquaredErrorForward'),
  meanSquaredErrorBackward({ inputs: { dloss, x, targets }, outputs: { dx }, geometry, parts }) {
    const operands = [perRow(dloss), perElement(x), perElement(targets), perElement(dx)];
    return [stage('differenceBackward', operands, geometry, parts, 2 / geometry.columns)];
  },
  oneHot: ({ inputs: { labels }, outputs: { y }, geometry, parts }) => [
    stage('oneHot', [perRow(labels), perElement(y)], geometry, parts),
  ],
  categoricalAccuracy: accuracy('categoricalAccuracy'),
  binaryAccuracy: accuracy('binaryAccuracy'),
  localResponseNormalizationForward({ inputs: { x }, outputs: { y }, geometry, parts }) {
    return [withScratch('localResponseNormalizationForward', [x, y], geometry, parts)];
  },
  localResponseNormalizationBackward({ inputs: { dy, x, y }, outputs: { dx }, geometry, parts }) {
    return [withScratch('localResponseNormalizationBackward', [dy, x, y, dx], geometry, parts)];
  },
};

/** Each part with its own scratch memory. */
function withScratch(
  name: 'localResponseNormalizationForward' | 'localResponseNormalizationBackward',
  matrices: readonly number[],
  geometry: LocalResponseGeometry,
  parts: number,
): SimdStage {
  const { depthRadius, bias, alpha, beta } = geometry;
  const withoutScratch = stage(name, matrices.map(perElement), geometry, parts, depthRadius, bias, alpha, beta);
  return withoutScratch.map(part => part.map(step => [...step, ownScratch()] as const));
}

/** Twice eight rows between zeros; the same sizes stand in local-response-normalization.ts. */
export const localResponseScratch = ({ columns, depthRadius }: LocalResponseGeometry): SimdScratch => ({
  each: 2 * 8 * 4 * (columns + 2 * depthRadius + 8),
});
