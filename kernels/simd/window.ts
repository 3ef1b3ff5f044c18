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
  /** Groups of channels. */
  export function groups(window: usize): i32 {
    return load<i32>(window, 60);
  }
  /** Input channels that an output channel reads. */
  export function groupChannels(window: usize): i32 {
    return c(window) / groups(window);
  }
  /** Output channels of a group. */
  export function groupFilters(window: usize): i32 {
    return k(window) / groups(window);
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
  groups: i32,
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
  store<i32>(window, groups, 60);
}

/**
 * Where the windows of four pixels begin: for each a row and a column of the images that are read, which padding may
 * make negative, and the number of its image's first pixel. They lie behind the geometry.
 */
const originsAt: usize = 64;
const originBytes: usize = 12;

/** The windows of the output pixels from `pixel` on, in the input images. */
export function setWindowOrigins(window: usize, pixel: i32): void {
  const q = Window.q(window);
  const p = Window.p(window);
  const pixels = Window.h(window) * Window.w(window);
  let at = window + originsAt;
  for (let i = 0; i < 4; i++, pixel++) {
    const line = pixel / q;
    const image = line / p;
    store<i32>(at, (line - image * p) * Window.strideH(window) - Window.padTop(window));
    store<i32>(at, (pixel - line * q) * Window.strideW(window) - Window.padLeft(window), 4);
    store<i32>(at, image * pixels, 8);
    at += originBytes;
  }
}

/** What reaches the input pixels from `pixel` on, in the images of the output. */
export function setReachedOrigins(window: usize, pixel: i32): void {
  const w = Window.w(window);
  const h = Window.h(window);
  const pixels = Window.p(window) * Window.q(window);
  let at = window + originsAt;
  for (let i = 0; i < 4; i++, pixel++) {
    const line = pixel / w;
    const image = line / h;
    store<i32>(at, line - image * h + Window.padTop(window));
    store<i32>(at, pixel - line * w + Window.padLeft(window), 4);
    store<i32>(at, image * pixels, 8);
    at += originBytes;
  }
}

/** Address of the input channels that pixel i of the four reads `down` and `right` of its origin; 0 for padding. */
export function windowSource(x: usize, window: usize, i: i32, down: i32, right: i32): usize {
  const origin = window + originsAt + (i as usize) * originBytes;
  const row = load<i32>(origin) + down;
  const column = load<i32>(origin, 4) + right;
  const w = Window.w(window);
  if ((row as u32) >= (Window.h(window) as u32) || (column as u32) >= (w as u32)) return 0;
  return x + ((((load<i32>(origin, 8) + row * w + column) as usize) * (Window.c(window) as usize)) << 2);
}

/** Address of the output channels that reach pixel i of the four from `down` and `right`; 0 where none do. */
export function reachedSource(dy: usize, window: usize, i: i32, down: i32, right: i32): usize {
  const origin = window + originsAt + (i as usize) * originBytes;
  let row = load<i32>(origin) - down;
  let column = load<i32>(origin, 4) - right;
  if (row < 0 || column < 0) return 0;
  const strideH = Window.strideH(window);
  const strideW = Window.strideW(window);
  if ((strideH | strideW) != 1) {
    const outputRow = row / strideH;
    const outputColumn = column / strideW;
    if (outputRow * strideH != row || outputColumn * strideW != column) return 0;
    row = outputRow;
    column = outputColumn;
  }
  const q = Window.q(window);
  if (row >= Window.p(window) || column >= q) return 0;
  return dy + ((((load<i32>(origin, 8) + row * q + column) as usize) * (Window.k(window) as usize)) << 2);
}

/** Rows i ... i + 3 of the windows the other way round, for the output pixels k0 ... k0 + kc - 1: panels of 4. */
export function packPatches(x: usize, window: usize, m: i32, i: i32, k0: i32, kc: i32, to: usize): void {
  const c = Window.groupChannels(window);
  const tap = i / c;
  const channel = i - tap * c;
  if (channel + 4 <= c) {
    packPatch(x, window, tap, channel, 4, k0, kc, to);
    return;
  }
  for (let row = i; row < i + 4; row++) {
    const rowTap = row / c;
    const place = to + (((row - i) as usize) << 2);
    if (row < m) packPatch(x, window, rowTap, row - rowTap * c, 1, k0, kc, place);
    else for (let pixel = 0; pixel < kc; pixel++) store<f32>(place + ((pixel as usize) << 4), 0);
  }
}

/** One or four channels of a tap, line by line of the output. */
function packPatch(x: usize, window: usize, tap: i32, channel: i32, count: i32, k0: i32, kc: i32, to: usize): void {
  const s = Window.s(window);
  const q = Window.q(window);
  const p = Window.p(window);
  const h = Window.h(window);
  const w = Window.w(window);
  const strideW = Window.strideW(window);
  const bytes = (Window.c(window) as usize) << 2;
  const tapRow = tap / s;
  const down = tapRow * Window.dilationH(window) - Window.padTop(window);
  const right = (tap - tapRow * s) * Window.dilationW(window) - Window.padLeft(window);
  const end = k0 + kc;
  for (let pixel = k0; pixel < end; ) {
    const line = pixel / q;
    const image = line / p;
    const first = pixel - line * q;
    let run = min(q - first, end - pixel);
    pixel += run;
    const row = (line - image * p) * Window.strideH(window) + down;
    const isInside = (row as u32) < (h as u32);
    const from = x + (((image * h + row) * w) as usize) * bytes + ((channel as usize) << 2);
    let column = first * strideW + right;
    if (count == 4) {
      for (; run > 0; run--) {
        const isRead = isInside && (column as u32) < (w as u32);
        v128.store(to, isRead ? v128.load(from + (column as usize) * bytes) : f32x4.splat(0));
        column += strideW;
        to += 16;
      }
    } else {
      for (; run > 0; run--) {
        const isRead = isInside && (column as u32) < (w as u32);
        store<f32>(to, isRead ? load<f32>(from + (column as usize) * bytes) : 0);
        column += strideW;
        to += 16;
      }
    }
  }
}
