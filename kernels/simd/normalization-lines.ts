/**
 * Normalization of lines: runs of `width` numbers that lie side by side, `groups` of them for each outer index. A line fits
 * into the nearest cache, so it is gone over as often as is good for its digits.
 */
import { padded4 } from './generated/layouts';
import { Vectors } from './vectors';

/** A difference from the center as it is. */
class Plain {
  @inline
  of(difference: v128): v128 {
    return difference;
  }
}

class Squared {
  @inline
  of(difference: v128): v128 {
    return f32x4.mul(difference, difference);
  }
}

/** So many numbers are summed in float32 before their sum is added in float64. */
const blockColumns = 512;

/** The sum of what O makes of x - center. */
function sumOf<O>(x: usize, columns: i32, center: f32): f64 {
  const o = changetype<O>(0);
  const c = f32x4.splat(center);
  let total = f64x2.splat(0);
  for (; columns > 0; columns -= blockColumns) {
    let low = f32x4.splat(0);
    let high = low;
    let count = min(columns, blockColumns);
    for (; count >= 8; count -= 8) {
      low = f32x4.add(low, o.of(f32x4.sub(v128.load(x), c)));
      high = f32x4.add(high, o.of(f32x4.sub(v128.load(x, 16), c)));
      x += 32;
    }
    for (; count > 0; count -= 4) {
      low = f32x4.add(low, v128.and(o.of(f32x4.sub(v128.load(x), c)), Vectors.firstLanes(count)));
      x += 16;
    }
    total = Vectors.addTo(total, f32x4.add(low, high));
  }
  return Vectors.total(total);
}

/** Mean and variance of lines. The first number of a line is near its mean, so that a large mean costs no digits. */
export function lineMoments(x: usize, mean: usize, variance: usize, lines: i32, width: i32, isCentered: i32): void {
  const bytes = (width as usize) << 2;
  for (; lines > 0; lines--) {
    let center: f32 = 0;
    let rest: f64 = 0;
    if (isCentered) {
      const first = load<f32>(x);
      const exact = (first as f64) + sumOf<Plain>(x, width, first) / (width as f64);
      center = exact as f32;
      rest = exact - (center as f64);
    }
    store<f32>(mean, center);
    store<f32>(variance, max(sumOf<Squared>(x, width, center) / (width as f64) - rest * rest, 0) as f32);
    x += bytes;
    mean += 4;
    variance += 4;
  }
}

function factorOf(variance: usize, epsilon: f64): f32 {
  return (1 / sqrt((load<f32>(variance) as f64) + epsilon)) as f32;
}

/** y = min(max((x - mean) / sqrt(variance + epsilon) gamma + beta + other, floor), ceiling); other may be 0; NaN stays. */
export function normalizeLines(
  x: usize,
  other: usize,
  y: usize,
  gamma: usize,
  beta: usize,
  mean: usize,
  variance: usize,
  outer: i32,
  groups: i32,
  width: i32,
  epsilon: f64,
  floor: f32,
  ceiling: f32,
): void {
  const bytes = (width as usize) << 2;
  const least = f32x4.splat(floor);
  const most = f32x4.splat(ceiling);
  for (; outer > 0; outer--) {
    let factors = gamma;
    let offsets = beta;
    for (let group = 0; group < groups; group++) {
      const center = f32x4.splat(load<f32>(mean));
      const factor = f32x4.splat(factorOf(variance, epsilon));
      for (let at: usize = 0; at < bytes; at += 16) {
        let v = f32x4.mul(f32x4.sub(v128.load(x + at), center), factor);
        v = f32x4.add(f32x4.mul(v, v128.load(factors + at)), v128.load(offsets + at));
        if (other !== 0) v = f32x4.add(v, v128.load(other + at));
        Vectors.storeSome(y + at, f32x4.pmin(f32x4.pmax(v, least), most), ((bytes - at) >> 2) as i32);
      }
      x += bytes;
      y += bytes;
      factors += bytes;
      offsets += bytes;
      if (other !== 0) other += bytes;
      mean += 4;
      variance += 4;
    }
  }
}

/** dz = dy where what a relu behind normalizeLines is given lies in 0 ... most, else 0; that is computed again. */
export function lineReluGradient(
  dy: usize,
  x: usize,
  dz: usize,
  gamma: usize,
  beta: usize,
  mean: usize,
  variance: usize,
  outer: i32,
  groups: i32,
  width: i32,
  epsilon: f64,
  most: f32,
): void {
  const bytes = (width as usize) << 2;
  const zero = f32x4.splat(0);
  const ceiling = f32x4.splat(most);
  for (; outer > 0; outer--) {
    let factors = gamma;
    let offsets = beta;
    for (let group = 0; group < groups; group++) {
      const center = f32x4.splat(load<f32>(mean));
      const factor = f32x4.splat(factorOf(variance, epsilon));
      for (let at: usize = 0; at < bytes; at += 16) {
        const z = f32x4.mul(f32x4.sub(v128.load(x + at), center), factor);
        const y = f32x4.add(f32x4.mul(z, v128.load(factors + at)), v128.load(offsets + at));
        const masked = v128.and(v128.load(dy + at), v128.and(f32x4.gt(y, zero), f32x4.le(y, ceiling)));
        Vectors.storeSome(dz + at, masked, ((bytes - at) >> 2) as i32);
      }
      dy += bytes;
      x += bytes;
      dz += bytes;
      factors += bytes;
      offsets += bytes;
      mean += 4;
      variance += 4;
    }
  }
}

/** So many lines are summed in float32 before their sums are added in float64. */
const blockOuter = 32;

/** For each column the sums of dy and of dy z over outer indices, z being the normalized x. */
export function lineSums(
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  sums: usize,
  outer: i32,
  groups: i32,
  width: i32,
  epsilon: f64,
): void {
  const columns = (groups * width) as usize;
  const second = sums + (padded4(columns) << 3);
  memory.fill(sums, 0, padded4(columns) << 4);
  for (; outer > 0; outer -= blockOuter) {
    const count = min(outer, blockOuter);
    for (let group = 0; group < groups; group++) {
      for (let c = 0; c < width; c += 4) {
        const at = ((group * width + c) as usize) << 2;
        const mask = Vectors.firstLanes(width - c);
        let a = f32x4.splat(0);
        let b = a;
        let place = at;
        let statistic = (group as usize) << 2;
        for (let i = 0; i < count; i++) {
          const g = v128.and(v128.load(dy + place), mask);
          const v = f32x4.sub(v128.load(x + place), f32x4.splat(load<f32>(mean + statistic)));
          const z = f32x4.mul(v, f32x4.splat(factorOf(variance + statistic, epsilon)));
          a = f32x4.add(a, g);
          b = f32x4.add(b, v128.and(f32x4.mul(g, z), mask));
          place += columns << 2;
          statistic += (groups as usize) << 2;
        }
        // Behind the end of a line the sums are 0, which changes nothing of those of the next group.
        Vectors.addAt(sums + (at << 1), a);
        Vectors.addAt(second + (at << 1), b);
      }
    }
    dy += (count as usize) * (columns << 2);
    x += (count as usize) * (columns << 2);
    mean += ((count * groups) as usize) << 2;
    variance += ((count * groups) as usize) << 2;
  }
}

/** dx = r (g - mean of g) - (x - mean) r^3 mean of g (x - mean), with g = gamma dy and r = 1 / sqrt(variance + epsilon). */
export function lineGradient(
  dy: usize,
  x: usize,
  dx: usize,
  gamma: usize,
  mean: usize,
  variance: usize,
  outer: i32,
  groups: i32,
  width: i32,
  epsilon: f64,
  isCentered: i32,
): void {
  const bytes = (width as usize) << 2;
  for (; outer > 0; outer--) {
    let factors = gamma;
    for (let group = 0; group < groups; group++) {
      const center = f32x4.splat(load<f32>(mean));
      const r = 1 / sqrt((load<f32>(variance) as f64) + epsilon);
      let plain = f64x2.splat(0);
      let weighted = plain;
      for (let from: usize = 0; from < bytes; from += 4 * blockColumns) {
        const end = min(from + 4 * blockColumns, bytes);
        let a = f32x4.splat(0);
        let b = a;
        for (let at = from; at < end; at += 16) {
          const mask = Vectors.firstLanes(((bytes - at) >> 2) as i32);
          const g = v128.and(f32x4.mul(v128.load(dy + at), v128.load(factors + at)), mask);
          a = f32x4.add(a, g);
          b = f32x4.add(b, v128.and(f32x4.mul(g, f32x4.sub(v128.load(x + at), center)), mask));
        }
        plain = Vectors.addTo(plain, a);
        weighted = Vectors.addTo(weighted, b);
      }
      const slope = f32x4.splat((r * r * r * (Vectors.total(weighted) / (width as f64))) as f32);
      const least = f32x4.splat((isCentered ? r * (Vectors.total(plain) / (width as f64)) : 0) as f32);
      const factor = f32x4.splat(r as f32);
      for (let at: usize = 0; at < bytes; at += 16) {
        const g = f32x4.mul(f32x4.mul(v128.load(dy + at), v128.load(factors + at)), factor);
        const v = f32x4.mul(f32x4.sub(v128.load(x + at), center), slope);
        Vectors.storeSome(dx + at, f32x4.sub(f32x4.sub(g, v), least), ((bytes - at) >> 2) as i32);
      }
      dy += bytes;
      x += bytes;
      dx += bytes;
      factors += bytes;
      mean += 4;
      variance += 4;
    }
  }
}
