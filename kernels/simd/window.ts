/** A window's geometry in memory, and where its windows lie in the images. */

/** Sixteen i32 in the order in which geometry.ts names them. */
export namespace Window {
  export function n(window: usize): i32 {
    return load<i32>(window);
  }
  export function h(window: usize): i32 {
    return load<i32>(window, 4);
  }
  export function w(window: usize): i32 {
    return load<i32>(window, 8);
  }
  export function c(window: usize): i32 {
    return load<i32>(window, 12);
  }
  export function r(window: usize): i32 {
    return load<i32>(window, 16);
  }
  export function s(window: usize): i32 {
    return load<i32>(window, 20);
  }
  export function p(window: usize): i32 {
    return load<i32>(window, 24);
  }
  export function q(window: usize): i32 {
    return load<i32>(window, 28);
  }
  export function strideH(window: usize): i32 {
    return load<i32>(window, 32);
  }
  export function strideW(window: usize): i32 {
    return load<i32>(window, 36);
  }
  export function dilationH(window: usize): i32 {
    return load<i32>(window, 40);
  }
  export function dilationW(window: usize): i32 {
    return load<i32>(window, 44);
  }
  export function padTop(window: usize): i32 {
    return load<i32>(window, 48);
  }
  export function padLeft(window: usize): i32 {
    return load<i32>(window, 52);
  }
  /** Output channels; unused by pooling. */
  export function k(window: usize): i32 {
    return load<i32>(window, 56);
  }
}

/** Writes the geometry to where it is looked up. */
export function setWindow(
  window: usize,
  n: i32,
  h: i32,
  w: i32,
  c: i32,
  r: i32,
  s: i32,
  p: i32,
  q: i32,
  strideH: i32,
  strideW: i32,
  dilationH: i32,
  dilationW: i32,
  padTop: i32,
  padLeft: i32,
  k: i32,
): void {
  store<i32>(window, n);
  store<i32>(window, h, 4);
  store<i32>(window, w, 8);
  store<i32>(window, c, 12);
  store<i32>(window, r, 16);
  store<i32>(window, s, 20);
  store<i32>(window, p, 24);
  store<i32>(window, q, 28);
  store<i32>(window, strideH, 32);
  store<i32>(window, strideW, 36);
  store<i32>(window, dilationH, 40);
  store<i32>(window, dilationW, 44);
  store<i32>(window, padTop, 48);
  store<i32>(window, padLeft, 52);
  store<i32>(window, k, 56);
}

/** Address of the input channels that a tap of an output pixel's window reads; 0 where it reads padding. */
export function windowSource(x: usize, window: usize, pixel: i32, tap: i32): usize {
  const q = Window.q(window);
  const s = Window.s(window);
  const line = pixel / q;
  const image = line / Window.p(window);
  const tapRow = tap / s;
  const row =
    (line - image * Window.p(window)) * Window.strideH(window) +
    tapRow * Window.dilationH(window) -
    Window.padTop(window);
  const column =
    (pixel - line * q) * Window.strideW(window) +
    (tap - tapRow * s) * Window.dilationW(window) -
    Window.padLeft(window);
  const h = Window.h(window);
  const w = Window.w(window);
  if ((row as u32) >= (h as u32) || (column as u32) >= (w as u32)) return 0;
  return x + (((((image * h + row) * w + column) as usize) * (Window.c(window) as usize)) << 2);
}

/** Address of the output channels that reach an input pixel through a tap; 0 where none do. */
export function dySource(dy: usize, window: usize, pixel: i32, tap: i32): usize {
  const w = Window.w(window);
  const s = Window.s(window);
  const line = pixel / w;
  const image = line / Window.h(window);
  const tapRow = tap / s;
  const row = line - image * Window.h(window) + Window.padTop(window) - tapRow * Window.dilationH(window);
  const column = pixel - line * w + Window.padLeft(window) - (tap - tapRow * s) * Window.dilationW(window);
  if (row < 0 || column < 0) return 0;
  const strideH = Window.strideH(window);
  const strideW = Window.strideW(window);
  const outputRow = row / strideH;
  const outputColumn = column / strideW;
  if (outputRow * strideH !== row || outputColumn * strideW !== column) return 0;
  const p = Window.p(window);
  const q = Window.q(window);
  if (outputRow >= p || outputColumn >= q) return 0;
  return dy + (((((image * p + outputRow) * q + outputColumn) as usize) * (Window.k(window) as usize)) << 2);
}

/** Rows i ... i + 3 of the windows the other way round, for the output pixels k0 ... k0 + kc - 1: panels of 4. */
export function packPatches(x: usize, window: usize, m: i32, i: i32, k0: i32, kc: i32, to: usize): void {
  const c = Window.c(window);
  const tap = i / c;
  const channel = i - tap * c;
  if (channel + 4 <= c) {
    const offset = (channel as usize) * 4;
    for (let pixel = k0; pixel < k0 + kc; pixel++) {
      const at = windowSource(x, window, pixel, tap);
      v128.store(to, at === 0 ? f32x4.splat(0) : v128.load(at + offset));
      to += 16;
    }
    return;
  }
  for (let pixel = k0; pixel < k0 + kc; pixel++) {
    for (let row = i; row < i + 4; row++) {
      const rowTap = row / c;
      const at = row < m ? windowSource(x, window, pixel, rowTap) : 0;
      store<f32>(to, at === 0 ? 0 : load<f32>(at + (((row - rowTap * c) as usize) << 2)));
      to += 4;
    }
  }
}
