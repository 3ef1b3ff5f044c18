import { Vectors } from './vectors';

export function scaleShiftForward(x: usize, scale: usize, shift: usize, y: usize, rows: i32, columns: i32): void {
  const bytes = (columns as usize) << 2;
  const pairs = bytes & ~31;
  for (; rows > 0; rows--) {
    let at: usize = 0;
    for (; at < pairs; at += 32) {
      const low = f32x4.add(f32x4.mul(v128.load(x + at), v128.load(scale + at)), v128.load(shift + at));
      const high = f32x4.add(f32x4.mul(v128.load(x + at, 16), v128.load(scale + at, 16)), v128.load(shift + at, 16));
      v128.store(y + at, low);
      v128.store(y + at, high, 16);
    }
    for (; at < bytes; at += 16) {
      const some = f32x4.add(f32x4.mul(v128.load(x + at), v128.load(scale + at)), v128.load(shift + at));
      Vectors.storeSome(y + at, some, ((bytes - at) >> 2) as i32);
    }
    x += bytes;
    y += bytes;
  }
}

/** y = max(y + other, floor) in place; NaN stays. */
export function addAndFloor(y: usize, other: usize, size: i32, floor: f32): void {
  const bytes = (size as usize) << 2;
  const pairs = bytes & ~31;
  const least = f32x4.splat(floor);
  let at: usize = 0;
  for (; at < pairs; at += 32) {
    const low = f32x4.add(v128.load(y + at), v128.load(other + at));
    const high = f32x4.add(v128.load(y + at, 16), v128.load(other + at, 16));
    v128.store(y + at, f32x4.pmax(low, least));
    v128.store(y + at, f32x4.pmax(high, least), 16);
  }
  for (; at < bytes; at += 16) {
    const some = f32x4.add(v128.load(y + at), v128.load(other + at));
    Vectors.storeSome(y + at, f32x4.pmax(some, least), ((bytes - at) >> 2) as i32);
  }
}
