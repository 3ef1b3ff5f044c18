import { withWords } from './philox';

/** x times the factor where the word is large enough, else 0. */
class Keep {
  @inline
  apply(x: v128, words: v128, least: v128, factor: v128): v128 {
    return v128.and(f32x4.mul(x, factor), i32x4.ge_u(words, least));
  }
}

/** `size` elements, from those of `firstBlock` on. */
export function dropoutForward(
  x: usize,
  y: usize,
  random: usize,
  size: i32,
  threshold: u32,
  scale: f32,
  stream: u32,
  firstBlock: u32,
): void {
  withWords<Keep>(x, y, random, size, threshold, scale, stream, firstBlock);
}
