/** Max pooling after a relu that remembers where each maximum was, so that backward needs neither operand. */
import { halves } from './pooling';
import { Window } from './window';

/**
 * The images from `from` to before `to`: the largest element of each window, and the number of the first place in the
 * window that has it, or -1 where relu lets nothing through. NaN wins, and comes from nowhere.
 */
export function maxPool2dWhere(x: usize, y: usize, where: usize, from: i32, to: i32, window: usize): void {
  const p = Window.p(window);
  const q = Window.q(window);
  const bytes = (Window.c(window) as usize) * 4;
  const rowBytes = (Window.w(window) as usize) * bytes;
  const skip = ((from * p * q) as usize) * bytes;
  const isHalving = halves(window);
  y += skip;
  where += skip;
  for (let image = from; image < to; image++) {
    for (let row = 0; row < p; row++) {
      if (isHalving) {
        const at = x + ((image * Window.h(window) + 2 * row) as usize) * rowBytes;
        halveRow(at, at + rowBytes, y, where, q, bytes);
        y += (q as usize) * bytes;
        where += (q as usize) * bytes;
        continue;
      }
      for (let column = 0; column < q; column++) {
        largest(x, y, where, window, image, row, column);
        y += bytes;
        where += bytes;
      }
    }
  }
}

/** Where b is larger than a, or NaN. */
function isBetter(a: v128, b: v128): v128 {
  return v128.or(f32x4.gt(b, a), f32x4.ne(b, b));
}

/** Two rows of the input give one of the output; the last vector of a pixel may overlap the one before. */
function halveRow(top: usize, bottom: usize, y: usize, where: usize, q: i32, bytes: usize): void {
  const last = bytes - 16;
  for (; q > 0; q--) {
    for (let at: usize = 0; at < bytes; at += 16) {
      const place = min(at, last);
      const a = v128.load(top + place);
      const b = v128.load(top + bytes + place);
      const c = v128.load(bottom + place);
      const d = v128.load(bottom + bytes + place);
      const upperMask = isBetter(a, b);
      const upper = v128.bitselect(b, a, upperMask);
      const lowerMask = isBetter(c, d);
      const lower = v128.bitselect(d, c, lowerMask);
      const mask = isBetter(upper, lower);
      const maximum = v128.bitselect(lower, upper, mask);
      // A mask is -1 where it holds, so that 0 - mask counts 1.
      const upperPlace = i32x4.neg(upperMask);
      const lowerPlace = i32x4.sub(i32x4.splat(2), lowerMask);
      const found = v128.bitselect(lowerPlace, upperPlace, mask);
      const none = v128.not(f32x4.gt(maximum, f32x4.splat(0)));
      v128.store(y + place, maximum);
      v128.store(where + place, v128.or(found, none));
    }
    top += 2 * bytes;
    bottom += 2 * bytes;
    y += bytes;
    where += bytes;
  }
}

/** A window of any kind, channel by channel. */
function largest(x: usize, y: usize, where: usize, window: usize, image: i32, row: i32, column: i32): void {
  const h = Window.h(window);
  const w = Window.w(window);
  const c = Window.c(window);
  const s = Window.s(window);
  const taps = Window.r(window) * s;
  const top = row * Window.strideH(window) - Window.padTop(window);
  const left = column * Window.strideW(window) - Window.padLeft(window);
  for (let channel = 0; channel < c; channel++) {
    let maximum: f32 = -Infinity;
    let found = -1;
    for (let tap = 0; tap < taps; tap++) {
      const inRow = top + (tap / s) * Window.dilationH(window);
      const inColumn = left + (tap % s) * Window.dilationW(window);
      if ((inRow as u32) >= (h as u32) || (inColumn as u32) >= (w as u32)) continue;
      const value = load<f32>(x + ((((image * h + inRow) * w + inColumn) * c + channel) as usize) * 4);
      if (value > maximum || isNaN(value)) {
        maximum = value;
        found = tap;
      }
    }
    store<f32>(y + ((channel as usize) << 2), maximum);
    store<i32>(where + ((channel as usize) << 2), maximum > 0 ? found : -1);
  }
}

/** The images from `from` to before `to`: dy goes to where the maxima were. `dx` is overwritten. */
export function maxPool2dWhereBackward(dy: usize, where: usize, dx: usize, from: i32, to: i32, window: usize): void {
  const p = Window.p(window);
  const q = Window.q(window);
  const bytes = (Window.c(window) as usize) * 4;
  const rowBytes = (Window.w(window) as usize) * bytes;
  const imageBytes = (Window.h(window) as usize) * rowBytes;
  const skip = ((from * p * q) as usize) * bytes;
  const isHalving = halves(window);
  // Windows side by side write every element themselves, unless a row or column is left over.
  if (!isHalving || ((Window.h(window) | Window.w(window)) & 1) !== 0) {
    memory.fill(dx + (from as usize) * imageBytes, 0, ((to - from) as usize) * imageBytes);
  }
  dy += skip;
  where += skip;
  for (let image = from; image < to; image++) {
    for (let row = 0; row < p; row++) {
      if (isHalving) {
        const at = dx + (image as usize) * imageBytes + ((2 * row) as usize) * rowBytes;
        spreadRow(dy, where, at, at + rowBytes, q, bytes);
        dy += (q as usize) * bytes;
        where += (q as usize) * bytes;
        continue;
      }
      for (let column = 0; column < q; column++) {
        spread(dy, where, dx + (image as usize) * imageBytes, window, row, column);
        dy += bytes;
        where += bytes;
      }
    }
  }
}

/** One row of dy goes back to two rows of dx; the last vector of a pixel may overlap the one before. */
function spreadRow(dy: usize, where: usize, top: usize, bottom: usize, q: i32, bytes: usize): void {
  const last = bytes - 16;
  for (; q > 0; q--) {
    for (let at: usize = 0; at < bytes; at += 16) {
      const place = min(at, last);
      const gradient = v128.load(dy + place);
      const found = v128.load(where + place);
      v128.store(top + place, v128.and(gradient, i32x4.eq(found, i32x4.splat(0))));
      v128.store(top + bytes + place, v128.and(gradient, i32x4.eq(found, i32x4.splat(1))));
      v128.store(bottom + place, v128.and(gradient, i32x4.eq(found, i32x4.splat(2))));
      v128.store(bottom + bytes + place, v128.and(gradient, i32x4.eq(found, i32x4.splat(3))));
    }
    top += 2 * bytes;
    bottom += 2 * bytes;
    dy += bytes;
    where += bytes;
  }
}

function spread(dy: usize, where: usize, dx: usize, window: usize, row: i32, column: i32): void {
  const c = Window.c(window);
  const s = Window.s(window);
  const top = row * Window.strideH(window) - Window.padTop(window);
  const left = column * Window.strideW(window) - Window.padLeft(window);
  for (let channel = 0; channel < c; channel++) {
    const tap = load<i32>(where + ((channel as usize) << 2));
    if (tap < 0) continue;
    const inRow = top + (tap / s) * Window.dilationH(window);
    const inColumn = left + (tap % s) * Window.dilationW(window);
    const place = dx + (((inRow * Window.w(window) + inColumn) * c + channel) as usize) * 4;
    store<f32>(place, load<f32>(place) + load<f32>(dy + ((channel as usize) << 2)));
  }
}
