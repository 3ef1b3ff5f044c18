/**
 * Blocked matrix multiplication, the core of dense and convolution layers: c[m, n] = a'[m, k] b'[k, n]. Blocks of a'
 * and b' are packed into panels of 4 rows and of 16 columns, zeros filling the last ones. An element of c is summed
 * in the order of k, whatever the blocks, so neither blocks nor kernels change a bit.
 *
 * a' and b' need not exist in memory: a packer gathers each piece from where it lies, for a convolution from the
 * windows of its images.
 */
import { dySource, packPatches, Window, windowSource } from './window';

export const rowsPerTile: i32 = 4;
export const columnsPerTile: i32 = 16;
const blockM: i32 = 128;
const blockN: i32 = 256;
const blockK: i32 = 256;

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

/** Layout of the scratch memory, in bytes. */
const zerosAt: usize = 256;
const tileAt: usize = zerosAt + (blockK as usize) * 4;
const aAt: usize = tileAt + 4 * 16 * 4;
const bAt: usize = aAt + (blockM as usize) * (blockK as usize) * 4;

/** Writes [a0, b0, c0, d0], [a1, b1, c1, d1], ... to `to`, `stride` bytes apart. */
export function interleave(a: usize, b: usize, c: usize, d: usize, count: i32, to: usize, stride: usize): void {
  for (; count >= 4; count -= 4) {
    const va = v128.load(a);
    const vb = v128.load(b);
    const vc = v128.load(c);
    const vd = v128.load(d);
    const ab = v128.shuffle<f32>(va, vb, 0, 4, 1, 5);
    const ab2 = v128.shuffle<f32>(va, vb, 2, 6, 3, 7);
    const cd = v128.shuffle<f32>(vc, vd, 0, 4, 1, 5);
    const cd2 = v128.shuffle<f32>(vc, vd, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
    v128.store(to + stride, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
    v128.store(to + 2 * stride, v128.shuffle<f32>(ab2, cd2, 0, 1, 4, 5));
    v128.store(to + 3 * stride, v128.shuffle<f32>(ab2, cd2, 2, 3, 6, 7));
    a += 16;
    b += 16;
    c += 16;
    d += 16;
    to += 4 * stride;
  }
  for (; count > 0; count--) {
    store<f32>(to, load<f32>(a));
    store<f32>(to, load<f32>(b), 4);
    store<f32>(to, load<f32>(c), 8);
    store<f32>(to, load<f32>(d), 12);
    a += 4;
    b += 4;
    c += 4;
    d += 4;
    to += stride;
  }
}

/** The 4 x 16 elements of c at `c`, rows `ldc` bytes apart, += a panel of a (4 rows) times a panel of b. */
function tile4x16(a: usize, b: usize, c: usize, ldc: usize, k: i32): void {
  const c1 = c + ldc;
  const c2 = c1 + ldc;
  const c3 = c2 + ldc;
  let s00 = v128.load(c);
  let s01 = v128.load(c, 16);
  let s02 = v128.load(c, 32);
  let s03 = v128.load(c, 48);
  let s10 = v128.load(c1);
  let s11 = v128.load(c1, 16);
  let s12 = v128.load(c1, 32);
  let s13 = v128.load(c1, 48);
  let s20 = v128.load(c2);
  let s21 = v128.load(c2, 16);
  let s22 = v128.load(c2, 32);
  let s23 = v128.load(c2, 48);
  let s30 = v128.load(c3);
  let s31 = v128.load(c3, 16);
  let s32 = v128.load(c3, 32);
  let s33 = v128.load(c3, 48);
  for (; k > 0; k--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(b, 32);
    const b3 = v128.load(b, 48);
    const a0 = v128.load32_splat(a);
    s00 = f32x4.add(s00, f32x4.mul(a0, b0));
    s01 = f32x4.add(s01, f32x4.mul(a0, b1));
    s02 = f32x4.add(s02, f32x4.mul(a0, b2));
    s03 = f32x4.add(s03, f32x4.mul(a0, b3));
    const a1 = v128.load32_splat(a, 4);
    s10 = f32x4.add(s10, f32x4.mul(a1, b0));
    s11 = f32x4.add(s11, f32x4.mul(a1, b1));
    s12 = f32x4.add(s12, f32x4.mul(a1, b2));
    s13 = f32x4.add(s13, f32x4.mul(a1, b3));
    const a2 = v128.load32_splat(a, 8);
    s20 = f32x4.add(s20, f32x4.mul(a2, b0));
    s21 = f32x4.add(s21, f32x4.mul(a2, b1));
    s22 = f32x4.add(s22, f32x4.mul(a2, b2));
    s23 = f32x4.add(s23, f32x4.mul(a2, b3));
    const a3 = v128.load32_splat(a, 12);
    s30 = f32x4.add(s30, f32x4.mul(a3, b0));
    s31 = f32x4.add(s31, f32x4.mul(a3, b1));
    s32 = f32x4.add(s32, f32x4.mul(a3, b2));
    s33 = f32x4.add(s33, f32x4.mul(a3, b3));
    a += 16;
    b += 64;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c, s02, 32);
  v128.store(c, s03, 48);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c1, s12, 32);
  v128.store(c1, s13, 48);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c2, s22, 32);
  v128.store(c2, s23, 48);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
  v128.store(c3, s32, 32);
  v128.store(c3, s33, 48);
}

/** A tile that reaches over the edge of c goes through a whole one in scratch memory. */
function edgeTile(a: usize, b: usize, c: usize, ldc: usize, k: i32, rows: i32, columns: i32, tile: usize): void {
  memory.fill(tile, 0, 256);
  const bytes = (columns as usize) * 4;
  for (let i = 0; i < rows; i++) memory.copy(tile + (i as usize) * 64, c + (i as usize) * ldc, bytes);
  tile4x16(a, b, tile, 64, k);
  for (let i = 0; i < rows; i++) memory.copy(c + (i as usize) * ldc, tile + (i as usize) * 64, bytes);
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
      packColumns(a, m, i, k0, kc, to, 4);
    } else if (source === Source.WindowsTransposed) {
      packPatches(a, window, m, i, k0, kc, to);
    } else {
      packWindows(source, a, window, m, i, k0, kc, zeros, to);
    }
    to += (kc as usize) * 16;
  }
}

/** Rows k0 ... of a matrix [k, columns] from column j on: `width` of them, zeros beyond the last. */
function packColumns(from: usize, columns: i32, j: i32, k0: i32, kc: i32, to: usize, width: i32): void {
  const step = (columns as usize) * 4;
  let at = from + ((k0 * columns + j) as usize) * 4;
  const left = columns - j;
  const bytes = (width as usize) * 4;
  if (left >= width) {
    for (let kk = 0; kk < kc; kk++) {
      for (let offset: usize = 0; offset < bytes; offset += 16) v128.store(to + offset, v128.load(at + offset));
      at += step;
      to += bytes;
    }
    return;
  }
  for (let kk = 0; kk < kc; kk++) {
    for (let x = 0; x < width; x++) {
      store<f32>(to + ((x as usize) << 2), x < left ? load<f32>(at + ((x as usize) << 2)) : 0);
    }
    at += step;
    to += bytes;
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
  const channels = source === Source.Windows ? Window.c(window) : Window.k(window);
  let tap = k0 / channels;
  let channel = k0 - tap * channels;
  while (kc > 0) {
    const count = min(channels - channel, kc);
    const offset = (channel as usize) * 4;
    const s0 = windowAt(source, a, window, m, i, tap, zeros, offset);
    const s1 = windowAt(source, a, window, m, i + 1, tap, zeros, offset);
    const s2 = windowAt(source, a, window, m, i + 2, tap, zeros, offset);
    const s3 = windowAt(source, a, window, m, i + 3, tap, zeros, offset);
    interleave(s0, s1, s2, s3, count, to, 16);
    to += (count as usize) * 16;
    kc -= count;
    channel = 0;
    tap++;
  }
}

function windowAt(
  source: Source,
  a: usize,
  window: usize,
  m: i32,
  pixel: i32,
  tap: i32,
  zeros: usize,
  offset: usize,
): usize {
  if (pixel >= m) return zeros;
  const at = source === Source.Windows ? windowSource(a, window, pixel, tap) : dySource(a, window, pixel, tap);
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
  for (let j = j0; j < j0 + columns; j += 16) {
    if (source === Source.Plain) {
      packColumns(b, n, j, k0, kc, to, 16);
    } else {
      for (let x = 0; x < 16; x += 4) packRows(source, b, n, k, j + x, k0, kc, window, zeros, to + ((x as usize) << 2));
    }
    to += (kc as usize) * 64;
  }
}

/** Four columns of b' whose elements along k lie in one piece, for filters tap by tap. */
function packRows(
  source: Source,
  b: usize,
  n: i32,
  k: i32,
  j: i32,
  k0: i32,
  kc: i32,
  window: usize,
  zeros: usize,
  to: usize,
): void {
  const run = source === Source.Filters ? Window.k(window) : k;
  const left = n - j;
  let tap = k0 / run;
  let inner = k0 - tap * run;
  const step = (run as usize) * 4;
  while (kc > 0) {
    const count = min(run - inner, kc);
    const at = b + ((((tap * n + j) as usize) * (run as usize) + (inner as usize)) << 2);
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
 * `scratch` has scratchBytes() bytes; a window, where there is one, lies at its beginning.
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
  const bytes = ((columnTo - columnFrom) as usize) * 4;
  for (let i = rowFrom; i < rowTo; i++) memory.fill(c + (i as usize) * ldc + (columnFrom as usize) * 4, 0, bytes);
  for (let j0 = columnFrom; j0 < columnTo; j0 += blockN) {
    const columns = min(blockN, columnTo - j0);
    for (let k0 = 0; k0 < k; k0 += blockK) {
      const kc = min(blockK, k - k0);
      packB(bSource, b, n, k, j0, columns, k0, kc, scratch, zeros, scratch + bAt);
      for (let i0 = rowFrom; i0 < rowTo; i0 += blockM) {
        const rows = min(blockM, rowTo - i0);
        packA(aSource, a, m, k, i0, rows, k0, kc, scratch, zeros, scratch + aAt);
        multiplyBlock(c, ldc, i0, rows, j0, columns, kc, scratch);
      }
    }
  }
}

/** A packed block of a' times a packed block of b'. */
function multiplyBlock(c: usize, ldc: usize, i0: i32, rows: i32, j0: i32, columns: i32, kc: i32, scratch: usize): void {
  for (let j = 0; j < columns; j += 16) {
    const bPanel = scratch + bAt + (j as usize) * (kc as usize) * 4;
    const width = min(16, columns - j);
    for (let i = 0; i < rows; i += 4) {
      const aPanel = scratch + aAt + (i as usize) * (kc as usize) * 4;
      const height = min(4, rows - i);
      const at = c + ((i0 + i) as usize) * ldc + ((j0 + j) as usize) * 4;
      if (height === 4 && width === 16) tile4x16(aPanel, bPanel, at, ldc, kc);
      else edgeTile(aPanel, bPanel, at, ldc, kc, height, width, scratch + tileAt);
    }
  }
}

/** Bytes of scratch memory that gemm needs. */
export function scratchBytes(): usize {
  return bAt + (blockN as usize) * (blockK as usize) * 4;
}
