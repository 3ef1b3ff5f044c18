/**
 * Blocked matrix multiplication, the core of dense and convolution layers: c[m, n] = a'[m, k] b'[k, n]. Blocks of a'
 * and b' are packed into panels of 4 rows and of 16 columns, zeros filling the last ones. An element of c is summed
 * in the order of k, in pieces of blockK, so that neither parts nor tiles change a bit.
 *
 * a' and b' need not exist in memory: a packer gathers each piece from where it lies, for a convolution from the
 * windows of its images.
 */
import {
  gemmColumns,
  gemmDepth,
  gemmRows,
  packedAAt,
  packedBAt,
  panelBytes,
  tileAt,
  zerosAt,
} from './generated/layouts';
import { interleave } from './interleave';
import { panelTile, rowsTile } from './tiles';
import { packPatches, reachedSource, setReachedOrigins, setWindowOrigins, Window, windowSource } from './window';

const blockM: i32 = gemmRows as i32;
const blockN: i32 = gemmColumns as i32;
const blockK: i32 = gemmDepth as i32;

/** How a packer finds a piece of a' or b'. */
export enum Source {
  /** [rows, k] for a, [k, columns] for b. */
  Plain,
  /** [k, rows] for a, [columns, k] for b. */
  Transposed,
  /** a: windows of images, [pixels, taps x channels]. */
  Windows,
  /** a: what reaches a pixel of the input, [pixels, taps x output channels]. */
  Reached,
  /** a: windows the other way round, [taps x channels, pixels]. */
  WindowsTransposed,
  /** b: filters [taps, channels, output channels] as [taps x output channels, channels]. */
  Filters,
}

/** A tile that reaches over the edge of c goes through a whole one in scratch memory. */
function edgeTile(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  isFirst: bool,
  c: usize,
  ldc: usize,
  k: i32,
  rows: i32,
  columns: i32,
  tile: usize,
): void {
  memory.fill(tile, 0, 256);
  const bytes = (columns as usize) * 4;
  if (!isFirst) for (let i: usize = 0; i < (rows as usize); i++) memory.copy(tile + i * 64, c + i * ldc, bytes);
  panelTile(a, aStep, b, bStep, tile, 64, tile, 64, k, columns > 8 ? 16 : 8);
  for (let i: usize = 0; i < (rows as usize); i++) memory.copy(c + i * ldc, tile + i * 64, bytes);
}

/** Packs rows i0 ... i0 + rows - 1 and columns k0 ... k0 + kc - 1 of a' into panels of 4 rows. */
function packA(
  source: Source,
  a: usize,
  m: i32,
  k: i32,
  i0: i32,
  rows: i32,
  k0: i32,
  kc: i32,
  window: usize,
  zeros: usize,
  to: usize,
): void {
  for (let i = i0; i < i0 + rows; i += 4) {
    if (source === Source.Plain) {
      const at = a + ((i * k + k0) as usize) * 4;
      const step = (k as usize) * 4;
      const left = m - i;
      interleave(
        at,
        left > 1 ? at + step : zeros,
        left > 2 ? at + 2 * step : zeros,
        left > 3 ? at + 3 * step : zeros,
        kc,
        to,
        16,
      );
    } else if (source === Source.Transposed) {
      packColumns(a, m, i, k0, kc, to);
    } else if (source === Source.WindowsTransposed) {
      packPatches(a, window, m, i, k0, kc, to);
    } else {
      packWindows(source, a, window, m, i, k0, kc, zeros, to);
    }
    to += (kc as usize) * 16;
  }
}

/** Rows k0 ... of a matrix [k, columns], 16 bytes of each row from column j on; zeros beyond the last. */
function packColumns(from: usize, columns: i32, j: i32, k0: i32, kc: i32, to: usize): void {
  const step = (columns as usize) * 4;
  let at = from + ((k0 * columns + j) as usize) * 4;
  const left = columns - j;
  if (left >= 4) {
    for (; kc > 0; kc--) {
      v128.store(to, v128.load(at));
      at += step;
      to += 16;
    }
    return;
  }
  for (; kc > 0; kc--) {
    for (let x = 0; x < 4; x++) {
      store<f32>(to + ((x as usize) << 2), x < left ? load<f32>(at + ((x as usize) << 2)) : 0);
    }
    at += step;
    to += 16;
  }
}

/** b' as it lies: each of its rows goes to all panels at once. */
function packPlain(b: usize, n: i32, j0: i32, columns: i32, k0: i32, kc: i32, to: usize): void {
  const whole = columns >> 4;
  const rest = columns & 15;
  const step = panelBytes(kc as usize);
  const rowBytes = (n as usize) * 4;
  let from = b + ((k0 * n + j0) as usize) * 4;
  for (let kk = 0; kk < kc; kk++) {
    let at = from;
    let place = to;
    for (let panel = 0; panel < whole; panel++) {
      const v0 = v128.load(at);
      const v1 = v128.load(at, 16);
      const v2 = v128.load(at, 32);
      const v3 = v128.load(at, 48);
      v128.store(place, v0);
      v128.store(place, v1, 16);
      v128.store(place, v2, 32);
      v128.store(place, v3, 48);
      at += 64;
      place += step;
    }
    if (rest > 0) {
      for (let x = 0; x < 16; x++) {
        store<f32>(place + ((x as usize) << 2), x < rest ? load<f32>(at + ((x as usize) << 2)) : 0);
      }
    }
    from += rowBytes;
    to += 64;
  }
}

/** Four pixels' windows, tap by tap: the channels of a tap lie in one piece. */
function packWindows(
  source: Source,
  a: usize,
  window: usize,
  m: i32,
  i: i32,
  k0: i32,
  kc: i32,
  zeros: usize,
  to: usize,
): void {
  const isForward = source === Source.Windows;
  if (isForward) setWindowOrigins(window, i);
  else setReachedOrigins(window, i);
  const channels = isForward ? Window.groupChannels(window) : Window.groupFilters(window);
  const left = m - i;
  const s = Window.s(window);
  const tap = k0 / channels;
  let channel = k0 - tap * channels;
  let tapRow = tap / s;
  let tapColumn = tap - tapRow * s;
  while (kc > 0) {
    const count = min(channels - channel, kc);
    const offset = (channel as usize) << 2;
    const down = tapRow * Window.dilationH(window);
    const right = tapColumn * Window.dilationW(window);
    const s0 = windowAt(isForward, a, window, 0, down, right, zeros, offset);
    const s1 = left > 1 ? windowAt(isForward, a, window, 1, down, right, zeros, offset) : zeros;
    const s2 = left > 2 ? windowAt(isForward, a, window, 2, down, right, zeros, offset) : zeros;
    const s3 = left > 3 ? windowAt(isForward, a, window, 3, down, right, zeros, offset) : zeros;
    interleave(s0, s1, s2, s3, count, to, 16);
    to += (count as usize) * 16;
    kc -= count;
    channel = 0;
    if (++tapColumn === s) {
      tapColumn = 0;
      tapRow++;
    }
  }
}

function windowAt(
  isForward: bool,
  a: usize,
  window: usize,
  i: i32,
  down: i32,
  right: i32,
  zeros: usize,
  offset: usize,
): usize {
  const at = isForward ? windowSource(a, window, i, down, right) : reachedSource(a, window, i, down, right);
  return at === 0 ? zeros : at + offset;
}

/** Packs rows k0 ... k0 + kc - 1 and columns j0 ... j0 + columns - 1 of b' into panels of 16 columns. */
function packB(
  source: Source,
  b: usize,
  n: i32,
  k: i32,
  j0: i32,
  columns: i32,
  k0: i32,
  kc: i32,
  window: usize,
  zeros: usize,
  to: usize,
): void {
  if (source === Source.Plain) {
    packPlain(b, n, j0, columns, k0, kc, to);
    return;
  }
  for (let j = j0; j < j0 + columns; j += 16) {
    for (let x = 0; x < 16; x += 4) {
      packRows(source, b, j0 + columns, k, j + x, k0, kc, window, zeros, to + ((x as usize) << 2));
    }
    to += panelBytes(kc as usize);
  }
}

/** Four columns of b', of those before `end`, whose elements along k lie in one piece, for filters tap by tap. */
function packRows(
  source: Source,
  b: usize,
  end: i32,
  k: i32,
  j: i32,
  k0: i32,
  kc: i32,
  window: usize,
  zeros: usize,
  to: usize,
): void {
  const isFilters = source === Source.Filters;
  const run = isFilters ? Window.groupFilters(window) : k;
  const length = isFilters ? Window.k(window) : k;
  const rows = isFilters ? Window.groupChannels(window) : 0;
  const left = end - j;
  let tap = k0 / run;
  let inner = k0 - tap * run;
  const step = (length as usize) * 4;
  while (kc > 0) {
    const count = min(run - inner, kc);
    const at = b + ((((tap * rows + j) as usize) * (length as usize) + (inner as usize)) << 2);
    interleave(
      left > 0 ? at : zeros,
      left > 1 ? at + step : zeros,
      left > 2 ? at + 2 * step : zeros,
      left > 3 ? at + 3 * step : zeros,
      count,
      to,
      64,
    );
    to += (count as usize) * 64;
    kc -= count;
    inner = 0;
    tap++;
  }
}

/**
 * The rows of c from `rowFrom` to before `rowTo`, and of these the columns from `columnFrom` to before `columnTo`.
 * `scratch` has gemmBytes; a window, where there is one, lies at its beginning.
 */
export function gemm(
  aSource: Source,
  a: usize,
  bSource: Source,
  b: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  rowFrom: i32,
  rowTo: i32,
  columnFrom: i32,
  columnTo: i32,
  scratch: usize,
): void {
  const zeros = scratch + zerosAt;
  memory.fill(zeros, 0, (blockK as usize) * 4);
  const ldc = (n as usize) * 4;
  const isPlain = aSource === Source.Plain && k <= blockK && ((columnTo - columnFrom) & 7) === 0;
  const isOuter = aSource === Source.Transposed && bSource === Source.Plain;
  const takesA = isOuter && n <= fewColumns && isSpread(m);
  const takesB = isOuter && m <= fewColumns && isSpread(n);
  for (let j0 = columnFrom; j0 < columnTo; j0 += blockN) {
    const columns = min(blockN, columnTo - j0);
    for (let k0 = 0; k0 < k; k0 += blockK) {
      const kc = min(blockK, k - k0);
      let bPanels = scratch + packedBAt;
      if (takesB) bPanels = b + ((k0 * n + j0) as usize) * 4;
      else packB(bSource, b, n, k, j0, columns, k0, kc, scratch, zeros, bPanels);
      const bPanel = takesB ? (64 as usize) : panelBytes(kc as usize);
      const bStep = takesB ? ldc : (64 as usize);
      for (let i0 = rowFrom; i0 < rowTo; i0 += blockM) {
        let rows = min(blockM, rowTo - i0);
        let place = c + (i0 as usize) * ldc + (j0 as usize) * 4;
        let first = i0;
        if (isPlain) {
          const whole = rows & ~3;
          multiplyRows(a + ((i0 * k) as usize) * 4, bPanels, place, ldc, whole, columns, k, zeros);
          place += (whole as usize) * ldc;
          first += whole;
          rows -= whole;
        }
        let aPanels = scratch + packedAAt;
        if (takesA) aPanels = a + ((k0 * m + first) as usize) * 4;
        else packA(aSource, a, m, k, first, rows, k0, kc, scratch, zeros, aPanels);
        const aPanel = takesA ? (16 as usize) : (kc as usize) * 16;
        const aStep = takesA ? (m as usize) * 4 : (16 as usize);
        const isFirst = k0 === 0;
        multiplyBlock(aPanels, aPanel, aStep, bPanels, bPanel, bStep, place, ldc, rows, columns, kc, isFirst, scratch);
      }
    }
  }
}

/** With so few columns the rows of the product are read in their places, and with so few rows its columns: packing costs more. */
const fewColumns: i32 = 32;

/** Whether elements of a column lie in many sets of the cache. */
function isSpread(columns: i32): bool {
  return columns <= 32 || (columns & 63) !== 0;
}

/** Four rows of a plain matrix at a time, in their places, times a packed block of b'. */
function multiplyRows(a: usize, b: usize, c: usize, ldc: usize, rows: i32, columns: i32, k: i32, zeros: usize): void {
  const rowBytes = (k as usize) * 4;
  for (; rows > 0; rows -= 4) {
    let panel = b;
    for (let j = 0; j < columns; j += 16) {
      rowsTile(a, rowBytes, panel, zeros, 0, c + (j as usize) * 4, ldc, k, columns - j);
      panel += panelBytes(k as usize);
    }
    a += 4 * rowBytes;
    c += 4 * ldc;
  }
}

/**
 * A block of a' times a block of b', in panels of 4 rows and 16 columns that are `aPanel` and `bPanel` bytes apart; in a
 * panel the elements for the next k lie `aStep` and `bStep` bytes on.
 */
function multiplyBlock(
  a: usize,
  aPanel: usize,
  aStep: usize,
  b: usize,
  bPanel: usize,
  bStep: usize,
  c: usize,
  ldc: usize,
  rows: i32,
  columns: i32,
  kc: i32,
  isFirst: bool,
  scratch: usize,
): void {
  const zeros = scratch + zerosAt;
  for (let j = 0; j < columns; j += 16) {
    const width = min(16, columns - j);
    let from = a;
    for (let i = 0; i < rows; i += 4) {
      const height = min(4, rows - i);
      const at = c + (i as usize) * ldc + (j as usize) * 4;
      if (height < 4 || (width & 7) !== 0) {
        edgeTile(from, aStep, b, bStep, isFirst, at, ldc, kc, height, width, scratch + tileAt);
      } else if (isFirst) panelTile(from, aStep, b, bStep, zeros, 0, at, ldc, kc, width);
      else panelTile(from, aStep, b, bStep, at, ldc, at, ldc, kc, width);
      from += aPanel;
    }
    b += bPanel;
  }
}
