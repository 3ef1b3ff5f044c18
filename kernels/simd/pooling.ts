import { Window } from './window';

/** The images from `from` to before `to`: the largest element of a window; -Infinity for a window that lies in the padding alone. NaN wins. */
export function maxPool2dForward(x: usize, y: usize, from: i32, to: i32, window: usize): void {
  const p = Window.p(window);
  const q = Window.q(window);
  const bytes = (Window.c(window) as usize) * 4;
  y += ((from * p * q) as usize) * bytes;
  const isHalving = halves(window);
  const rowBytes = (Window.w(window) as usize) * bytes;
  for (let image = from; image < to; image++) {
    for (let row = 0; row < p; row++) {
      if (isHalving) {
        const at = x + ((image * Window.h(window) + 2 * row) as usize) * rowBytes;
        halveRow(at, at + rowBytes, y, q, bytes);
        y += (q as usize) * bytes;
        continue;
      }
      for (let column = 0; column < q; column++) {
        largest(x, y, window, image, row, column, bytes);
        y += bytes;
      }
    }
  }
}

function largest(x: usize, y: usize, window: usize, image: i32, row: i32, column: i32, bytes: usize): void {
  const h = Window.h(window);
  const w = Window.w(window);
  const r = Window.r(window);
  const s = Window.s(window);
  const top = row * Window.strideH(window) - Window.padTop(window);
  const left = column * Window.strideW(window) - Window.padLeft(window);
  let isFirst = true;
  for (let dr = 0; dr < r; dr++) {
    const inRow = top + dr * Window.dilationH(window);
    if ((inRow as u32) >= (h as u32)) continue;
    for (let ds = 0; ds < s; ds++) {
      const inColumn = left + ds * Window.dilationW(window);
      if ((inColumn as u32) >= (w as u32)) continue;
      const from = x + (((image * h + inRow) * w + inColumn) as usize) * bytes;
      if (isFirst) memory.copy(y, from, bytes);
      else keepLarger(y, from, bytes);
      isFirst = false;
    }
  }
  if (isFirst) for (let at: usize = 0; at < bytes; at += 4) store<f32>(y + at, -Infinity);
}

/** y = x where x > y or x is NaN. A NaN in y stays, since no x is larger. */
function keepLarger(y: usize, x: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    const a = v128.load(y + at);
    const b = v128.load(x + at);
    v128.store(y + at, v128.bitselect(b, a, v128.or(f32x4.gt(b, a), f32x4.ne(b, b))));
  }
  for (; at < bytes; at += 4) {
    const b = load<f32>(x + at);
    if (b > load<f32>(y + at) || isNaN(b)) store<f32>(y + at, b);
  }
}

/**
 * The images from `from` to before `to`: dy goes to the first element of each window that equals the maximum y. `dx` is
 * overwritten.
 */
export function maxPool2dBackward(dy: usize, x: usize, y: usize, dx: usize, from: i32, to: i32, window: usize): void {
  const p = Window.p(window);
  const q = Window.q(window);
  const bytes = (Window.c(window) as usize) * 4;
  const pixels = Window.h(window) * Window.w(window);
  const isHalving = halves(window);
  const rowBytes = (Window.w(window) as usize) * bytes;
  // Windows side by side write every element themselves, unless a row or column is left over.
  if (!isHalving || ((Window.h(window) | Window.w(window)) & 1) !== 0) {
    memory.fill(dx + ((from * pixels) as usize) * bytes, 0, (((to - from) * pixels) as usize) * bytes);
  }
  dy += ((from * p * q) as usize) * bytes;
  y += ((from * p * q) as usize) * bytes;
  for (let image = from; image < to; image++) {
    for (let row = 0; row < p; row++) {
      if (isHalving) {
        const place = ((image * Window.h(window) + 2 * row) as usize) * rowBytes;
        spreadRow(dy, x + place, y, dx + place, q, bytes, rowBytes);
        dy += (q as usize) * bytes;
        y += (q as usize) * bytes;
        continue;
      }
      for (let column = 0; column < q; column++) {
        spread(dy, x, y, dx, window, image, row, column, bytes);
        dy += bytes;
        y += bytes;
      }
    }
  }
}

function spread(
  dy: usize,
  x: usize,
  y: usize,
  dx: usize,
  window: usize,
  image: i32,
  row: i32,
  column: i32,
  bytes: usize,
): void {
  const h = Window.h(window);
  const w = Window.w(window);
  const r = Window.r(window);
  const s = Window.s(window);
  const top = row * Window.strideH(window) - Window.padTop(window);
  const left = column * Window.strideW(window) - Window.padLeft(window);
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    const maximum = v128.load(y + at);
    const gradient = v128.load(dy + at);
    // Lanes that have not yet found their maximum.
    let waiting = v128.not(i32x4.splat(0));
    for (let dr = 0; dr < r; dr++) {
      const inRow = top + dr * Window.dilationH(window);
      if ((inRow as u32) >= (h as u32)) continue;
      for (let ds = 0; ds < s; ds++) {
        const inColumn = left + ds * Window.dilationW(window);
        if ((inColumn as u32) >= (w as u32)) continue;
        const place = (((image * h + inRow) * w + inColumn) as usize) * bytes + at;
        const found = v128.and(waiting, f32x4.eq(v128.load(x + place), maximum));
        waiting = v128.andnot(waiting, found);
        v128.store(dx + place, f32x4.add(v128.load(dx + place), v128.and(gradient, found)));
      }
    }
  }
  for (; at < bytes; at += 4) {
    const maximum = load<f32>(y + at);
    let isWaiting = true;
    for (let dr = 0; dr < r && isWaiting; dr++) {
      const inRow = top + dr * Window.dilationH(window);
      if ((inRow as u32) >= (h as u32)) continue;
      for (let ds = 0; ds < s && isWaiting; ds++) {
        const inColumn = left + ds * Window.dilationW(window);
        if ((inColumn as u32) >= (w as u32)) continue;
        const place = (((image * h + inRow) * w + inColumn) as usize) * bytes + at;
        if (load<f32>(x + place) !== maximum) continue;
        store<f32>(dx + place, load<f32>(dx + place) + load<f32>(dy + at));
        isWaiting = false;
      }
    }
  }
}

/** Whether windows of 2x2 lie side by side without padding, on at least one vector of channels: the usual case. */
export function halves(window: usize): bool {
  return (
    Window.r(window) === 2 &&
    Window.s(window) === 2 &&
    Window.strideH(window) === 2 &&
    Window.strideW(window) === 2 &&
    Window.dilationH(window) === 1 &&
    Window.dilationW(window) === 1 &&
    Window.padTop(window) === 0 &&
    Window.padLeft(window) === 0 &&
    2 * Window.p(window) <= Window.h(window) &&
    2 * Window.q(window) <= Window.w(window) &&
    Window.c(window) >= 4
  );
}

/** The larger of each pair of lanes, b only where it is larger or NaN. */
function larger(a: v128, b: v128): v128 {
  return v128.bitselect(b, a, v128.or(f32x4.gt(b, a), f32x4.ne(b, b)));
}

/** Two rows of the input give one of the output; the last vector of a pixel may overlap the one before. */
export function halveRow(top: usize, bottom: usize, y: usize, q: i32, bytes: usize): void {
  const last = bytes - 16;
  for (; q > 0; q--) {
    let next: usize = 0;
    for (; next + 32 <= bytes; next += 32) {
      const a0 = v128.load(top + next);
      const a1 = v128.load(top + next, 16);
      const b0 = v128.load(top + bytes + next);
      const b1 = v128.load(top + bytes + next, 16);
      const c0 = v128.load(bottom + next);
      const c1 = v128.load(bottom + next, 16);
      const d0 = v128.load(bottom + bytes + next);
      const d1 = v128.load(bottom + bytes + next, 16);
      v128.store(y + next, larger(larger(a0, b0), larger(c0, d0)));
      v128.store(y + next, larger(larger(a1, b1), larger(c1, d1)), 16);
    }
    for (; next < bytes; next += 16) {
      const at = min(next, last);
      const upper = larger(v128.load(top + at), v128.load(top + bytes + at));
      const lower = larger(v128.load(bottom + at), v128.load(bottom + bytes + at));
      v128.store(y + at, larger(upper, lower));
    }
    top += 2 * bytes;
    bottom += 2 * bytes;
    y += bytes;
  }
}

/** One row of dy goes back to two rows of dx, to the first element of each window that is its maximum. */
function spreadRow(dy: usize, x: usize, y: usize, dx: usize, q: i32, bytes: usize, rowBytes: usize): void {
  const last = bytes - 16;
  for (; q > 0; q--) {
    for (let next: usize = 0; next < bytes; next += 16) {
      const at = min(next, last);
      const maximum = v128.load(y + at);
      const gradient = v128.load(dy + at);
      const first = f32x4.eq(v128.load(x + at), maximum);
      const second = v128.andnot(f32x4.eq(v128.load(x + bytes + at), maximum), first);
      const earlier = v128.or(first, second);
      const third = v128.andnot(f32x4.eq(v128.load(x + rowBytes + at), maximum), earlier);
      const isFourth = f32x4.eq(v128.load(x + rowBytes + bytes + at), maximum);
      const fourth = v128.andnot(isFourth, v128.or(earlier, third));
      v128.store(dx + at, v128.and(gradient, first));
      v128.store(dx + bytes + at, v128.and(gradient, second));
      v128.store(dx + rowBytes + at, v128.and(gradient, third));
      v128.store(dx + rowBytes + bytes + at, v128.and(gradient, fourth));
    }
    x += 2 * bytes;
    dx += 2 * bytes;
    y += bytes;
    dy += bytes;
  }
}
