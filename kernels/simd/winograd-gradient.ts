/**
 * Gradients of the filters of winograd.ts, in the same form: with the same points, F(3, 4) and F(5, 4) correlate tiles of the
 * input with 4x4 pieces of dy. Sums over tiles and images are taken at the points, and transformed once at the end.
 *
 * A part is a range of the rows of points and a range of the panels of 16 output channels; every sum goes through
 * all tiles in order, whoever takes it.
 */
import { planePadding, winogradImageAt } from './generated/layouts';
import { panelTile } from './tiles';
import { Window } from './window';
import {
  copySome,
  imageBytes,
  inputTile,
  padded8,
  pieceOf,
  placeImage,
  polynomialTile,
  resultTile,
  tempOf,
  tileColumns,
  tileRows,
  tileSize,
} from './winograd';

function panelsOf(window: usize): i32 {
  return (Window.k(window) + 15) >> 4;
}

/** Bytes from the sums at one point to those at the next: [channels, panels of 16 output channels]. */
function sumPlane(window: usize): usize {
  return ((padded8(Window.c(window)) * panelsOf(window)) as usize) * 64 + planePadding;
}

/** Bytes of a tile at one point; an odd number of cache lines if the channels are a power of two. */
function inputRow(window: usize): usize {
  return (padded8(Window.c(window)) as usize) * 4 + 64;
}

/** Adds up `sums` [points][channels][output channels] at the rows and panels given, over all images. */
export function winogradGradientSums(
  x: usize,
  dy: usize,
  sums: usize,
  rowFrom: i32,
  rowTo: i32,
  panelFrom: i32,
  panelTo: i32,
  chunk: i32,
  window: usize,
): void {
  const t = tileSize(window);
  const tiles = tileRows(window) * tileColumns(window);
  const all = tiles * Window.n(window);
  const points = (rowTo - rowFrom) * t;
  const panels = panelTo - panelFrom;
  const inputPlane = (chunk as usize) * inputRow(window);
  const dyPlane = ((panels * chunk) as usize) * 64 + planePadding;
  const image = window + winogradImageAt;
  const dyImage = image + imageBytes(window);
  const dyImageBytes = ((tiles * 16 * padded8(Window.k(window))) as usize) * 4;
  const input = dyImage + dyImageBytes;
  const gradient = input + (points as usize) * inputPlane;
  memory.fill(image, 0, imageBytes(window) + dyImageBytes);
  const ldc = (panelsOf(window) as usize) * 64;
  sums += ((rowFrom * t) as usize) * sumPlane(window) + (panelFrom as usize) * 64;
  clear(sums, points, (panels as usize) * 64, window);
  for (let first = 0; first < all; first += chunk) {
    const count = min(chunk, all - first);
    for (let i = 0; i < count; i++) {
      const tile = first + i;
      const n = tile / tiles;
      const inImage = tile - n * tiles;
      if (inImage === 0) placeImages(x, dy, n, window, image, dyImage);
      inputPoints(inImage, image, input + (i as usize) * inputRow(window), inputPlane, rowFrom, rowTo, window);
      const to = gradient + (i as usize) * 64;
      dyPoints(inImage, dyImage, to, (chunk as usize) * 64, dyPlane, rowFrom, rowTo, panelFrom, panelTo, window);
    }
    for (let point = 0; point < points; point++) {
      const a = input + (point as usize) * inputPlane;
      const b = gradient + (point as usize) * dyPlane;
      const c = sums + (point as usize) * sumPlane(window);
      for (let panel = 0; panel < panels; panel++) {
        const columns = Window.k(window) - (panelFrom + panel) * 16;
        const bPanel = b + ((panel * chunk) as usize) * 64;
        addProduct(a, bPanel, c + (panel as usize) * 64, ldc, count, columns, window);
      }
    }
  }
}

function clear(sums: usize, points: i32, bytes: usize, window: usize): void {
  const ldc = (panelsOf(window) as usize) * 64;
  for (let point = 0; point < points; point++) {
    for (let row = 0; row < padded8(Window.c(window)); row++) memory.fill(sums + (row as usize) * ldc, 0, bytes);
    sums += sumPlane(window);
  }
}

function placeImages(x: usize, dy: usize, n: i32, window: usize, image: usize, dyImage: usize): void {
  const c = Window.c(window);
  const k = Window.k(window);
  const h = Window.h(window);
  const w = Window.w(window);
  const p = Window.p(window);
  const q = Window.q(window);
  const rows = tileRows(window) * 4;
  const columns = tileColumns(window) * 4;
  const more = Window.r(window) - 1;
  const from = x + ((n * h * w * c) as usize) * 4;
  placeImage(from, h, w, c, image, rows + more, columns + more, Window.padTop(window), Window.padLeft(window));
  placeImage(dy + ((n * p * q * k) as usize) * 4, p, q, k, dyImage, rows, columns, 0, 0);
}

/** The points of a tile of the input, all channels in a row. */
function inputPoints(tile: i32, image: usize, to: usize, plane: usize, rowFrom: i32, rowTo: i32, window: usize): void {
  const t = tileSize(window);
  const pixel = (padded8(Window.c(window)) as usize) * 4;
  const across = tileColumns(window);
  const columns = across * 4 + t - 4;
  const row = tile / across;
  const from = image + ((row * 4 * columns + (tile - row * across) * 4) as usize) * pixel;
  for (let at: usize = 0; at < pixel; at += 32) {
    inputTile(t, from + at, (columns as usize) * pixel, pixel, tempOf(window), to + at, plane, rowFrom, rowTo);
  }
}

/** The points of a 4x4 piece of dy: 16 output channels in a row, panels `panelBytes` apart. */
function dyPoints(
  tile: i32,
  image: usize,
  to: usize,
  panelBytes: usize,
  plane: usize,
  rowFrom: i32,
  rowTo: i32,
  panelFrom: i32,
  panelTo: i32,
  window: usize,
): void {
  const t = tileSize(window);
  const k = padded8(Window.k(window));
  const pixel = (k as usize) * 4;
  const across = tileColumns(window);
  const columns = across * 4;
  const row = tile / across;
  const from = image + ((row * 4 * columns + (tile - row * across) * 4) as usize) * pixel;
  const end = min(panelTo * 16, k);
  for (let channel = panelFrom * 16; channel < end; channel += 8) {
    const panel = (channel >> 4) - panelFrom;
    const place = to + (panel as usize) * panelBytes + ((channel & 8) as usize) * 4;
    const source = from + (channel as usize) * 4;
    polynomialTile(t, 4, source, (columns as usize) * pixel, pixel, tempOf(window), place, plane, rowFrom, rowTo);
  }
}

/** All channels of a point times one panel of dy, over the tiles of a chunk. */
function addProduct(a: usize, b: usize, c: usize, ldc: usize, count: i32, columns: i32, window: usize): void {
  const aStep = inputRow(window);
  const channels = padded8(Window.c(window));
  for (let channel = 0; channel < channels; channel += 4) {
    panelTile(a, aStep, b, 64, c, ldc, c, ldc, count, columns);
    a += 16;
    c += 4 * ldc;
  }
}

/** dw from the sums, for the channels from `from` to before `to`. */
export function winogradGradientFinish(sums: usize, dw: usize, from: i32, to: i32, window: usize): void {
  const t = tileSize(window);
  const r = Window.r(window);
  const c = Window.c(window);
  const k = Window.k(window);
  const plane = sumPlane(window);
  const results = pieceOf(window);
  const ldc = (panelsOf(window) as usize) * 64;
  for (let channel = from; channel < to; channel++) {
    for (let output = 0; output < k; output += 8) {
      const at = sums + (channel as usize) * ldc + (output as usize) * 4;
      resultTile(t, r, at, plane, tempOf(window), results);
      for (let tap = 0; tap < r * r; tap++) {
        const place = dw + (((tap * c + channel) * k + output) as usize) * 4;
        copySome(results + (tap as usize) * 32, place, k - output);
      }
    }
  }
}
