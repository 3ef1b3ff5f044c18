/** The gradient of the filters of a depthwise convolution. */
import { repeatChannels } from './depthwise';
import { depthwiseLineAt, padded8 } from './generated/layouts';
import { Window } from './window';

/**
 * The images from `from` to before `to`: adds them up in `sums`, which have a multiple of eight channels for each tap.
 * Line by line of x, which is copied with its padding; the sum over a line of y is taken first, and then added.
 */
export function depthwiseGradientSums(x: usize, dy: usize, sums: usize, from: i32, to: i32, window: usize): void {
  const h = Window.h(window);
  const w = Window.w(window);
  const p = Window.p(window);
  const q = Window.q(window);
  const r = Window.r(window);
  const s = Window.s(window);
  const k = Window.k(window);
  const c = Window.c(window);
  const strideH = Window.strideH(window);
  const tapBytes = padded8(k as usize) * 4;
  const rowBytes = (s as usize) * tapBytes;
  const xLineBytes = ((w * c) as usize) * 4;
  const yLineBytes = ((q * k) as usize) * 4;
  const line = window + depthwiseLineAt;
  memory.fill(sums, 0, (r as usize) * rowBytes);
  memory.fill(line, 0, ((reachedColumns(window) * k) as usize) * 4);
  for (let image = from; image < to; image++) {
    for (let row = 0; row < h; row++) {
      copyLine(x + ((image * h + row) as usize) * xLineBytes, line, window);
      for (let tap = 0; tap < r; tap++) {
        const reached = row + Window.padTop(window) - tap * Window.dilationH(window);
        const outputRow = reached / strideH;
        if (reached < 0 || outputRow >= p || outputRow * strideH !== reached) continue;
        addLine(line, dy + ((image * p + outputRow) as usize) * yLineBytes, sums + (tap as usize) * rowBytes, window);
      }
    }
  }
}

/** Columns of a line with its padding: as many as the windows reach. */
function reachedColumns(window: usize): i32 {
  return (Window.q(window) - 1) * Window.strideW(window) + (Window.s(window) - 1) * Window.dilationW(window) + 1;
}

function copyLine(x: usize, line: usize, window: usize): void {
  const c = Window.c(window);
  const k = Window.k(window);
  const left = Window.padLeft(window);
  const count = min(Window.w(window), reachedColumns(window) - left);
  if (count <= 0) return;
  const to = line + ((left * k) as usize) * 4;
  if (c === k) memory.copy(to, x, ((count * c) as usize) * 4);
  else repeatChannels(x, to, count, c, k);
}

/** All taps of a row of the window over a line of y. */
function addLine(line: usize, dy: usize, sums: usize, window: usize): void {
  const k = Window.k(window);
  const s = Window.s(window);
  const q = Window.q(window);
  const bytes = (k as usize) * 4;
  const tapStep = (Window.dilationW(window) as usize) * bytes;
  const xStep = (Window.strideW(window) as usize) * bytes;
  const tapBytes = padded8(k as usize) * 4;
  for (let at: usize = 0; at < tapBytes; at += 32) {
    let x = line + at;
    let to = sums + at;
    let tap = 0;
    for (; tap + 3 <= s; tap += 3) {
      if (tapStep === xStep) addThreeInTurn(x, xStep, dy + at, bytes, q, to, tapBytes);
      else addThree(x, xStep, tapStep, dy + at, bytes, q, to, tapBytes);
      x += 3 * tapStep;
      to += 3 * tapBytes;
    }
    for (; tap < s; tap++) {
      addOne(x, xStep, dy + at, bytes, q, to);
      x += tapStep;
      to += tapBytes;
    }
  }
}

/** Eight channels of three taps side by side. */
function addThree(
  x: usize,
  xStep: usize,
  tapStep: usize,
  dy: usize,
  yStep: usize,
  count: i32,
  to: usize,
  toStep: usize,
): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  for (; count > 0; count--) {
    const g0 = v128.load(dy);
    const g1 = v128.load(dy, 16);
    let at = x;
    a0 = f32x4.add(a0, f32x4.mul(v128.load(at), g0));
    a1 = f32x4.add(a1, f32x4.mul(v128.load(at, 16), g1));
    at += tapStep;
    b0 = f32x4.add(b0, f32x4.mul(v128.load(at), g0));
    b1 = f32x4.add(b1, f32x4.mul(v128.load(at, 16), g1));
    at += tapStep;
    c0 = f32x4.add(c0, f32x4.mul(v128.load(at), g0));
    c1 = f32x4.add(c1, f32x4.mul(v128.load(at, 16), g1));
    x += xStep;
    dy += yStep;
  }
  addTo(to, a0, a1);
  addTo(to + toStep, b0, b1);
  addTo(to + 2 * toStep, c0, c1);
}

/**
 * The same where taps lie as far apart as windows and so read the same pixels one after the other: pixel i meets elements
 * i, i - 1 and i - 2 of dy.
 */
function addThreeInTurn(x: usize, xStep: usize, dy: usize, yStep: usize, count: i32, to: usize, toStep: usize): void {
  let last0 = v128.load(dy);
  let last1 = v128.load(dy, 16);
  let a0 = f32x4.mul(v128.load(x), last0);
  let a1 = f32x4.mul(v128.load(x, 16), last1);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let before0 = f32x4.splat(0);
  let before1 = f32x4.splat(0);
  if (count > 1) {
    x += xStep;
    dy += yStep;
    before0 = last0;
    before1 = last1;
    last0 = v128.load(dy);
    last1 = v128.load(dy, 16);
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    a0 = f32x4.add(a0, f32x4.mul(x0, last0));
    a1 = f32x4.add(a1, f32x4.mul(x1, last1));
    b0 = f32x4.mul(x0, before0);
    b1 = f32x4.mul(x1, before1);
    for (let i = 2; i < count; i++) {
      x += xStep;
      dy += yStep;
      const x0 = v128.load(x);
      const x1 = v128.load(x, 16);
      const g0 = v128.load(dy);
      const g1 = v128.load(dy, 16);
      a0 = f32x4.add(a0, f32x4.mul(x0, g0));
      a1 = f32x4.add(a1, f32x4.mul(x1, g1));
      b0 = f32x4.add(b0, f32x4.mul(x0, last0));
      b1 = f32x4.add(b1, f32x4.mul(x1, last1));
      c0 = f32x4.add(c0, f32x4.mul(x0, before0));
      c1 = f32x4.add(c1, f32x4.mul(x1, before1));
      before0 = last0;
      before1 = last1;
      last0 = g0;
      last1 = g1;
    }
  }
  x += xStep;
  b0 = f32x4.add(b0, f32x4.mul(v128.load(x), last0));
  b1 = f32x4.add(b1, f32x4.mul(v128.load(x, 16), last1));
  if (count > 1) {
    c0 = f32x4.add(c0, f32x4.mul(v128.load(x), before0));
    c1 = f32x4.add(c1, f32x4.mul(v128.load(x, 16), before1));
  }
  x += xStep;
  c0 = f32x4.add(c0, f32x4.mul(v128.load(x), last0));
  c1 = f32x4.add(c1, f32x4.mul(v128.load(x, 16), last1));
  addTo(to, a0, a1);
  addTo(to + toStep, b0, b1);
  addTo(to + 2 * toStep, c0, c1);
}

function addOne(x: usize, xStep: usize, dy: usize, yStep: usize, count: i32, to: usize): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  for (; count > 0; count--) {
    a0 = f32x4.add(a0, f32x4.mul(v128.load(x), v128.load(dy)));
    a1 = f32x4.add(a1, f32x4.mul(v128.load(x, 16), v128.load(dy, 16)));
    x += xStep;
    dy += yStep;
  }
  addTo(to, a0, a1);
}

function addTo(to: usize, low: v128, high: v128): void {
  const sum0 = f32x4.add(v128.load(to), low);
  const sum1 = f32x4.add(v128.load(to, 16), high);
  v128.store(to, sum0);
  v128.store(to, sum1, 16);
}

/** The taps from `from` to before `to` of dw: the sums of all chunks of images, `chunkBytes` apart, in float64. */
export function depthwiseGradientFinish(
  sums: usize,
  chunks: i32,
  chunkBytes: usize,
  dw: usize,
  from: i32,
  to: i32,
  k: i32,
): void {
  const tapBytes = padded8(k as usize) * 4;
  for (let tap = from; tap < to; tap++) {
    for (let channel = 0; channel < k; channel++) {
      let at = sums + (tap as usize) * tapBytes + (channel as usize) * 4;
      let sum: f64 = 0;
      for (let chunk = 0; chunk < chunks; chunk++) {
        sum += load<f32>(at) as f64;
        at += chunkBytes;
      }
      store<f32>(dw + ((tap * k + channel) as usize) * 4, sum as f32);
    }
  }
}
