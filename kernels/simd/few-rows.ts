/**
 * Products of matrices with very few rows, as in the prediction of a single image: b is read once, as it lies, since
 * packing it would take longer than multiplying. Sums go in the same order as those of gemm.ts.
 */

import { gemmDepth } from './generated/layouts';

/** Products that are summed before they are added to c. */
const blockK: i32 = gemmDepth as i32;

/** The columns from `from` to before `to` of c[m, n] = a[m, k] b[k, n]; scratch memory has a float for each. */
export function multiplyFewRows(
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const step = (n as usize) * 4;
  const columns = to - from;
  const bytes = (columns as usize) * 4;
  for (let row = 0; row < m; row++) {
    const cRow = c + ((row * n + from) as usize) * 4;
    memory.fill(cRow, 0, bytes);
    for (let k0 = 0; k0 < k; k0 += blockK) {
      const aPlace = a + ((row * k + k0) as usize) * 4;
      const bPlace = b + ((k0 * n + from) as usize) * 4;
      sumBlock(aPlace, bPlace, step, scratch, columns, min(blockK, k - k0));
      addTo(cRow, scratch, bytes);
    }
  }
}

/**
 * The sums of the blocks of k from `from` to before `to`, [blocks, m, n]: what threads share where b lies in one piece of
 * memory for each of them. fewRowsFinish adds them in the order in which one thread alone does.
 */
export function fewRowsSums(a: usize, b: usize, sums: usize, m: i32, n: i32, k: i32, from: i32, to: i32): void {
  const step = (n as usize) * 4;
  for (let block = from; block < to; block++) {
    const k0 = block * blockK;
    const bPlace = b + (k0 as usize) * step;
    for (let row = 0; row < m; row++) {
      const aPlace = a + ((row * k + k0) as usize) * 4;
      sumBlock(aPlace, bPlace, step, sums + ((block * m + row) as usize) * step, n, min(blockK, k - k0));
    }
  }
}

/** c[size] from the sums of all blocks. */
export function fewRowsFinish(sums: usize, c: usize, size: i32, blocks: i32): void {
  const bytes = (size as usize) * 4;
  memory.fill(c, 0, bytes);
  for (; blocks > 0; blocks--) {
    addTo(c, sums, bytes);
    sums += bytes;
  }
}

/** Rows up to this length are taken 32 columns and eight rows at a time, which the nearest cache holds. */
const narrowRow: usize = 1024;

/** The products of one block of k. */
function sumBlock(a: usize, b: usize, step: usize, sums: usize, columns: i32, k: i32): void {
  memory.fill(sums, 0, (columns as usize) * 4);
  const narrow = step <= narrowRow ? columns & ~31 : 0;
  if (narrow > 0) {
    const bytes = (narrow as usize) * 4;
    let aPlace = a;
    let bPlace = b;
    for (let left = k; left > 0; left -= 8) {
      for (let at: usize = 0; at < bytes; at += 128) columns32(aPlace, bPlace + at, step, sums + at, min(8, left));
      aPlace += 32;
      bPlace += 8 * step;
    }
    b += bytes;
    sums += bytes;
    columns -= narrow;
    if (columns === 0) return;
  }
  for (; k >= 8; k -= 8) {
    addRows8(a, b, step, sums, columns);
    a += 32;
    b += 8 * step;
  }
  for (; k > 0; k--) {
    addRows1(a, b, step, sums, columns);
    a += 4;
    b += step;
  }
}

function addTo(c: usize, sums: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(c + at, f32x4.add(v128.load(c + at), v128.load(sums + at)));
  for (; at < bytes; at += 4) store<f32>(c + at, load<f32>(c + at) + load<f32>(sums + at));
}

/** Adds rows of b, each times its element of a, to 32 sums. */
function columns32(a: usize, b: usize, step: usize, sums: usize, k: i32): void {
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  let s2 = v128.load(sums, 32);
  let s3 = v128.load(sums, 48);
  let s4 = v128.load(sums, 64);
  let s5 = v128.load(sums, 80);
  let s6 = v128.load(sums, 96);
  let s7 = v128.load(sums, 112);
  for (; k > 0; k--) {
    const x = v128.load32_splat(a);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(b)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(b, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(b, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(b, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x, v128.load(b, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x, v128.load(b, 80)));
    s6 = f32x4.add(s6, f32x4.mul(x, v128.load(b, 96)));
    s7 = f32x4.add(s7, f32x4.mul(x, v128.load(b, 112)));
    a += 4;
    b += step;
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
  v128.store(sums, s5, 80);
  v128.store(sums, s6, 96);
  v128.store(sums, s7, 112);
}

/** Adds eight rows of b, one after the other, each times its element of a. */
function addRows8(a: usize, b: usize, step: usize, sums: usize, columns: i32): void {
  const x0 = v128.load32_splat(a);
  const x1 = v128.load32_splat(a, 4);
  const x2 = v128.load32_splat(a, 8);
  const x3 = v128.load32_splat(a, 12);
  const x4 = v128.load32_splat(a, 16);
  const x5 = v128.load32_splat(a, 20);
  const x6 = v128.load32_splat(a, 24);
  const x7 = v128.load32_splat(a, 28);
  const b1 = b + step;
  const b2 = b1 + step;
  const b3 = b2 + step;
  const b4 = b3 + step;
  const b5 = b4 + step;
  const b6 = b5 + step;
  const b7 = b6 + step;
  const bytes = (columns as usize) * 4;
  let at: usize = 0;
  for (; at + 32 <= bytes; at += 32) {
    let low = v128.load(sums + at);
    let high = v128.load(sums + at, 16);
    low = f32x4.add(low, f32x4.mul(x0, v128.load(b + at)));
    high = f32x4.add(high, f32x4.mul(x0, v128.load(b + at, 16)));
    low = f32x4.add(low, f32x4.mul(x1, v128.load(b1 + at)));
    high = f32x4.add(high, f32x4.mul(x1, v128.load(b1 + at, 16)));
    low = f32x4.add(low, f32x4.mul(x2, v128.load(b2 + at)));
    high = f32x4.add(high, f32x4.mul(x2, v128.load(b2 + at, 16)));
    low = f32x4.add(low, f32x4.mul(x3, v128.load(b3 + at)));
    high = f32x4.add(high, f32x4.mul(x3, v128.load(b3 + at, 16)));
    low = f32x4.add(low, f32x4.mul(x4, v128.load(b4 + at)));
    high = f32x4.add(high, f32x4.mul(x4, v128.load(b4 + at, 16)));
    low = f32x4.add(low, f32x4.mul(x5, v128.load(b5 + at)));
    high = f32x4.add(high, f32x4.mul(x5, v128.load(b5 + at, 16)));
    low = f32x4.add(low, f32x4.mul(x6, v128.load(b6 + at)));
    high = f32x4.add(high, f32x4.mul(x6, v128.load(b6 + at, 16)));
    low = f32x4.add(low, f32x4.mul(x7, v128.load(b7 + at)));
    high = f32x4.add(high, f32x4.mul(x7, v128.load(b7 + at, 16)));
    v128.store(sums + at, low);
    v128.store(sums + at, high, 16);
  }
  for (; at < bytes; at += 4) {
    let sum = load<f32>(sums + at);
    sum += f32x4.extract_lane(x0, 0) * load<f32>(b + at);
    sum += f32x4.extract_lane(x1, 0) * load<f32>(b1 + at);
    sum += f32x4.extract_lane(x2, 0) * load<f32>(b2 + at);
    sum += f32x4.extract_lane(x3, 0) * load<f32>(b3 + at);
    sum += f32x4.extract_lane(x4, 0) * load<f32>(b4 + at);
    sum += f32x4.extract_lane(x5, 0) * load<f32>(b5 + at);
    sum += f32x4.extract_lane(x6, 0) * load<f32>(b6 + at);
    sum += f32x4.extract_lane(x7, 0) * load<f32>(b7 + at);
    store<f32>(sums + at, sum);
  }
}

function addRows1(a: usize, b: usize, step: usize, sums: usize, columns: i32): void {
  const x0 = v128.load32_splat(a);
  const bytes = (columns as usize) * 4;
  let at: usize = 0;
  for (; at + 32 <= bytes; at += 32) {
    let low = v128.load(sums + at);
    let high = v128.load(sums + at, 16);
    low = f32x4.add(low, f32x4.mul(x0, v128.load(b + at)));
    high = f32x4.add(high, f32x4.mul(x0, v128.load(b + at, 16)));
    v128.store(sums + at, low);
    v128.store(sums + at, high, 16);
  }
  for (; at < bytes; at += 4) {
    let sum = load<f32>(sums + at);
    sum += f32x4.extract_lane(x0, 0) * load<f32>(b + at);
    store<f32>(sums + at, sum);
  }
}
