import { Elementary } from './elementary';
import { responseRowBytes, responseRows } from './generated/layouts';
import { Vectors } from './vectors';

/** s^(-3/4), AlexNet's. */
class ThreeQuarters {
  @inline
  apply(s: v128, _beta: v128): v128 {
    const root = f32x4.sqrt(s);
    return f32x4.div(f32x4.splat(1), f32x4.mul(root, f32x4.sqrt(root)));
  }
}

/** s^-beta. */
class AnyPower {
  @inline
  apply(s: v128, beta: v128): v128 {
    return Elementary.exp(f32x4.neg(f32x4.mul(beta, Elementary.log(s))));
  }
}

/**
 * So many rows are squared before any is summed: a vector that is loaded across two that have just been stored would
 * have to wait for them.
 */
const blockRows: usize = responseRows;

/** The sum of 2 radius + 1 numbers around each of four, which lie `radius` behind `from`. */
function around(from: usize, radius: i32): v128 {
  let sum = v128.load(from);
  for (let i = 2 * radius; i > 0; i--) {
    from += 4;
    sum = f32x4.add(sum, v128.load(from));
  }
  return sum;
}

/** The squares of some rows, each between its zeros. */
function squareRows(x: usize, to: usize, rows: i32, columns: i32, radius: i32): void {
  const step = responseRowBytes(columns as usize, radius as usize);
  to += (radius as usize) << 2;
  for (; rows > 0; rows--) {
    for (let at: usize = 0, count = columns; count > 0; at += 16, count -= 4) {
      const value = v128.load(x + at);
      Vectors.storeSome(to + at, f32x4.mul(value, value), count);
    }
    x += (columns as usize) << 2;
    to += step;
  }
}

function forward<O>(
  x: usize,
  y: usize,
  rows: i32,
  columns: i32,
  radius: i32,
  bias: v128,
  alpha: v128,
  beta: v128,
  scratch: usize,
): void {
  const o = changetype<O>(0);
  const step = responseRowBytes(columns as usize, radius as usize);
  memory.fill(scratch, 0, blockRows * step);
  for (; rows > 0; rows -= blockRows as i32) {
    const block = min(rows, blockRows as i32);
    squareRows(x, scratch, block, columns, radius);
    let squares = scratch;
    for (let row = 0; row < block; row++) {
      for (let at: usize = 0, count = columns; count > 0; at += 16, count -= 4) {
        const s = f32x4.add(bias, f32x4.mul(alpha, around(squares + at, radius)));
        Vectors.storeSome(y + at, f32x4.mul(v128.load(x + at), o.apply(s, beta)), count);
      }
      squares += step;
      x += (columns as usize) << 2;
      y += (columns as usize) << 2;
    }
  }
}

/**
 * With s the denominators: dx[c] = dy[c] s[c]^-beta - 2 alpha beta x[c] sum of dy[j] y[j] / s[j], j over the channels
 * whose sums hold x[c].
 */
function backward<O>(
  dy: usize,
  x: usize,
  y: usize,
  dx: usize,
  rows: i32,
  columns: i32,
  radius: i32,
  bias: v128,
  alpha: v128,
  beta: v128,
  scratch: usize,
): void {
  const step = responseRowBytes(columns as usize, radius as usize);
  const ratios = scratch + blockRows * step;
  const factor = f32x4.mul(f32x4.mul(f32x4.splat(2), alpha), beta);
  const bytes = (columns as usize) << 2;
  memory.fill(scratch, 0, 2 * blockRows * step);
  for (; rows > 0; rows -= blockRows as i32) {
    const block = min(rows, blockRows as i32);
    squareRows(x, scratch, block, columns, radius);
    for (let row: usize = 0; row < (block as usize); row++) {
      const place = row * bytes;
      const to = ratios + row * step + ((radius as usize) << 2);
      ownShare<O>(dy + place, y + place, dx + place, scratch + row * step, to, columns, radius, bias, alpha, beta);
    }
    for (let row: usize = 0; row < (block as usize); row++) {
      for (let at: usize = 0, count = columns; count > 0; at += 16, count -= 4) {
        const sum = around(ratios + row * step + at, radius);
        const others = f32x4.mul(f32x4.mul(factor, v128.load(x + at)), sum);
        Vectors.storeSome(dx + at, f32x4.sub(v128.load(dx + at), others), count);
      }
      x += bytes;
      dx += bytes;
    }
    dy += (block as usize) * bytes;
    y += (block as usize) * bytes;
  }
}

/** dx = dy s^-beta and the ratios dy y / s of a row. */
function ownShare<O>(
  dy: usize,
  y: usize,
  dx: usize,
  squares: usize,
  ratios: usize,
  columns: i32,
  radius: i32,
  bias: v128,
  alpha: v128,
  beta: v128,
): void {
  const o = changetype<O>(0);
  for (let at: usize = 0; columns > 0; at += 16, columns -= 4) {
    const s = f32x4.add(bias, f32x4.mul(alpha, around(squares + at, radius)));
    const gradient = v128.load(dy + at);
    Vectors.storeSome(ratios + at, f32x4.div(f32x4.mul(gradient, v128.load(y + at)), s), columns);
    Vectors.storeSome(dx + at, f32x4.mul(gradient, o.apply(s, beta)), columns);
  }
}

export function localResponseNormalizationForward(
  x: usize,
  y: usize,
  rows: i32,
  columns: i32,
  radius: i32,
  bias: f32,
  alpha: f32,
  beta: f32,
  scratch: usize,
): void {
  const b = f32x4.splat(bias);
  const a = f32x4.splat(alpha);
  const power = f32x4.splat(beta);
  if (beta === 0.75) forward<ThreeQuarters>(x, y, rows, columns, radius, b, a, power, scratch);
  else forward<AnyPower>(x, y, rows, columns, radius, b, a, power, scratch);
}

export function localResponseNormalizationBackward(
  dy: usize,
  x: usize,
  y: usize,
  dx: usize,
  rows: i32,
  columns: i32,
  radius: i32,
  bias: f32,
  alpha: f32,
  beta: f32,
  scratch: usize,
): void {
  const b = f32x4.splat(bias);
  const a = f32x4.splat(alpha);
  const power = f32x4.splat(beta);
  if (beta === 0.75) backward<ThreeQuarters>(dy, x, y, dx, rows, columns, radius, b, a, power, scratch);
  else backward<AnyPower>(dy, x, y, dx, rows, columns, radius, b, a, power, scratch);
}
