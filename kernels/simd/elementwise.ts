import { Elementary } from './elementary';
import { map1, map2 } from './map';
import { Vectors } from './vectors';

class Affine {
  @inline
  apply(x: v128, factor: v128, offset: v128): v128 {
    return f32x4.add(f32x4.mul(factor, x), offset);
  }
}

class Exp {
  @inline
  apply(x: v128, _a: v128, _b: v128): v128 {
    return Elementary.exp(x);
  }
}

class Log {
  @inline
  apply(x: v128, _a: v128, _b: v128): v128 {
    return Elementary.log(x);
  }
}

class Sqrt {
  @inline
  apply(x: v128, _a: v128, _b: v128): v128 {
    return f32x4.sqrt(x);
  }
}

class Abs {
  @inline
  apply(x: v128, _a: v128, _b: v128): v128 {
    return f32x4.abs(x);
  }
}

/** dy with the sign of x, 0 where x is 0 or NaN. */
class AbsGradient {
  @inline
  apply(dy: v128, x: v128, zero: v128): v128 {
    const above = v128.and(dy, f32x4.gt(x, zero));
    return v128.bitselect(f32x4.neg(dy), above, f32x4.lt(x, zero));
  }
}

export function fill(y: usize, size: i32, value: f32): void {
  const all = f32x4.splat(value);
  for (; size >= 8; size -= 8) {
    v128.store(y, all);
    v128.store(y, all, 16);
    y += 32;
  }
  for (; size > 0; size -= 4) {
    Vectors.storeSome(y, all, size);
    y += 16;
  }
}

export function affineForward(x: usize, y: usize, size: i32, factor: f32, offset: f32): void {
  map1<Affine>(x, y, size, factor, offset);
}

export function expForward(x: usize, y: usize, size: i32): void {
  map1<Exp>(x, y, size);
}

export function logForward(x: usize, y: usize, size: i32): void {
  map1<Log>(x, y, size);
}

export function sqrtForward(x: usize, y: usize, size: i32): void {
  map1<Sqrt>(x, y, size);
}

export function absForward(x: usize, y: usize, size: i32): void {
  map1<Abs>(x, y, size);
}

export function absBackward(dy: usize, x: usize, dx: usize, size: i32): void {
  map2<AbsGradient>(dy, x, dx, size);
}
