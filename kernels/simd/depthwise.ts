/**
 * Depthwise convolutions: every channel by itself, so vectors go along the channels as they lie in memory, and nothing is
 * gathered or packed. With a multiplier an image is first copied with each of its channels repeated.
 */

import { endInside, firstInside } from './average-pooling';
import { AxisPass, setForwardPass, setReversedPass } from './axis-pass';
import { biasAndFloor } from './bias';
import { columnPassAt, depthwiseImageAt, rowPassAt } from './generated/layouts';
import { Vectors } from './vectors';
import { Window } from './window';

/**
 * Lines `from` to before `to` of the output, image by image: y = max(convolution + bias, floor); `bias` is 0 for none. The
 * geometry lies at the beginning of the scratch memory.
 */
export function depthwiseForward(
  x: usize,
  w: usize,
  y: usize,
  bias: usize,
  floor: f32,
  from: i32,
  to: i32,
  window: usize,
): void {
  const p = Window.p(window);
  const q = Window.q(window);
  const k = Window.k(window);
  const pixels = Window.h(window) * Window.w(window);
  const imageBytes = ((pixels * Window.c(window)) as usize) * 4;
  const lineBytes = ((q * k) as usize) * 4;
  const repeats = k !== Window.c(window);
  setForwardPass(
    window + rowPassAt,
    Window.h(window),
    Window.strideH(window),
    Window.dilationH(window),
    Window.padTop(window),
    Window.r(window),
    p,
  );
  setForwardPass(
    window + columnPassAt,
    Window.w(window),
    Window.strideW(window),
    Window.dilationW(window),
    Window.padLeft(window),
    Window.s(window),
    q,
  );
  let source: usize = 0;
  let sourceImage = -1;
  for (let line = from; line < to; line++) {
    const image = line / p;
    if (image !== sourceImage) {
      source = x + (image as usize) * imageBytes;
      if (repeats) {
        repeatChannels(source, window + depthwiseImageAt, pixels, Window.c(window), k);
        source = window + depthwiseImageAt;
      }
      sourceImage = image;
    }
    const at = y + (line as usize) * lineBytes;
    convolveLine(source, w, at, window, line - image * p, k, Window.w(window), Window.s(window));
    if (bias !== 0) biasAndFloor(at, bias, floor, q, k);
  }
}

/** The images from `from` to before `to`: what reaches each input pixel, phase by phase of the strides. */
export function depthwiseBackwardInput(dy: usize, w: usize, dx: usize, from: i32, to: i32, window: usize): void {
  const h = Window.h(window);
  const c = Window.c(window);
  const k = Window.k(window);
  const pixels = h * Window.w(window);
  const repeats = k !== c;
  const dyBytes = ((Window.p(window) * Window.q(window) * k) as usize) * 4;
  const dxBytes = ((pixels * c) as usize) * 4;
  const lineBytes = ((Window.w(window) * k) as usize) * 4;
  for (let image = from; image < to; image++) {
    const source = dy + (image as usize) * dyBytes;
    const target = dx + (image as usize) * dxBytes;
    const whole = repeats ? window + depthwiseImageAt : target;
    for (let rowPhase = 0; rowPhase < min(Window.strideH(window), h); rowPhase++) {
      setReversedPass(
        window + rowPassAt,
        Window.p(window),
        Window.strideH(window),
        Window.dilationH(window),
        Window.padTop(window),
        Window.r(window),
        h,
        rowPhase,
      );
      for (let phase = 0; phase < min(Window.strideW(window), Window.w(window)); phase++) {
        setReversedPass(
          window + columnPassAt,
          Window.q(window),
          Window.strideW(window),
          Window.dilationW(window),
          Window.padLeft(window),
          Window.s(window),
          Window.w(window),
          phase,
        );
        let at = whole + (rowPhase as usize) * lineBytes;
        for (let i = 0; i < AxisPass.count(window + rowPassAt); i++) {
          convolveLine(source, w, at, window, i, k, Window.q(window), Window.s(window));
          at += (Window.strideH(window) as usize) * lineBytes;
        }
      }
    }
    if (repeats) sumChannels(whole, target, pixels, c, k);
  }
}

/** Place i of the rows' pass: a line of y, from the lines of an image of x that its taps reach; `width` pixels in a line. */
function convolveLine(x: usize, w: usize, y: usize, window: usize, i: i32, k: i32, width: i32, s: i32): void {
  const rowPass = window + rowPassAt;
  const pass = window + columnPassAt;
  const bytes = (k as usize) * 4;
  const row = AxisPass.start(rowPass) + i * AxisPass.stride(rowPass);
  const down = AxisPass.tapStep(rowPass);
  const firstRow = firstInside(row, down);
  const rows = max(0, endInside(AxisPass.taps(rowPass), row, down, AxisPass.limit(rowPass)) - firstRow);
  const xRowStep = ((down * width) as usize) * bytes;
  const wRowStep = ((AxisPass.weightStep(rowPass) * s) as usize) * bytes;
  x += (((row + firstRow * down) * width) as usize) * bytes;
  w += (((AxisPass.firstWeight(rowPass) + firstRow * AxisPass.weightStep(rowPass)) * s) as usize) * bytes;
  const inner = AxisPass.innerFrom(pass);
  const outer = AxisPass.innerTo(pass);
  const count = AxisPass.count(pass);
  for (let t = 0; t < inner; t++) edge(x, w, y, pass, t, rows, xRowStep, wRowStep, k);
  const taps = AxisPass.taps(pass);
  const xTapStep = (AxisPass.tapStep(pass) as usize) * bytes;
  const wTapStep = (AxisPass.weightStep(pass) as usize) * bytes;
  const xStep = (AxisPass.stride(pass) as usize) * bytes;
  const yStep = (AxisPass.outputStep(pass) as usize) * bytes;
  const xInner = x + ((AxisPass.start(pass) + inner * AxisPass.stride(pass)) as usize) * bytes;
  const wInner = w + (AxisPass.firstWeight(pass) as usize) * bytes;
  const yInner = y + ((AxisPass.firstOutput(pass) + inner * AxisPass.outputStep(pass)) as usize) * bytes;
  if (outer > inner) {
    pixels(xInner, xStep, xRowStep, xTapStep, wInner, wRowStep, wTapStep, rows, taps, yInner, yStep, outer - inner, k);
  }
  for (let t = max(inner, outer); t < count; t++) edge(x, w, y, pass, t, rows, xRowStep, wRowStep, k);
}

/** Place t of the columns' pass, where some taps lie outside. */
function edge(
  x: usize,
  w: usize,
  y: usize,
  pass: usize,
  t: i32,
  rows: i32,
  xRowStep: usize,
  wRowStep: usize,
  k: i32,
): void {
  const bytes = (k as usize) * 4;
  const step = AxisPass.tapStep(pass);
  const column = AxisPass.start(pass) + t * AxisPass.stride(pass);
  const first = firstInside(column, step);
  const taps = max(0, endInside(AxisPass.taps(pass), column, step, AxisPass.limit(pass)) - first);
  const wStep = AxisPass.weightStep(pass);
  x += ((column + first * step) as usize) * bytes;
  w += ((AxisPass.firstWeight(pass) + first * wStep) as usize) * bytes;
  y += ((AxisPass.firstOutput(pass) + t * AxisPass.outputStep(pass)) as usize) * bytes;
  pixels(x, 0, xRowStep, (step as usize) * bytes, w, wRowStep, (wStep as usize) * bytes, rows, taps, y, 0, 1, k);
}

/** `count` pixels of y, `yStep` bytes apart, that read the same taps of pixels of x `xStep` bytes apart. */
function pixels(
  x: usize,
  xStep: usize,
  xRowStep: usize,
  xTapStep: usize,
  w: usize,
  wRowStep: usize,
  wTapStep: usize,
  rows: i32,
  taps: i32,
  y: usize,
  yStep: usize,
  count: i32,
  k: i32,
): void {
  if (k < 8) {
    for (; count > 0; count--) {
      for (let at = 0; at < k; at += 4) {
        const place = (at as usize) * 4;
        one4(x + place, xRowStep, xTapStep, w + place, wRowStep, wTapStep, rows, taps, y + place, k - at);
      }
      x += xStep;
      y += yStep;
    }
    return;
  }
  // The last eight channels may overlap the ones before.
  for (let channel = 0; channel < k; channel += 8) {
    const place = (min(channel, k - 8) as usize) * 4;
    let from = x + place;
    let to = y + place;
    let left = count;
    for (; left >= 4; left -= 4) {
      four8(from, xStep, xRowStep, xTapStep, w + place, wRowStep, wTapStep, rows, taps, to, yStep);
      from += 4 * xStep;
      to += 4 * yStep;
    }
    for (; left > 0; left--) {
      one8(from, xRowStep, xTapStep, w + place, wRowStep, wTapStep, rows, taps, to);
      from += xStep;
      to += yStep;
    }
  }
}

/** Eight channels of four pixels. */
function four8(
  x: usize,
  xStep: usize,
  xRowStep: usize,
  xTapStep: usize,
  w: usize,
  wRowStep: usize,
  wTapStep: usize,
  rows: i32,
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
    let at = x;
    let weight = w;
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
    x += xRowStep;
    w += wRowStep;
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
  x: usize,
  xRowStep: usize,
  xTapStep: usize,
  w: usize,
  wRowStep: usize,
  wTapStep: usize,
  rows: i32,
  taps: i32,
  y: usize,
): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  for (; rows > 0; rows--) {
    let at = x;
    let weight = w;
    for (let tap = taps; tap > 0; tap--) {
      a0 = f32x4.add(a0, f32x4.mul(v128.load(at), v128.load(weight)));
      a1 = f32x4.add(a1, f32x4.mul(v128.load(at, 16), v128.load(weight, 16)));
      at += xTapStep;
      weight += wTapStep;
    }
    x += xRowStep;
    w += wRowStep;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
}

/** At most four channels of a pixel. */
function one4(
  x: usize,
  xRowStep: usize,
  xTapStep: usize,
  w: usize,
  wRowStep: usize,
  wTapStep: usize,
  rows: i32,
  taps: i32,
  y: usize,
  channels: i32,
): void {
  let sum = f32x4.splat(0);
  for (; rows > 0; rows--) {
    let at = x;
    let weight = w;
    for (let tap = taps; tap > 0; tap--) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(at), v128.load(weight)));
      at += xTapStep;
      weight += wTapStep;
    }
    x += xRowStep;
    w += wRowStep;
  }
  Vectors.storeSome(y, sum, channels);
}

/** Pixels of c channels become pixels of k, each channel k / c times. */
export function repeatChannels(x: usize, to: usize, pixels: i32, c: i32, k: i32): void {
  const times = k / c;
  for (let i = pixels * c; i > 0; i--) {
    const value = load<f32>(x);
    for (let j = 0; j < times; j++) {
      store<f32>(to, value);
      to += 4;
    }
    x += 4;
  }
}

/** The transpose of repeatChannels. */
function sumChannels(x: usize, to: usize, pixels: i32, c: i32, k: i32): void {
  const times = k / c;
  for (let i = pixels * c; i > 0; i--) {
    let sum: f32 = 0;
    for (let j = 0; j < times; j++) {
      sum += load<f32>(x);
      x += 4;
    }
    store<f32>(to, sum);
    to += 4;
  }
}
