/**
 * Normalization by columns. Where there is one outer index its chunks of rows are shared out in stages: sums, then their
 * total, then all elements. Otherwise each piece does all that for one outer index after the other.
 */
import type { NormalizationGeometry } from '../geometry.ts';
import { columnCoefficientsBytes, columnSumsBytes, padded4 } from './layouts.binding.ts';
import { type OwnScratch, ownScratch } from './own-scratch.binding.ts';
import {
  finer,
  leastElements,
  rowRanges,
  type SimdInvocation,
  type SimdPiece,
  type SimdScratch,
  type SimdStage,
  split,
} from './stages.binding.ts';

type Place = number | OwnScratch;

/** Rows that are summed by themselves, whatever the number of pieces. */
const chunkRowsOf = (columns: number): number => Math.max(256, 32 * Math.ceil(16384 / (32 * columns)));

interface Sizes extends NormalizationGeometry {
  readonly columns: number;
  readonly chunkRows: number;
  readonly chunks: number;
  /** Bytes of the sums of all chunks, of the coefficients, and of the totals of an outer index. */
  readonly sumsBytes: number;
  readonly coefficientsBytes: number;
  readonly totalsBytes: number;
}

function sizesOf(g: NormalizationGeometry): Sizes {
  const columns = g.groups * g.width;
  const chunkRows = chunkRowsOf(columns);
  const chunks = Math.ceil(g.rows / chunkRows);
  const [sumsBytes, coefficientsBytes] = [chunks * columnSumsBytes(columns), columnCoefficientsBytes(columns)];
  return { ...g, columns, chunkRows, chunks, sumsBytes, coefficientsBytes, totalsBytes: 16 * padded4(columns) };
}

/** [from chunk, to chunk, from column, to column]. */
type ChunkRange = readonly [number, number, number, number];

/** Chunks of rows, or columns where there are too few chunks. */
function chunkRanges({ rows, columns, chunks }: Sizes, pieces: number): ChunkRange[] {
  const most = rows * columns < leastElements ? 1 : finer(pieces, rows * columns, leastElements);
  if (chunks >= pieces) return split(chunks, 1, most).map(({ from, to }) => [from, to, 0, columns] as const);
  return split(columns, 16, most).map(({ from, to }) => [0, chunks, from, to] as const);
}

/** Pieces of whole outer indices, each with what is to be done for one. */
function outerStage(s: Sizes, pieces: number, each: (outer: number) => SimdPiece): SimdStage {
  const size = s.outer * s.rows * s.columns;
  const most = size < leastElements ? 1 : finer(pieces, size, leastElements);
  return split(s.outer, 1, most).map(({ from, to }) =>
    Array.from({ length: to - from }, (_, i) => each(from + i)).flat(),
  );
}

export interface ForwardInputs {
  readonly x: number;
  readonly gamma: number;
  readonly beta: number;
  /** What is added to the normalized x. */
  readonly other?: number;
}

export interface ForwardOutputs {
  readonly y: number;
  readonly mean: number;
  readonly variance: number;
}

/** The scratch memory of a forward pass: the sums, then the coefficients. */
export function columnForward(
  { x, gamma, beta, other }: ForwardInputs,
  { y, mean, variance }: ForwardOutputs,
  geometry: NormalizationGeometry,
  shared: number,
  pieces: number,
  floor: number,
  ceiling: number,
): SimdStage[] {
  const s = sizesOf(geometry);
  const { outer, rows, columns, groups, width, chunkRows, chunks } = s;
  const statistics = (o: number) => [mean + 4 * o * groups, variance + 4 * o * groups] as const;
  const finish = (o: number, sums: Place, coefficients: Place): SimdPiece => [
    ['columnMomentsFinish', sums, rows, chunkRows, groups, width, ...statistics(o), s.isCentered ? 1 : 0],
    ['columnCoefficients', ...statistics(o), gamma, beta, coefficients, groups, width, s.epsilon],
  ];
  /** The rows from `from` on, counted over all outer indices. */
  const apply = (from: number, count: number, coefficients: Place): SimdInvocation => {
    const at = 4 * from * columns;
    const behind = [y + at, coefficients, count, columns, floor] as const;
    if (other === undefined) return ['normalizeColumns', x + at, ...behind, ceiling];
    return ['normalizeColumnsAdd', x + at, other + at, ...behind];
  };
  if (outer === 1) {
    const coefficients = shared + s.sumsBytes;
    return [
      chunkRanges(s, pieces).map(range => [['columnMoments', x, shared, rows, columns, chunkRows, ...range] as const]),
      [finish(0, shared, coefficients)],
      rowRanges(rows, columns, pieces).map(({ from, to }) => [apply(from, to - from, coefficients)]),
    ];
  }
  const [sums, coefficients] = [ownScratch(), ownScratch(s.sumsBytes)];
  return [
    outerStage(s, pieces, o => [
      ['columnMoments', x + 4 * o * rows * columns, sums, rows, columns, chunkRows, 0, chunks, 0, columns],
      ...finish(o, sums, coefficients),
      apply(o * rows, rows, coefficients),
    ]),
  ];
}

export interface BackwardInputs {
  readonly dy: number;
  readonly x: number;
  readonly mean: number;
  readonly variance: number;
  readonly gamma: number;
  /** Given where a relu stands behind, whose operand is computed again. */
  readonly beta?: number;
  /** Given where a relu stands behind a sum: its output. */
  readonly y?: number;
}

export interface BackwardOutputs {
  readonly dx: number;
  readonly dgamma: number;
  readonly dbeta: number;
  /** Where y is given: the gradient before the relu. */
  readonly dother?: number;
}

/** The scratch memory of a backward pass: the totals of all outer indices, then the coefficients and the sums. */
export function columnBackward(
  { dy, x, mean, variance, gamma, beta, y }: BackwardInputs,
  { dx, dgamma, dbeta, dother }: BackwardOutputs,
  geometry: NormalizationGeometry,
  shared: number,
  pieces: number,
  most: number,
): SimdStage[] {
  const s = sizesOf(geometry);
  const { outer, rows, columns, groups, width, chunkRows, chunks } = s;
  const isRelu = beta === undefined ? 0 : 1;
  const prepare = (o: number, coefficients: Place): SimdInvocation => {
    const statistics = [mean + 4 * o * groups, variance + 4 * o * groups] as const;
    // Without a relu nothing reads the offsets.
    return ['columnCoefficients', ...statistics, gamma, beta ?? gamma, coefficients, groups, width, s.epsilon];
  };
  const sum = (o: number, range: ChunkRange, coefficients: Place, sums: Place): SimdInvocation => {
    const at = 4 * o * rows * columns;
    const behind = [x + at, coefficients, sums, rows, columns, chunkRows, ...range] as const;
    if (y === undefined || dother === undefined) return ['columnGradientSums', dy + at, ...behind, isRelu, most];
    return ['columnReluGradientSums', dy + at, y + at, dother + at, ...behind];
  };
  const finish = (o: number, sums: Place, coefficients: Place): SimdInvocation => {
    const of = [variance + 4 * o * groups, gamma, coefficients, shared + o * s.totalsBytes] as const;
    return ['columnGradientFinish', sums, rows, chunkRows, groups, width, ...of, s.epsilon, s.isCentered ? 1 : 0];
  };
  const apply = (from: number, count: number, coefficients: Place): SimdInvocation => {
    const places = [dother ?? dy, x, dx].map(place => place + 4 * from * columns);
    return ['columnGradient', ...places, coefficients, count, columns, isRelu, most];
  };
  const add: SimdInvocation = ['addColumnTotals', shared, outer, columns, dgamma, dbeta];
  if (outer === 1) {
    const coefficients = shared + s.totalsBytes;
    const sums = coefficients + s.coefficientsBytes;
    return [
      [[prepare(0, coefficients)]],
      chunkRanges(s, pieces).map(range => [sum(0, range, coefficients, sums)]),
      [[finish(0, sums, coefficients), add]],
      rowRanges(rows, columns, pieces).map(({ from, to }) => [apply(from, to - from, coefficients)]),
    ];
  }
  const [coefficients, sums] = [ownScratch(), ownScratch(s.coefficientsBytes)];
  const stage = outerStage(s, pieces, o => [
    prepare(o, coefficients),
    sum(o, [0, chunks, 0, columns], coefficients, sums),
    finish(o, sums, coefficients),
    apply(o * rows, rows, coefficients),
  ]);
  return [stage, [[add]]];
}

export function columnForwardScratch(geometry: NormalizationGeometry): SimdScratch {
  const { outer, sumsBytes, coefficientsBytes } = sizesOf(geometry);
  const bytes = sumsBytes + coefficientsBytes;
  return outer === 1 ? { shared: bytes } : { each: bytes };
}

export function columnBackwardScratch(geometry: NormalizationGeometry): SimdScratch {
  const { outer, sumsBytes, coefficientsBytes, totalsBytes } = sizesOf(geometry);
  const bytes = sumsBytes + coefficientsBytes;
  return outer === 1 ? { shared: totalsBytes + bytes } : { shared: outer * totalsBytes, each: bytes };
}
