import { Vectors } from './vectors';
import { Window } from './window';

/** The first place of a window from `start` on that is not negative. */
function firstInside(start: i32, dilation: i32): i32 {
  return start >= 0 ? 0 : (dilation - 1 - start) / dilation;
}

/** The first place behind it, of at most `size`, that lies at `limit` or behind. */
function endInside(size: i32, start: i32, dilation: i32, limit: i32): i32 {
  return start >= limit ? 0 : min(size, (limit - start + dilation - 1) / dilation);
}

/** The images from `from` to before `to`: the mean over the elements of a window inside the image; 0 where there are none. */
export function averagePool2dForward(x: usize, y: usize, from: i32, to: i32, window: usize): void {
  const p = Window.p(window);
  const q = Window.q(window);
  const c = Window.c(window);
  const imageBytes = ((Window.h(window) * Window.w(window)) as usize) * ((c as usize) << 2);
  x += (from as usize) * imageBytes;
  y += ((from * p * q) as usize) * ((c as usize) << 2);
  for (; from < to; from++) {
    for (let row = 0; row < p; row++) {
      for (let column = 0; column < q; column++) {
        average(x, y, window, row, column, c);
        y += (c as usize) << 2;
      }
    }
    x += imageBytes;
  }
}

function average(x: usize, y: usize, window: usize, row: i32, column: i32, channels: i32): void {
  const w = Window.w(window);
  const downStep = Window.dilationH(window);
  const rightStep = Window.dilationW(window);
  const top = row * Window.strideH(window) - Window.padTop(window);
  const left = column * Window.strideW(window) - Window.padLeft(window);
  const i0 = firstInside(top, downStep);
  const j0 = firstInside(left, rightStep);
  const rows = max(0, endInside(Window.r(window), top, downStep, Window.h(window)) - i0);
  const columns = max(0, endInside(Window.s(window), left, rightStep, w) - j0);
  const pixelBytes = (Window.c(window) as usize) << 2;
  const rightBytes = (rightStep as usize) * pixelBytes;
  const downBytes = ((downStep * w) as usize) * pixelBytes;
  x += (((top + i0 * downStep) * w + left + j0 * rightStep) as usize) * pixelBytes;
  averageOf(x, y, rows, columns, downBytes, rightBytes, channels);
}

/** Sums the elements of a row of the window in float32, the rows in float64. */
function averageOf(
  x: usize,
  y: usize,
  rows: i32,
  columns: i32,
  downBytes: usize,
  rightBytes: usize,
  channels: i32,
): void {
  const divisor = f64x2.splat(max(rows * columns, 1) as f64);
  for (; channels > 0; channels -= 4) {
    let low = f64x2.splat(0);
    let high = low;
    let line = x;
    for (let i = 0; i < rows; i++) {
      let sum = f32x4.splat(0);
      let at = line;
      for (let j = 0; j < columns; j++) {
        sum = f32x4.add(sum, v128.load(at));
        at += rightBytes;
      }
      line += downBytes;
      low = f64x2.add(low, f64x2.promote_low_f32x4(sum));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i64>(sum, sum, 1, 1)));
    }
    low = f32x4.demote_f64x2_zero(f64x2.div(low, divisor));
    high = f32x4.demote_f64x2_zero(f64x2.div(high, divisor));
    Vectors.storeSome(y, v128.shuffle<i64>(low, high, 0, 2), channels);
    x += 16;
    y += 16;
  }
}

/** The images from `from` to before `to`: every element of a window inside the image gets its share of dy. `dx` is overwritten. */
export function averagePool2dBackward(dy: usize, dx: usize, from: i32, to: i32, window: usize): void {
  const p = Window.p(window);
  const q = Window.q(window);
  const c = Window.c(window);
  const imageBytes = ((Window.h(window) * Window.w(window)) as usize) * ((c as usize) << 2);
  dx += (from as usize) * imageBytes;
  dy += ((from * p * q) as usize) * ((c as usize) << 2);
  memory.fill(dx, 0, ((to - from) as usize) * imageBytes);
  for (; from < to; from++) {
    for (let row = 0; row < p; row++) {
      for (let column = 0; column < q; column++) {
        share(dy, dx, window, row, column, c);
        dy += (c as usize) << 2;
      }
    }
    dx += imageBytes;
  }
}

function share(dy: usize, dx: usize, window: usize, row: i32, column: i32, channels: i32): void {
  const w = Window.w(window);
  const downStep = Window.dilationH(window);
  const rightStep = Window.dilationW(window);
  const top = row * Window.strideH(window) - Window.padTop(window);
  const left = column * Window.strideW(window) - Window.padLeft(window);
  const i0 = firstInside(top, downStep);
  const j0 = firstInside(left, rightStep);
  const rows = max(0, endInside(Window.r(window), top, downStep, Window.h(window)) - i0);
  const columns = max(0, endInside(Window.s(window), left, rightStep, w) - j0);
  const divisor = f32x4.splat((rows * columns) as f32);
  const pixelBytes = (Window.c(window) as usize) << 2;
  const rightBytes = (rightStep as usize) * pixelBytes;
  const downBytes = ((downStep * w) as usize) * pixelBytes;
  dx += (((top + i0 * downStep) * w + left + j0 * rightStep) as usize) * pixelBytes;
  for (; channels > 0; channels -= 4) {
    const gradient = f32x4.div(v128.load(dy), divisor);
    let line = dx;
    for (let i = 0; i < rows; i++) {
      let at = line;
      for (let j = 0; j < columns; j++) {
        Vectors.storeSome(at, f32x4.add(v128.load(at), gradient), channels);
        at += rightBytes;
      }
      line += downBytes;
    }
    dy += 16;
    dx += 16;
  }
}
