import { Vectors } from './vectors';

/** Multipliers and steps of the key. In memory, since V8 makes a constant anew at each of its uses. */
const constants: usize = memory.data<u32>([0xd2511f53, 0xcd9e8d57, 0x9e3779b9, 0xbb67ae85], 16);

/**
 * Philox4x32-10, as in kernels/random.ts, on twice four blocks at a time, of which each has the words of four elements:
 * `size` elements, from those of `firstBlock` on. What is done with four words is a method `apply` of class O, as in
 * broadcast.ts: of the elements of x, their words and two numbers, the first as bits, it makes the elements of y.
 */
export function withWords<O>(
  x: usize,
  y: usize,
  random: usize,
  size: i32,
  first: u32,
  second: f32,
  stream: u32,
  firstBlock: u32,
): void {
  const a = i32x4.splat(first);
  const b = f32x4.splat(second);
  const key0 = v128.load32_splat(random);
  const key1 = v128.load32_splat(random, 4);
  const step0 = v128.load32_splat(random, 8);
  const step1 = v128.load32_splat(random, 12);
  const multiplier0 = v128.load32_splat(constants);
  const multiplier1 = v128.load32_splat(constants, 4);
  const weyl0 = v128.load32_splat(constants, 8);
  const weyl1 = v128.load32_splat(constants, 12);
  let blocks = i32x4.add(i32x4.splat(firstBlock), i32x4(0, 1, 2, 3));
  for (; size > 0; size -= 32) {
    let c0 = blocks;
    let c1 = i32x4.splat(stream);
    let c2 = step0;
    let c3 = step1;
    let d0 = i32x4.add(blocks, i32x4.splat(4));
    let d1 = c1;
    let d2 = step0;
    let d3 = step1;
    let k0 = key0;
    let k1 = key1;
    for (let round = 0; round < 10; round++) {
      const cLow0 = i64x2.extmul_low_i32x4_u(c0, multiplier0);
      const cHigh0 = i64x2.extmul_high_i32x4_u(c0, multiplier0);
      const cLow1 = i64x2.extmul_low_i32x4_u(c2, multiplier1);
      const cHigh1 = i64x2.extmul_high_i32x4_u(c2, multiplier1);
      c0 = v128.xor(v128.xor(v128.shuffle<i32>(cLow1, cHigh1, 1, 3, 5, 7), c1), k0);
      c2 = v128.xor(v128.xor(v128.shuffle<i32>(cLow0, cHigh0, 1, 3, 5, 7), c3), k1);
      c1 = v128.shuffle<i32>(cLow1, cHigh1, 0, 2, 4, 6);
      c3 = v128.shuffle<i32>(cLow0, cHigh0, 0, 2, 4, 6);
      const dLow0 = i64x2.extmul_low_i32x4_u(d0, multiplier0);
      const dHigh0 = i64x2.extmul_high_i32x4_u(d0, multiplier0);
      const dLow1 = i64x2.extmul_low_i32x4_u(d2, multiplier1);
      const dHigh1 = i64x2.extmul_high_i32x4_u(d2, multiplier1);
      d0 = v128.xor(v128.xor(v128.shuffle<i32>(dLow1, dHigh1, 1, 3, 5, 7), d1), k0);
      d2 = v128.xor(v128.xor(v128.shuffle<i32>(dLow0, dHigh0, 1, 3, 5, 7), d3), k1);
      d1 = v128.shuffle<i32>(dLow1, dHigh1, 0, 2, 4, 6);
      d3 = v128.shuffle<i32>(dLow0, dHigh0, 0, 2, 4, 6);
      k0 = i32x4.add(k0, weyl0);
      k1 = i32x4.add(k1, weyl1);
    }
    sixteen<O>(x, y, c0, c1, c2, c3, a, b, size);
    sixteen<O>(x + 64, y + 64, d0, d1, d2, d3, a, b, size - 16);
    blocks = i32x4.add(blocks, i32x4.splat(8));
    x += 128;
    y += 128;
  }
}

/** Lanes of the words are blocks; turned around, vectors are. */
function sixteen<O>(x: usize, y: usize, c0: v128, c1: v128, c2: v128, c3: v128, a: v128, b: v128, count: i32): void {
  const upper01 = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5);
  const upper23 = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5);
  const lower01 = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7);
  const lower23 = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7);
  four<O>(x, y, v128.shuffle<i64>(upper01, upper23, 0, 2), a, b, count);
  four<O>(x + 16, y + 16, v128.shuffle<i64>(upper01, upper23, 1, 3), a, b, count - 4);
  four<O>(x + 32, y + 32, v128.shuffle<i64>(lower01, lower23, 0, 2), a, b, count - 8);
  four<O>(x + 48, y + 48, v128.shuffle<i64>(lower01, lower23, 1, 3), a, b, count - 12);
}

function four<O>(x: usize, y: usize, words: v128, a: v128, b: v128, count: i32): void {
  const o = changetype<O>(0);
  if (count > 0) Vectors.storeSome(y, o.apply(v128.load(x), words, a, b), count);
}
