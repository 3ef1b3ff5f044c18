import type { Ink } from './ink.ts';
import { localMaximum, type Plane } from './plane.ts';
import type { Box } from './resize.ts';

/** Pixels that hang together. */
interface Part {
  readonly pixels: readonly number[];
  /** Sum of its ink. */
  readonly mass: number;
  readonly peak: number;
  readonly touchesBorder: boolean;
}

export interface Figure {
  /** The ink of the digit alone. */
  readonly ink: Plane;
  readonly box: Box;
  /** Parts that were left out. */
  readonly specks: number;
}

/** Weaker pixels belong to no part. A higher one is for noise: what it seldom goes beyond. */
const leastAmount = 0.15;
const beyondNoise = 4;
/** A part must have at least one pixel of so much ink. */
const leastPeak = 0.5;
/** Of uneven grounds, what hangs on the border is light or shadow, unless all else has less than this share of its mass. */
const borderShare = 0.25;

/** The parts of the digit: those with at least `leastPart` of the largest one's mass. `undefined` if there are none. */
export function figureOf({ amount, noise, flattened }: Ink, leastPart: number): Figure | undefined {
  const least = Math.max(leastAmount, Math.min(leastPeak, beyondNoise * noise));
  const all = partsOf(amount, least).filter(part => part.peak >= leastPeak);
  const inside = all.filter(part => !part.touchesBorder);
  const greatest = (parts: readonly Part[]) => Math.max(0, ...parts.map(part => part.mass));
  const trusted = flattened && greatest(inside) >= borderShare * greatest(all) ? inside : all;
  const kept = trusted.filter(part => part.mass >= leastPart * greatest(trusted));
  if (kept.length === 0) return undefined;
  const { width, height } = amount;
  const mask = new Float32Array(width * height);
  for (const { pixels } of kept) for (const pixel of pixels) mask[pixel] = 1;
  // The soft edge around a part is weaker than `least`, but belongs to it.
  const around = localMaximum({ width, height, data: mask }, 1).data;
  const floor = flattened ? least / 2 : 0;
  const data = amount.data.map((value, i) =>
    around[i] === 0 ? 0 : Math.min(1, Math.max(0, value - floor) / (1 - floor)),
  );
  return { ink: { width, height, data }, box: boxOf(kept, width), specks: all.length - kept.length };
}

function boxOf(parts: readonly Part[], width: number): Box {
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0];
  for (const pixel of parts.flatMap(part => part.pixels)) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

function partsOf(amount: Plane, least: number): Part[] {
  const seen = new Uint8Array(amount.data.length);
  const parts: Part[] = [];
  amount.data.forEach((value, pixel) => {
    if (value >= least && seen[pixel] === 0) parts.push(partAt(pixel, amount, least, seen));
  });
  return parts;
}

/** The part of a pixel: all that is reached over neighbours, the eight around each. */
function partAt(start: number, { width, height, data }: Plane, least: number, seen: Uint8Array): Part {
  const pixels = [start];
  seen[start] = 1;
  let [mass, peak, touchesBorder] = [0, 0, false];
  for (let next = 0; next < pixels.length; next++) {
    const pixel = pixels[next]!;
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    mass += data[pixel]!;
    peak = Math.max(peak, data[pixel]!);
    touchesBorder ||= x === 0 || y === 0 || x === width - 1 || y === height - 1;
    for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
      for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
        const neighbour = ny * width + nx;
        if (seen[neighbour] === 1 || data[neighbour]! < least) continue;
        seen[neighbour] = 1;
        pixels.push(neighbour);
      }
    }
  }
  return { pixels, mass, peak, touchesBorder };
}
