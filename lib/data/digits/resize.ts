import type { Plane } from './plane.ts';

/** A rectangle of pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What of a line one pixel of the resized line is made of. */
interface Share {
  readonly from: number;
  readonly weights: readonly number[];
}

/**
 * The box of the plane in another size. A side that shrinks is averaged by area: each new pixel is the mean of what it
 * covers, with parts of pixels. A side that grows is interpolated between the middles of its pixels.
 */
export function resized(plane: Plane, box: Box, width: number, height: number): Plane {
  const across = shares(box.width, width);
  const down = shares(box.height, height);
  const rows = new Float64Array(width * box.height);
  for (let y = 0; y < box.height; y++) {
    const start = (box.top + y) * plane.width + box.left;
    across.forEach(({ from, weights }, x) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * plane.data[start + from + i]!;
      rows[y * width + x] = sum;
    });
  }
  const data = new Float32Array(width * height);
  down.forEach(({ from, weights }, y) => {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * rows[(from + i) * width + x]!;
      data[y * width + x] = sum;
    }
  });
  return { width, height, data };
}

function shares(length: number, target: number): Share[] {
  const share = target < length ? averaged : interpolated;
  return Array.from({ length: target }, (_, i) => share(i, length, target));
}

/** New pixel i covers the old ones from i * length / target to (i + 1) * length / target. */
function averaged(i: number, length: number, target: number): Share {
  const [begin, end] = [(i * length) / target, ((i + 1) * length) / target];
  const from = Math.floor(begin);
  const last = Math.min(length, Math.ceil(end)) - 1;
  const weights = Array.from({ length: last - from + 1 }, (_, k) => {
    const covered = Math.min(end, from + k + 1) - Math.max(begin, from + k);
    return (covered * target) / length;
  });
  return { from, weights };
}

function interpolated(i: number, length: number, target: number): Share {
  const middle = Math.min(length - 1, Math.max(0, ((i + 0.5) * length) / target - 0.5));
  const from = Math.min(Math.floor(middle), Math.max(0, length - 2));
  return length === 1 ? { from: 0, weights: [1] } : { from, weights: [1 - (middle - from), middle - from] };
}
