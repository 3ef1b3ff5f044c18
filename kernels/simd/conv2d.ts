/** Convolutions as matrix products whose large operand is gathered from the images while it is packed. */
import { fewChannelsBackwardFilter, fewChannelsForward, hasFewChannels } from './few-channels';
import { gemm, Source } from './gemm';
import { Window } from './window';

/** The window's geometry lies at the beginning of the scratch memory. */
export function conv2dForward(x: usize, w: usize, y: usize, window: usize): void {
  if (hasFewChannels(window)) {
    fewChannelsForward(x, w, y, window);
    return;
  }
  const pixels = Window.n(window) * Window.p(window) * Window.q(window);
  const taps = Window.r(window) * Window.s(window);
  gemm(Source.Windows, x, Source.Plain, w, y, pixels, Window.k(window), taps * Window.c(window), window);
}

export function conv2dBackwardInput(dy: usize, w: usize, dx: usize, window: usize): void {
  const pixels = Window.n(window) * Window.h(window) * Window.w(window);
  const taps = Window.r(window) * Window.s(window);
  gemm(Source.Reached, dy, Source.Filters, w, dx, pixels, Window.c(window), taps * Window.k(window), window);
}

export function conv2dBackwardFilter(x: usize, dy: usize, dw: usize, window: usize): void {
  if (hasFewChannels(window)) {
    fewChannelsBackwardFilter(x, dy, dw, window);
    return;
  }
  const pixels = Window.n(window) * Window.p(window) * Window.q(window);
  const rows = Window.r(window) * Window.s(window) * Window.c(window);
  gemm(Source.WindowsTransposed, x, Source.Plain, dy, dw, rows, Window.k(window), pixels, window);
}
