import {
  localMaximum,
  localMean,
  mapped,
  type Plane,
  padded,
  quantile,
  range,
  shorterSide,
  smoothed,
} from './plane.ts';

/** How much of a pixel's brightness is ink's. */
export interface Ink {
  /** 0 where there is none, 1 at full ink, more where it is stronger than it usually is. */
  readonly amount: Plane;
  /** Standard deviation of the noise of `amount`. */
  readonly noise: number;
  /** Whether the ink is darker than its ground. */
  readonly inverted: boolean;
  /** Whether the ground was uneven, and taken out. */
  readonly flattened: boolean;
}

export interface InkOptions {
  readonly ink: 'auto' | 'dark' | 'light';
  readonly flatten: 'auto' | boolean;
}

/** Share of the image's contrast that an even ground may vary by along the border, noise apart. */
const evenness = 0.08;
/** Standard deviations that noise seldom goes beyond. */
const beyondNoise = 4;
const piecesOfSide = 4;
/** A median absolute deviation times this is the standard deviation of normal noise. */
const deviations = 1.4826;
/** Share of the image that even a small digit covers with full ink. */
const leastInk = 0.002;
/** No pen is as wide as this share of the shorter side: a wider dark region is no ink. */
const widestPen = 0.36;

/** Separates ink from its ground; `undefined` if nothing stands out. */
export function inkOf(gray: Plane, options: InkOptions): Ink | undefined {
  const noise = noiseOf(gray);
  const { least, most } = range(gray.data);
  const border = borderOf(gray);
  const uneven = spreadOf(border, noise) > evenness * (most - least);
  const flattened = options.flatten === 'auto' ? uneven : options.flatten;
  const smooth = noise > 0.5 ? smoothed(gray, Math.max(0.6, shorterSide(gray) / 200)) : gray;
  const ground = quantile(Float32Array.from(border.flatMap(piece => [...piece])), 0.5);
  const darkInk = flattened ? isDarkOnUneven(smooth) : ground > (least + most) / 2;
  const inverted = options.ink === 'auto' ? darkInk : options.ink === 'dark';
  const sign = inverted ? -1 : 1;
  const amount = flattened
    ? againstGround(smooth, unevenGround(smooth, inverted), sign)
    : mapped(smooth, value => (sign * (value - ground)) / 255);
  const top = Math.max(leastInk, 6 / amount.data.length);
  const level = quantile(amount.data, 1 - top);
  const left = deviations * quantile(amount.data.map(Math.abs), 0.5);
  const contrast = flattened ? 0.12 : 0.06;
  if (!(level > contrast && level > beyondNoise * left)) return undefined;
  return { amount: mapped(amount, value => value / level), noise: left / level, inverted, flattened };
}

/** How far pixels lie from the mean of their neighbours: 0 in a drawing, which is even in most places. */
function noiseOf({ width, data }: Plane): number {
  const away = data.map((value, i) => {
    const x = i % width;
    return x === 0 || x === width - 1 ? 0 : Math.abs(value - (data[i - 1]! + data[i + 1]!) / 2);
  });
  return (deviations * quantile(away, 0.5)) / Math.sqrt(1.5);
}

/** The pixels along the border, in so many pieces around the image. */
function borderOf(plane: Plane): number[][] {
  const { width, height, data } = plane;
  const thickness = Math.max(1, Math.round(0.04 * shorterSide(plane)));
  const pieces = Array.from({ length: 4 * piecesOfSide }, (): number[] => []);
  data.forEach((value, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const [left, top, right, bottom] = [x, y, width - 1 - x, height - 1 - y];
    const nearest = Math.min(left, top, right, bottom);
    if (nearest >= thickness) return;
    const isRow = nearest === top || nearest === bottom;
    const along = Math.floor((isRow ? x / width : y / height) * piecesOfSide);
    const edge = [top, bottom, left, right].indexOf(nearest);
    pieces[edge * piecesOfSide + along]!.push(value);
  });
  return pieces.filter(piece => piece.length > 0);
}

/** By how much the pieces of the border differ, beyond what noise explains; a few may hold ink. */
function spreadOf(border: readonly (readonly number[])[], noise: number): number {
  const middles = Float32Array.from(border, piece => quantile(Float32Array.from(piece), 0.5));
  const length = Math.min(...border.map(piece => piece.length));
  return quantile(middles, 0.85) - quantile(middles, 0.15) - (beyondNoise * noise) / Math.sqrt(length);
}

/**
 * Whether the ink is dark, where the border cannot tell. In a window larger than its strokes ink is the lesser part, so
 * it lies farther from the mean than its ground does: the sign of the third moment.
 */
function isDarkOnUneven(plane: Plane): boolean {
  const mean = localMean(plane, Math.ceil(0.3 * shorterSide(plane)));
  let moment = 0;
  plane.data.forEach((value, i) => {
    const away = value / Math.max(8, mean.data[i]!) - 1;
    moment += away * away * away;
  });
  return moment < 0;
}

/**
 * The image without its strokes: the morphological closing (of dark ink) or opening by a square wider than a pen. The
 * pixels at the edge are repeated outward, so that a shadow that leaves the image in a narrow wedge stays a shadow.
 */
function unevenGround(plane: Plane, darkInk: boolean): Plane {
  const radius = Math.max(2, Math.round((widestPen * shorterSide(plane)) / 2));
  const sign = darkInk ? 1 : -1;
  const wide = padded(plane, radius);
  const grown = localMaximum(
    mapped(wide, value => sign * value),
    radius,
  );
  const closed = localMaximum(
    mapped(grown, value => -value),
    radius,
  );
  return mapped(plane, (_, i) => {
    const [x, y] = [i % plane.width, Math.floor(i / plane.width)];
    return -sign * closed.data[(y + radius) * wide.width + x + radius]!;
  });
}

/** What the ink takes of the light that its ground throws back, or adds to it; 0 at the ground's usual place. */
function againstGround(plane: Plane, ground: Plane, sign: number): Plane {
  const ratio = mapped(plane, (value, i) => (sign * (value - ground.data[i]!)) / Math.max(8, ground.data[i]!));
  const usual = quantile(ratio.data, 0.5);
  return mapped(ratio, value => value - usual);
}
