/** What kernels share that go through memory vector by vector. Loads may reach beyond an operand, stores may not. */

/** The first `count` lanes, at most four. */
export function storeSome(at: usize, vector: v128, count: i32): void {
  if (count >= 4) {
    v128.store(at, vector);
    return;
  }
  if (count > 0) v128.store32_lane(at, vector, 0);
  if (count > 1) v128.store32_lane(at, vector, 1, 4);
  if (count > 2) v128.store32_lane(at, vector, 2, 8);
}

/** Zero, which no compiler knows: the export keeps it from being taken for a constant. */
export let zero: i32 = 0;

/**
 * V8 makes a constant anew wherever a loop uses it, in three instructions. A number that it does not know is put into
 * a register before the loop.
 */
export function word(value: i32): v128 {
  return i32x4.splat(value + zero);
}
