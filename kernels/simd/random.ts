import { Elementary } from './elementary';
import { withWords } from './philox';

/** 2^-24, 0.25, 1, -2. */
const numbers: usize = memory.data<f32>([5.9604645e-8, 0.25, 1, -2], 16);
/** All bits of the lanes whose elements are the second of a pair. */
const seconds: usize = memory.data<i32>([0, -1, 0, -1], 16);

/** Words as 0 <= u < 1. */
function uniform(words: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(words, 8)), v128.load32_splat(numbers));
}

class Uniform {
  @inline
  apply(_x: v128, words: v128, min: v128, range: v128): v128 {
    return f32x4.add(min, f32x4.mul(range, uniform(words)));
  }
}

/** The sine of an angle is the cosine of a quarter turn less. */
class Normal {
  @inline
  apply(_x: v128, words: v128, mean: v128, deviation: v128): v128 {
    const one = v128.load32_splat(numbers, 8);
    const first = uniform(v128.shuffle<i32>(words, words, 0, 0, 2, 2));
    const second = uniform(v128.shuffle<i32>(words, words, 1, 1, 3, 3));
    const radius = f32x4.sqrt(f32x4.mul(v128.load32_splat(numbers, 12), Elementary.log(f32x4.sub(one, first))));
    const turns = f32x4.sub(second, v128.and(v128.load32_splat(numbers, 4), v128.load(seconds)));
    return f32x4.add(mean, f32x4.mul(deviation, f32x4.mul(radius, Elementary.cosOfTurns(turns))));
  }
}

export function randomUniform(
  y: usize,
  random: usize,
  size: i32,
  min: f32,
  range: f32,
  stream: u32,
  firstBlock: u32,
): void {
  withWords<Uniform>(y, y, random, size, reinterpret<u32>(min), range, stream, firstBlock);
}

export function randomNormal(
  y: usize,
  random: usize,
  size: i32,
  mean: f32,
  deviation: f32,
  stream: u32,
  firstBlock: u32,
): void {
  withWords<Normal>(y, y, random, size, reinterpret<u32>(mean), deviation, stream, firstBlock);
}
