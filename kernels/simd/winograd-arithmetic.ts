/** What the transforms of winograd-lines.ts and winograd-results.ts share. */

/**
 * Their constants, in memory as in elementary.ts. A line of eight elements loads them where they are used first, since few
 * registers are left for them.
 */
export const winogradTable: usize = memory.data<f32>(
  [
    0.25, 0.5, 2, 4, -1.25, -2.5, -5, -4.25, 5.25, 0.0625, 0.125, 8, 16,
    // 1/3, 1/6, -1/6, -2/9, 1/90, 32/45.
    0.33333334, 0.16666667, -0.16666667, -0.22222222, 0.011111111, 0.7111111,
  ],
  16,
);

export class Pairs {
  /** a + x b. */
  static plus(a: v128, x: v128, b: v128): v128 {
    return f32x4.add(a, f32x4.mul(x, b));
  }

  static times(x: v128, a: v128): v128 {
    return f32x4.mul(x, a);
  }

  static store(to: usize, a: v128, b: v128): void {
    v128.store(to, a);
    v128.store(to, b, 16);
  }
}
