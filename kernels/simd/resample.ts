/** Images read at other places: each output lies between four pixels. */
import { Vectors } from './vectors';

/** The numbers of the fill modes in resample.binding.ts. */
const constant = 0;
const nearest = 1;
const wrap = 3;

/** Farther away than any image is long: places beyond, and NaN, are taken for places there. */
const farthest: f32 = 16777216;

function inside(place: f32): f32 {
  return place > -farthest ? (place < farthest ? place : farthest) : -farthest;
}

/** The pixel that stands for a place on an axis; -1 where that is the fill value. */
function pixelAt(place: i32, length: i32, fillMode: i32): i32 {
  if ((place as u32) < (length as u32)) return place;
  if (fillMode == constant) return -1;
  if (fillMode == nearest) return place < 0 ? 0 : length - 1;
  const period = fillMode == wrap ? length : 2 * length;
  let rest = place % period;
  if (rest < 0) rest += period;
  return rest < length ? rest : period - 1 - rest;
}

/** A place along one row of the matrix, in float32 as in the plain loops. */
function placeOf(matrix: usize, bytes: usize, x: f32, y: f32): f32 {
  return inside(load<f32>(matrix) * x + load<f32>(matrix + bytes) * y + load<f32>(matrix + 2 * bytes));
}

function channels(a: usize, b: usize, d: usize, e: usize, u: f32, v: f32, y: usize, c: i32): void {
  if (c < 4) {
    for (let k: usize = 0; k < (c as usize) * 4; k += 4) {
      const top = load<f32>(a + k) + (load<f32>(b + k) - load<f32>(a + k)) * u;
      const bottom = load<f32>(d + k) + (load<f32>(e + k) - load<f32>(d + k)) * u;
      store<f32>(y + k, top + (bottom - top) * v);
    }
    return;
  }
  const uShare = f32x4.splat(u);
  const vShare = f32x4.splat(v);
  for (let k: usize = 0; c > 0; c -= 4, k += 16) {
    const left = v128.load(a + k);
    const below = v128.load(d + k);
    const top = f32x4.add(left, f32x4.mul(f32x4.sub(v128.load(b + k), left), uShare));
    const bottom = f32x4.add(below, f32x4.mul(f32x4.sub(v128.load(e + k), below), uShare));
    Vectors.storeSome(y + k, f32x4.add(top, f32x4.mul(f32x4.sub(bottom, top), vShare)), c);
  }
}

/** A pixel's channel, or the fill value outside. */
function pixel(image: usize, row: i32, column: i32, w: i32, c: i32, k: i32, fillValue: f32): f32 {
  return (row | column) < 0 ? fillValue : load<f32>(image + (((row * w + column) * c + k) as usize) * 4);
}

/** The rows of outputs from `from` to before `to`, of all images one behind the other. */
export function resampleForward(
  x: usize,
  y: usize,
  matrix: usize,
  shift: usize,
  n: i32,
  h: i32,
  w: i32,
  c: i32,
  p: i32,
  q: i32,
  isNearest: bool,
  fillMode: i32,
  fillValue: f32,
  isShifted: bool,
  from: i32,
  to: i32,
): void {
  const bytes = (n as usize) * 4;
  const imageBytes = ((h * w * c) as usize) * 4;
  const pixelBytes = (c as usize) * 4;
  y += ((from * q) as usize) * pixelBytes;
  for (let row = from; row < to; row++) {
    const i = row / p;
    const line = row - i * p;
    const image = x + (i as usize) * imageBytes;
    const first = matrix + (i as usize) * 4;
    const second = first + 3 * bytes;
    const moved = shift + (((line * n + i) * 2 * q) as usize) * 4;
    for (let column = 0; column < q; column++, y += pixelBytes) {
      let atX = column as f32;
      let atY = line as f32;
      if (isShifted) {
        atX += load<f32>(moved + (column as usize) * 4);
        atY += load<f32>(moved + ((q + column) as usize) * 4);
      }
      let u = placeOf(first, bytes, atX, atY);
      let v = placeOf(second, bytes, atX, atY);
      if (isNearest) {
        u = floor<f32>(u + 0.5);
        v = floor<f32>(v + 0.5);
      }
      const left = floor<f32>(u) as i32;
      const top = floor<f32>(v) as i32;
      const s0 = pixelAt(left, w, fillMode);
      const r0 = pixelAt(top, h, fillMode);
      const s1 = isNearest ? s0 : pixelAt(left + 1, w, fillMode);
      const r1 = isNearest ? r0 : pixelAt(top + 1, h, fillMode);
      const uShare = u - (left as f32);
      const vShare = v - (top as f32);
      if ((s0 | s1 | r0 | r1) >= 0) {
        const upper = image + ((r0 * w) as usize) * pixelBytes;
        const lower = image + ((r1 * w) as usize) * pixelBytes;
        const before = (s0 as usize) * pixelBytes;
        const behind = (s1 as usize) * pixelBytes;
        channels(upper + before, upper + behind, lower + before, lower + behind, uShare, vShare, y, c);
        continue;
      }
      for (let k = 0; k < c; k++) {
        const a = pixel(image, r0, s0, w, c, k, fillValue);
        const d = pixel(image, r1, s0, w, c, k, fillValue);
        const upper = a + (pixel(image, r0, s1, w, c, k, fillValue) - a) * uShare;
        const lower = d + (pixel(image, r1, s1, w, c, k, fillValue) - d) * uShare;
        store<f32>(y + (k as usize) * 4, upper + (lower - upper) * vShare);
      }
    }
  }
}

/** Adds a pixel's gradient to the image, times its share. */
function addTo(image: usize, row: i32, column: i32, w: i32, c: i32, dy: usize, share: f32): void {
  if ((row | column) < 0 || share == 0) return;
  const to = image + (((row * w + column) * c) as usize) * 4;
  if (c < 4) {
    for (let k: usize = 0; k < (c as usize) * 4; k += 4) {
      store<f32>(to + k, load<f32>(to + k) + load<f32>(dy + k) * share);
    }
    return;
  }
  const weight = f32x4.splat(share);
  for (let k: usize = 0; c > 0; c -= 4, k += 16) {
    Vectors.storeSome(to + k, f32x4.add(v128.load(to + k), f32x4.mul(v128.load(dy + k), weight)), c);
  }
}

/** The images from `from` to before `to`; `dx` is overwritten. */
export function resampleBackward(
  dy: usize,
  dx: usize,
  matrix: usize,
  shift: usize,
  n: i32,
  h: i32,
  w: i32,
  c: i32,
  p: i32,
  q: i32,
  isNearest: bool,
  fillMode: i32,
  isShifted: bool,
  from: i32,
  to: i32,
): void {
  const bytes = (n as usize) * 4;
  const imageBytes = ((h * w * c) as usize) * 4;
  const pixelBytes = (c as usize) * 4;
  dy += ((from * p * q) as usize) * pixelBytes;
  for (let i = from; i < to; i++) {
    const image = dx + (i as usize) * imageBytes;
    memory.fill(image, 0, imageBytes);
    const first = matrix + (i as usize) * 4;
    const second = first + 3 * bytes;
    for (let line = 0; line < p; line++) {
      const moved = shift + (((line * n + i) * 2 * q) as usize) * 4;
      for (let column = 0; column < q; column++, dy += pixelBytes) {
        let atX = column as f32;
        let atY = line as f32;
        if (isShifted) {
          atX += load<f32>(moved + (column as usize) * 4);
          atY += load<f32>(moved + ((q + column) as usize) * 4);
        }
        let u = placeOf(first, bytes, atX, atY);
        let v = placeOf(second, bytes, atX, atY);
        if (isNearest) {
          u = floor<f32>(u + 0.5);
          v = floor<f32>(v + 0.5);
        }
        const left = floor<f32>(u) as i32;
        const top = floor<f32>(v) as i32;
        const s0 = pixelAt(left, w, fillMode);
        const r0 = pixelAt(top, h, fillMode);
        const s1 = pixelAt(left + 1, w, fillMode);
        const r1 = pixelAt(top + 1, h, fillMode);
        const uShare = u - (left as f32);
        const vShare = v - (top as f32);
        addTo(image, r0, s0, w, c, dy, (1 - vShare) * (1 - uShare));
        addTo(image, r0, s1, w, c, dy, (1 - vShare) * uShare);
        addTo(image, r1, s0, w, c, dy, vShare * (1 - uShare));
        addTo(image, r1, s1, w, c, dy, vShare * uShare);
      }
    }
  }
}
