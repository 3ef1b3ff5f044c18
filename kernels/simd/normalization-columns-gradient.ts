/** The gradient of normalization by columns; see normalization-columns.ts for the sums and the coefficients. */
import { columnSumsBytes, padded4 } from './generated/layouts';
import { Vectors } from './vectors';

/** dy as it is. */
class Whole {
  @inline
  of(dy: v128, _difference: v128, _factor: usize, _offset: usize, _most: v128): v128 {
    return dy;
  }
}

/** dy where y is positive, else 0: the gradient of a relu behind, y being computed again as forward does. */
class Positive {
  @inline
  of(dy: v128, difference: v128, factor: usize, offset: usize, _most: v128): v128 {
    const y = f32x4.add(f32x4.mul(difference, v128.load(factor)), v128.load(offset));
    return v128.and(dy, f32x4.gt(y, f32x4.splat(0)));
  }
}

/** The same, and 0 where y is more than `most`. */
class Between {
  @inline
  of(dy: v128, difference: v128, factor: usize, offset: usize, most: v128): v128 {
    const y = f32x4.add(f32x4.mul(difference, v128.load(factor)), v128.load(offset));
    return v128.and(dy, v128.and(f32x4.gt(y, f32x4.splat(0)), f32x4.le(y, most)));
  }
}

/** So many rows are summed in float32 before their sums are added in float64. */
const blockRows = 32;

/** For the columns from `from` to before `to` of the chunks: the sums of dy and of dy (x - m). */
export function columnGradientSums(
  dy: usize,
  x: usize,
  coefficients: usize,
  sums: usize,
  rows: i32,
  columns: i32,
  chunkRows: i32,
  fromChunk: i32,
  toChunk: i32,
  from: i32,
  to: i32,
  isRelu: i32,
  most: f32,
): void {
  const stride = (columns as usize) << 2;
  const length = padded4(columns as usize);
  for (let chunk = fromChunk; chunk < toChunk; chunk++) {
    const count = min(chunkRows, rows - chunk * chunkRows);
    const first = sums + (chunk as usize) * columnSumsBytes(columns as usize);
    clearSums(first, length, from, to);
    for (let row = 0; row < count; row += blockRows) {
      const block = min(count - row, blockRows);
      const place = ((chunk * chunkRows + row) as usize) * stride;
      const g = dy + place;
      const v = x + place;
      if (!isRelu) blockSums<Whole>(g, v, stride, block, coefficients, length, first, from, to, most);
      else if (most == Infinity) blockSums<Positive>(g, v, stride, block, coefficients, length, first, from, to, most);
      else blockSums<Between>(g, v, stride, block, coefficients, length, first, from, to, most);
    }
  }
}

function blockSums<O>(
  dy: usize,
  x: usize,
  stride: usize,
  rows: i32,
  coefficients: usize,
  length: usize,
  sums: usize,
  from: i32,
  to: i32,
  most: f32,
): void {
  let c = from;
  for (; c + 8 <= to; c += 8) {
    const at = (c as usize) << 2;
    eightSums<O>(dy + at, x + at, stride, rows, coefficients + at, length << 2, sums + (at << 1), most);
  }
  for (; c < to; c += 4) {
    const at = (c as usize) << 2;
    fourSums<O>(dy + at, x + at, stride, rows, coefficients + at, length << 2, sums + (at << 1), most);
  }
}

function eightSums<O>(
  dy: usize,
  x: usize,
  stride: usize,
  rows: i32,
  coefficients: usize,
  step: usize,
  sums: usize,
  ceiling: f32,
): void {
  const o = changetype<O>(0);
  const most = f32x4.splat(ceiling);
  const low = v128.load(coefficients);
  const high = v128.load(coefficients, 16);
  const factor = coefficients + step;
  const offset = factor + step;
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (; rows > 0; rows--) {
    const va = f32x4.sub(v128.load(x), low);
    const vb = f32x4.sub(v128.load(x, 16), high);
    const ga = o.of(v128.load(dy), va, factor, offset, most);
    const gb = o.of(v128.load(dy, 16), vb, factor + 16, offset + 16, most);
    a = f32x4.add(a, ga);
    b = f32x4.add(b, gb);
    c = f32x4.add(c, f32x4.mul(ga, va));
    d = f32x4.add(d, f32x4.mul(gb, vb));
    x += stride;
    dy += stride;
  }
  Vectors.addAt(sums, a);
  Vectors.addAt(sums + 32, b);
  sums += step << 1;
  Vectors.addAt(sums, c);
  Vectors.addAt(sums + 32, d);
}

function fourSums<O>(
  dy: usize,
  x: usize,
  stride: usize,
  rows: i32,
  coefficients: usize,
  step: usize,
  sums: usize,
  ceiling: f32,
): void {
  const o = changetype<O>(0);
  const most = f32x4.splat(ceiling);
  const center = v128.load(coefficients);
  let a = f32x4.splat(0);
  let b = a;
  for (; rows > 0; rows--) {
    const v = f32x4.sub(v128.load(x), center);
    const g = o.of(v128.load(dy), v, coefficients + step, coefficients + 2 * step, most);
    a = f32x4.add(a, g);
    b = f32x4.add(b, f32x4.mul(g, v));
    x += stride;
    dy += stride;
  }
  Vectors.addAt(sums, a);
  Vectors.addAt(sums + (step << 1), b);
}

/** dsum = dy where y is positive, else 0, and the sums of columnGradientSums for it. */
export function columnReluGradientSums(
  dy: usize,
  y: usize,
  dsum: usize,
  x: usize,
  coefficients: usize,
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
    const first = sums + (chunk as usize) * columnSumsBytes(columns as usize);
    clearSums(first, length, from, to);
    for (let row = 0; row < count; row += blockRows) {
      const block = min(count - row, blockRows);
      const place = ((chunk * chunkRows + row) as usize) * stride;
      let c = from;
      for (; c + 8 <= to; c += 8) {
        const at = (c as usize) << 2;
        const here = place + at;
        eightReluSums(
          dy + here,
          y + here,
          dsum + here,
          x + here,
          stride,
          block,
          coefficients + at,
          length,
          first + (at << 1),
        );
      }
      for (; c < to; c += 4) {
        const at = (c as usize) << 2;
        const here = place + at;
        const sum = first + (at << 1);
        someReluSums(dy + here, y + here, dsum + here, x + here, stride, block, coefficients + at, length, sum, to - c);
      }
    }
  }
}

function clearSums(sums: usize, length: usize, from: i32, to: i32): void {
  const padded = ((to - from + 3) & ~3) as usize;
  memory.fill(sums + ((from as usize) << 3), 0, padded << 3);
  memory.fill(sums + ((length + (from as usize)) << 3), 0, padded << 3);
}

function eightReluSums(
  dy: usize,
  y: usize,
  dsum: usize,
  x: usize,
  stride: usize,
  rows: i32,
  centers: usize,
  length: usize,
  sums: usize,
): void {
  const zero = f32x4.splat(0);
  const low = v128.load(centers);
  const high = v128.load(centers, 16);
  let a = zero;
  let b = zero;
  let c = zero;
  let d = zero;
  for (; rows > 0; rows--) {
    const ga = v128.and(v128.load(dy), f32x4.gt(v128.load(y), zero));
    const gb = v128.and(v128.load(dy, 16), f32x4.gt(v128.load(y, 16), zero));
    v128.store(dsum, ga);
    v128.store(dsum, gb, 16);
    a = f32x4.add(a, ga);
    b = f32x4.add(b, gb);
    c = f32x4.add(c, f32x4.mul(ga, f32x4.sub(v128.load(x), low)));
    d = f32x4.add(d, f32x4.mul(gb, f32x4.sub(v128.load(x, 16), high)));
    dy += stride;
    y += stride;
    dsum += stride;
    x += stride;
  }
  Vectors.addAt(sums, a);
  Vectors.addAt(sums + 32, b);
  sums += length << 3;
  Vectors.addAt(sums, c);
  Vectors.addAt(sums + 32, d);
}

/** Up to four columns. */
function someReluSums(
  dy: usize,
  y: usize,
  dsum: usize,
  x: usize,
  stride: usize,
  rows: i32,
  centers: usize,
  length: usize,
  sums: usize,
  count: i32,
): void {
  const zero = f32x4.splat(0);
  const center = v128.load(centers);
  let a = zero;
  let b = zero;
  for (; rows > 0; rows--) {
    const g = v128.and(v128.load(dy), f32x4.gt(v128.load(y), zero));
    Vectors.storeSome(dsum, g, count);
    a = f32x4.add(a, g);
    b = f32x4.add(b, f32x4.mul(g, f32x4.sub(v128.load(x), center)));
    dy += stride;
    y += stride;
    dsum += stride;
    x += stride;
  }
  Vectors.addAt(sums, a);
  Vectors.addAt(sums + (length << 3), b);
}

/**
 * Adds up the sums of the chunks: `totals` gets those for dbeta and dgamma in float64, the coefficients p and q what
 * columnGradient subtracts. With r = 1 / sqrt(variance + epsilon), the means being over a group:
 * q = r mean of gamma dy, p = r^3 mean of gamma dy (x - m).
 */
export function columnGradientFinish(
  sums: usize,
  rows: i32,
  chunkRows: i32,
  groups: i32,
  width: i32,
  variance: usize,
  gamma: usize,
  coefficients: usize,
  totals: usize,
  epsilon: f64,
  isCentered: i32,
): void {
  const columns = groups * width;
  const length = padded4(columns as usize);
  addChunkSums(sums, rows, chunkRows, columns, totals);
  const count = (rows as f64) * (width as f64);
  const slopes = coefficients + length * 12;
  for (let group = 0; group < groups; group++) {
    const factor = 1 / sqrt((load<f32>(variance + ((group as usize) << 2)) as f64) + epsilon);
    let plain: f64 = 0;
    let weighted: f64 = 0;
    for (let c = group * width; c < (group + 1) * width; c++) {
      const place = totals + ((c as usize) << 3);
      const own = load<f32>(gamma + ((c as usize) << 2)) as f64;
      plain += own * load<f64>(place);
      weighted += own * load<f64>(place + (length << 3));
      store<f64>(place + (length << 3), factor * load<f64>(place + (length << 3)));
    }
    const p = (factor * factor * factor * (weighted / count)) as f32;
    const q = (isCentered ? factor * (plain / count) : 0) as f32;
    for (let c = group * width; c < (group + 1) * width; c++) {
      store<f32>(slopes + ((c as usize) << 2), p);
      store<f32>(slopes + ((length + (c as usize)) << 2), q);
    }
  }
}

function addChunkSums(sums: usize, rows: i32, chunkRows: i32, columns: i32, totals: usize): void {
  const length = padded4(columns as usize);
  memory.copy(totals, sums, length << 4);
  for (let row = chunkRows; row < rows; row += chunkRows) {
    sums += columnSumsBytes(columns as usize);
    for (let at: usize = 0; at < length << 4; at += 16) {
      v128.store(totals + at, f64x2.add(v128.load(totals + at), v128.load(sums + at)));
    }
  }
}

/** dgamma and dbeta: the totals of all outer indices added up. */
export function addColumnTotals(totals: usize, outer: i32, columns: i32, dgamma: usize, dbeta: usize): void {
  const length = padded4(columns as usize);
  for (let c = 0; c < columns; c++) {
    let at = totals + ((c as usize) << 3);
    let plain: f64 = 0;
    let weighted: f64 = 0;
    for (let o = 0; o < outer; o++) {
      plain += load<f64>(at);
      weighted += load<f64>(at + (length << 3));
      at += length << 4;
    }
    store<f32>(dbeta + ((c as usize) << 2), plain as f32);
    store<f32>(dgamma + ((c as usize) << 2), weighted as f32);
  }
}

/** dx = a dy - (x - m) p - q. */
export function columnGradient(
  dy: usize,
  x: usize,
  dx: usize,
  coefficients: usize,
  rows: i32,
  columns: i32,
  isRelu: i32,
  most: f32,
): void {
  const ceiling = f32x4.splat(most);
  if (!isRelu) gradientOf<Whole>(dy, x, dx, coefficients, rows, columns, ceiling);
  else if (most == Infinity) gradientOf<Positive>(dy, x, dx, coefficients, rows, columns, ceiling);
  else gradientOf<Between>(dy, x, dx, coefficients, rows, columns, ceiling);
}

/** What is done to four elements. */
class Step {
  @inline
  static four<O>(dy: usize, x: usize, coefficients: usize, step: usize, most: v128): v128 {
    const o = changetype<O>(0);
    const v = f32x4.sub(v128.load(x), v128.load(coefficients));
    const factor = coefficients + step;
    const g = o.of(v128.load(dy), v, factor, factor + step, most);
    const slope = factor + 2 * step;
    return f32x4.sub(
      f32x4.sub(f32x4.mul(g, v128.load(factor)), f32x4.mul(v, v128.load(slope))),
      v128.load(slope + step),
    );
  }
}

function gradientOf<O>(dy: usize, x: usize, dx: usize, coefficients: usize, rows: i32, columns: i32, most: v128): void {
  const step = padded4(columns as usize) << 2;
  const bytes = (columns as usize) << 2;
  const pairs = bytes & ~31;
  for (; rows > 0; rows--) {
    let at: usize = 0;
    for (; at < pairs; at += 32) {
      const low = Step.four<O>(dy + at, x + at, coefficients + at, step, most);
      const high = Step.four<O>(dy + at + 16, x + at + 16, coefficients + at + 16, step, most);
      v128.store(dx + at, low);
      v128.store(dx + at, high, 16);
    }
    for (; at < bytes; at += 16) {
      const some = Step.four<O>(dy + at, x + at, coefficients + at, step, most);
      Vectors.storeSome(dx + at, some, ((bytes - at) >> 2) as i32);
    }
    dy += bytes;
    x += bytes;
    dx += bytes;
  }
}
