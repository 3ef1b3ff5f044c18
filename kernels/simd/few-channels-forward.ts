/** Convolutions of images with one to four channels: 8 or 16 output channels of four pixels at once. */

import { biasAt, elementsOf, filtersAt, imageAt, pad, paddedColumns, paddedFilters, writePlaces } from './few-channels';
import { pixelsAt, placesAt } from './generated/layouts';
import { takesWideTiles } from './tiles';
import { Window } from './window';

/** Filters and biases with zeros behind the last; no bias is a bias of 0. */
function padFilters(w: usize, bias: usize, window: usize): void {
  const k = Window.k(window);
  const padded = paddedFilters(window);
  const elements = elementsOf(window);
  const filters = filtersAt(window);
  memory.fill(filters, 0, ((elements * padded + padded) as usize) * 4);
  for (let e = 0; e < elements; e++) {
    memory.copy(filters + ((e * padded) as usize) * 4, w + ((e * k) as usize) * 4, (k as usize) * 4);
  }
  if (bias !== 0) memory.copy(biasAt(window), bias, (k as usize) * 4);
}

/** The images from `firstImage` to before `end`: y = max(convolution + bias, floor); `bias` is 0 for none. */
export function fewChannelsForward(
  x: usize,
  w: usize,
  y: usize,
  bias: usize,
  floor: f32,
  firstImage: i32,
  end: i32,
  window: usize,
): void {
  writePlaces(window);
  padFilters(w, bias, window);
  const p = Window.p(window);
  const rowBytes = ((paddedColumns(window) * Window.strideH(window) * Window.c(window)) as usize) * 4;
  const yRowBytes = ((Window.q(window) * Window.k(window)) as usize) * 4;
  y += ((firstImage * p) as usize) * yRowBytes;
  for (let image = firstImage; image < end; image++) {
    pad(x, window, image);
    let from = imageAt(window);
    for (let row = 0; row < p; row++) {
      forwardRow(from, y, floor, window);
      from += rowBytes;
      y += yRowBytes;
    }
  }
}

/** A row of the output; the last output channels, and the last four pixels, may have been computed before, in part. */
function forwardRow(from: usize, y: usize, floor: f32, window: usize): void {
  const k = Window.k(window);
  if (k < 8) {
    fewFilters(from, y, floor, window);
    return;
  }
  const yStep = (k as usize) * 4;
  const isWide = takesWideTiles() && k >= 16;
  for (let filter = 0; filter < k; ) {
    const width = isWide && k - filter > 8 ? 16 : 8;
    const place = min(filter, k - width);
    const to = y + ((place as usize) << 2);
    if (width === 16) row16(from, floor, place, to, yStep, window);
    else row8(from, floor, place, to, yStep, Window.q(window), window);
    filter += width;
  }
}

/** Fewer than eight output channels go through a tile in scratch memory. */
function fewFilters(from: usize, y: usize, floor: f32, window: usize): void {
  const q = Window.q(window);
  const bytes = (Window.k(window) as usize) * 4;
  const step = ((Window.strideW(window) * Window.c(window)) as usize) * 4;
  for (let next = 0; next < q; next += 4) {
    const column = min(next, q - 4) as usize;
    row8(from + column * step, floor, 0, window + pixelsAt, 64, 4, window);
    for (let i: usize = 0; i < 4; i++) memory.copy(y + (column + i) * bytes, window + pixelsAt + i * 64, bytes);
  }
}

/** Eight output channels of `q` pixels, four at a time. */
function row8(from: usize, floor: f32, filter: i32, y: usize, yStep: usize, q: i32, window: usize): void {
  const elements = elementsOf(window);
  const step = ((Window.strideW(window) * Window.c(window)) as usize) * 4;
  const wStep = (paddedFilters(window) as usize) * 4;
  const filters = filtersAt(window) + (filter as usize) * 4;
  const bias = biasAt(window) + (filter as usize) * 4;
  const bias0 = v128.load(bias);
  const bias1 = v128.load(bias, 16);
  for (let next = 0; next < q; next += 4) {
    const column = min(next, q - 4) as usize;
    const x = from + column * step;
    const x1 = x + step;
    const x2 = x1 + step;
    const x3 = x2 + step;
    let w = filters;
    let places = window + placesAt;
    let s00 = bias0;
    let s01 = bias1;
    let s10 = bias0;
    let s11 = bias1;
    let s20 = bias0;
    let s21 = bias1;
    let s30 = bias0;
    let s31 = bias1;
    for (let left = elements; left > 0; left--) {
      const place = load<u32>(places) as usize;
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      const v0 = v128.load32_splat(x + place);
      s00 = f32x4.add(s00, f32x4.mul(v0, w0));
      s01 = f32x4.add(s01, f32x4.mul(v0, w1));
      const v1 = v128.load32_splat(x1 + place);
      s10 = f32x4.add(s10, f32x4.mul(v1, w0));
      s11 = f32x4.add(s11, f32x4.mul(v1, w1));
      const v2 = v128.load32_splat(x2 + place);
      s20 = f32x4.add(s20, f32x4.mul(v2, w0));
      s21 = f32x4.add(s21, f32x4.mul(v2, w1));
      const v3 = v128.load32_splat(x3 + place);
      s30 = f32x4.add(s30, f32x4.mul(v3, w0));
      s31 = f32x4.add(s31, f32x4.mul(v3, w1));
      places += 4;
      w += wStep;
    }
    const least = f32x4.splat(floor);
    let to = y + column * yStep;
    v128.store(to, f32x4.pmax(s00, least));
    v128.store(to, f32x4.pmax(s01, least), 16);
    to += yStep;
    v128.store(to, f32x4.pmax(s10, least));
    v128.store(to, f32x4.pmax(s11, least), 16);
    to += yStep;
    v128.store(to, f32x4.pmax(s20, least));
    v128.store(to, f32x4.pmax(s21, least), 16);
    to += yStep;
    v128.store(to, f32x4.pmax(s30, least));
    v128.store(to, f32x4.pmax(s31, least), 16);
  }
}

/** Sixteen output channels of a row. */
function row16(from: usize, floor: f32, filter: i32, y: usize, yStep: usize, window: usize): void {
  const q = Window.q(window);
  const elements = elementsOf(window);
  const step = ((Window.strideW(window) * Window.c(window)) as usize) * 4;
  const wStep = (paddedFilters(window) as usize) * 4;
  const filters = filtersAt(window) + (filter as usize) * 4;
  const bias = biasAt(window) + (filter as usize) * 4;
  const bias0 = v128.load(bias);
  const bias1 = v128.load(bias, 16);
  const bias2 = v128.load(bias, 32);
  const bias3 = v128.load(bias, 48);
  for (let next = 0; next < q; next += 4) {
    const column = min(next, q - 4) as usize;
    const x = from + column * step;
    const x1 = x + step;
    const x2 = x1 + step;
    const x3 = x2 + step;
    let w = filters;
    let places = window + placesAt;
    let s00 = bias0;
    let s01 = bias1;
    let s02 = bias2;
    let s03 = bias3;
    let s10 = bias0;
    let s11 = bias1;
    let s12 = bias2;
    let s13 = bias3;
    let s20 = bias0;
    let s21 = bias1;
    let s22 = bias2;
    let s23 = bias3;
    let s30 = bias0;
    let s31 = bias1;
    let s32 = bias2;
    let s33 = bias3;
    for (let left = elements; left > 0; left--) {
      const place = load<u32>(places) as usize;
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      const w2 = v128.load(w, 32);
      const w3 = v128.load(w, 48);
      const v0 = v128.load32_splat(x + place);
      s00 = f32x4.add(s00, f32x4.mul(v0, w0));
      s01 = f32x4.add(s01, f32x4.mul(v0, w1));
      s02 = f32x4.add(s02, f32x4.mul(v0, w2));
      s03 = f32x4.add(s03, f32x4.mul(v0, w3));
      const v1 = v128.load32_splat(x1 + place);
      s10 = f32x4.add(s10, f32x4.mul(v1, w0));
      s11 = f32x4.add(s11, f32x4.mul(v1, w1));
      s12 = f32x4.add(s12, f32x4.mul(v1, w2));
      s13 = f32x4.add(s13, f32x4.mul(v1, w3));
      const v2 = v128.load32_splat(x2 + place);
      s20 = f32x4.add(s20, f32x4.mul(v2, w0));
      s21 = f32x4.add(s21, f32x4.mul(v2, w1));
      s22 = f32x4.add(s22, f32x4.mul(v2, w2));
      s23 = f32x4.add(s23, f32x4.mul(v2, w3));
      const v3 = v128.load32_splat(x3 + place);
      s30 = f32x4.add(s30, f32x4.mul(v3, w0));
      s31 = f32x4.add(s31, f32x4.mul(v3, w1));
      s32 = f32x4.add(s32, f32x4.mul(v3, w2));
      s33 = f32x4.add(s33, f32x4.mul(v3, w3));
      places += 4;
      w += wStep;
    }
    const least = f32x4.splat(floor);
    let to = y + column * yStep;
    v128.store(to, f32x4.pmax(s00, least));
    v128.store(to, f32x4.pmax(s01, least), 16);
    v128.store(to, f32x4.pmax(s02, least), 32);
    v128.store(to, f32x4.pmax(s03, least), 48);
    to += yStep;
    v128.store(to, f32x4.pmax(s10, least));
    v128.store(to, f32x4.pmax(s11, least), 16);
    v128.store(to, f32x4.pmax(s12, least), 32);
    v128.store(to, f32x4.pmax(s13, least), 48);
    to += yStep;
    v128.store(to, f32x4.pmax(s20, least));
    v128.store(to, f32x4.pmax(s21, least), 16);
    v128.store(to, f32x4.pmax(s22, least), 32);
    v128.store(to, f32x4.pmax(s23, least), 48);
    to += yStep;
    v128.store(to, f32x4.pmax(s30, least));
    v128.store(to, f32x4.pmax(s31, least), 16);
    v128.store(to, f32x4.pmax(s32, least), 32);
    v128.store(to, f32x4.pmax(s33, least), 48);
  }
}
