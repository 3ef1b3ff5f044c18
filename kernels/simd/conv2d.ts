/**
 * Convolutions as matrix products whose large operand is gathered from the images while it is packed, one product for
 * each group of channels.
 */
import { biasAndFloor } from './bias';
import { gemm, Source } from './gemm';
import { Window } from './window';

/** Whether each output pixel reads the pixel in its place alone, so that the images are a matrix already. */
function isPlain(window: usize): bool {
  return (
    Window.r(window) === 1 &&
    Window.s(window) === 1 &&
    Window.groups(window) === 1 &&
    Window.h(window) === Window.p(window) &&
    Window.w(window) === Window.q(window) &&
    (Window.strideH(window) | Window.strideW(window)) === 1 &&
    (Window.padTop(window) | Window.padLeft(window)) === 0
  );
}

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
  const n = Window.k(window);
  const channels = Window.groupChannels(window);
  const filters = Window.groupFilters(window);
  const k = Window.r(window) * Window.s(window) * channels;
  const source = isPlain(window) ? Source.Plain : Source.Windows;
  for (let column = 0; column < n; column += filters) {
    gemm(source, x, Source.Plain, w, y, m, n, k, from, to, column, column + filters, window);
    x += (channels as usize) * 4;
  }
  if (bias !== 0) biasAndFloor(y + ((from * n) as usize) * 4, bias, floor, to - from, n);
}

/** The images from `from` to before `to`. */
export function conv2dBackwardInput(dy: usize, w: usize, dx: usize, from: i32, to: i32, window: usize): void {
  const pixels = Window.h(window) * Window.w(window);
  const m = Window.n(window) * pixels;
  const n = Window.c(window);
  const channels = Window.groupChannels(window);
  const filters = Window.groupFilters(window);
  const k = Window.r(window) * Window.s(window) * filters;
  const source = isPlain(window) ? Source.Plain : Source.Reached;
  // Column j of a group is row j of its filters, which have no rows for the groups before.
  const back = ((channels * Window.k(window)) as usize) * 4;
  for (let column = 0; column < n; column += channels) {
    gemm(source, dy, Source.Filters, w, dx, m, n, k, from * pixels, to * pixels, column, column + channels, window);
    dy += (filters as usize) * 4;
    w += (filters as usize) * 4 - back;
  }
}

/** The rows of dw (elements of a window, of the channels of one group) from `from` to before `to`. */
export function conv2dBackwardFilter(x: usize, dy: usize, dw: usize, from: i32, to: i32, window: usize): void {
  const pixels = Window.n(window) * Window.p(window) * Window.q(window);
  const channels = Window.groupChannels(window);
  const filters = Window.groupFilters(window);
  const rows = Window.r(window) * Window.s(window) * channels;
  const n = Window.k(window);
  const source = isPlain(window) ? Source.Transposed : Source.WindowsTransposed;
  for (let column = 0; column < n; column += filters) {
    gemm(source, x, Source.Plain, dy, dw, rows, n, pixels, from, to, column, column + filters, window);
    x += (channels as usize) * 4;
  }
}
