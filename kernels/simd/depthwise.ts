/**
 * Depthwise convolutions: every channel by itself, so vectors go along the channels as they lie in memory. The lines of an
 * image that a line of the output reads are copied with their padding, and with each channel repeated where there is a
 * multiplier, to a ring of lines in the cache: no tap has to be looked at.
 */

import { AxisPass, setForwardPass, setReversedPass } from './axis-pass';
import { biasAndFloor } from './bias';
import { depthwisePassesAt, depthwiseRingAt, depthwiseTableAt, passBytes, rowPassAt } from './generated/layouts';
import { Vectors } from './vectors';
import { Window } from './window';

/** Lines of the ring: as many as lie between the first and the last tap. */
function ringLines(window: usize, isReversed: bool): i32 {
  const span = (Window.r(window) - 1) * Window.dilationH(window);
  return (isReversed ? span / Window.strideH(window) : span) + 1;
}

/** Columns of zeros in front of a line: as many as the first place reads. */
function columnsBefore(window: usize, isReversed: bool): i32 {
  if (!isReversed) return Window.padLeft(window);
  const stride = Window.strideW(window);
  return ((Window.s(window) - 1) * Window.dilationW(window) + stride - 1) / stride;
}

/** Columns of a line with its zeros: as many as the last place reads. */
function ringColumns(window: usize, isReversed: bool): i32 {
  const before = columnsBefore(window, isReversed);
  if (isReversed) {
    const last = (Window.w(window) - 1 + Window.padLeft(window)) / Window.strideW(window);
    return before + max(Window.q(window), last + 1);
  }
  const reach = (Window.q(window) - 1) * Window.strideW(window) + (Window.s(window) - 1) * Window.dilationW(window) + 1;
  return max(before + Window.w(window), reach);
}

function ringAt(window: usize, isReversed: bool): usize {
  const phases = isReversed ? Window.strideW(window) : 1;
  return window + depthwiseRingAt(Window.r(window) as usize, phases as usize);
}

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
  const h = Window.h(window);
  const k = Window.k(window);
  const c = Window.c(window);
  const lineBytes = ((q * k) as usize) * 4;
  const rows = window + rowPassAt;
  setForwardPass(rows, h, Window.strideH(window), Window.dilationH(window), Window.padTop(window), Window.r(window), p);
  setForwardPass(
    window + depthwisePassesAt(Window.r(window) as usize),
    Window.w(window),
    Window.strideW(window),
    Window.dilationW(window),
    Window.padLeft(window),
    Window.s(window),
    q,
  );
  clearRing(window, false);
  let copied = 0;
  for (let line = from; line < to; line++) {
    const image = line / p;
    const i = line - image * p;
    if (line === from || i === 0) copied = 0;
    copied = copyLines(x, window, false, image, h, Window.w(window), c, i, copied);
    const at = y + (line as usize) * lineBytes;
    convolveLine(w, at, window, false, i, 1);
    if (bias !== 0) biasAndFloor(at, bias, floor, q, k);
  }
}

/** The images from `from` to before `to`: what reaches each input pixel, phase by phase of the strides. */
export function depthwiseBackwardInput(dy: usize, w: usize, dx: usize, from: i32, to: i32, window: usize): void {
  const h = Window.h(window);
  const width = Window.w(window);
  const c = Window.c(window);
  const k = Window.k(window);
  const strideH = Window.strideH(window);
  const lineBytes = ((width * c) as usize) * 4;
  const phases = min(Window.strideW(window), width);
  const rows = window + rowPassAt;
  for (let phase = 0; phase < phases; phase++) {
    setReversedPass(
      window + depthwisePassesAt(Window.r(window) as usize) + (phase as usize) * passBytes,
      Window.q(window),
      Window.strideW(window),
      Window.dilationW(window),
      Window.padLeft(window),
      Window.s(window),
      width,
      phase,
    );
  }
  clearRing(window, true);
  const summed = ringAt(window, true) + ((ringLines(window, true) * ringColumns(window, true) * k) as usize) * 4;
  for (let rowPhase = 0; rowPhase < min(strideH, h); rowPhase++) {
    setReversedPass(
      rows,
      Window.p(window),
      strideH,
      Window.dilationH(window),
      Window.padTop(window),
      Window.r(window),
      h,
      rowPhase,
    );
    for (let image = from; image < to; image++) {
      let at = dx + ((image * h + rowPhase) as usize) * lineBytes;
      let copied = 0;
      for (let i = 0; i < AxisPass.count(rows); i++) {
        copied = copyLines(dy, window, true, image, Window.p(window), Window.q(window), k, i, copied);
        convolveLine(w, c === k ? at : summed, window, true, i, phases);
        if (c !== k) sumChannels(summed, at, width, c, k);
        at += (strideH as usize) * lineBytes;
      }
    }
  }
}

function clearRing(window: usize, isReversed: bool): void {
  const columns = ringLines(window, isReversed) * ringColumns(window, isReversed);
  memory.fill(ringAt(window, isReversed), 0, ((columns * Window.k(window)) as usize) * 4);
}

/**
 * Copies the lines that place i of the rows' pass reads to the ring, beginning with line `copied`, and returns the first
 * line that it has not copied.
 */
function copyLines(
  x: usize,
  window: usize,
  isReversed: bool,
  image: i32,
  h: i32,
  w: i32,
  c: i32,
  i: i32,
  copied: i32,
): i32 {
  const rows = window + rowPassAt;
  const first = AxisPass.start(rows) + i * AxisPass.stride(rows);
  const end = min(h, first + (AxisPass.taps(rows) - 1) * AxisPass.tapStep(rows) + 1);
  const k = Window.k(window);
  const columns = ringColumns(window, isReversed);
  const before = columnsBefore(window, isReversed);
  const lines = ringLines(window, isReversed);
  const count = min(w, columns - before);
  const ring = ringAt(window, isReversed) + ((before * k) as usize) * 4;
  for (let row = max(copied, first); row < end; row++) {
    const from = x + (((image * h + row) * w * c) as usize) * 4;
    const to = ring + (((row % lines) * columns * k) as usize) * 4;
    if (c === k) memory.copy(to, from, ((count * c) as usize) * 4);
    else repeatChannels(from, to, count, c, k);
  }
  return max(copied, end);
}

/** Place i of the rows' pass, from lines of the ring: a line of y, by as many passes along the columns as there are. */
function convolveLine(w: usize, y: usize, window: usize, isReversed: bool, i: i32, passes: i32): void {
  const rowPass = window + rowPassAt;
  const k = Window.k(window);
  const bytes = (k as usize) * 4;
  const s = Window.s(window);
  const lines = ringLines(window, isReversed);
  const lineBytes = (ringColumns(window, isReversed) as usize) * bytes;
  const ring = ringAt(window, isReversed) + (columnsBefore(window, isReversed) as usize) * bytes;
  const table = window + depthwiseTableAt;
  let rows = 0;
  let row = AxisPass.start(rowPass) + i * AxisPass.stride(rowPass);
  let weight = AxisPass.firstWeight(rowPass);
  for (let tap = AxisPass.taps(rowPass); tap > 0; tap--) {
    if ((row as u32) < (AxisPass.limit(rowPass) as u32)) {
      const entry = table + ((rows++ as usize) << 3);
      store<usize>(entry, ring + ((row % lines) as usize) * lineBytes);
      store<usize>(entry, w + ((weight * s) as usize) * bytes, 4);
    }
    row += AxisPass.tapStep(rowPass);
    weight += AxisPass.weightStep(rowPass);
  }
  let pass = window + depthwisePassesAt(Window.r(window) as usize);
  for (; passes > 0; passes--) {
    const outputs = y + (AxisPass.firstOutput(pass) as usize) * bytes;
    const step = (AxisPass.outputStep(pass) as usize) * bytes;
    if (k >= 8) pixels(table, rows, pass, bytes, outputs, step, k);
    else fewChannels(table, rows, pass, bytes, outputs, step, k);
    pass += passBytes;
  }
}

/** All places of a pass, eight channels of four of them at once; the last ones may overlap the ones before. */
function pixels(table: usize, rows: i32, pass: usize, bytes: usize, y: usize, yStep: usize, k: i32): void {
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
function fewChannels(table: usize, rows: i32, pass: usize, bytes: usize, y: usize, yStep: usize, k: i32): void {
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
