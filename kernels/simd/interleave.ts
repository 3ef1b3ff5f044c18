/** Writes [a0, b0, c0, d0], [a1, b1, c1, d1], ... to `to`, `stride` bytes apart. */
export function interleave(a: usize, b: usize, c: usize, d: usize, count: i32, to: usize, stride: usize): void {
  for (; count >= 4; count -= 4) {
    const va = v128.load(a);
    const vb = v128.load(b);
    const vc = v128.load(c);
    const vd = v128.load(d);
    const ab = v128.shuffle<f32>(va, vb, 0, 4, 1, 5);
    const ab2 = v128.shuffle<f32>(va, vb, 2, 6, 3, 7);
    const cd = v128.shuffle<f32>(vc, vd, 0, 4, 1, 5);
    const cd2 = v128.shuffle<f32>(vc, vd, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
    v128.store(to + stride, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
    v128.store(to + 2 * stride, v128.shuffle<f32>(ab2, cd2, 0, 1, 4, 5));
    v128.store(to + 3 * stride, v128.shuffle<f32>(ab2, cd2, 2, 3, 6, 7));
    a += 16;
    b += 16;
    c += 16;
    d += 16;
    to += 4 * stride;
  }
  for (; count > 0; count--) {
    store<f32>(to, load<f32>(a));
    store<f32>(to, load<f32>(b), 4);
    store<f32>(to, load<f32>(c), 8);
    store<f32>(to, load<f32>(d), 12);
    a += 4;
    b += 4;
    c += 4;
    d += 4;
    to += stride;
  }
}
