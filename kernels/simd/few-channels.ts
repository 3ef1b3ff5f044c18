/**
 * What convolutions of images with one to four channels have in common, which need no packing: each image is copied once with its padding, so
 * that no window reaches outside, and a table has the place of every element of a window.
 */
import { fewBiasAt, fewFiltersAt, fewImageAt, placesAt } from './generated/layouts';
import { Window } from './window';

/** Elements of a window: taps times channels. */
export function elementsOf(window: usize): i32 {
  return Window.r(window) * Window.s(window) * Window.c(window);
}

/** Rows of the padded image: as many as the windows reach. */
function paddedRows(window: usize): i32 {
  return (Window.p(window) - 1) * Window.strideH(window) + (Window.r(window) - 1) * Window.dilationH(window) + 1;
}

export function paddedColumns(window: usize): i32 {
  return (Window.q(window) - 1) * Window.strideW(window) + (Window.s(window) - 1) * Window.dilationW(window) + 1;
}

/** Output channels, rounded up to whole pairs of vectors. */
export function paddedFilters(window: usize): i32 {
  return (Window.k(window) + 7) & ~7;
}

export function filtersAt(window: usize): usize {
  return window + fewFiltersAt(elementsOf(window) as usize);
}
export function biasAt(window: usize): usize {
  return window + fewBiasAt(elementsOf(window) as usize, Window.k(window) as usize);
}
export function imageAt(window: usize): usize {
  return window + fewImageAt(elementsOf(window) as usize, Window.k(window) as usize);
}

/** Bytes of the padded image. */
export function imageBytes(window: usize): usize {
  return ((paddedRows(window) * paddedColumns(window) * Window.c(window)) as usize) * 4;
}

/** Bytes from a window's first element to each other one, in the padded image; at last to the ones behind it. */
export function writePlaces(window: usize): void {
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
  store<i32>(at, imageBytes(window) as i32);
}

/** Copies an image to its place with zeros around it. */
export function pad(x: usize, window: usize, image: i32): void {
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
  if (top === 0 && left === 0 && columns === w && rows <= h) {
    memory.copy(to, from, (rows as usize) * rowBytes);
    return;
  }
  memory.fill(to, 0, (rows as usize) * rowBytes);
  if (width <= 0) return;
  for (let row = 0; row < rows; row++) {
    const inRow = row - top;
    if ((inRow as u32) >= (h as u32)) continue;
    copyRow(
      from + ((inRow * w) as usize) * pixelBytes,
      to + (row as usize) * rowBytes + (left as usize) * pixelBytes,
      (width as usize) * pixelBytes,
    );
  }
}

/** memory.copy is slow on little. */
function copyRow(from: usize, to: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(to + at, v128.load(from + at));
  for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(from + at));
}
