/** Gradients of the filters of images with one to four channels: sums over groups of images, and then over the groups. */

import { elementsOf, imageAt, imageBytes, pad, paddedColumns, paddedFilters, writePlaces } from './few-channels';
import { placesAt } from './generated/layouts';
import { takesWideTiles } from './tiles';
import { Window } from './window';

/** Elements of a window whose gradients are summed at once. */
const group: i32 = 5;

/** Behind the padded image lie as many ones: the element whose gradient is that of the bias. */
function writeOnes(window: usize): void {
  const ones = imageAt(window) + imageBytes(window);
  for (let at: usize = 0; at < imageBytes(window); at += 4) store<f32>(ones + at, 1);
}

/**
 * Adds up `sums` [elements of a window, and one for the bias][output channels] over the images from `firstImage` to before
 * `end`.
 */
export function fewChannelsGradientSums(
  x: usize,
  dy: usize,
  sums: usize,
  firstImage: i32,
  end: i32,
  window: usize,
): void {
  const k = Window.k(window);
  const padded = paddedFilters(window);
  const elements = elementsOf(window) + 1;
  const isWide = takesWideTiles();
  const dyBytes = ((Window.p(window) * Window.q(window) * k) as usize) * 4;
  writePlaces(window);
  writeOnes(window);
  memory.fill(sums, 0, ((elements * padded) as usize) * 4);
  dy += (firstImage as usize) * dyBytes;
  for (let image = firstImage; image < end; image++) {
    pad(x, window, image);
    for (let element = 0; element < elements; element += group) {
      for (let filter = 0; filter < padded; ) {
        const width = isWide && padded - filter >= 16 ? 16 : 8;
        const to = sums + ((element * padded + filter) as usize) * 4;
        if (width === 16) addImage16(window, element, dy + (filter as usize) * 4, to, (padded as usize) * 4);
        else addImage8(window, element, dy + (filter as usize) * 4, to, (padded as usize) * 4);
        filter += width;
      }
    }
    dy += dyBytes;
  }
}

/** dw and db (if it is not 0) are the sum of `count` sums, in their order. */
export function fewChannelsGradientFinish(sums: usize, dw: usize, db: usize, count: i32, window: usize): void {
  const k = Window.k(window);
  const padded = paddedFilters(window);
  const elements = elementsOf(window);
  const bytes = (((elements + 1) * padded) as usize) * 4;
  for (let i: usize = 1; i < (count as usize); i++) {
    const from = sums + i * bytes;
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(sums + at, f32x4.add(v128.load(sums + at), v128.load(from + at)));
    }
  }
  for (let e = 0; e < elements; e++) {
    memory.copy(dw + ((e * k) as usize) * 4, sums + ((e * padded) as usize) * 4, (k as usize) * 4);
  }
  if (db !== 0) memory.copy(db, sums + ((elements * padded) as usize) * 4, (k as usize) * 4);
}

/**
 * Adds what one image gives to eight output channels of up to five elements of the window. Output channels beyond the
 * last get what the next pixel has; nobody reads them. For the order of the elements see panel-tiles.ts.
 */
function addImage8(window: usize, element: i32, dy: usize, to: usize, toStep: usize): void {
  const places = window + placesAt + (element as usize) * 4;
  const left = elementsOf(window) + 1 - element;
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
    const end = dy + (q as usize) * dyStep;
    while (dy < end) {
      const d0 = v128.load(dy);
      const d1 = v128.load(dy, 16);
      const x4 = v128.load32_splat(x + o4);
      s40 = f32x4.add(s40, f32x4.mul(x4, d0));
      s41 = f32x4.add(s41, f32x4.mul(x4, d1));
      const x3 = v128.load32_splat(x + o3);
      s30 = f32x4.add(s30, f32x4.mul(x3, d0));
      s31 = f32x4.add(s31, f32x4.mul(x3, d1));
      const x2 = v128.load32_splat(x + o2);
      s20 = f32x4.add(s20, f32x4.mul(x2, d0));
      s21 = f32x4.add(s21, f32x4.mul(x2, d1));
      const x1 = v128.load32_splat(x + o1);
      s10 = f32x4.add(s10, f32x4.mul(x1, d0));
      s11 = f32x4.add(s11, f32x4.mul(x1, d1));
      const x0 = v128.load32_splat(x + o0);
      s00 = f32x4.add(s00, f32x4.mul(x0, d0));
      s01 = f32x4.add(s01, f32x4.mul(x0, d1));
      x += step;
      dy += dyStep;
    }
    line += rowBytes;
  }
  s00 = f32x4.add(s00, v128.load(to));
  s01 = f32x4.add(s01, v128.load(to, 16));
  v128.store(to, s00);
  v128.store(to, s01, 16);
  if (left > 1) {
    to += toStep;
    s10 = f32x4.add(s10, v128.load(to));
    s11 = f32x4.add(s11, v128.load(to, 16));
    v128.store(to, s10);
    v128.store(to, s11, 16);
  }
  if (left > 2) {
    to += toStep;
    s20 = f32x4.add(s20, v128.load(to));
    s21 = f32x4.add(s21, v128.load(to, 16));
    v128.store(to, s20);
    v128.store(to, s21, 16);
  }
  if (left > 3) {
    to += toStep;
    s30 = f32x4.add(s30, v128.load(to));
    s31 = f32x4.add(s31, v128.load(to, 16));
    v128.store(to, s30);
    v128.store(to, s31, 16);
  }
  if (left > 4) {
    to += toStep;
    s40 = f32x4.add(s40, v128.load(to));
    s41 = f32x4.add(s41, v128.load(to, 16));
    v128.store(to, s40);
    v128.store(to, s41, 16);
  }
}

/** The same for sixteen. */
function addImage16(window: usize, element: i32, dy: usize, to: usize, toStep: usize): void {
  const places = window + placesAt + (element as usize) * 4;
  const left = elementsOf(window) + 1 - element;
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
  let s02 = s00;
  let s03 = s00;
  let s10 = s00;
  let s11 = s00;
  let s12 = s00;
  let s13 = s00;
  let s20 = s00;
  let s21 = s00;
  let s22 = s00;
  let s23 = s00;
  let s30 = s00;
  let s31 = s00;
  let s32 = s00;
  let s33 = s00;
  let s40 = s00;
  let s41 = s00;
  let s42 = s00;
  let s43 = s00;
  for (let row = Window.p(window); row > 0; row--) {
    let x = line;
    for (let column = q; column > 0; column--) {
      const d0 = v128.load(dy);
      const d1 = v128.load(dy, 16);
      const d2 = v128.load(dy, 32);
      const d3 = v128.load(dy, 48);
      const x0 = v128.load32_splat(x + o0);
      s00 = f32x4.add(s00, f32x4.mul(x0, d0));
      s01 = f32x4.add(s01, f32x4.mul(x0, d1));
      s02 = f32x4.add(s02, f32x4.mul(x0, d2));
      s03 = f32x4.add(s03, f32x4.mul(x0, d3));
      const x1 = v128.load32_splat(x + o1);
      s10 = f32x4.add(s10, f32x4.mul(x1, d0));
      s11 = f32x4.add(s11, f32x4.mul(x1, d1));
      s12 = f32x4.add(s12, f32x4.mul(x1, d2));
      s13 = f32x4.add(s13, f32x4.mul(x1, d3));
      const x2 = v128.load32_splat(x + o2);
      s20 = f32x4.add(s20, f32x4.mul(x2, d0));
      s21 = f32x4.add(s21, f32x4.mul(x2, d1));
      s22 = f32x4.add(s22, f32x4.mul(x2, d2));
      s23 = f32x4.add(s23, f32x4.mul(x2, d3));
      const x3 = v128.load32_splat(x + o3);
      s30 = f32x4.add(s30, f32x4.mul(x3, d0));
      s31 = f32x4.add(s31, f32x4.mul(x3, d1));
      s32 = f32x4.add(s32, f32x4.mul(x3, d2));
      s33 = f32x4.add(s33, f32x4.mul(x3, d3));
      const x4 = v128.load32_splat(x + o4);
      s40 = f32x4.add(s40, f32x4.mul(x4, d0));
      s41 = f32x4.add(s41, f32x4.mul(x4, d1));
      s42 = f32x4.add(s42, f32x4.mul(x4, d2));
      s43 = f32x4.add(s43, f32x4.mul(x4, d3));
      x += step;
      dy += dyStep;
    }
    line += rowBytes;
  }
  s00 = f32x4.add(s00, v128.load(to));
  s01 = f32x4.add(s01, v128.load(to, 16));
  s02 = f32x4.add(s02, v128.load(to, 32));
  s03 = f32x4.add(s03, v128.load(to, 48));
  v128.store(to, s00);
  v128.store(to, s01, 16);
  v128.store(to, s02, 32);
  v128.store(to, s03, 48);
  if (left > 1) {
    to += toStep;
    s10 = f32x4.add(s10, v128.load(to));
    s11 = f32x4.add(s11, v128.load(to, 16));
    s12 = f32x4.add(s12, v128.load(to, 32));
    s13 = f32x4.add(s13, v128.load(to, 48));
    v128.store(to, s10);
    v128.store(to, s11, 16);
    v128.store(to, s12, 32);
    v128.store(to, s13, 48);
  }
  if (left > 2) {
    to += toStep;
    s20 = f32x4.add(s20, v128.load(to));
    s21 = f32x4.add(s21, v128.load(to, 16));
    s22 = f32x4.add(s22, v128.load(to, 32));
    s23 = f32x4.add(s23, v128.load(to, 48));
    v128.store(to, s20);
    v128.store(to, s21, 16);
    v128.store(to, s22, 32);
    v128.store(to, s23, 48);
  }
  if (left > 3) {
    to += toStep;
    s30 = f32x4.add(s30, v128.load(to));
    s31 = f32x4.add(s31, v128.load(to, 16));
    s32 = f32x4.add(s32, v128.load(to, 32));
    s33 = f32x4.add(s33, v128.load(to, 48));
    v128.store(to, s30);
    v128.store(to, s31, 16);
    v128.store(to, s32, 32);
    v128.store(to, s33, 48);
  }
  if (left > 4) {
    to += toStep;
    s40 = f32x4.add(s40, v128.load(to));
    s41 = f32x4.add(s41, v128.load(to, 16));
    s42 = f32x4.add(s42, v128.load(to, 32));
    s43 = f32x4.add(s43, v128.load(to, 48));
    v128.store(to, s40);
    v128.store(to, s41, 16);
    v128.store(to, s42, 32);
    v128.store(to, s43, 48);
  }
}
