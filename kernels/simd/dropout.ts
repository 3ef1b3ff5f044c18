/** Philox4x32-10, as in kernels/random.ts: one block of four words decides four elements, from `firstBlock` on. */
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
  const key0 = load<u32>(random);
  const key1 = load<u32>(random, 4);
  const step0 = load<u32>(random, 8);
  const step1 = load<u32>(random, 12);
  for (let block = firstBlock; size > 0; block++) {
    let c0 = block;
    let c1 = stream;
    let c2 = step0;
    let c3 = step1;
    let k0 = key0;
    let k1 = key1;
    for (let round = 0; round < 10; round++) {
      const p0 = (c0 as u64) * 0xd2511f53;
      const p1 = (c2 as u64) * 0xcd9e8d57;
      c0 = ((p1 >> 32) as u32) ^ c1 ^ k0;
      c1 = p1 as u32;
      c2 = ((p0 >> 32) as u32) ^ c3 ^ k1;
      c3 = p0 as u32;
      k0 += 0x9e3779b9;
      k1 += 0xbb67ae85;
    }
    keep(x, y, c0 >= threshold, scale);
    if (size > 1) keep(x + 4, y + 4, c1 >= threshold, scale);
    if (size > 2) keep(x + 8, y + 8, c2 >= threshold, scale);
    if (size > 3) keep(x + 12, y + 12, c3 >= threshold, scale);
    x += 16;
    y += 16;
    size -= 4;
  }
}

function keep(x: usize, y: usize, isKept: bool, scale: f32): void {
  store<f32>(y, isKept ? load<f32>(x) * scale : 0);
}
