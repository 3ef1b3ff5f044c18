/** Max pooling after a relu that remembers where each maximum was, so that backward needs neither operand. */
import { halveRow as halveRowOnly, halves } from './pooling';
import { Window } from './window';

/**
 * The images from `from` to before `to`: the largest element of each window, and the number of the first place in the
 * window that has it, or -1 where relu lets nothing through. NaN wins, and comes from nowhere. The numbers are left out
 * where `where` is 0.
 */
export function maxPool2dWhere(x: usize, y: usize, where: usize, from: i32, to: i32, window: usize): void {
  const p = Window.p(window);
  const q = Window.q(window);
  const bytes = (Window.c(window) as usize) * 4;
  const rowBytes = (Window.w(window) as usize) * bytes;
  const skip = ((from * p * q) as usize) * bytes;
  const isHalving = halves(window);
  const remembers = where !== 0;
  y += skip;
  where += skip;
  for (let image = from; image < to; image++) {
    for (let row = 0; row < p; row++) {
      if (isHalving) {
        const at = x + ((image * Window.h(window) + 2 * row) as usize) * rowBytes;
        if (remembers) halveRow(at, at + rowBytes, y, where, q, bytes);
        else halveRowOnly(at, at + rowBytes, y, q, bytes);
        y += (q as usize) * bytes;
        where += (q as usize) * bytes;
        continue;
      }
      for (let column = 0; column < q; column++) {
        largest(x, y, remembers ? where : 0, window, image, row, column);
        y += bytes;
        where += bytes;
      }
    }
  }
}

/** Two rows of the input give one of the output; the last vector of a pixel may overlap the one before. */
function halveRow(top: usize, bottom: usize, y: usize, where: usize, q: i32, bytes: usize): void {
  const last = bytes - 16;
  for (; q > 0; q--) {
    let at: usize = 0;
    for (; at + 32 <= bytes; at += 32) {
      const a0 = v128.load(top + at);
      const a1 = v128.load(top + at, 16);
      const b0 = v128.load(top + bytes + at);
      const b1 = v128.load(top + bytes + at, 16);
      const c0 = v128.load(bottom + at);
      const c1 = v128.load(bottom + at, 16);
      const d0 = v128.load(bottom + bytes + at);
      const d1 = v128.load(bottom + bytes + at, 16);
      const maximum0 = largest4(a0, b0, c0, d0);
      const maximum1 = largest4(a1, b1, c1, d1);
      v128.store(y + at, maximum0);
      v128.store(y + at, maximum1, 16);
      const place0 = firstOf(maximum0, a0, b0, c0);
      const place1 = firstOf(maximum1, a1, b1, c1);
      v128.store(where + at, place0);
      v128.store(where + at, place1, 16);
    }
    for (; at < bytes; at += 16) {
      const place = min(at, last);
      const a = v128.load(top + place);
      const b = v128.load(top + bytes + place);
      const c = v128.load(bottom + place);
      const maximum = largest4(a, b, c, v128.load(bottom + bytes + place));
      v128.store(y + place, maximum);
      v128.store(where + place, firstOf(maximum, a, b, c));
    }
    top += 2 * bytes;
    bottom += 2 * bytes;
    y += bytes;
    where += bytes;
  }
}

/** The larger of each pair of lanes; b if it is NaN, and a where b is not larger, so if that is NaN too. */
function larger(a: v128, b: v128): v128 {
  return v128.bitselect(b, a, v128.or(f32x4.gt(b, a), f32x4.ne(b, b)));
}

function largest4(a: v128, b: v128, c: v128, d: v128): v128 {
  return larger(larger(a, b), larger(c, d));
}

/** 0 to 3, the first of four that equals the maximum; -1 where that is not positive. */
function firstOf(maximum: v128, a: v128, b: v128, c: v128): v128 {
  const notA = f32x4.ne(a, maximum);
  const notAB = v128.and(notA, f32x4.ne(b, maximum));
  const notABC = v128.and(notAB, f32x4.ne(c, maximum));
  // A mask is -1 where it holds.
  const count = i32x4.neg(i32x4.add(i32x4.add(notA, notAB), notABC));
  return v128.or(count, v128.not(f32x4.gt(maximum, f32x4.splat(0))));
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
    if (where !== 0) store<i32>(where + ((channel as usize) << 2), maximum > 0 ? found : -1);
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
    let at: usize = 0;
    for (; at + 32 <= bytes; at += 32) {
      const g0 = v128.load(dy + at);
      const g1 = v128.load(dy + at, 16);
      const w0 = v128.load(where + at);
      const w1 = v128.load(where + at, 16);
      v128.store(top + at, taken(g0, w0, 0));
      v128.store(top + at, taken(g1, w1, 0), 16);
      v128.store(top + bytes + at, taken(g0, w0, 1));
      v128.store(top + bytes + at, taken(g1, w1, 1), 16);
      v128.store(bottom + at, taken(g0, w0, 2));
      v128.store(bottom + at, taken(g1, w1, 2), 16);
      v128.store(bottom + bytes + at, taken(g0, w0, 3));
      v128.store(bottom + bytes + at, taken(g1, w1, 3), 16);
    }
    for (; at < bytes; at += 16) {
      const place = min(at, last);
      const gradient = v128.load(dy + place);
      const found = v128.load(where + place);
      v128.store(top + place, taken(gradient, found, 0));
      v128.store(top + bytes + place, taken(gradient, found, 1));
      v128.store(bottom + place, taken(gradient, found, 2));
      v128.store(bottom + bytes + place, taken(gradient, found, 3));
    }
    top += 2 * bytes;
    bottom += 2 * bytes;
    dy += bytes;
    where += bytes;
  }
}

/** The gradient where the maximum was at a place, else 0. */
function taken(gradient: v128, where: v128, place: i32): v128 {
  return v128.and(gradient, i32x4.eq(where, i32x4.splat(place)));
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
