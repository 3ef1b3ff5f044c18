import { Elementary } from './elementary';
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

/** Bytes of a row between zeros for `radius` channels on both sides, and a vector more. */
function rowBytes(columns: i32, radius: i32): usize {
  return ((columns + 2 * radius + 8) as usize) << 2;
}

/** The sum of 2 radius + 1 numbers around each of four, which lie `radius` behind `from`. */
function around(from: usize, radius: i32): v128 {
  let sum = v128.load(from);
  for (let i = 2 * radius; i > 0; i--) {
    from += 4;
    sum = f32x4.add(sum, v128.load(from));
  }
  return sum;
}

function squareRow(x: usize, to: usize, columns: i32): void {
  for (; columns > 0; columns -= 4) {
    const value = v128.load(x);
    Vectors.storeSome(to, f32x4.mul(value, value), columns);
    x += 16;
    to += 16;
  }
}

function forward<O>(
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
  const o = changetype<O>(0);
  const margin = (radius as usize) << 2;
  const step = (columns as usize) << 2;
  memory.fill(scratch, 0, rowBytes(columns, radius));
  for (; rows > 0; rows--) {
    squareRow(x, scratch + margin, columns);
    for (let at: usize = 0, count = columns; count > 0; at += 16, count -= 4) {
      const sum = around(scratch + at, radius);
      const s = f32x4.add(f32x4.splat(bias), f32x4.mul(f32x4.splat(alpha), sum));
      Vectors.storeSome(y + at, f32x4.mul(v128.load(x + at), o.apply(s, f32x4.splat(beta))), count);
    }
    x += step;
    y += step;
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
  bias: f32,
  alpha: f32,
  beta: f32,
  scratch: usize,
): void {
  const o = changetype<O>(0);
  const margin = (radius as usize) << 2;
  const step = (columns as usize) << 2;
  const ratios = scratch + rowBytes(columns, radius);
  const factor = f32x4.splat(2 * alpha * beta);
  memory.fill(scratch, 0, 2 * rowBytes(columns, radius));
  for (; rows > 0; rows--) {
    squareRow(x, scratch + margin, columns);
    for (let at: usize = 0, count = columns; count > 0; at += 16, count -= 4) {
      const sum = around(scratch + at, radius);
      const s = f32x4.add(f32x4.splat(bias), f32x4.mul(f32x4.splat(alpha), sum));
      const gradient = v128.load(dy + at);
      Vectors.storeSome(ratios + margin + at, f32x4.div(f32x4.mul(gradient, v128.load(y + at)), s), count);
      Vectors.storeSome(dx + at, f32x4.mul(gradient, o.apply(s, f32x4.splat(beta))), count);
    }
    for (let at: usize = 0, count = columns; count > 0; at += 16, count -= 4) {
      const others = f32x4.mul(f32x4.mul(factor, v128.load(x + at)), around(ratios + at, radius));
      Vectors.storeSome(dx + at, f32x4.sub(v128.load(dx + at), others), count);
    }
    dy += step;
    x += step;
    y += step;
    dx += step;
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
  if (beta === 0.75) forward<ThreeQuarters>(x, y, rows, columns, radius, bias, alpha, beta, scratch);
  else forward<AnyPower>(x, y, rows, columns, radius, bias, alpha, beta, scratch);
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
  if (beta === 0.75) backward<ThreeQuarters>(dy, x, y, dx, rows, columns, radius, bias, alpha, beta, scratch);
  else backward<AnyPower>(dy, x, y, dx, rows, columns, radius, bias, alpha, beta, scratch);
}
