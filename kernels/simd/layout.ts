import { Axes } from './axes';
import { fill } from './generated/arithmetic';
import { transposedRows } from './generated/layouts';
import { Vectors } from './vectors';

/** `rows` dense rows of y from row `from` on; x begins where the axes say and goes on by `step` elements. */
export function gatherRows(x: usize, y: usize, axes: usize, from: i32, rows: i32, columns: i32, step: i32): void {
  Axes.seek(axes, from);
  const bytes = (columns as usize) << 2;
  y += (from as usize) * bytes;
  for (; rows > 0; rows--) {
    const source = x + Axes.offsetA(axes);
    if (step == 1) copy(source, y, columns);
    else if (step == 0) fill(y, columns, load<f32>(source));
    else gather(source, y, columns, (step as usize) << 2);
    y += bytes;
    Axes.next(axes);
  }
}

/** `rows` dense rows of x from row `from` on go to where the axes say in y. */
export function scatterRows(x: usize, y: usize, axes: usize, from: i32, rows: i32, columns: i32): void {
  Axes.seek(axes, from);
  const bytes = (columns as usize) << 2;
  x += (from as usize) * bytes;
  for (; rows > 0; rows--) {
    copy(x, y + Axes.offsetA(axes), columns);
    x += bytes;
    Axes.next(axes);
  }
}

function copy(x: usize, y: usize, size: i32): void {
  for (; size >= 8; size -= 8) {
    const low = v128.load(x);
    const high = v128.load(x, 16);
    v128.store(y, low);
    v128.store(y, high, 16);
    x += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    Vectors.storeSome(y, v128.load(x), size);
    x += 16;
    y += 16;
  }
}

function gather(x: usize, y: usize, size: i32, step: usize): void {
  for (; size > 0; size--) {
    store<f32>(y, load<f32>(x));
    x += step;
    y += 4;
  }
}

/** So many rows of a plane are transposed at a time. */
const blockRows: i32 = transposedRows as i32;

/**
 * Planes of y, `rows` x `columns`, of which x holds the columns: y[r, c] = x[r + c step]. Block number `from` and those
 * behind it: blocks of 16 rows, plane by plane; the planes of x begin where the axes say.
 */
export function transposePlanes(
  x: usize,
  y: usize,
  axes: usize,
  from: i32,
  blocks: i32,
  rows: i32,
  columns: i32,
  step: i32,
): void {
  const perPlane = (rows + blockRows - 1) / blockRows;
  for (let block = from; block < from + blocks; block++) {
    const plane = block / perPlane;
    const row = (block - plane * perPlane) * blockRows;
    Axes.seek(axes, plane);
    const source = x + Axes.offsetA(axes) + ((row as usize) << 2);
    const target = y + ((plane * rows + row) as usize) * (columns as usize) * 4;
    transposeMatrix(source, target, min(rows - row, blockRows), columns, (step as usize) << 2);
  }
}

/** y[r, c] = x[r + c step], `step` in bytes. */
export function transposeMatrix(x: usize, y: usize, rows: i32, columns: i32, step: usize): void {
  const rowBytes = (columns as usize) << 2;
  let c = 0;
  for (; c + 4 <= columns; c += 4) {
    let r = 0;
    for (; r + 4 <= rows; r += 4) {
      const place = (r as usize) << 2;
      transposeTile(x + place, y + (r as usize) * rowBytes, step, rowBytes);
    }
    for (; r < rows; r++) gather(x + ((r as usize) << 2), y + (r as usize) * rowBytes, 4, step);
    x += 4 * step;
    y += 16;
  }
  for (let r = 0; r < rows; r++) gather(x + ((r as usize) << 2), y + (r as usize) * rowBytes, columns - c, step);
}

function transposeTile(x: usize, y: usize, step: usize, rowBytes: usize): void {
  const a = v128.load(x);
  const b = v128.load(x + step);
  const c = v128.load(x + 2 * step);
  const d = v128.load(x + 3 * step);
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(y, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(y + rowBytes, v128.shuffle<i64>(ab, cd, 1, 3));
  v128.store(y + 2 * rowBytes, v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
  v128.store(y + 3 * rowBytes, v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
}
