/**
 * Convolutions of images with one to four channels, without packing: each image is copied once with its padding, so
 * that no window reaches outside, and a table has the place of every element of a window.
 */
import { Window } from './window';

/** Elements of a window: taps times channels. */
function elementsOf(window: usize): i32 {
  return Window.r(window) * Window.s(window) * Window.c(window);
}

/** Rows of the padded image: as many as the windows reach. */
function paddedRows(window: usize): i32 {
  return (Window.p(window) - 1) * Window.strideH(window) + (Window.r(window) - 1) * Window.dilationH(window) + 1;
}

function paddedColumns(window: usize): i32 {
  return (Window.q(window) - 1) * Window.strideW(window) + (Window.s(window) - 1) * Window.dilationW(window) + 1;
}

/** Output channels, rounded up to whole pairs of vectors. */
function paddedFilters(window: usize): i32 {
  return (Window.k(window) + 7) & ~7;
}

/** Behind the geometry: places of the elements of a window, the filters with zeros behind the last, the image. */
const placesAt: usize = 256;
function filtersAt(window: usize): usize {
  return window + placesAt + (((elementsOf(window) as usize) * 4 + 15) & ~15);
}
function imageAt(window: usize): usize {
  return filtersAt(window) + (elementsOf(window) as usize) * (paddedFilters(window) as usize) * 4;
}

/** Whether this form is the one for a geometry. */
export function hasFewChannels(window: usize): bool {
  return Window.c(window) <= 4 && Window.q(window) >= 4;
}

/** Bytes from a window's first element to each other one, in the padded image. */
function writePlaces(window: usize): void {
  const c = Window.c(window);
  const columns = paddedColumns(window);
  let at = window + placesAt;
  for (let r = 0; r < Window.r(window); r++) {
    for (let s = 0; s < Window.s(window); s++) {
      const pixel = r * Window.dilationH(window) * columns + s * Window.dilationW(window);
      for (let i = 0; i < c; i++) {
        store<i32>(at, (pixel * c + i) * 4);
        at += 4;
      }
    }
  }
}

/** Copies an image to its place with zeros around it. */
function pad(x: usize, window: usize, image: i32): void {
  const h = Window.h(window);
  const w = Window.w(window);
  const pixelBytes = (Window.c(window) as usize) * 4;
  const rows = paddedRows(window);
  const columns = paddedColumns(window);
  const top = Window.padTop(window);
  const left = Window.padLeft(window);
  const to = imageAt(window);
  const rowBytes = (columns as usize) * pixelBytes;
  const from = x + ((image * h * w) as usize) * pixelBytes;
  const width = min(w, columns - left);
  memory.fill(to, 0, (rows as usize) * rowBytes);
  if (width <= 0) return;
  for (let row = 0; row < rows; row++) {
    const inRow = row - top;
    if ((inRow as u32) >= (h as u32)) continue;
    memory.copy(
      to + (row as usize) * rowBytes + (left as usize) * pixelBytes,
      from + ((inRow * w) as usize) * pixelBytes,
      (width as usize) * pixelBytes,
    );
  }
}

export function fewChannelsForward(x: usize, w: usize, y: usize, firstImage: i32, end: i32, window: usize): void {
  const k = Window.k(window);
  const padded = paddedFilters(window);
  const elements = elementsOf(window);
  writePlaces(window);
  const filters = filtersAt(window);
  memory.fill(filters, 0, (elements as usize) * (padded as usize) * 4);
  for (let e = 0; e < elements; e++) {
    memory.copy(filters + ((e * padded) as usize) * 4, w + ((e * k) as usize) * 4, (k as usize) * 4);
  }
  const p = Window.p(window);
  const q = Window.q(window);
  const c = Window.c(window);
  const rowBytes = ((paddedColumns(window) * Window.strideH(window) * c) as usize) * 4;
  const step = ((Window.strideW(window) * c) as usize) * 4;
  const places = window + placesAt;
  for (let image = firstImage; image < end; image++) {
    pad(x, window, image);
    for (let row = 0; row < p; row++) {
      const from = imageAt(window) + (row as usize) * rowBytes;
      const to = y + (((image * p + row) * q * k) as usize) * 4;
      for (let column = 0; column < q; column += 4) {
        // The last four pixels may have been computed before, in part.
        const first = min(column, q - 4);
        for (let filter = 0; filter < k; filter += 8) {
          fourPixels(
            from + (first as usize) * step,
            step,
            filters + (filter as usize) * 4,
            (padded as usize) * 4,
            places,
            elements,
            to + ((first * k + filter) as usize) * 4,
            (k as usize) * 4,
            k - filter,
          );
        }
      }
    }
  }
}

/** Eight output channels (fewer are stored, if `left` is less) of four pixels, `step` bytes apart in the image. */
function fourPixels(
  x: usize,
  step: usize,
  w: usize,
  wStep: usize,
  places: usize,
  elements: i32,
  y: usize,
  yStep: usize,
  left: i32,
): void {
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  for (; elements > 0; elements--) {
    const at = x + (load<u32>(places) as usize);
    const w0 = v128.load(w);
    const w1 = v128.load(w, 16);
    const x0 = v128.load32_splat(at);
    s00 = f32x4.add(s00, f32x4.mul(x0, w0));
    s01 = f32x4.add(s01, f32x4.mul(x0, w1));
    const x1 = v128.load32_splat(at + step);
    s10 = f32x4.add(s10, f32x4.mul(x1, w0));
    s11 = f32x4.add(s11, f32x4.mul(x1, w1));
    const x2 = v128.load32_splat(at + 2 * step);
    s20 = f32x4.add(s20, f32x4.mul(x2, w0));
    s21 = f32x4.add(s21, f32x4.mul(x2, w1));
    const x3 = v128.load32_splat(at + 3 * step);
    s30 = f32x4.add(s30, f32x4.mul(x3, w0));
    s31 = f32x4.add(s31, f32x4.mul(x3, w1));
    places += 4;
    w += wStep;
  }
  storeSome(y, s00, s01, left);
  storeSome(y + yStep, s10, s11, left);
  storeSome(y + 2 * yStep, s20, s21, left);
  storeSome(y + 3 * yStep, s30, s31, left);
}

/** The first `count` of eight numbers. */
function storeSome(to: usize, low: v128, high: v128, count: i32): void {
  if (count >= 8) {
    v128.store(to, low);
    v128.store(to, high, 16);
    return;
  }
  if (count >= 4) {
    v128.store(to, low);
    to += 16;
    count -= 4;
    low = high;
  }
  if (count > 0) store<f32>(to, f32x4.extract_lane(low, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(low, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(low, 2), 8);
}

/** Elements of a window whose gradients are summed at once. */
const group: i32 = 5;

/** The sum of an image is taken first, and then added to those of the images before. */
export function fewChannelsBackwardFilter(
  x: usize,
  dy: usize,
  dw: usize,
  firstFilter: i32,
  end: i32,
  window: usize,
): void {
  const k = Window.k(window);
  const padded = paddedFilters(window);
  const elements = elementsOf(window);
  writePlaces(window);
  const sums = filtersAt(window);
  memory.fill(sums, 0, (elements as usize) * (padded as usize) * 4);
  const imageBytes = ((Window.p(window) * Window.q(window) * k) as usize) * 4;
  for (let image = 0; image < Window.n(window); image++) {
    pad(x, window, image);
    for (let element = 0; element < elements; element += group) {
      for (let filter = firstFilter; filter < end; filter += 8) {
        const to = sums + ((element * padded + filter) as usize) * 4;
        addImage(window, element, elements - element, dy + (filter as usize) * 4, to, (padded as usize) * 4);
      }
    }
    dy += imageBytes;
  }
  for (let e = 0; e < elements; e++) {
    memory.copy(
      dw + ((e * k + firstFilter) as usize) * 4,
      sums + ((e * padded + firstFilter) as usize) * 4,
      ((end - firstFilter) as usize) * 4,
    );
  }
}

/** Adds what one image gives to eight output channels of up to five elements of the window. */
function addImage(window: usize, element: i32, left: i32, dy: usize, to: usize, toStep: usize): void {
  const places = window + placesAt + (element as usize) * 4;
  const o0 = load<u32>(places) as usize;
  const o1 = left > 1 ? (load<u32>(places, 4) as usize) : o0;
  const o2 = left > 2 ? (load<u32>(places, 8) as usize) : o0;
  const o3 = left > 3 ? (load<u32>(places, 12) as usize) : o0;
  const o4 = left > 4 ? (load<u32>(places, 16) as usize) : o0;
  const q = Window.q(window);
  const c = Window.c(window);
  const step = ((Window.strideW(window) * c) as usize) * 4;
  const rowBytes = ((paddedColumns(window) * Window.strideH(window) * c) as usize) * 4;
  const dyStep = (Window.k(window) as usize) * 4;
  let line = imageAt(window);
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  let s40 = s00;
  let s41 = s00;
  for (let row = Window.p(window); row > 0; row--) {
    let x = line;
    for (let column = q; column > 0; column--) {
      const d0 = v128.load(dy);
      const d1 = v128.load(dy, 16);
      const x0 = v128.load32_splat(x + o0);
      s00 = f32x4.add(s00, f32x4.mul(x0, d0));
      s01 = f32x4.add(s01, f32x4.mul(x0, d1));
      const x1 = v128.load32_splat(x + o1);
      s10 = f32x4.add(s10, f32x4.mul(x1, d0));
      s11 = f32x4.add(s11, f32x4.mul(x1, d1));
      const x2 = v128.load32_splat(x + o2);
      s20 = f32x4.add(s20, f32x4.mul(x2, d0));
      s21 = f32x4.add(s21, f32x4.mul(x2, d1));
      const x3 = v128.load32_splat(x + o3);
      s30 = f32x4.add(s30, f32x4.mul(x3, d0));
      s31 = f32x4.add(s31, f32x4.mul(x3, d1));
      const x4 = v128.load32_splat(x + o4);
      s40 = f32x4.add(s40, f32x4.mul(x4, d0));
      s41 = f32x4.add(s41, f32x4.mul(x4, d1));
      x += step;
      dy += dyStep;
    }
    line += rowBytes;
  }
  addTo(to, s00, s01);
  if (left > 1) addTo(to + toStep, s10, s11);
  if (left > 2) addTo(to + 2 * toStep, s20, s21);
  if (left > 3) addTo(to + 3 * toStep, s30, s31);
  if (left > 4) addTo(to + 4 * toStep, s40, s41);
}

function addTo(to: usize, low: v128, high: v128): void {
  v128.store(to, f32x4.add(v128.load(to), low));
  v128.store(to, f32x4.add(v128.load(to, 16), high), 16);
}
