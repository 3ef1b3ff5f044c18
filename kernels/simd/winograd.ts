/**
 * Convolutions of stride 1 with filters of 3x3 and 5x5 taps by Winograd's minimal filtering: images are cut into tiles
 * that give 4x4 outputs each and overlap, tiles and filters are transformed (winograd-lines.ts), and what was a convolution
 * is one matrix product for each of the 36 or 64 points of a tile, with 4 or 6.25 times fewer multiplications.
 *
 * Channels are padded with zeros to multiples of 8. An element of the result is summed in the order of the
 * channels, wherever its tile lies, so that neither chunks nor threads change a bit.
 */
import { filterPieceAt, planePadding, transformAt, winogradImageAt } from './generated/layouts';
import { rowsTile } from './tiles';
import { Window } from './window';
import {
  inputLines6,
  inputLines8,
  polynomialLines6Of3,
  polynomialLines6Of4,
  polynomialLines8Of4,
  polynomialLines8Of5,
} from './winograd-lines';
import { finishedLines, resultLines } from './winograd-results';

export function tempOf(scratch: usize): usize {
  return scratch + transformAt;
}
export function pieceOf(scratch: usize): usize {
  return scratch + filterPieceAt;
}

/** Rows of tiles of the output, and tiles in one. */
export function tileRows(window: usize): i32 {
  return (Window.p(window) + 3) >> 2;
}
export function tileColumns(window: usize): i32 {
  return (Window.q(window) + 3) >> 2;
}
/** Rows and columns of a tile. */
export function tileSize(window: usize): i32 {
  return Window.r(window) + 3;
}
export function padded8(channels: i32): i32 {
  return (channels + 7) & ~7;
}
/** Bytes of an image with its padding: as many rows and columns as the tiles reach. */
export function imageBytes(window: usize): usize {
  const r = Window.r(window);
  const pixels = (tileRows(window) * 4 + r - 1) * (tileColumns(window) * 4 + r - 1);
  return (pixels as usize) * (padded8(Window.c(window)) as usize) * 4;
}

/** Tiles of the input: t x t elements -> the rows of points from rowFrom to before rowTo, `plane` bytes apart. */
export function inputTile(
  t: i32,
  from: usize,
  rowStep: usize,
  step: usize,
  temp: usize,
  to: usize,
  plane: usize,
  rowFrom: i32,
  rowTo: i32,
): void {
  const tempRow = (t as usize) * 32;
  const line = temp + (rowFrom as usize) * tempRow;
  if (t === 6) {
    inputLines6(from, rowStep, step, temp, tempRow, 32, 6);
    inputLines6(line, 32, tempRow, to, plane, 6 * plane, rowTo - rowFrom);
  } else {
    inputLines8(from, rowStep, step, temp, tempRow, 32, 8);
    inputLines8(line, 32, tempRow, to, plane, 8 * plane, rowTo - rowFrom);
  }
}

/** count x count elements (a filter, or a piece of dy) -> the rows of points from rowFrom to before rowTo. */
export function polynomialTile(
  t: i32,
  count: i32,
  from: usize,
  rowStep: usize,
  step: usize,
  temp: usize,
  to: usize,
  plane: usize,
  rowFrom: i32,
  rowTo: i32,
): void {
  const tempRow = (count as usize) * 32;
  polynomialLines(t, count, from, rowStep, step, temp, tempRow, 32, count);
  const line = temp + (rowFrom as usize) * tempRow;
  polynomialLines(t, count, line, 32, tempRow, to, plane, (t as usize) * plane, rowTo - rowFrom);
}

function polynomialLines(
  t: i32,
  count: i32,
  from: usize,
  step: usize,
  next: usize,
  to: usize,
  toStep: usize,
  toNext: usize,
  lines: i32,
): void {
  if (t === 6) {
    if (count === 3) polynomialLines6Of3(from, step, next, to, toStep, toNext, lines);
    else polynomialLines6Of4(from, step, next, to, toStep, toNext, lines);
  } else if (count === 5) polynomialLines8Of5(from, step, next, to, toStep, toNext, lines);
  else polynomialLines8Of4(from, step, next, to, toStep, toNext, lines);
}

/** Points `plane` bytes apart -> count x count results, pairs of vectors in rows of `count`. */
export function resultTile(t: i32, count: i32, from: usize, plane: usize, temp: usize, to: usize): void {
  const tempRow = (t as usize) * 32;
  resultLines(t, count, from, (t as usize) * plane, plane, temp, tempRow, 32, t);
  resultLines(t, count, temp, 32, tempRow, to, 32, (count as usize) * 32, count);
}

/** Copies up to eight numbers; memory.copy is slow on little. */
export function copySome(from: usize, to: usize, count: i32): void {
  if (count >= 8) {
    const low = v128.load(from);
    const high = v128.load(from, 16);
    v128.store(to, low);
    v128.store(to, high, 16);
    return;
  }
  for (let i: usize = 0; i < (count as usize) * 4; i += 4) store<f32>(to + i, load<f32>(from + i));
}

/** Copies an image of h x w pixels into the middle of zeros that are there already. */
export function placeImage(
  from: usize,
  h: i32,
  w: i32,
  channels: i32,
  to: usize,
  rows: i32,
  columns: i32,
  top: i32,
  left: i32,
): void {
  const pixel = (channels as usize) * 4;
  const paddedPixel = (padded8(channels) as usize) * 4;
  const height = min(h, rows - top);
  const width = min(w, columns - left);
  for (let row = 0; row < height; row++) {
    const source = from + ((row * w) as usize) * pixel;
    const place = to + (((row + top) * columns + left) as usize) * paddedPixel;
    if (pixel === paddedPixel) {
      memory.copy(place, source, (width as usize) * pixel);
      continue;
    }
    for (let column: usize = 0; column < (width as usize); column++) {
      memory.copy(place + column * paddedPixel, source + column * pixel, pixel);
    }
  }
}

/** Bytes from one point's filters to the next. */
function filterPlane(window: usize): usize {
  const panels = (Window.k(window) + 15) >> 4;
  return ((panels * padded8(Window.c(window))) as usize) * 64 + planePadding;
}

/**
 * The transformed filters of the panels (16 output channels each) from `from` to before `to`, at `filters`:
 * [points][panels][channels][16]. With `isReversed` w holds the filters of the convolution whose transpose is
 * wanted: [taps, output channels, channels], the taps in the reverse order.
 */
export function winogradFilters(w: usize, filters: usize, from: i32, to: i32, isReversed: bool, window: usize): void {
  const c = Window.c(window);
  const k = Window.k(window);
  const r = Window.r(window);
  const t = tileSize(window);
  const plane = filterPlane(window);
  const paddedC = padded8(c);
  const piece = pieceOf(window);
  for (let panel = from; panel < to; panel++) {
    for (let channel = 0; channel < paddedC; channel++) {
      const place = filters + ((panel * paddedC + channel) as usize) * 64;
      for (let half = 0; half < 16; half += 8) {
        gatherFilters(w, piece, c, k, r * r, channel, panel * 16 + half, isReversed);
        const at = place + (half as usize) * 4;
        polynomialTile(t, r, piece, (r as usize) * 32, 32, tempOf(window), at, plane, 0, t);
      }
    }
  }
}

/** The taps of eight output channels for one input channel, zeros where there are none. */
function gatherFilters(
  w: usize,
  piece: usize,
  c: i32,
  k: i32,
  taps: i32,
  channel: i32,
  output: i32,
  isReversed: bool,
): void {
  const count = channel < c ? min(8, k - output) : 0;
  for (let tap = 0; tap < taps; tap++) {
    const to = piece + (tap as usize) * 32;
    if (count < 8) {
      v128.store(to, f32x4.splat(0));
      v128.store(to, f32x4.splat(0), 16);
    }
    if (isReversed) {
      const from = w + ((((taps - 1 - tap) * k + output) * c + channel) as usize) * 4;
      for (let i = 0; i < count; i++) {
        store<f32>(to + ((i as usize) << 2), load<f32>(from + ((i * c) as usize) * 4));
      }
    } else if (count > 0) {
      copySome(w + (((tap * c + channel) * k + output) as usize) * 4, to, count);
    }
  }
}

/**
 * The tiles from `from` to before `to`, image by image: y = max(convolution + bias, floor), `filters` being what
 * winogradFilters has left. `chunk`, a multiple of 4, is the number of tiles whose points are multiplied at once; `bias` is 0 where
 * there is none.
 */
export function winogradConv2d(
  x: usize,
  filters: usize,
  y: usize,
  bias: usize,
  floor: f32,
  from: i32,
  to: i32,
  chunk: i32,
  window: usize,
): void {
  const t = tileSize(window);
  const c = padded8(Window.c(window));
  const k = padded8(Window.k(window));
  const inputPlane = ((chunk * c) as usize) * 4 + planePadding;
  const outputPlane = ((chunk * k) as usize) * 4 + planePadding;
  const image = window + winogradImageAt;
  const input = image + imageBytes(window);
  const output = input + ((t * t) as usize) * inputPlane;
  memory.fill(image, 0, imageBytes(window));
  for (let first = from; first < to; first += chunk) {
    const count = min(chunk, to - first);
    transformInput(x, window, first, count, from, input, inputPlane);
    multiplyPoints(input, inputPlane, filters, output, outputPlane, count, window);
    for (let i = 0; i < count; i++) {
      const place = output + ((i * k) as usize) * 4;
      writeTile(place, outputPlane, y, bias, floor, first + i, window);
    }
  }
}

/** The points of the tiles first ... first + count - 1; the image of the tile before `first` is still in its place. */
function transformInput(x: usize, window: usize, first: i32, count: i32, start: i32, to: usize, plane: usize): void {
  const t = tileSize(window);
  const channels = Window.c(window);
  const pixel = (padded8(channels) as usize) * 4;
  const across = tileColumns(window);
  const tiles = tileRows(window) * across;
  const columns = across * 4 + t - 4;
  const rows = tileRows(window) * 4 + t - 4;
  const h = Window.h(window);
  const w = Window.w(window);
  const image = window + winogradImageAt;
  for (let tile = first; tile < first + count; tile++) {
    const n = tile / tiles;
    const inImage = tile - n * tiles;
    if (inImage === 0 || tile === start) {
      const from = x + ((n * h * w * channels) as usize) * 4;
      placeImage(from, h, w, channels, image, rows, columns, Window.padTop(window), Window.padLeft(window));
    }
    const row = inImage / across;
    const place = image + ((row * 4 * columns + (inImage - row * across) * 4) as usize) * pixel;
    for (let at: usize = 0; at < pixel; at += 32) {
      inputTile(t, place + at, (columns as usize) * pixel, pixel, tempOf(window), to + at, plane, 0, t);
    }
    to += pixel;
  }
}

/** For each point: [tiles, channels] x [channels, output channels]. */
function multiplyPoints(
  input: usize,
  inputPlane: usize,
  filters: usize,
  output: usize,
  outputPlane: usize,
  count: i32,
  window: usize,
): void {
  const points = tileSize(window) * tileSize(window);
  const c = padded8(Window.c(window));
  const k = padded8(Window.k(window));
  const rowBytes = (c as usize) * 4;
  const ldc = (k as usize) * 4;
  const panelBytes = (c as usize) * 64;
  const plane = filterPlane(window);
  const zeros = tempOf(window);
  memory.fill(zeros, 0, 64);
  for (let point = 0; point < points; point++) {
    for (let j = 0; j < k; j += 16) {
      const panel = filters + ((j >> 4) as usize) * panelBytes;
      for (let i = 0; i < count; i += 4) {
        const a = input + (i as usize) * rowBytes;
        const at = output + (i as usize) * ldc + (j as usize) * 4;
        rowsTile(a, rowBytes, panel, zeros, 0, at, ldc, c, k - j);
      }
    }
    input += inputPlane;
    filters += plane;
    output += outputPlane;
  }
}

/** The 4x4 outputs of a tile, fewer at the edges of the image. */
function writeTile(points: usize, plane: usize, y: usize, bias: usize, floor: f32, tile: i32, window: usize): void {
  const t = tileSize(window);
  const across = tileColumns(window);
  const tiles = tileRows(window) * across;
  const p = Window.p(window);
  const q = Window.q(window);
  const k = Window.k(window);
  const n = tile / tiles;
  const row = (tile - n * tiles) / across;
  const column = tile - n * tiles - row * across;
  const rows = min(4, p - row * 4);
  const columns = min(4, q - column * 4);
  const isWhole = rows + columns === 8;
  const temp = tempOf(window);
  const tempRow = (t as usize) * 32;
  const results = pieceOf(window);
  const pixel = (k as usize) * 4;
  const lineBytes = (q as usize) * pixel;
  y += (((n * p + row * 4) * q + column * 4) as usize) * pixel;
  for (let channel = 0; channel < k; channel += 8) {
    const left = k - channel;
    const own = bias === 0 ? noBias : bias + (channel as usize) * 4;
    resultLines(t, 4, points, (t as usize) * plane, plane, temp, tempRow, 32, t);
    if (isWhole && left >= 8) {
      finishedLines(t, temp, 32, tempRow, y, pixel, lineBytes, 4, own, floor);
    } else {
      resultLines(t, 4, temp, 32, tempRow, results, 32, 128, rows);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const from = results + ((i * 4 + j) as usize) * 32;
          finish(from, own, floor, left, y + (i as usize) * lineBytes + (j as usize) * pixel);
        }
      }
    }
    points += 32;
    y += 32;
  }
}

const noBias: usize = memory.data<f32>([0, 0, 0, 0, 0, 0, 0, 0], 16);

/** Up to eight channels: max(x + bias, floor); pmax keeps NaN in its first operand. */
function finish(from: usize, bias: usize, floor: f32, count: i32, to: usize): void {
  if (count >= 8) {
    const a = f32x4.add(v128.load(from), v128.load(bias));
    const b = f32x4.add(v128.load(from, 16), v128.load(bias, 16));
    v128.store(to, f32x4.pmax(a, f32x4.splat(floor)));
    v128.store(to, f32x4.pmax(b, f32x4.splat(floor)), 16);
    return;
  }
  for (let i: usize = 0; i < (count as usize) * 4; i += 4) {
    const sum = load<f32>(from + i) + load<f32>(bias + i);
    store<f32>(to + i, sum < floor ? floor : sum);
  }
}
