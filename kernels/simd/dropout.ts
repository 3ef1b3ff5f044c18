import { withWords } from './philox';

/** x times the factor where the word is large enough, else 0. */
class Keep {
  @inline
  apply(x: v128, words: v128, least: v128, factor: v128): v128 {
    return v128.and(f32x4.mul(x, factor), i32x4.ge_u(words, least));
  }
}

/** `size` elements, from those of `firstBlock` on; `rate` is where the rate lies. */
export function dropoutForward(
  x: usize,
  y: usize,
  random: usize,
  rate: usize,
  size: i32,
  stream: u32,
  firstBlock: u32,
): void {
  const share = load<f32>(rate) as f64;
  const threshold = (share * 4294967296) as u32;
  const scale = (1 / (1 - share)) as f32;
  withWords<Keep>(x, y, random, size, threshold, scale, stream, firstBlock);
}
