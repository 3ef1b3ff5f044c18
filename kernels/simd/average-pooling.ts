import { Vectors } from './vectors';
import { Window } from './window';

/** How many places of a window of `size` from `start` on lie inside 0 ... `limit` - 1. */
function insideCount(size: i32, start: i32, dilation: i32, limit: i32): i32 {
  let count = 0;
  for (let i = 0; i < size; i++) count += i32(((start + i * dilation) as u32) < (limit as u32));
  return count;
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

/** Sums the elements of a row of the window in float32, the rows in float64. */
function average(x: usize, y: usize, window: usize, row: i32, column: i32, channels: i32): void {
  const h = Window.h(window);
  const w = Window.w(window);
  const r = Window.r(window);
  const s = Window.s(window);
  const downStep = Window.dilationH(window);
  const rightStep = Window.dilationW(window);
  const top = row * Window.strideH(window) - Window.padTop(window);
  const left = column * Window.strideW(window) - Window.padLeft(window);
  const count = insideCount(r, top, downStep, h) * insideCount(s, left, rightStep, w);
  const divisor = f64x2.splat(max(count, 1) as f64);
  const pixelBytes = (Window.c(window) as usize) << 2;
  for (; channels > 0; channels -= 4) {
    let low = f64x2.splat(0);
    let high = low;
    for (let i = 0, inRow = top; i < r; i++, inRow += downStep) {
      if ((inRow as u32) >= (h as u32)) continue;
      let sum = f32x4.splat(0);
      for (let j = 0, inColumn = left; j < s; j++, inColumn += rightStep) {
        if ((inColumn as u32) >= (w as u32)) continue;
        sum = f32x4.add(sum, v128.load(x + ((inRow * w + inColumn) as usize) * pixelBytes));
      }
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
  const h = Window.h(window);
  const w = Window.w(window);
  const r = Window.r(window);
  const s = Window.s(window);
  const downStep = Window.dilationH(window);
  const rightStep = Window.dilationW(window);
  const top = row * Window.strideH(window) - Window.padTop(window);
  const left = column * Window.strideW(window) - Window.padLeft(window);
  const count = insideCount(r, top, downStep, h) * insideCount(s, left, rightStep, w);
  const divisor = f32x4.splat(count as f32);
  const pixelBytes = (Window.c(window) as usize) << 2;
  for (; channels > 0; channels -= 4) {
    const gradient = f32x4.div(v128.load(dy), divisor);
    for (let i = 0, inRow = top; i < r; i++, inRow += downStep) {
      if ((inRow as u32) >= (h as u32)) continue;
      for (let j = 0, inColumn = left; j < s; j++, inColumn += rightStep) {
        if ((inColumn as u32) >= (w as u32)) continue;
        const place = dx + ((inRow * w + inColumn) as usize) * pixelBytes;
        Vectors.storeSome(place, f32x4.add(v128.load(place), gradient), channels);
      }
    }
    dy += 16;
    dx += 16;
  }
}
