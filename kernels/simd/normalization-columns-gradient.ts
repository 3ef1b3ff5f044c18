/** The gradient of normalization by columns; see normalization-columns.ts for the sums and the coefficients. */
import { columnSumsBytes, padded4 } from './generated/layouts';
import { addBlock, blockRows } from './normalization-columns';
import { Vectors } from './vectors';

/** dy as it is. */
class Whole {
  @inline
  offset(_place: usize): v128 {
    return f32x4.splat(0);
  }
  @inline
  of(dy: v128, _y: v128, _most: v128): v128 {
    return dy;
  }
}

/** dy where y is positive, else 0: the gradient of a relu behind, y being computed again as forward does. */
class Positive {
  @inline
  offset(place: usize): v128 {
    return v128.load(place);
  }
  @inline
  of(dy: v128, y: v128, _most: v128): v128 {
    return v128.and(dy, f32x4.gt(y, f32x4.splat(0)));
  }
}

/** The same, and 0 where y is more than `most`. */
class Between {
  @inline
  offset(place: usize): v128 {
    return v128.load(place);
  }
  @inline
  of(dy: v128, y: v128, most: v128): v128 {
    return v128.and(dy, v128.and(f32x4.gt(y, f32x4.splat(0)), f32x4.le(y, most)));
  }
}

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
  const step = length << 2;
  const block = sums + 5 * step;
  let c = from;
  for (; c + 8 <= to; c += 8) {
    const at = (c as usize) << 2;
    eightSums<O>(dy + at, x + at, stride, rows, coefficients + at, step, block + at, most);
  }
  for (; c < to; c += 4) {
    const at = (c as usize) << 2;
    fourSums<O>(dy + at, x + at, stride, rows, coefficients + at, step, block + at, most);
  }
  addBlock(sums, length, from, to);
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
  const factors = coefficients + step;
  const offsets = factors + step;
  const factorA = v128.load(factors);
  const factorB = v128.load(factors, 16);
  const offsetA = o.offset(offsets);
  const offsetB = o.offset(offsets + 16);
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (; rows > 0; rows--) {
    const va = f32x4.sub(v128.load(x), low);
    const vb = f32x4.sub(v128.load(x, 16), high);
    const ga = o.of(v128.load(dy), f32x4.add(f32x4.mul(va, factorA), offsetA), most);
    const gb = o.of(v128.load(dy, 16), f32x4.add(f32x4.mul(vb, factorB), offsetB), most);
    a = f32x4.add(a, ga);
    b = f32x4.add(b, gb);
    c = f32x4.add(c, f32x4.mul(ga, va));
    d = f32x4.add(d, f32x4.mul(gb, vb));
    x += stride;
    dy += stride;
  }
  v128.store(sums, a);
  v128.store(sums, b, 16);
  sums += step;
  v128.store(sums, c);
  v128.store(sums, d, 16);
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
  const factor = v128.load(coefficients + step);
  const offset = o.offset(coefficients + 2 * step);
  let a = f32x4.splat(0);
  let b = a;
  for (; rows > 0; rows--) {
    const v = f32x4.sub(v128.load(x), center);
    const g = o.of(v128.load(dy), f32x4.add(f32x4.mul(v, factor), offset), most);
    a = f32x4.add(a, g);
    b = f32x4.add(b, f32x4.mul(g, v));
    x += stride;
    dy += stride;
  }
  v128.store(sums, a);
  v128.store(sums + step, b);
}

export function clearSums(sums: usize, length: usize, from: i32, to: i32): void {
  const padded = ((to - from + 3) & ~3) as usize;
  memory.fill(sums + ((from as usize) << 3), 0, padded << 3);
  memory.fill(sums + ((length + (from as usize)) << 3), 0, padded << 3);
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
  if (!isRelu) gradientOf<Whole>(dy, x, dx, coefficients, rows, columns, most);
  else if (most == Infinity) gradientOf<Positive>(dy, x, dx, coefficients, rows, columns, most);
  else gradientOf<Between>(dy, x, dx, coefficients, rows, columns, most);
}

/** The loads of both vectors of a pair stand side by side, so that they can be fused. */
function gradientOf<O>(
  dy: usize,
  x: usize,
  dx: usize,
  coefficients: usize,
  rows: i32,
  columns: i32,
  ceiling: f32,
): void {
  const o = changetype<O>(0);
  const most = f32x4.splat(ceiling);
  const step = padded4(columns as usize) << 2;
  const bytes = (columns as usize) << 2;
  const pairs = bytes & ~31;
  for (; rows > 0; rows--) {
    let at: usize = 0;
    for (; at < pairs; at += 32) {
      let place = coefficients + at;
      const va = f32x4.sub(v128.load(x + at), v128.load(place));
      const vb = f32x4.sub(v128.load(x + at, 16), v128.load(place, 16));
      place += step;
      const factorA = v128.load(place);
      const factorB = v128.load(place, 16);
      place += step;
      const ya = f32x4.add(f32x4.mul(va, factorA), o.offset(place));
      const yb = f32x4.add(f32x4.mul(vb, factorB), o.offset(place + 16));
      place += step;
      const ga = f32x4.mul(o.of(v128.load(dy + at), ya, most), factorA);
      const gb = f32x4.mul(o.of(v128.load(dy + at, 16), yb, most), factorB);
      const low = f32x4.sub(ga, f32x4.mul(va, v128.load(place)));
      const high = f32x4.sub(gb, f32x4.mul(vb, v128.load(place, 16)));
      place += step;
      const a = f32x4.sub(low, v128.load(place));
      const b = f32x4.sub(high, v128.load(place, 16));
      v128.store(dx + at, a);
      v128.store(dx + at, b, 16);
    }
    for (; at < bytes; at += 16) {
      const v = f32x4.sub(v128.load(x + at), v128.load(coefficients + at));
      const factors = coefficients + step + at;
      const factor = v128.load(factors);
      const g = o.of(v128.load(dy + at), f32x4.add(f32x4.mul(v, factor), o.offset(factors + step)), most);
      const slope = f32x4.mul(v, v128.load(factors + 2 * step));
      const some = f32x4.sub(f32x4.sub(f32x4.mul(g, factor), slope), v128.load(factors + 3 * step));
      Vectors.storeSome(dx + at, some, ((bytes - at) >> 2) as i32);
    }
    dy += bytes;
    x += bytes;
    dx += bytes;
  }
}
