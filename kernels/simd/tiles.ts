/** The innermost loops of a matrix product: small pieces that live in registers. */

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

/**
 * The 4 x 16 elements of c at `c`, rows `ldc` bytes apart, += four rows of a times a panel of b. The four elements of a
 * for each k lie side by side, those for the next one `aStep` bytes further on. The product is summed first and then
 * added, so that long sums are taken in two levels.
 */
function tile4x16(a: usize, aStep: usize, b: usize, c: usize, ldc: usize, k: i32): void {
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
  const c1 = c + ldc;
  const c2 = c1 + ldc;
  const c3 = c2 + ldc;
  s00 = f32x4.add(s00, v128.load(c));
  s01 = f32x4.add(s01, v128.load(c, 16));
  s02 = f32x4.add(s02, v128.load(c, 32));
  s03 = f32x4.add(s03, v128.load(c, 48));
  s10 = f32x4.add(s10, v128.load(c1));
  s11 = f32x4.add(s11, v128.load(c1, 16));
  s12 = f32x4.add(s12, v128.load(c1, 32));
  s13 = f32x4.add(s13, v128.load(c1, 48));
  s20 = f32x4.add(s20, v128.load(c2));
  s21 = f32x4.add(s21, v128.load(c2, 16));
  s22 = f32x4.add(s22, v128.load(c2, 32));
  s23 = f32x4.add(s23, v128.load(c2, 48));
  s30 = f32x4.add(s30, v128.load(c3));
  s31 = f32x4.add(s31, v128.load(c3, 16));
  s32 = f32x4.add(s32, v128.load(c3, 32));
  s33 = f32x4.add(s33, v128.load(c3, 48));
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

/** The same for the first 8 columns of a panel. */
function tile4x8(a: usize, aStep: usize, b: usize, c: usize, ldc: usize, k: i32): void {
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
  const c1 = c + ldc;
  const c2 = c1 + ldc;
  const c3 = c2 + ldc;
  s00 = f32x4.add(s00, v128.load(c));
  s01 = f32x4.add(s01, v128.load(c, 16));
  s10 = f32x4.add(s10, v128.load(c1));
  s11 = f32x4.add(s11, v128.load(c1, 16));
  s20 = f32x4.add(s20, v128.load(c2));
  s21 = f32x4.add(s21, v128.load(c2, 16));
  s30 = f32x4.add(s30, v128.load(c3));
  s31 = f32x4.add(s31, v128.load(c3, 16));
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

/** Whether addTile takes 16 columns at once: faster where there are vectors of 256 bits, or 32 registers. */
let isWide = true;

/** 16 or 8 columns; the choice changes no bit. */
export function setTileWidth(columns: i32): void {
  isWide = columns === 16;
}

export function takesWideTiles(): bool {
  return isWide;
}

/** Four rows and up to 16 columns: += a panel of a times a panel of b; the last 8 columns may be left out. */
export function addTile(a: usize, aStep: usize, b: usize, c: usize, ldc: usize, k: i32, columns: i32): void {
  if (isWide && columns > 8) {
    tile4x16(a, aStep, b, c, ldc, k);
    return;
  }
  tile4x8(a, aStep, b, c, ldc, k);
  if (columns > 8) tile4x8(a, aStep, b + 32, c + 32, ldc, k);
}

/** The 4 x 16 elements of c = four rows of a, `aRow` bytes apart, times a panel of b; k is even. */
export function rows4x16(a: usize, aRow: usize, b: usize, c: usize, ldc: usize, k: i32): void {
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
  for (; k > 0; k -= 2) {
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

/** The same for the first 8 columns of a panel. */
export function rows4x8(a: usize, aRow: usize, b: usize, c: usize, ldc: usize, k: i32): void {
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
  for (; k > 0; k -= 1) {
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
