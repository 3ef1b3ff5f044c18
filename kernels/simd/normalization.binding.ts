/**
 * Normalization by columns. Where there is one outer index its chunks of rows are shared out in stages: sums, then their
 * total, then all elements. Otherwise each piece does all that for one outer index after the other.
 */
import type { NormalizationGeometry } from '../geometry.ts';
import { columnCoefficientsBytes, columnSumsBytes, padded4 } from './layouts.binding.ts';
import { type OwnScratch, ownScratch } from './own-scratch.binding.ts';
import {
  type Bindings,
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
export const chunkRowsOf = (columns: number): number => Math.max(256, 32 * Math.ceil(16384 / (32 * columns)));

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

/** Chunks of rows, or columns where there are too few chunks: [from chunk, to chunk, from column, to column]. */
function chunkRanges({ rows, columns, chunks }: Sizes, pieces: number): (readonly [number, number, number, number])[] {
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

export const normalizationBindings: Bindings<'normalizationForward' | 'normalizationBackward' | 'scaleShiftForward'> = {
  normalizationForward: ({ inputs, outputs, geometry, shared, pieces }) =>
    forward(inputs, outputs, sizesOf(geometry), shared, pieces, Number.NEGATIVE_INFINITY),
  normalizationBackward: ({ inputs, outputs, geometry, shared, pieces }) =>
    backward(inputs, outputs, sizesOf(geometry), inputs.gamma, shared, pieces, 0),
  scaleShiftForward: ({ inputs: { x, scale, shift }, outputs: { y }, geometry: { rows, columns }, pieces }) => [
    rowRanges(rows, columns, pieces).map(({ from, to }) => {
      const offset = 4 * from * columns;
      return [['scaleShiftForward', x + offset, scale, shift, y + offset, to - from, columns] as const];
    }),
  ],
};

/** The scratch memory of a forward pass: the sums, then the coefficients. */
function forward(
  { x, gamma, beta }: { readonly x: number; readonly gamma: number; readonly beta: number },
  { y, mean, variance }: { readonly y: number; readonly mean: number; readonly variance: number },
  s: Sizes,
  shared: number,
  pieces: number,
  floor: number,
): SimdStage[] {
  const { outer, rows, columns, groups, width, chunkRows, chunks } = s;
  const outerBytes = 4 * rows * columns;
  const statistics = (o: number) => [mean + 4 * o * groups, variance + 4 * o * groups] as const;
  const finish = (o: number, sums: Place, coefficients: Place): SimdPiece => [
    ['columnMomentsFinish', sums, rows, chunkRows, groups, width, ...statistics(o), s.isCentered ? 1 : 0],
    ['columnCoefficients', ...statistics(o), gamma, beta, coefficients, groups, width, s.epsilon],
  ];
  if (outer === 1) {
    const coefficients = shared + s.sumsBytes;
    return [
      chunkRanges(s, pieces).map(range => [['columnMoments', x, shared, rows, columns, chunkRows, ...range] as const]),
      [finish(0, shared, coefficients)],
      rowRanges(rows, columns, pieces).map(({ from, to }) => {
        const offset = 4 * from * columns;
        return [['normalizeColumns', x + offset, y + offset, coefficients, to - from, columns, floor] as const];
      }),
    ];
  }
  const [sums, coefficients] = [ownScratch(), ownScratch(s.sumsBytes)];
  return [
    outerStage(s, pieces, o => [
      ['columnMoments', x + o * outerBytes, sums, rows, columns, chunkRows, 0, chunks, 0, columns],
      ...finish(o, sums, coefficients),
      ['normalizeColumns', x + o * outerBytes, y + o * outerBytes, coefficients, rows, columns, floor],
    ]),
  ];
}

/**
 * The scratch memory of a backward pass: the totals of all outer indices, then the coefficients and the sums. The
 * coefficients hold `offset` in the place of beta, so that a relu behind can be computed again.
 */
function backward(
  { dy, x, mean, variance, gamma }: { readonly [N in 'dy' | 'x' | 'mean' | 'variance' | 'gamma']: number },
  { dx, dgamma, dbeta }: { readonly dx: number; readonly dgamma: number; readonly dbeta: number },
  s: Sizes,
  offset: number,
  shared: number,
  pieces: number,
  isPositive: 0 | 1,
): SimdStage[] {
  const { outer, rows, columns, groups, width, chunkRows, chunks } = s;
  const outerBytes = 4 * rows * columns;
  const prepare = (o: number, coefficients: Place): SimdInvocation => {
    const statistics = [mean + 4 * o * groups, variance + 4 * o * groups] as const;
    return ['columnCoefficients', ...statistics, gamma, offset, coefficients, groups, width, s.epsilon];
  };
  const finish = (o: number, sums: Place, coefficients: Place): SimdInvocation => {
    const of = [variance + 4 * o * groups, gamma, coefficients, shared + o * s.totalsBytes] as const;
    return ['columnGradientFinish', sums, rows, chunkRows, groups, width, ...of, s.epsilon, s.isCentered ? 1 : 0];
  };
  const add: SimdInvocation = ['addColumnTotals', shared, outer, columns, dgamma, dbeta];
  if (outer === 1) {
    const coefficients = shared + s.totalsBytes;
    const sums = coefficients + s.coefficientsBytes;
    return [
      [[prepare(0, coefficients)]],
      chunkRanges(s, pieces).map(range => [
        ['columnGradientSums', dy, x, coefficients, sums, rows, columns, chunkRows, ...range, isPositive] as const,
      ]),
      [[finish(0, sums, coefficients), add]],
      rowRanges(rows, columns, pieces).map(({ from, to }) => {
        const places = [dy, x, dx].map(place => place + 4 * from * columns);
        return [['columnGradient', ...places, coefficients, to - from, columns, isPositive] as const];
      }),
    ];
  }
  const [sums, coefficients] = [ownScratch(s.coefficientsBytes), ownScratch()];
  const stage = outerStage(s, pieces, o => {
    const [dyAt = 0, xAt = 0, dxAt = 0] = [dy, x, dx].map(place => place + o * outerBytes);
    const all = [0, chunks, 0, columns] as const;
    return [
      prepare(o, coefficients),
      ['columnGradientSums', dyAt, xAt, coefficients, sums, rows, columns, chunkRows, ...all, isPositive],
      finish(o, sums, coefficients),
      ['columnGradient', dyAt, xAt, dxAt, coefficients, rows, columns, isPositive],
    ];
  });
  return [stage, [[add]]];
}

export const normalizationScratch = {
  normalizationForward: (geometry: NormalizationGeometry): SimdScratch => {
    const { outer, sumsBytes, coefficientsBytes } = sizesOf(geometry);
    const bytes = sumsBytes + coefficientsBytes;
    return outer === 1 ? { shared: bytes } : { each: bytes };
  },
  normalizationBackward: (geometry: NormalizationGeometry): SimdScratch => {
    const { outer, sumsBytes, coefficientsBytes, totalsBytes } = sizesOf(geometry);
    const bytes = sumsBytes + coefficientsBytes;
    return outer === 1 ? { shared: totalsBytes + bytes } : { shared: outer * totalsBytes, each: bytes };
  },
};
