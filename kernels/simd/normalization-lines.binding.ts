/**
 * Normalization of lines: pieces are ranges of outer indices. In backward a chunk of them has its own sums for gamma and beta,
 * and the number of chunks depends on the sizes alone.
 */
import type { NormalizationGeometry } from '../geometry.ts';
import { padded4 } from './layouts.binding.ts';
import type {
  BackwardInputs,
  BackwardOutputs,
  ForwardInputs,
  ForwardOutputs,
} from './normalization-columns.binding.ts';
import {
  finer,
  leastElements,
  rowRanges,
  type SimdInvocation,
  type SimdScratch,
  type SimdStage,
  split,
} from './stages.binding.ts';

/** Whether what is normalized over lies side by side. */
export const isLines = ({ outer, rows }: NormalizationGeometry): boolean => rows === 1 && outer > 1;

export function lineForward(
  { x, gamma, beta, other }: ForwardInputs,
  { y, mean, variance }: ForwardOutputs,
  { outer, groups, width, epsilon, isCentered }: NormalizationGeometry,
  pieces: number,
  floor: number,
  ceiling: number,
): SimdStage[] {
  const columns = groups * width;
  const stage = rowRanges(outer, columns, pieces).map(({ from, to }) => {
    const [at, line] = [4 * from * columns, 4 * from * groups];
    const statistics = [mean + line, variance + line] as const;
    const added = other === undefined ? 0 : other + at;
    const sizes = [to - from, groups, width, epsilon, floor, ceiling] as const;
    return [
      ['lineMoments', x + at, ...statistics, (to - from) * groups, width, isCentered ? 1 : 0] as const,
      ['normalizeLines', x + at, added, y + at, gamma, beta, ...statistics, ...sizes] as const,
    ];
  });
  return [stage];
}

/** Outer indices whose sums are added up by themselves. */
const chunkOf = (columns: number): number => 32 * Math.ceil(16384 / (32 * columns));

export function lineBackward(
  { dy, x, mean, variance, gamma, beta, y }: BackwardInputs,
  { dx, dgamma, dbeta, dother }: BackwardOutputs,
  { outer, groups, width, epsilon, isCentered }: NormalizationGeometry,
  shared: number,
  pieces: number,
  most: number,
): SimdStage[] {
  const columns = groups * width;
  const chunk = chunkOf(columns);
  const chunks = Math.ceil(outer / chunk);
  const share = outer * columns < leastElements ? 1 : finer(pieces, outer * columns, leastElements);
  const ofChunk = (index: number): SimdInvocation[] => {
    const from = index * chunk;
    const count = Math.min(chunk, outer - from);
    const [at, line] = [4 * from * columns, 4 * from * groups];
    const statistics = [mean + line, variance + line] as const;
    const sizes = [count, groups, width, epsilon] as const;
    // The gradient before a relu goes to where it is asked for, or to dx, which is written over it number by number.
    const isMasked = dother !== undefined || beta !== undefined;
    const dz = (isMasked ? (dother ?? dx) : dy) + at;
    const mask: SimdInvocation[] = [];
    if (dother !== undefined && y !== undefined) mask.push(['reluBackward', dy + at, y + at, dz, count * columns]);
    if (beta !== undefined)
      mask.push(['lineReluGradient', dy + at, x + at, dz, gamma, beta, ...statistics, ...sizes, most]);
    return [
      ...mask,
      ['lineSums', dz, x + at, ...statistics, shared + index * totalsBytes(columns), ...sizes],
      ['lineGradient', dz, x + at, dx + at, gamma, ...statistics, ...sizes, isCentered ? 1 : 0],
    ];
  };
  const stage = split(chunks, 1, share).map(({ from, to }) =>
    Array.from({ length: to - from }, (_, i) => ofChunk(from + i)).flat(),
  );
  return [stage, [[['addColumnTotals', shared, chunks, columns, dgamma, dbeta]]]];
}

const totalsBytes = (columns: number): number => 16 * padded4(columns);

export function lineBackwardScratch({ outer, groups, width }: NormalizationGeometry): SimdScratch {
  const columns = groups * width;
  return { shared: Math.ceil(outer / chunkOf(columns)) * totalsBytes(columns) };
}
