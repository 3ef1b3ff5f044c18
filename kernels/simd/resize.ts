/** An axis made longer or shorter: each output lies between two elements. */
import { Vectors } from './vectors';

/** Where output i lies on the axis; in float32, as in TensorFlow, so that the nearest element is the same. */
function middleOf(i: i32, length: i32, count: i32): f32 {
  return ((i as f32) + 0.5) * ((length as f32) / (count as f32));
}

function inside(place: f32, length: i32): i32 {
  return max(0, min(length - 1, place as i32));
}

/** The outputs from `from` to before `to`, of the rows of all outer places one behind the other. */
export function resizeForward(
  x: usize,
  y: usize,
  length: i32,
  count: i32,
  inner: i32,
  isNearest: bool,
  from: i32,
  to: i32,
): void {
  const bytes = (inner as usize) * 4;
  y += (from as usize) * bytes;
  for (let row = from; row < to; row++) {
    const outer = row / count;
    const middle = middleOf(row - outer * count, length, count);
    const place = isNearest ? middle : middle - 0.5;
    const lower = floor<f32>(place);
    const first = x + ((outer * length + inside(lower, length)) as usize) * bytes;
    if (isNearest) copyRow(first, y, bytes);
    else {
      const second = x + ((outer * length + inside(ceil<f32>(place), length)) as usize) * bytes;
      between(first, second, place - lower, y, inner);
    }
    y += bytes;
  }
}

function copyRow(x: usize, y: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(y + at, v128.load(x + at));
  for (; at < bytes; at += 4) store<f32>(y + at, load<f32>(x + at));
}

function between(a: usize, b: usize, share: f32, y: usize, inner: i32): void {
  const weight = f32x4.splat(share);
  for (; inner >= 8; inner -= 8) {
    const a0 = v128.load(a);
    const a1 = v128.load(a, 16);
    const y0 = f32x4.add(a0, f32x4.mul(f32x4.sub(v128.load(b), a0), weight));
    const y1 = f32x4.add(a1, f32x4.mul(f32x4.sub(v128.load(b, 16), a1), weight));
    v128.store(y, y0);
    v128.store(y, y1, 16);
    a += 32;
    b += 32;
    y += 32;
  }
  for (; inner > 0; inner -= 4) {
    const first = v128.load(a);
    Vectors.storeSome(y, f32x4.add(first, f32x4.mul(f32x4.sub(v128.load(b), first), weight)), inner);
    a += 16;
    b += 16;
    y += 16;
  }
}

/** The outer places from `from` to before `to`; of each the columns from `first` to before `end`. `dx` is overwritten. */
export function resizeBackward(
  dy: usize,
  dx: usize,
  length: i32,
  count: i32,
  inner: i32,
  isNearest: bool,
  from: i32,
  to: i32,
  first: i32,
  end: i32,
): void {
  const bytes = (inner as usize) * 4;
  const offset = (first as usize) * 4;
  const columns = end - first;
  for (let outer = from; outer < to; outer++) {
    const target = dx + ((outer * length) as usize) * bytes + offset;
    for (let l = 0; l < length; l++) memory.fill(target + (l as usize) * bytes, 0, (columns as usize) * 4);
    let source = dy + ((outer * count) as usize) * bytes + offset;
    for (let i = 0; i < count; i++) {
      const middle = middleOf(i, length, count);
      const place = isNearest ? middle : middle - 0.5;
      const lower = floor<f32>(place);
      const share: f32 = isNearest ? 0 : place - lower;
      addScaled(source, 1 - share, target + (inside(lower, length) as usize) * bytes, columns);
      if (share > 0) addScaled(source, share, target + (inside(ceil<f32>(place), length) as usize) * bytes, columns);
      source += bytes;
    }
  }
}

function addScaled(x: usize, factor: f32, to: usize, count: i32): void {
  const weight = f32x4.splat(factor);
  for (; count > 0; count -= 4) {
    Vectors.storeSome(to, f32x4.add(v128.load(to), f32x4.mul(v128.load(x), weight)), count);
    x += 16;
    to += 16;
  }
}
