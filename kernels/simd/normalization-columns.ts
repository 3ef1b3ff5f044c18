/**
 * Normalization whose sums go down the columns of a matrix: of batches, of groups of channels. A chunk of rows has its own
 * sums, and their number depends on the sizes alone, so that threads share them without changing a bit.
 *
 * Sums of a chunk: `first` and `second` in float64, then in moments the shift in float32, then the first and the second
 * sums of a block of rows in float32; one for each column, in whole vectors. What is stored in pairs of vectors of
 * float32 can be computed in vectors of 256 bits. Coefficients in float32, as many of each: center m, factor a, offset b,
 * and in backward p and q.
 */
import { columnSumsBytes, padded4 } from './generated/layouts';
import { Vectors } from './vectors';

/** So many rows are summed in float32 before their sums are added in float64. */
export const blockRows = 32;

/** So many places of a chunk are read in turns. */
const streams = 4;

/** Rows whose mean is the shift of a chunk. */
const sampledRows = 8;

/**
 * For the columns from `from` to before `to` of the chunks: the sums of x - shift and of its square, which lose no digits
 * where the mean is large. The shift is near the mean: the mean of a few rows of the chunk.
 */
export function columnMoments(
  x: usize,
  sums: usize,
  rows: i32,
  columns: i32,
  chunkRows: i32,
  fromChunk: i32,
  toChunk: i32,
  from: i32,
  to: i32,
): void {
  const stride = (columns as usize) << 2;
  const length = padded4(columns as usize);
  for (let chunk = fromChunk; chunk < toChunk; chunk++) {
    const count = min(chunkRows, rows - chunk * chunkRows);
    const source = x + ((chunk * chunkRows) as usize) * stride;
    const first = sums + (chunk as usize) * columnSumsBytes(columns as usize);
    const second = first + (length << 3);
    const shift = second + (length << 3);
    setShift(source, shift, count, stride, from, to);
    const padded = ((to - from + 3) & ~3) as usize;
    memory.fill(first + ((from as usize) << 3), 0, padded << 3);
    memory.fill(second + ((from as usize) << 3), 0, padded << 3);
    // Read in turns at several places: memory delivers more that way than in one sequence.
    const part = count / streams;
    const far = (part as usize) * stride;
    for (let row = 0; row < part; row += blockRows / streams) {
      const block = min(part - row, blockRows / streams);
      addMoments(source + (row as usize) * stride, stride, block, far, streams, first, length, from, to);
    }
    const rest = part * streams;
    addMoments(source + (rest as usize) * stride, stride, count - rest, 0, 1, first, length, from, to);
  }
}

/** Adds the sums of `count` rows at each of some places that are `far` from each other, for some columns. */
function addMoments(
  x: usize,
  stride: usize,
  count: i32,
  far: usize,
  places: i32,
  sums: usize,
  length: usize,
  from: i32,
  to: i32,
): void {
  if (count === 0) return;
  const shift = sums + (length << 4);
  const step = length << 2;
  let c = from;
  for (; c + 16 <= to; c += 16) {
    const at = (c as usize) << 2;
    sixteenMoments(x + at, stride, count, far, places, shift + at, step);
  }
  for (; c < to; c += 4) {
    const at = (c as usize) << 2;
    fourMoments(x + at, stride, count, far, places, shift + at, step);
  }
  addBlock(sums, length, from, to);
}

/** Adds the sums of a block of rows to those of its chunk. */
export function addBlock(sums: usize, length: usize, from: i32, to: i32): void {
  const step = length << 2;
  const second = length << 3;
  const block = sums + (length << 4) + step;
  for (let c = from; c < to; c += 4) {
    const at = (c as usize) << 2;
    Vectors.addAt(sums + (at << 1), v128.load(block + at));
    Vectors.addAt(sums + second + (at << 1), v128.load(block + step + at));
  }
}

function setShift(x: usize, shift: usize, rows: i32, stride: usize, from: i32, to: i32): void {
  const count = min(rows, sampledRows);
  const step = ((rows / count) as usize) * stride;
  const share = f32x4.splat((1 as f32) / (count as f32));
  for (let c = from; c < to; c += 4) {
    let at = x + ((c as usize) << 2);
    let sum = f32x4.splat(0);
    for (let i = 0; i < count; i++) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(at), share));
      at += step;
    }
    v128.store(shift + ((c as usize) << 2), sum);
  }
}

/** The sums of a block lie behind the shift, `step` and 2 `step` bytes on. */
function sixteenMoments(x: usize, stride: usize, count: i32, far: usize, places: i32, shift: usize, step: usize): void {
  const ka = v128.load(shift);
  const kb = v128.load(shift, 16);
  const kc = v128.load(shift, 32);
  const kd = v128.load(shift, 48);
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let e = a;
  let f = a;
  let g = a;
  let h = a;
  for (; count > 0; count--) {
    let at = x;
    for (let place = places; place > 0; place--) {
      const va = f32x4.sub(v128.load(at), ka);
      const vb = f32x4.sub(v128.load(at, 16), kb);
      const vc = f32x4.sub(v128.load(at, 32), kc);
      const vd = f32x4.sub(v128.load(at, 48), kd);
      a = f32x4.add(a, va);
      b = f32x4.add(b, vb);
      c = f32x4.add(c, vc);
      d = f32x4.add(d, vd);
      e = f32x4.add(e, f32x4.mul(va, va));
      f = f32x4.add(f, f32x4.mul(vb, vb));
      g = f32x4.add(g, f32x4.mul(vc, vc));
      h = f32x4.add(h, f32x4.mul(vd, vd));
      at += far;
    }
    x += stride;
  }
  const first = shift + step;
  v128.store(first, a);
  v128.store(first, b, 16);
  v128.store(first, c, 32);
  v128.store(first, d, 48);
  const second = first + step;
  v128.store(second, e);
  v128.store(second, f, 16);
  v128.store(second, g, 32);
  v128.store(second, h, 48);
}

function fourMoments(x: usize, stride: usize, count: i32, far: usize, places: i32, shift: usize, step: usize): void {
  const k = v128.load(shift);
  let a = f32x4.splat(0);
  let b = a;
  for (; count > 0; count--) {
    let at = x;
    for (let place = places; place > 0; place--) {
      const v = f32x4.sub(v128.load(at), k);
      a = f32x4.add(a, v);
      b = f32x4.add(b, f32x4.mul(v, v));
      at += far;
    }
    x += stride;
  }
  v128.store(shift + step, a);
  v128.store(shift + 2 * step, b);
}

/**
 * Mean and variance of each group from the sums of all its chunks and columns: these are parts with means and sums of
 * squares of their own (Chan, Golub and LeVeque 1979, equation 2.1 for many parts).
 */
export function columnMomentsFinish(
  sums: usize,
  rows: i32,
  chunkRows: i32,
  groups: i32,
  width: i32,
  mean: usize,
  variance: usize,
  isCentered: i32,
): void {
  const length = padded4((groups * width) as usize);
  const bytes = columnSumsBytes((groups * width) as usize);
  const total = (rows as f64) * (width as f64);
  for (let group = 0; group < groups; group++) {
    let center: f64 = 0;
    for (let c = group * width; c < (group + 1) * width; c++) {
      let at = sums;
      for (let row = 0; row < rows; row += chunkRows) {
        const shift = load<f32>(at + (length << 4) + ((c as usize) << 2)) as f64;
        center += load<f64>(at + ((c as usize) << 3)) + (min(chunkRows, rows - row) as f64) * shift;
        at += bytes;
      }
    }
    center /= total;
    const around = isCentered ? center : 0;
    let squares: f64 = 0;
    for (let c = group * width; c < (group + 1) * width; c++) {
      let at = sums;
      for (let row = 0; row < rows; row += chunkRows) {
        const count = min(chunkRows, rows - row) as f64;
        const first = load<f64>(at + ((c as usize) << 3));
        const second = load<f64>(at + (length << 3) + ((c as usize) << 3));
        const own = first / count;
        const off = (load<f32>(at + (length << 4) + ((c as usize) << 2)) as f64) + own - around;
        squares += second - first * own + count * off * off;
        at += bytes;
      }
    }
    store<f32>(mean + ((group as usize) << 2), around as f32);
    store<f32>(variance + ((group as usize) << 2), max(squares / total, 0) as f32);
  }
}

/** The center, the factor gamma / sqrt(variance + epsilon) and the offset beta of each column. */
export function columnCoefficients(
  mean: usize,
  variance: usize,
  gamma: usize,
  beta: usize,
  coefficients: usize,
  groups: i32,
  width: i32,
  epsilon: f64,
): void {
  const bytes = padded4((groups * width) as usize) << 2;
  for (let group = 0; group < groups; group++) {
    const center = load<f32>(mean + ((group as usize) << 2));
    const factor = 1 / sqrt((load<f32>(variance + ((group as usize) << 2)) as f64) + epsilon);
    for (let c = group * width; c < (group + 1) * width; c++) {
      const at = (c as usize) << 2;
      store<f32>(coefficients + at, center);
      store<f32>(coefficients + bytes + at, ((load<f32>(gamma + at) as f64) * factor) as f32);
      store<f32>(coefficients + 2 * bytes + at, load<f32>(beta + at));
    }
  }
}

/** y = max((x - m) a + b + other, floor); NaN stays. */
export function normalizeColumnsAdd(
  x: usize,
  other: usize,
  y: usize,
  coefficients: usize,
  rows: i32,
  columns: i32,
  floor: f32,
): void {
  const bytes = (columns as usize) << 2;
  const pairs = bytes & ~31;
  const factors = coefficients + (padded4(columns as usize) << 2);
  const offsets = factors + (padded4(columns as usize) << 2);
  const least = f32x4.splat(floor);
  for (; rows > 0; rows--) {
    let at: usize = 0;
    for (; at < pairs; at += 32) {
      const low = f32x4.sub(v128.load(x + at), v128.load(coefficients + at));
      const high = f32x4.sub(v128.load(x + at, 16), v128.load(coefficients + at, 16));
      const a = f32x4.add(f32x4.mul(low, v128.load(factors + at)), v128.load(offsets + at));
      const b = f32x4.add(f32x4.mul(high, v128.load(factors + at, 16)), v128.load(offsets + at, 16));
      const sumA = f32x4.add(a, v128.load(other + at));
      const sumB = f32x4.add(b, v128.load(other + at, 16));
      v128.store(y + at, f32x4.pmax(sumA, least));
      v128.store(y + at, f32x4.pmax(sumB, least), 16);
    }
    for (; at < bytes; at += 16) {
      const v = f32x4.sub(v128.load(x + at), v128.load(coefficients + at));
      const a = f32x4.add(f32x4.mul(v, v128.load(factors + at)), v128.load(offsets + at));
      const sum = f32x4.add(a, v128.load(other + at));
      Vectors.storeSome(y + at, f32x4.pmax(sum, least), ((bytes - at) >> 2) as i32);
    }
    x += bytes;
    other += bytes;
    y += bytes;
  }
}

/** y = min(max((x - m) a + b, floor), ceiling); NaN stays. */
export function normalizeColumns(
  x: usize,
  y: usize,
  coefficients: usize,
  rows: i32,
  columns: i32,
  floor: f32,
  ceiling: f32,
): void {
  const bytes = (columns as usize) << 2;
  const pairs = bytes & ~31;
  const factors = coefficients + (padded4(columns as usize) << 2);
  const offsets = factors + (padded4(columns as usize) << 2);
  const least = f32x4.splat(floor);
  const most = f32x4.splat(ceiling);
  for (; rows > 0; rows--) {
    let at: usize = 0;
    for (; at < pairs; at += 32) {
      const low = f32x4.sub(v128.load(x + at), v128.load(coefficients + at));
      const high = f32x4.sub(v128.load(x + at, 16), v128.load(coefficients + at, 16));
      const a = f32x4.add(f32x4.mul(low, v128.load(factors + at)), v128.load(offsets + at));
      const b = f32x4.add(f32x4.mul(high, v128.load(factors + at, 16)), v128.load(offsets + at, 16));
      v128.store(y + at, f32x4.pmin(f32x4.pmax(a, least), most));
      v128.store(y + at, f32x4.pmin(f32x4.pmax(b, least), most), 16);
    }
    for (; at < bytes; at += 16) {
      const v = f32x4.sub(v128.load(x + at), v128.load(coefficients + at));
      const some = f32x4.add(f32x4.mul(v, v128.load(factors + at)), v128.load(offsets + at));
      Vectors.storeSome(y + at, f32x4.pmin(f32x4.pmax(some, least), most), ((bytes - at) >> 2) as i32);
    }
    x += bytes;
    y += bytes;
  }
}
