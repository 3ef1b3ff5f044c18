/**
 * Depthwise convolutions: every channel by itself, so vectors go along the channels as they lie in memory. The lines of an
 * image that a line of the output reads are copied with their padding, and with each channel repeated where there is a
 * multiplier, to a ring of lines in the cache: no tap has to be looked at.
 */

import { AxisPass, setForwardPass, setReversedPass } from './axis-pass';
import { biasAndFloor } from './bias';
import { fewChannels, pixels } from './depthwise-pixels';
import { depthwisePassesAt, depthwiseRingAt, depthwiseTableAt, passBytes, rowPassAt } from './generated/layouts';
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
