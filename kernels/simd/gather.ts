import { Vectors } from './vectors';

/** Rows `from` to before `to` of y, which has `count` rows of `inner` elements for each `length` of x. */
export function gatherForward(
  x: usize,
  indices: usize,
  y: usize,
  from: i32,
  to: i32,
  length: i32,
  count: i32,
  inner: i32,
): void {
  const bytes = (inner as usize) << 2;
  if (inner == 1) {
    for (let row = from; row < to; row++) {
      const outer = row / count;
      const index = load<i32>(indices + (((row - outer * count) as usize) << 2));
      const isInside = (index as u32) < (length as u32);
      const value = isInside ? load<f32>(x + (((outer * length + index) as usize) << 2)) : 0;
      store<f32>(y + ((row as usize) << 2), value);
    }
    return;
  }
  for (let row = from; row < to; row++) {
    const outer = row / count;
    const index = load<i32>(indices + (((row - outer * count) as usize) << 2));
    const target = y + (row as usize) * bytes;
    if ((index as u32) < (length as u32)) memory.copy(target, x + ((outer * length + index) as usize) * bytes, bytes);
    else memory.fill(target, 0, bytes);
  }
}

/** The columns from `first` to before `last`, for `from` to before `to` of what lies in front of the axis. */
export function gatherBackward(
  dy: usize,
  indices: usize,
  dx: usize,
  from: i32,
  to: i32,
  first: i32,
  last: i32,
  length: i32,
  count: i32,
  inner: i32,
): void {
  const bytes = (inner as usize) << 2;
  const start = (first as usize) << 2;
  const columns = last - first;
  for (let outer = from; outer < to; outer++) {
    const target = dx + ((outer * length) as usize) * bytes + start;
    if (columns == inner) memory.fill(target, 0, (length as usize) * bytes);
    else for (let l = 0; l < length; l++) memory.fill(target + (l as usize) * bytes, 0, (columns as usize) << 2);
    let source = dy + ((outer * count) as usize) * bytes + start;
    for (let i = 0; i < count; i++) {
      const index = load<i32>(indices + ((i as usize) << 2));
      if ((index as u32) < (length as u32)) add(source, target + (index as usize) * bytes, columns);
      source += bytes;
    }
  }
}

/** y += x. */
function add(x: usize, y: usize, size: i32): void {
  for (; size > 0; size -= 4) {
    Vectors.storeSome(y, f32x4.add(v128.load(y), v128.load(x)), size);
    x += 16;
    y += 16;
  }
}
