/**
 * Pieces of c of 4 rows and 16 or 8 columns, where of a the four elements for each k lie side by side, those for the next one
 * `aStep` bytes on, and of b the columns likewise, `bStep` bytes on. See tiles.ts.
 *
 * The wider one takes rows and columns from the last to the first: engines that place loads as near to their uses as
 * the order of all loads lets them (V8 in Node 20 and 22) then hold fewer values at once.
 */

export function panel4x16(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  from: usize,
  fromStep: usize,
  c: usize,
  ldc: usize,
  k: i32,
): void {
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
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(b, 32);
    const b3 = v128.load(b, 48);
    let x = v128.load32_splat(a, 12);
    s33 = f32x4.add(s33, f32x4.mul(x, b3));
    s32 = f32x4.add(s32, f32x4.mul(x, b2));
    s31 = f32x4.add(s31, f32x4.mul(x, b1));
    s30 = f32x4.add(s30, f32x4.mul(x, b0));
    x = v128.load32_splat(a, 8);
    s23 = f32x4.add(s23, f32x4.mul(x, b3));
    s22 = f32x4.add(s22, f32x4.mul(x, b2));
    s21 = f32x4.add(s21, f32x4.mul(x, b1));
    s20 = f32x4.add(s20, f32x4.mul(x, b0));
    x = v128.load32_splat(a, 4);
    s13 = f32x4.add(s13, f32x4.mul(x, b3));
    s12 = f32x4.add(s12, f32x4.mul(x, b2));
    s11 = f32x4.add(s11, f32x4.mul(x, b1));
    s10 = f32x4.add(s10, f32x4.mul(x, b0));
    x = v128.load32_splat(a);
    s03 = f32x4.add(s03, f32x4.mul(x, b3));
    s02 = f32x4.add(s02, f32x4.mul(x, b2));
    s01 = f32x4.add(s01, f32x4.mul(x, b1));
    s00 = f32x4.add(s00, f32x4.mul(x, b0));
    a += aStep;
    b += bStep;
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

export function panel4x8(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  from: usize,
  fromStep: usize,
  c: usize,
  ldc: usize,
  k: i32,
): void {
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  for (; k > 0; k--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
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
    b += bStep;
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
