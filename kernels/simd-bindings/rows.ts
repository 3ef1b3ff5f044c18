/** Kernels whose parts are ranges of the rows of matrices. */
import type { LocalResponseGeometry, RowsGeometry } from '../contract.ts';
import { type Bindings, rowRanges, type SimdFunctionName, type SimdScratch, type SimdStage } from './binding.ts';

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
  threads: number,
  ...numbers: readonly number[]
): SimdStage =>
  rowRanges(rows, columns, threads).map(({ from, to }) => {
    const places = operands.map(({ place, isMatrix }) => place + 4 * from * (isMatrix ? columns : 1));
    return [[name, ...places, to - from, columns, ...numbers] as const];
  });

type RowLoss = 'crossEntropyForward' | 'binaryCrossEntropyForward' | 'meanSquaredErrorForward';
const rowLoss = (name: RowLoss): Bindings<RowLoss>[RowLoss] => {
  return ({ inputs: { x, targets }, outputs: { loss }, geometry, scratch }) => [
    stage(name, [perElement(x), perElement(targets), perRow(loss)], geometry, scratch.length),
  ];
};

type Accuracy = 'categoricalAccuracy' | 'binaryAccuracy';
const accuracy = (name: Accuracy): Bindings<Accuracy>[Accuracy] => {
  return ({ inputs: { x, targets }, outputs: { correct }, geometry, scratch }) => [
    stage(name, [perElement(x), perElement(targets), perRow(correct)], geometry, scratch.length),
  ];
};

export const rowBindings: Bindings<Rows> = {
  softmaxForward: ({ inputs: { x }, outputs: { y }, geometry, scratch }) => [
    stage('softmaxForward', [perElement(x), perElement(y)], geometry, scratch.length),
  ],
  softmaxBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry, scratch }) => [
    stage('softmaxBackward', [perElement(dy), perElement(y), perElement(dx)], geometry, scratch.length),
  ],
  softmaxCrossEntropyForward({ inputs: { logits, targets }, outputs: { loss, probabilities }, geometry, scratch }) {
    const operands = [perElement(logits), perElement(targets), perRow(loss), perElement(probabilities)];
    return [stage('softmaxCrossEntropyForward', operands, geometry, scratch.length)];
  },
  softmaxCrossEntropyBackward({ inputs, outputs: { dlogits }, geometry, scratch }) {
    const { dloss, probabilities, targets } = inputs;
    const operands = [perRow(dloss), perElement(probabilities), perElement(targets), perElement(dlogits)];
    return [stage('softmaxCrossEntropyBackward', operands, geometry, scratch.length)];
  },
  crossEntropyForward: rowLoss('crossEntropyForward'),
  crossEntropyBackward({ inputs: { dloss, x, targets }, outputs: { dx }, geometry, scratch }) {
    const operands = [perRow(dloss), perElement(x), perElement(targets), perElement(dx)];
    return [stage('crossEntropyBackward', operands, geometry, scratch.length)];
  },
  sigmoidBinaryCrossEntropyForward({ inputs, outputs: { loss, probabilities }, geometry, scratch }) {
    const { logits, targets } = inputs;
    const operands = [perElement(logits), perElement(targets), perRow(loss)];
    const losses = stage('sigmoidBinaryCrossEntropyForward', operands, geometry, scratch.length);
    const ranges = rowRanges(geometry.rows, geometry.columns, scratch.length);
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
  sigmoidBinaryCrossEntropyBackward({ inputs, outputs: { dlogits }, geometry, scratch }) {
    const { dloss, probabilities, targets } = inputs;
    const operands = [perRow(dloss), perElement(probabilities), perElement(targets), perElement(dlogits)];
    return [stage('differenceBackward', operands, geometry, scratch.length, 1 / geometry.columns)];
  },
  binaryCrossEntropyForward: rowLoss('binaryCrossEntropyForward'),
  binaryCrossEntropyBackward({ inputs: { dloss, x, targets }, outputs: { dx }, geometry, scratch }) {
    const operands = [perRow(dloss), perElement(x), perElement(targets), perElement(dx)];
    return [stage('binaryCrossEntropyBackward', operands, geometry, scratch.length, 1 / geometry.columns)];
  },
  meanSquaredErrorForward: rowLoss('meanSquaredErrorForward'),
  meanSquaredErrorBackward({ inputs: { dloss, x, targets }, outputs: { dx }, geometry, scratch }) {
    const operands = [perRow(dloss), perElement(x), perElement(targets), perElement(dx)];
    return [stage('differenceBackward', operands, geometry, scratch.length, 2 / geometry.columns)];
  },
  oneHot: ({ inputs: { labels }, outputs: { y }, geometry, scratch }) => [
    stage('oneHot', [perRow(labels), perElement(y)], geometry, scratch.length),
  ],
  categoricalAccuracy: accuracy('categoricalAccuracy'),
  binaryAccuracy: accuracy('binaryAccuracy'),
  localResponseNormalizationForward({ inputs: { x }, outputs: { y }, geometry, scratch }) {
    return [withScratch('localResponseNormalizationForward', [x, y], geometry, scratch)];
  },
  localResponseNormalizationBackward({ inputs: { dy, x, y }, outputs: { dx }, geometry, scratch }) {
    return [withScratch('localResponseNormalizationBackward', [dy, x, y, dx], geometry, scratch)];
  },
};

/** Each part with its own scratch memory. */
function withScratch(
  name: 'localResponseNormalizationForward' | 'localResponseNormalizationBackward',
  matrices: readonly number[],
  geometry: LocalResponseGeometry,
  scratch: readonly number[],
): SimdStage {
  const { depthRadius, bias, alpha, beta } = geometry;
  const parts = stage(name, matrices.map(perElement), geometry, scratch.length, depthRadius, bias, alpha, beta);
  return parts.map((part, thread) => part.map(step => [...step, scratch[thread]!] as const));
}

/** Twice eight rows between zeros; the same sizes stand in local-response-normalization.ts. */
export const localResponseScratch = ({ columns, depthRadius }: LocalResponseGeometry): SimdScratch => ({
  each: 2 * 8 * 4 * (columns + 2 * depthRadius + 8),
});
