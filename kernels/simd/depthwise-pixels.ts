/**
 * The places of a line of a depthwise convolution: sums of products over the taps, for several pixels and channels at once,
 * from the lines of the ring that depthwise.ts fills.
 */

import { AxisPass } from './axis-pass';
import { Vectors } from './vectors';

/** All places of a pass, eight channels of four of them at once; the last ones may overlap the ones before. */
export function pixels(table: usize, rows: i32, pass: usize, bytes: usize, y: usize, yStep: usize, k: i32): void {
  const taps = AxisPass.taps(pass);
  const count = AxisPass.count(pass);
  const xTapStep = (AxisPass.tapStep(pass) as usize) * bytes;
  const xStep = (AxisPass.stride(pass) as usize) * bytes;
  const wTapStep = (AxisPass.weightStep(pass) as usize) * bytes;
  const start = (AxisPass.start(pass) as usize) * bytes;
  const firstWeight = (AxisPass.firstWeight(pass) as usize) * bytes;
  const isThree = taps === 3 && xTapStep === xStep;
  for (let channel = 0; channel < k; channel += 8) {
    const place = (min(channel, k - 8) as usize) * 4;
    const weight = firstWeight + place;
    if (count < 4) {
      for (let i = 0; i < count; i++) {
        const x = start + place + (i as usize) * xStep;
        one8(table, rows, x, xTapStep, weight, wTapStep, taps, y + place + (i as usize) * yStep);
      }
      continue;
    }
    for (let i = 0; i < count; i += 4) {
      const at = min(i, count - 4) as usize;
      const x = start + place + at * xStep;
      const to = y + place + at * yStep;
      if (isThree) four8OfThree(table, rows, x, xStep, weight, wTapStep, to, yStep);
      else four8(table, rows, x, xStep, xTapStep, weight, wTapStep, taps, to, yStep);
    }
  }
}

/** Less than eight channels, pixel by pixel. */
export function fewChannels(table: usize, rows: i32, pass: usize, bytes: usize, y: usize, yStep: usize, k: i32): void {
  const taps = AxisPass.taps(pass);
  const xTapStep = (AxisPass.tapStep(pass) as usize) * bytes;
  const wTapStep = (AxisPass.weightStep(pass) as usize) * bytes;
  let x = (AxisPass.start(pass) as usize) * bytes;
  const weight = (AxisPass.firstWeight(pass) as usize) * bytes;
  for (let count = AxisPass.count(pass); count > 0; count--) {
    for (let channel = 0; channel < k; channel += 4) {
      const place = (channel as usize) * 4;
      one4(table, rows, x + place, xTapStep, weight + place, wTapStep, taps, y + place, k - channel);
    }
    x += (AxisPass.stride(pass) as usize) * bytes;
    y += yStep;
  }
}

/**
 * Eight channels of four pixels, in lines of the table, whose entries are a line and the weights of its taps; `x` and `w`
 * are counted from there.
 */
function four8(
  table: usize,
  rows: i32,
  x: usize,
  xStep: usize,
  xTapStep: usize,
  w: usize,
  wTapStep: usize,
  taps: i32,
  y: usize,
  yStep: usize,
): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  let d1 = f32x4.splat(0);
  for (; rows > 0; rows--) {
    let at = load<usize>(table) + x;
    let weight = load<usize>(table, 4) + w;
    for (let tap = taps; tap > 0; tap--) {
      const w0 = v128.load(weight);
      const w1 = v128.load(weight, 16);
      let pixel = at;
      a0 = f32x4.add(a0, f32x4.mul(v128.load(pixel), w0));
      a1 = f32x4.add(a1, f32x4.mul(v128.load(pixel, 16), w1));
      pixel += xStep;
      b0 = f32x4.add(b0, f32x4.mul(v128.load(pixel), w0));
      b1 = f32x4.add(b1, f32x4.mul(v128.load(pixel, 16), w1));
      pixel += xStep;
      c0 = f32x4.add(c0, f32x4.mul(v128.load(pixel), w0));
      c1 = f32x4.add(c1, f32x4.mul(v128.load(pixel, 16), w1));
      pixel += xStep;
      d0 = f32x4.add(d0, f32x4.mul(v128.load(pixel), w0));
      d1 = f32x4.add(d1, f32x4.mul(v128.load(pixel, 16), w1));
      at += xTapStep;
      weight += wTapStep;
    }
    table += 8;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  y += yStep;
  v128.store(y, b0);
  v128.store(y, b1, 16);
  y += yStep;
  v128.store(y, c0);
  v128.store(y, c1, 16);
  y += yStep;
  v128.store(y, d0);
  v128.store(y, d1, 16);
}

/** The same for three taps side by side, which read six pixels: each is loaded once. */
function four8OfThree(
  table: usize,
  rows: i32,
  x: usize,
  step: usize,
  w: usize,
  wTapStep: usize,
  y: usize,
  yStep: usize,
): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  let d1 = f32x4.splat(0);
  for (; rows > 0; rows--) {
    let at = load<usize>(table) + x;
    let weight = load<usize>(table, 4) + w;
    const u0 = v128.load(weight);
    const u1 = v128.load(weight, 16);
    weight += wTapStep;
    const v0 = v128.load(weight);
    const v1 = v128.load(weight, 16);
    weight += wTapStep;
    const w0 = v128.load(weight);
    const w1 = v128.load(weight, 16);
    let x0 = v128.load(at);
    let x1 = v128.load(at, 16);
    a0 = f32x4.add(a0, f32x4.mul(x0, u0));
    a1 = f32x4.add(a1, f32x4.mul(x1, u1));
    at += step;
    x0 = v128.load(at);
    x1 = v128.load(at, 16);
    a0 = f32x4.add(a0, f32x4.mul(x0, v0));
    a1 = f32x4.add(a1, f32x4.mul(x1, v1));
    b0 = f32x4.add(b0, f32x4.mul(x0, u0));
    b1 = f32x4.add(b1, f32x4.mul(x1, u1));
    at += step;
    x0 = v128.load(at);
    x1 = v128.load(at, 16);
    a0 = f32x4.add(a0, f32x4.mul(x0, w0));
    a1 = f32x4.add(a1, f32x4.mul(x1, w1));
    b0 = f32x4.add(b0, f32x4.mul(x0, v0));
    b1 = f32x4.add(b1, f32x4.mul(x1, v1));
    c0 = f32x4.add(c0, f32x4.mul(x0, u0));
    c1 = f32x4.add(c1, f32x4.mul(x1, u1));
    at += step;
    x0 = v128.load(at);
    x1 = v128.load(at, 16);
    b0 = f32x4.add(b0, f32x4.mul(x0, w0));
    b1 = f32x4.add(b1, f32x4.mul(x1, w1));
    c0 = f32x4.add(c0, f32x4.mul(x0, v0));
    c1 = f32x4.add(c1, f32x4.mul(x1, v1));
    d0 = f32x4.add(d0, f32x4.mul(x0, u0));
    d1 = f32x4.add(d1, f32x4.mul(x1, u1));
    at += step;
    x0 = v128.load(at);
    x1 = v128.load(at, 16);
    c0 = f32x4.add(c0, f32x4.mul(x0, w0));
    c1 = f32x4.add(c1, f32x4.mul(x1, w1));
    d0 = f32x4.add(d0, f32x4.mul(x0, v0));
    d1 = f32x4.add(d1, f32x4.mul(x1, v1));
    at += step;
    d0 = f32x4.add(d0, f32x4.mul(v128.load(at), w0));
    d1 = f32x4.add(d1, f32x4.mul(v128.load(at, 16), w1));
    table += 8;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  y += yStep;
  v128.store(y, b0);
  v128.store(y, b1, 16);
  y += yStep;
  v128.store(y, c0);
  v128.store(y, c1, 16);
  y += yStep;
  v128.store(y, d0);
  v128.store(y, d1, 16);
}

/** Eight channels of a pixel. */
function one8(
  table: usize,
  rows: i32,
  x: usize,
  xTapStep: usize,
  w: usize,
  wTapStep: usize,
  taps: i32,
  y: usize,
): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  for (; rows > 0; rows--) {
    let at = load<usize>(table) + x;
    let weight = load<usize>(table, 4) + w;
    for (let tap = taps; tap > 0; tap--) {
      a0 = f32x4.add(a0, f32x4.mul(v128.load(at), v128.load(weight)));
      a1 = f32x4.add(a1, f32x4.mul(v128.load(at, 16), v128.load(weight, 16)));
      at += xTapStep;
      weight += wTapStep;
    }
    table += 8;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
}

/** At most four channels of a pixel. */
function one4(
  table: usize,
  rows: i32,
  x: usize,
  xTapStep: usize,
  w: usize,
  wTapStep: usize,
  taps: i32,
  y: usize,
  channels: i32,
): void {
  let sum = f32x4.splat(0);
  for (; rows > 0; rows--) {
    let at = load<usize>(table) + x;
    let weight = load<usize>(table, 4) + w;
    for (let tap = taps; tap > 0; tap--) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(at), v128.load(weight)));
      at += xTapStep;
      weight += wTapStep;
    }
    table += 8;
  }
  Vectors.storeSome(y, sum, channels);
}
