import { Elementary } from './elementary';
import { map1, map2 } from './map';
import { Vectors } from './vectors';

/** 0 for x <= 0, and NaN stays NaN: pmax(x, 0) is x where x is not less than 0. */
class Relu {
  @inline
  apply(x: v128, _a: v128, _b: v128): v128 {
    return f32x4.pmax(x, f32x4.splat(0));
  }
}

class ReluGradient {
  @inline
  apply(dy: v128, y: v128, _a: v128): v128 {
    return v128.and(dy, f32x4.gt(y, f32x4.splat(0)));
  }
}

class LeakyRelu {
  @inline
  apply(x: v128, alpha: v128, _b: v128): v128 {
    return v128.bitselect(x, f32x4.mul(alpha, x), f32x4.gt(x, f32x4.splat(0)));
  }
}

class LeakyReluGradient {
  @inline
  apply(dy: v128, x: v128, alpha: v128): v128 {
    return v128.bitselect(dy, f32x4.mul(alpha, dy), f32x4.gt(x, f32x4.splat(0)));
  }
}

class Elu {
  @inline
  apply(x: v128, alpha: v128, _b: v128): v128 {
    return v128.bitselect(x, f32x4.mul(alpha, Elementary.expm1(x)), f32x4.gt(x, f32x4.splat(0)));
  }
}

class Sigmoid {
  @inline
  apply(x: v128, _a: v128, _b: v128): v128 {
    return Elementary.sigmoid(x);
  }
}

class SigmoidGradient {
  @inline
  apply(dy: v128, y: v128, one: v128): v128 {
    return f32x4.mul(f32x4.mul(dy, y), f32x4.sub(one, y));
  }
}

class Tanh {
  @inline
  apply(x: v128, _a: v128, _b: v128): v128 {
    return Elementary.tanh(x);
  }
}

class TanhGradient {
  @inline
  apply(dy: v128, y: v128, one: v128): v128 {
    return f32x4.mul(dy, f32x4.sub(one, f32x4.mul(y, y)));
  }
}

export function reluForward(x: usize, y: usize, size: i32): void {
  map1<Relu>(x, y, size);
}

export function reluBackward(dy: usize, y: usize, dx: usize, size: i32): void {
  map2<ReluGradient>(dy, y, dx, size);
}

export function leakyReluForward(x: usize, y: usize, size: i32, alpha: f32): void {
  map1<LeakyRelu>(x, y, size, alpha);
}

export function leakyReluBackward(dy: usize, x: usize, dx: usize, size: i32, alpha: f32): void {
  map2<LeakyReluGradient>(dy, x, dx, size, alpha);
}

export function eluForward(x: usize, y: usize, size: i32, alpha: f32): void {
  map1<Elu>(x, y, size, alpha);
}

/** For x <= 0 the derivative alpha e^x is y + alpha. */
export function eluBackward(dy: usize, x: usize, y: usize, dx: usize, size: i32, alpha: f32): void {
  const a = f32x4.splat(alpha);
  const zero = f32x4.splat(0);
  for (; size > 0; size -= 4) {
    const gradient = v128.load(dy);
    const below = f32x4.mul(gradient, f32x4.add(v128.load(y), a));
    Vectors.storeSome(dx, v128.bitselect(gradient, below, f32x4.gt(v128.load(x), zero)), size);
    dy += 16;
    x += 16;
    y += 16;
    dx += 16;
  }
}

export function sigmoidForward(x: usize, y: usize, size: i32): void {
  map1<Sigmoid>(x, y, size);
}

export function sigmoidBackward(dy: usize, y: usize, dx: usize, size: i32): void {
  map2<SigmoidGradient>(dy, y, dx, size, 1);
}

export function tanhForward(x: usize, y: usize, size: i32): void {
  map1<Tanh>(x, y, size);
}

export function tanhBackward(dy: usize, y: usize, dx: usize, size: i32): void {
  map2<TanhGradient>(dy, y, dx, size, 1);
}
