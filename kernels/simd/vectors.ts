/** What kernels share that go through memory vector by vector. Loads may reach beyond an operand, stores may not. */
export class Vectors {
  /** Stores the first `count` lanes, at most four. */
  static storeSome(at: usize, vector: v128, count: i32): void {
    if (count >= 4) {
      v128.store(at, vector);
      return;
    }
    if (count > 0) v128.store32_lane(at, vector, 0);
    if (count > 1) v128.store32_lane(at, vector, 1, 4);
    if (count > 2) v128.store32_lane(at, vector, 2, 8);
  }

  /** All bits of the first `count` lanes. */
  static firstLanes(count: i32): v128 {
    return i32x4.gt_s(i32x4.splat(count), i32x4(0, 1, 2, 3));
  }

  /** Adds four float32 to two sums in float64. */
  static addTo(sums: v128, vector: v128): v128 {
    const high = f64x2.promote_low_f32x4(v128.shuffle<i64>(vector, vector, 1, 1));
    return f64x2.add(sums, f64x2.add(f64x2.promote_low_f32x4(vector), high));
  }

  /** Adds four float32 to four sums in float64 in memory. */
  static addAt(sums: usize, vector: v128): void {
    const high = v128.shuffle<i64>(vector, vector, 1, 1);
    v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(vector)));
    v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(high)), 16);
  }

  /** Two sums in float64 made one. */
  static total(sums: v128): f64 {
    return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  }
}
