import { Vectors } from './vectors';

/** Sixteen bytes a turn; the last elements through the same operations. */
export function castFromUint8Affine(x: usize, y: usize, size: i32, factor: f32, offset: f32): void {
  const factorAll = f32x4.splat(factor);
  const offsetAll = f32x4.splat(offset);
  for (; size >= 16; size -= 16) {
    const bytes = v128.load(x);
    const low = i16x8.extend_low_i8x16_u(bytes);
    const high = i16x8.extend_high_i8x16_u(bytes);
    const a = f32x4.add(f32x4.mul(factorAll, f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(low))), offsetAll);
    const b = f32x4.add(f32x4.mul(factorAll, f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(low))), offsetAll);
    const c = f32x4.add(f32x4.mul(factorAll, f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(high))), offsetAll);
    const d = f32x4.add(f32x4.mul(factorAll, f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(high))), offsetAll);
    v128.store(y, a);
    v128.store(y, b, 16);
    v128.store(y, c, 32);
    v128.store(y, d, 48);
    x += 16;
    y += 64;
  }
  for (; size > 0; size -= 4) {
    const four = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(x)));
    Vectors.storeSome(y, f32x4.add(f32x4.mul(factorAll, f32x4.convert_i32x4_u(four)), offsetAll), size);
    x += 4;
    y += 16;
  }
}

export function castFromInt32(x: usize, y: usize, size: i32): void {
  for (; size > 0; size -= 4) {
    Vectors.storeSome(y, f32x4.convert_i32x4_s(v128.load(x)), size);
    x += 16;
    y += 16;
  }
}

/** The instruction cuts toward zero, stays within the range, and makes 0 of NaN. */
export function castToInt32(x: usize, y: usize, size: i32): void {
  for (; size > 0; size -= 4) {
    Vectors.storeSome(y, i32x4.trunc_sat_f32x4_s(v128.load(x)), size);
    x += 16;
    y += 16;
  }
}
