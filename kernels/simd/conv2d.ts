/** Convolutions as matrix products whose large operand is gathered from the images while it is packed. */
import { biasAndFloor } from './bias';
import { gemm, Source } from './gemm';
import { Window } from './window';

/**
 * The output pixels from `from` to before `to`, image by image: y = max(convolution + bias, floor); `bias` is 0 for none.
 * The window's geometry lies at the beginning of the scratch memory.
 */
export function conv2dForward(
  x: usize,
  w: usize,
  y: usize,
  bias: usize,
  floor: f32,
  from: i32,
  to: i32,
  window: usize,
): void {
  const m = Window.n(window) * Window.p(window) * Window.q(window);
  const k = Window.r(window) * Window.s(window) * Window.c(window);
  const n = Window.k(window);
  gemm(Source.Windows, x, Source.Plain, w, y, m, n, k, from, to, 0, n, window);
  if (bias !== 0) biasAndFloor(y + ((from * n) as usize) * 4, bias, floor, to - from, n);
}

/** The images from `from` to before `to`. */
export function conv2dBackwardInput(dy: usize, w: usize, dx: usize, from: i32, to: i32, window: usize): void {
  const pixels = Window.h(window) * Window.w(window);
  const m = Window.n(window) * pixels;
  const k = Window.r(window) * Window.s(window) * Window.k(window);
  const n = Window.c(window);
  gemm(Source.Reached, dy, Source.Filters, w, dx, m, n, k, from * pixels, to * pixels, 0, n, window);
}

/** The rows of dw (elements of a window) from `from` to before `to`. */
export function conv2dBackwardFilter(x: usize, dy: usize, dw: usize, from: i32, to: i32, window: usize): void {
  const pixels = Window.n(window) * Window.p(window) * Window.q(window);
  const rows = Window.r(window) * Window.s(window) * Window.c(window);
  const k = Window.k(window);
  gemm(Source.WindowsTransposed, x, Source.Plain, dy, dw, rows, k, pixels, from, to, 0, k, window);
}
