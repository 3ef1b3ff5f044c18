/**
 * The transpose of a convolution with strides. Only every n-th tap of a window reaches a pixel, and which ones depends on
 * the pixel's row and column modulo the strides, its phase. So each phase is a convolution of dy by itself, without strides
 * and with its own part of the filters, and no product with zeros is taken.
 */
import { AxisPass, setReversedPass } from './axis-pass';
import { conv2dForward } from './conv2d';
import { passBytes, phaseAt, phasePassesAt, wholeWindowAt } from './generated/layouts';
import { setWindow, Window } from './window';

/**
 * The images from `from` to before `to`, `block` of them at a time. `filters` are [taps, output channels, channels] phase by
 * phase, the taps in the order of setReversedPass. The convolution's geometry lies behind the scratch memory of the product.
 */
export function stridedTranspose(
  dy: usize,
  filters: usize,
  dx: usize,
  from: i32,
  to: i32,
  block: i32,
  scratch: usize,
): void {
  const window = scratch + wholeWindowAt;
  const rows = scratch + phasePassesAt;
  const columns = rows + passBytes;
  const h = Window.h(window);
  const w = Window.w(window);
  const c = Window.c(window);
  const p = Window.p(window);
  const q = Window.q(window);
  const k = Window.k(window);
  const strideH = Window.strideH(window);
  const strideW = Window.strideW(window);
  const own = scratch + phaseAt;
  for (; from < to; from += block) {
    const images = min(block, to - from);
    const source = dy + ((from * p * q * k) as usize) * 4;
    let filter = filters;
    for (let row = 0; row < min(strideH, h); row++) {
      setReversedPass(rows, p, strideH, Window.dilationH(window), Window.padTop(window), Window.r(window), h, row);
      for (let column = 0; column < min(strideW, w); column++) {
        setReversedPass(
          columns,
          q,
          strideW,
          Window.dilationW(window),
          Window.padLeft(window),
          Window.s(window),
          w,
          column,
        );
        convolvePhase(source, filter, own, images, p, q, k, c, rows, columns, scratch);
        spread(own, dx + ((from * h * w * c) as usize) * 4, images, h, w, c, rows, columns);
        filter += ((AxisPass.taps(rows) * AxisPass.taps(columns) * k * c) as usize) * 4;
      }
    }
  }
}

/** The pixels of one phase, side by side; zeros where no tap reaches them. */
function convolvePhase(
  dy: usize,
  filters: usize,
  y: usize,
  images: i32,
  p: i32,
  q: i32,
  k: i32,
  c: i32,
  rows: usize,
  columns: usize,
  scratch: usize,
): void {
  const r = AxisPass.taps(rows);
  const s = AxisPass.taps(columns);
  const lines = AxisPass.count(rows);
  const width = AxisPass.count(columns);
  if (r * s === 0) {
    memory.fill(y, 0, ((images * lines * width * c) as usize) * 4);
    return;
  }
  const steps = AxisPass.tapStep(rows);
  const across = AxisPass.tapStep(columns);
  const top = -AxisPass.start(rows);
  const left = -AxisPass.start(columns);
  setWindow(scratch, images, p, q, k, r, s, lines, width, 1, 1, steps, across, top, left, c, 1);
  conv2dForward(dy, filters, y, 0, 0, 0, images * lines * width, scratch);
}

/** Pixels of a phase go to their places in dx. */
function spread(x: usize, dx: usize, images: i32, h: i32, w: i32, c: i32, rows: usize, columns: usize): void {
  const bytes = (c as usize) * 4;
  const step = (AxisPass.outputStep(columns) as usize) * bytes;
  const width = AxisPass.count(columns);
  for (let image = 0; image < images; image++) {
    for (let line = 0; line < AxisPass.count(rows); line++) {
      const row = image * h + AxisPass.firstOutput(rows) + line * AxisPass.outputStep(rows);
      let to = dx + ((row * w + AxisPass.firstOutput(columns)) as usize) * bytes;
      for (let i = 0; i < width; i++) {
        copyPixel(x, to, bytes);
        x += bytes;
        to += step;
      }
    }
  }
}

/** memory.copy is slow on little. */
function copyPixel(from: usize, to: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(to + at, v128.load(from + at));
  for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(from + at));
}
