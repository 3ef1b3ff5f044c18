import { Axes } from './axes';
import { Vectors } from './vectors';

/**
 * Functions of two operands that are repeated along some axes. What is done to four elements is a method `apply` of class
 * O, which has no instances: it is called on the null reference and inlined.
 */

/** `rows` rows of y from row `from` on; a and b begin where the axes say and go on by their steps. */
export function combine<O>(
  a: usize,
  b: usize,
  y: usize,
  axes: usize,
  from: i32,
  rows: i32,
  columns: i32,
  aStep: i32,
  bStep: i32,
): void {
  Axes.seek(axes, from);
  y += ((from * columns) as usize) << 2;
  for (; rows > 0; rows--) {
    const rowA = a + Axes.offsetA(axes);
    const rowB = b + Axes.offsetB(axes);
    if (aStep == 1 && bStep == 1) sideBySide<O>(rowA, rowB, y, columns);
    else if (aStep == 1 && bStep == 0) withSecond<O>(rowA, v128.load32_splat(rowB), y, columns);
    else if (aStep == 0 && bStep == 1) withFirst<O>(v128.load32_splat(rowA), rowB, y, columns);
    else oneByOne<O>(rowA, rowB, y, columns, aStep, bStep);
    y += (columns as usize) << 2;
    Axes.next(axes);
  }
}

/**
 * The same for functions of many operations: where one operand is the same for a whole row, one vector a turn. Of two, V8
 * would fuse what is done to the repeated operand alone, over which the compiler of Node 26 ends the process.
 */
export function combineSingly<O>(
  a: usize,
  b: usize,
  y: usize,
  axes: usize,
  from: i32,
  rows: i32,
  columns: i32,
  aStep: i32,
  bStep: i32,
): void {
  const o = changetype<O>(0);
  Axes.seek(axes, from);
  y += ((from * columns) as usize) << 2;
  for (; rows > 0; rows--) {
    let rowA = a + Axes.offsetA(axes);
    let rowB = b + Axes.offsetB(axes);
    if (aStep == 1 && bStep == 1) sideBySide<O>(rowA, rowB, y, columns);
    else if (aStep + bStep == 1 && aStep * bStep == 0) {
      const first = v128.load32_splat(rowA);
      const second = v128.load32_splat(rowB);
      let place = y;
      for (let size = columns; size > 0; size -= 4) {
        const x = aStep == 1 ? v128.load(rowA) : first;
        const z = bStep == 1 ? v128.load(rowB) : second;
        Vectors.storeSome(place, o.apply(x, z), size);
        rowA += aStep == 1 ? 16 : 0;
        rowB += bStep == 1 ? 16 : 0;
        place += 16;
      }
    } else oneByOne<O>(rowA, rowB, y, columns, aStep, bStep);
    y += (columns as usize) << 2;
    Axes.next(axes);
  }
}

function sideBySide<O>(a: usize, b: usize, y: usize, size: i32): void {
  const o = changetype<O>(0);
  for (; size >= 8; size -= 8) {
    const low = o.apply(v128.load(a), v128.load(b));
    const high = o.apply(v128.load(a, 16), v128.load(b, 16));
    v128.store(y, low);
    v128.store(y, high, 16);
    a += 32;
    b += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    Vectors.storeSome(y, o.apply(v128.load(a), v128.load(b)), size);
    a += 16;
    b += 16;
    y += 16;
  }
}

function withSecond<O>(a: usize, b: v128, y: usize, size: i32): void {
  const o = changetype<O>(0);
  for (; size >= 8; size -= 8) {
    const low = o.apply(v128.load(a), b);
    const high = o.apply(v128.load(a, 16), b);
    v128.store(y, low);
    v128.store(y, high, 16);
    a += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    Vectors.storeSome(y, o.apply(v128.load(a), b), size);
    a += 16;
    y += 16;
  }
}

function withFirst<O>(a: v128, b: usize, y: usize, size: i32): void {
  const o = changetype<O>(0);
  for (; size >= 8; size -= 8) {
    const low = o.apply(a, v128.load(b));
    const high = o.apply(a, v128.load(b, 16));
    v128.store(y, low);
    v128.store(y, high, 16);
    b += 32;
    y += 32;
  }
  for (; size > 0; size -= 4) {
    Vectors.storeSome(y, o.apply(a, v128.load(b)), size);
    b += 16;
    y += 16;
  }
}

function oneByOne<O>(a: usize, b: usize, y: usize, size: i32, aStep: i32, bStep: i32): void {
  const o = changetype<O>(0);
  for (; size > 0; size--) {
    const first = v128.load32_splat(a);
    v128.store32_lane(y, o.apply(first, v128.load32_splat(b)), 0);
    a += (aStep as usize) << 2;
    b += (bStep as usize) << 2;
    y += 4;
  }
}
