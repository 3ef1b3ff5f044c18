/** The sums of normalization-columns-gradient.ts where a relu stands behind a sum with what is normalized. */
import { columnSumsBytes, padded4 } from './generated/layouts';
import { addBlock, blockRows } from './normalization-columns';
import { clearSums } from './normalization-columns-gradient';
import { Vectors } from './vectors';

/** dsum = dy where y is positive, else 0, and the sums of columnGradientSums for it. */
export function columnReluGradientSums(
  dy: usize,
  y: usize,
  dsum: usize,
  x: usize,
  coefficients: usize,
  sums: usize,
  rows: i32,
  columns: i32,
  chunkRows: i32,
  fromChunk: i32,
  toChunk: i32,
  from: i32,
  to: i32,
): void {
  const stride = (columns as usize) << 2;
  const length = padded4(columns as usize);
  const step = length << 2;
  for (let chunk = fromChunk; chunk < toChunk; chunk++) {
    const count = min(chunkRows, rows - chunk * chunkRows);
    const first = sums + (chunk as usize) * columnSumsBytes(columns as usize);
    clearSums(first, length, from, to);
    for (let row = 0; row < count; row += blockRows) {
      const block = min(count - row, blockRows);
      const place = ((chunk * chunkRows + row) as usize) * stride;
      const sum = first + 5 * step;
      let c = from;
      for (; c + 8 <= to; c += 8) {
        const at = (c as usize) << 2;
        const here = place + at;
        eightReluSums(dy + here, y + here, dsum + here, x + here, stride, block, coefficients + at, step, sum + at);
      }
      for (; c < to; c += 4) {
        const at = (c as usize) << 2;
        const here = place + at;
        const count = to - c;
        someReluSums(
          dy + here,
          y + here,
          dsum + here,
          x + here,
          stride,
          block,
          coefficients + at,
          step,
          sum + at,
          count,
        );
      }
      addBlock(first, length, from, to);
    }
  }
}

function eightReluSums(
  dy: usize,
  y: usize,
  dsum: usize,
  x: usize,
  stride: usize,
  rows: i32,
  centers: usize,
  step: usize,
  sums: usize,
): void {
  const zero = f32x4.splat(0);
  const low = v128.load(centers);
  const high = v128.load(centers, 16);
  let a = zero;
  let b = zero;
  let c = zero;
  let d = zero;
  for (; rows > 0; rows--) {
    const ga = v128.and(v128.load(dy), f32x4.gt(v128.load(y), zero));
    const gb = v128.and(v128.load(dy, 16), f32x4.gt(v128.load(y, 16), zero));
    v128.store(dsum, ga);
    v128.store(dsum, gb, 16);
    a = f32x4.add(a, ga);
    b = f32x4.add(b, gb);
    c = f32x4.add(c, f32x4.mul(ga, f32x4.sub(v128.load(x), low)));
    d = f32x4.add(d, f32x4.mul(gb, f32x4.sub(v128.load(x, 16), high)));
    dy += stride;
    y += stride;
    dsum += stride;
    x += stride;
  }
  v128.store(sums, a);
  v128.store(sums, b, 16);
  sums += step;
  v128.store(sums, c);
  v128.store(sums, d, 16);
}

/** Up to four columns. */
function someReluSums(
  dy: usize,
  y: usize,
  dsum: usize,
  x: usize,
  stride: usize,
  rows: i32,
  centers: usize,
  step: usize,
  sums: usize,
  count: i32,
): void {
  const zero = f32x4.splat(0);
  const center = v128.load(centers);
  let a = zero;
  let b = zero;
  for (; rows > 0; rows--) {
    const g = v128.and(v128.load(dy), f32x4.gt(v128.load(y), zero));
    Vectors.storeSome(dsum, g, count);
    a = f32x4.add(a, g);
    b = f32x4.add(b, f32x4.mul(g, f32x4.sub(v128.load(x), center)));
    dy += stride;
    y += stride;
    dsum += stride;
    x += stride;
  }
  v128.store(sums, a);
  v128.store(sums + step, b);
}
