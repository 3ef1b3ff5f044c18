/**
 * The innermost loops of a matrix product: pieces of c of 4 rows and 16 columns that live in registers. Of b they take
 * a packed panel: for each k 16 columns side by side. c = `from` + a b, rows of `from` being `fromStep` bytes apart, of c
 * `ldc`; c itself to add to it, or zeros or a bias with a step of 0. The product is summed first and then added, so
 * that long sums are taken in two levels.
 */

/** Whether panelTile takes 16 columns at once: faster where there are vectors of 256 bits, or 32 registers. */
let isWide = true;

/** 16 or 8 columns; the choice changes no bit. */
export function setTileWidth(columns: i32): void {
  isWide = columns === 16;
}

export function takesWideTiles(): bool {
  return isWide;
}

/** Of a the four elements for each k lie side by side, those for the next one `aStep` bytes on. More than 8 columns, or 8. */
export function panelTile(
  a: usize,
  aStep: usize,
  b: usize,
  from: usize,
  fromStep: usize,
  c: usize,
  ldc: usize,
  k: i32,
  columns: i32,
): void {
  if (isWide && columns > 8) {
    panel4x16(a, aStep, b, from, fromStep, c, ldc, k);
    return;
  }
  panel4x8(a, aStep, b, from, fromStep, c, ldc, k);
  if (columns > 8) panel4x8(a, aStep, b + 32, from + 32, fromStep, c + 32, ldc, k);
}

/** Of a the rows lie `aRow` bytes apart, each in one piece. Without packing, 16 columns are faster everywhere. */
export function rowsTile(
  a: usize,
  aRow: usize,
  b: usize,
  from: usize,
  fromStep: usize,
  c: usize,
  ldc: usize,
  k: i32,
  columns: i32,
): void {
  if (columns > 8) rows4x16(a, aRow, b, from, fromStep, c, ldc, k);
  else rows4x8(a, aRow, b, from, fromStep, c, ldc, k);
}

function panel4x16(a: usize, aStep: usize, b: usize, from: usize, fromStep: usize, c: usize, ldc: usize, k: i32): void {
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s02 = s00;
  let s03 = s00;
  let s10 = s00;
  let s11 = s00;
  let s12 = s00;
  let s13 = s00;
  let s20 = s00;
  let s21 = s00;
  let s22 = s00;
  let s23 = s00;
  let s30 = s00;
  let s31 = s00;
  let s32 = s00;
  let s33 = s00;
  for (; k > 0; k--) {
    let b0 = v128.load(b);
    let b1 = v128.load(b, 16);
    let b2 = v128.load(b, 32);
    let b3 = v128.load(b, 48);
    let x = v128.load32_splat(a);
    s00 = f32x4.add(s00, f32x4.mul(x, b0));
    s01 = f32x4.add(s01, f32x4.mul(x, b1));
    s02 = f32x4.add(s02, f32x4.mul(x, b2));
    s03 = f32x4.add(s03, f32x4.mul(x, b3));
    x = v128.load32_splat(a, 4);
    s10 = f32x4.add(s10, f32x4.mul(x, b0));
    s11 = f32x4.add(s11, f32x4.mul(x, b1));
    s12 = f32x4.add(s12, f32x4.mul(x, b2));
    s13 = f32x4.add(s13, f32x4.mul(x, b3));
    x = v128.load32_splat(a, 8);
    s20 = f32x4.add(s20, f32x4.mul(x, b0));
    s21 = f32x4.add(s21, f32x4.mul(x, b1));
    s22 = f32x4.add(s22, f32x4.mul(x, b2));
    s23 = f32x4.add(s23, f32x4.mul(x, b3));
    x = v128.load32_splat(a, 12);
    s30 = f32x4.add(s30, f32x4.mul(x, b0));
    s31 = f32x4.add(s31, f32x4.mul(x, b1));
    s32 = f32x4.add(s32, f32x4.mul(x, b2));
    s33 = f32x4.add(s33, f32x4.mul(x, b3));
    a += aStep;
    b += 64;
  }
  const from1 = from + fromStep;
  const from2 = from1 + fromStep;
  const from3 = from2 + fromStep;
  s00 = f32x4.add(s00, v128.load(from));
  s01 = f32x4.add(s01, v128.load(from, 16));
  s02 = f32x4.add(s02, v128.load(from, 32));
  s03 = f32x4.add(s03, v128.load(from, 48));
  s10 = f32x4.add(s10, v128.load(from1));
  s11 = f32x4.add(s11, v128.load(from1, 16));
  s12 = f32x4.add(s12, v128.load(from1, 32));
  s13 = f32x4.add(s13, v128.load(from1, 48));
  s20 = f32x4.add(s20, v128.load(from2));
  s21 = f32x4.add(s21, v128.load(from2, 16));
  s22 = f32x4.add(s22, v128.load(from2, 32));
  s23 = f32x4.add(s23, v128.load(from2, 48));
  s30 = f32x4.add(s30, v128.load(from3));
  s31 = f32x4.add(s31, v128.load(from3, 16));
  s32 = f32x4.add(s32, v128.load(from3, 32));
  s33 = f32x4.add(s33, v128.load(from3, 48));
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c, s02, 32);
  v128.store(c, s03, 48);
  c += ldc;
  v128.store(c, s10);
  v128.store(c, s11, 16);
  v128.store(c, s12, 32);
  v128.store(c, s13, 48);
  c += ldc;
  v128.store(c, s20);
  v128.store(c, s21, 16);
  v128.store(c, s22, 32);
  v128.store(c, s23, 48);
  c += ldc;
  v128.store(c, s30);
  v128.store(c, s31, 16);
  v128.store(c, s32, 32);
  v128.store(c, s33, 48);
}

function panel4x8(a: usize, aStep: usize, b: usize, from: usize, fromStep: usize, c: usize, ldc: usize, k: i32): void {
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  for (; k > 0; k--) {
    let b0 = v128.load(b);
    let b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = f32x4.add(s00, f32x4.mul(x, b0));
    s01 = f32x4.add(s01, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 4);
    s10 = f32x4.add(s10, f32x4.mul(x, b0));
    s11 = f32x4.add(s11, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 8);
    s20 = f32x4.add(s20, f32x4.mul(x, b0));
    s21 = f32x4.add(s21, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 12);
    s30 = f32x4.add(s30, f32x4.mul(x, b0));
    s31 = f32x4.add(s31, f32x4.mul(x, b1));
    a += aStep;
    b += 64;
  }
  const from1 = from + fromStep;
  const from2 = from1 + fromStep;
  const from3 = from2 + fromStep;
  s00 = f32x4.add(s00, v128.load(from));
  s01 = f32x4.add(s01, v128.load(from, 16));
  s10 = f32x4.add(s10, v128.load(from1));
  s11 = f32x4.add(s11, v128.load(from1, 16));
  s20 = f32x4.add(s20, v128.load(from2));
  s21 = f32x4.add(s21, v128.load(from2, 16));
  s30 = f32x4.add(s30, v128.load(from3));
  s31 = f32x4.add(s31, v128.load(from3, 16));
  v128.store(c, s00);
  v128.store(c, s01, 16);
  c += ldc;
  v128.store(c, s10);
  v128.store(c, s11, 16);
  c += ldc;
  v128.store(c, s20);
  v128.store(c, s21, 16);
  c += ldc;
  v128.store(c, s30);
  v128.store(c, s31, 16);
}

function rows4x16(a: usize, aRow: usize, b: usize, from: usize, fromStep: usize, c: usize, ldc: usize, k: i32): void {
  let a1 = a + aRow;
  let a2 = a1 + aRow;
  let a3 = a2 + aRow;
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s02 = s00;
  let s03 = s00;
  let s10 = s00;
  let s11 = s00;
  let s12 = s00;
  let s13 = s00;
  let s20 = s00;
  let s21 = s00;
  let s22 = s00;
  let s23 = s00;
  let s30 = s00;
  let s31 = s00;
  let s32 = s00;
  let s33 = s00;
  for (; k >= 2; k -= 2) {
    let b0 = v128.load(b);
    let b1 = v128.load(b, 16);
    let b2 = v128.load(b, 32);
    let b3 = v128.load(b, 48);
    let x = v128.load32_splat(a);
    s00 = f32x4.add(s00, f32x4.mul(x, b0));
    s01 = f32x4.add(s01, f32x4.mul(x, b1));
    s02 = f32x4.add(s02, f32x4.mul(x, b2));
    s03 = f32x4.add(s03, f32x4.mul(x, b3));
    x = v128.load32_splat(a1);
    s10 = f32x4.add(s10, f32x4.mul(x, b0));
    s11 = f32x4.add(s11, f32x4.mul(x, b1));
    s12 = f32x4.add(s12, f32x4.mul(x, b2));
    s13 = f32x4.add(s13, f32x4.mul(x, b3));
    x = v128.load32_splat(a2);
    s20 = f32x4.add(s20, f32x4.mul(x, b0));
    s21 = f32x4.add(s21, f32x4.mul(x, b1));
    s22 = f32x4.add(s22, f32x4.mul(x, b2));
    s23 = f32x4.add(s23, f32x4.mul(x, b3));
    x = v128.load32_splat(a3);
    s30 = f32x4.add(s30, f32x4.mul(x, b0));
    s31 = f32x4.add(s31, f32x4.mul(x, b1));
    s32 = f32x4.add(s32, f32x4.mul(x, b2));
    s33 = f32x4.add(s33, f32x4.mul(x, b3));
    b0 = v128.load(b, 64);
    b1 = v128.load(b, 80);
    b2 = v128.load(b, 96);
    b3 = v128.load(b, 112);
    x = v128.load32_splat(a, 4);
    s00 = f32x4.add(s00, f32x4.mul(x, b0));
    s01 = f32x4.add(s01, f32x4.mul(x, b1));
    s02 = f32x4.add(s02, f32x4.mul(x, b2));
    s03 = f32x4.add(s03, f32x4.mul(x, b3));
    x = v128.load32_splat(a1, 4);
    s10 = f32x4.add(s10, f32x4.mul(x, b0));
    s11 = f32x4.add(s11, f32x4.mul(x, b1));
    s12 = f32x4.add(s12, f32x4.mul(x, b2));
    s13 = f32x4.add(s13, f32x4.mul(x, b3));
    x = v128.load32_splat(a2, 4);
    s20 = f32x4.add(s20, f32x4.mul(x, b0));
    s21 = f32x4.add(s21, f32x4.mul(x, b1));
    s22 = f32x4.add(s22, f32x4.mul(x, b2));
    s23 = f32x4.add(s23, f32x4.mul(x, b3));
    x = v128.load32_splat(a3, 4);
    s30 = f32x4.add(s30, f32x4.mul(x, b0));
    s31 = f32x4.add(s31, f32x4.mul(x, b1));
    s32 = f32x4.add(s32, f32x4.mul(x, b2));
    s33 = f32x4.add(s33, f32x4.mul(x, b3));
    a += 8;
    a1 += 8;
    a2 += 8;
    a3 += 8;
    b += 128;
  }
  if (k > 0) {
    let b0 = v128.load(b);
    let b1 = v128.load(b, 16);
    let b2 = v128.load(b, 32);
    let b3 = v128.load(b, 48);
    let x = v128.load32_splat(a);
    s00 = f32x4.add(s00, f32x4.mul(x, b0));
    s01 = f32x4.add(s01, f32x4.mul(x, b1));
    s02 = f32x4.add(s02, f32x4.mul(x, b2));
    s03 = f32x4.add(s03, f32x4.mul(x, b3));
    x = v128.load32_splat(a1);
    s10 = f32x4.add(s10, f32x4.mul(x, b0));
    s11 = f32x4.add(s11, f32x4.mul(x, b1));
    s12 = f32x4.add(s12, f32x4.mul(x, b2));
    s13 = f32x4.add(s13, f32x4.mul(x, b3));
    x = v128.load32_splat(a2);
    s20 = f32x4.add(s20, f32x4.mul(x, b0));
    s21 = f32x4.add(s21, f32x4.mul(x, b1));
    s22 = f32x4.add(s22, f32x4.mul(x, b2));
    s23 = f32x4.add(s23, f32x4.mul(x, b3));
    x = v128.load32_splat(a3);
    s30 = f32x4.add(s30, f32x4.mul(x, b0));
    s31 = f32x4.add(s31, f32x4.mul(x, b1));
    s32 = f32x4.add(s32, f32x4.mul(x, b2));
    s33 = f32x4.add(s33, f32x4.mul(x, b3));
  }
  const from1 = from + fromStep;
  const from2 = from1 + fromStep;
  const from3 = from2 + fromStep;
  s00 = f32x4.add(s00, v128.load(from));
  s01 = f32x4.add(s01, v128.load(from, 16));
  s02 = f32x4.add(s02, v128.load(from, 32));
  s03 = f32x4.add(s03, v128.load(from, 48));
  s10 = f32x4.add(s10, v128.load(from1));
  s11 = f32x4.add(s11, v128.load(from1, 16));
  s12 = f32x4.add(s12, v128.load(from1, 32));
  s13 = f32x4.add(s13, v128.load(from1, 48));
  s20 = f32x4.add(s20, v128.load(from2));
  s21 = f32x4.add(s21, v128.load(from2, 16));
  s22 = f32x4.add(s22, v128.load(from2, 32));
  s23 = f32x4.add(s23, v128.load(from2, 48));
  s30 = f32x4.add(s30, v128.load(from3));
  s31 = f32x4.add(s31, v128.load(from3, 16));
  s32 = f32x4.add(s32, v128.load(from3, 32));
  s33 = f32x4.add(s33, v128.load(from3, 48));
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c, s02, 32);
  v128.store(c, s03, 48);
  c += ldc;
  v128.store(c, s10);
  v128.store(c, s11, 16);
  v128.store(c, s12, 32);
  v128.store(c, s13, 48);
  c += ldc;
  v128.store(c, s20);
  v128.store(c, s21, 16);
  v128.store(c, s22, 32);
  v128.store(c, s23, 48);
  c += ldc;
  v128.store(c, s30);
  v128.store(c, s31, 16);
  v128.store(c, s32, 32);
  v128.store(c, s33, 48);
}

function rows4x8(a: usize, aRow: usize, b: usize, from: usize, fromStep: usize, c: usize, ldc: usize, k: i32): void {
  let a1 = a + aRow;
  let a2 = a1 + aRow;
  let a3 = a2 + aRow;
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  for (; k > 0; k--) {
    let b0 = v128.load(b);
    let b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = f32x4.add(s00, f32x4.mul(x, b0));
    s01 = f32x4.add(s01, f32x4.mul(x, b1));
    x = v128.load32_splat(a1);
    s10 = f32x4.add(s10, f32x4.mul(x, b0));
    s11 = f32x4.add(s11, f32x4.mul(x, b1));
    x = v128.load32_splat(a2);
    s20 = f32x4.add(s20, f32x4.mul(x, b0));
    s21 = f32x4.add(s21, f32x4.mul(x, b1));
    x = v128.load32_splat(a3);
    s30 = f32x4.add(s30, f32x4.mul(x, b0));
    s31 = f32x4.add(s31, f32x4.mul(x, b1));
    a += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    b += 64;
  }
  const from1 = from + fromStep;
  const from2 = from1 + fromStep;
  const from3 = from2 + fromStep;
  s00 = f32x4.add(s00, v128.load(from));
  s01 = f32x4.add(s01, v128.load(from, 16));
  s10 = f32x4.add(s10, v128.load(from1));
  s11 = f32x4.add(s11, v128.load(from1, 16));
  s20 = f32x4.add(s20, v128.load(from2));
  s21 = f32x4.add(s21, v128.load(from2, 16));
  s30 = f32x4.add(s30, v128.load(from3));
  s31 = f32x4.add(s31, v128.load(from3, 16));
  v128.store(c, s00);
  v128.store(c, s01, 16);
  c += ldc;
  v128.store(c, s10);
  v128.store(c, s11, 16);
  c += ldc;
  v128.store(c, s20);
  v128.store(c, s21, 16);
  c += ldc;
  v128.store(c, s30);
  v128.store(c, s31, 16);
}
