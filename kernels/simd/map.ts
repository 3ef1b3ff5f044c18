import { Vectors } from './vectors';

/**
 * Loops over elements. What is done to four of them is a method `apply` of class O, which has no instances: it is called
 * on the null reference and inlined. Two vectors a turn, both computed before either is stored, so that V8 can fuse them;
 * the last elements run through the same operations, so that an element's place changes no bit of it.
 */
export function map1<O>(x: usize, y: usize, size: i32, first: f32 = 0, second: f32 = 0): void {
  const o = changetype<O>(0);
  const a = f32x4.splat(first);
  const b = f32x4.splat(second);
  for (; size >= 8; size -= 8) {
    const low = o.apply(v128.load(x), a, b);
    const high = o.apply(v128.load(x, 16), a, b);
    v128.store(y, low);
    v128.store(y, high, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    Vectors.storeSome(y, o.apply(v128.load(x), a, b), size);
    x += 16;
    y += 16;
  }
}

export function map2<O>(x1: usize, x2: usize, y: usize, size: i32, number: f32 = 0): void {
  const o = changetype<O>(0);
  const a = f32x4.splat(number);
  for (; size >= 8; size -= 8) {
    const low = o.apply(v128.load(x1), v128.load(x2), a);
    const high = o.apply(v128.load(x1, 16), v128.load(x2, 16), a);
    v128.store(y, low);
    v128.store(y, high, 16);
    x1 += 32;
    x2 += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    Vectors.storeSome(y, o.apply(v128.load(x1), v128.load(x2), a), size);
    x1 += 16;
    x2 += 16;
    y += 16;
  }
}
