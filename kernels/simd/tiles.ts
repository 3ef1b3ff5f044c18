/**
 * The innermost loops of a matrix product: pieces of c of 4 rows and 16 columns that live in registers. Of b they take
 * a packed panel: for each k 16 columns side by side. c = `from` + a b, rows of `from` being `fromStep` bytes apart, of c
 * `ldc`; c itself to add to it, or zeros or a bias with a step of 0. The product is summed first and then added, so
 * that long sums are taken in two levels.
 */

import { panel4x8, panel4x16 } from './panel-tiles';
import { rows2x16, rows4x8, rows4x16 } from './row-tiles';

/** Whether pieces of 4 rows and 16 columns are taken at once: faster where there are vectors of 256 bits, or 32 registers. */
let isWide = true;

/** 16 or 8 columns; the choice changes no bit. */
export function setTileWidth(columns: i32): void {
  isWide = columns === 16;
}

export function takesWideTiles(): bool {
  return isWide;
}

/**
 * Of a the four elements for each k lie side by side, those for the next one `aStep` bytes on, and of b more than 8 columns,
 * or 8, `bStep` bytes on.
 */
export function panelTile(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  from: usize,
  fromStep: usize,
  c: usize,
  ldc: usize,
  k: i32,
  columns: i32,
): void {
  if (isWide && columns > 8) {
    panel4x16(a, aStep, b, bStep, from, fromStep, c, ldc, k);
    return;
  }
  panel4x8(a, aStep, b, bStep, from, fromStep, c, ldc, k);
  if (columns > 8) panel4x8(a, aStep, b + 32, bStep, from + 32, fromStep, c + 32, ldc, k);
}

/** Of a the rows lie `aRow` bytes apart, each in one piece. Without packing, two rows are faster than 8 columns. */
export function rowsTile(
  a: usize,
  aRow: usize,
  b: usize,
  from: usize,
  fromStep: usize,
  c: usize,
  ldc: usize,
  k: i32,
  columns: i32,
): void {
  if (columns <= 8) {
    rows4x8(a, aRow, b, from, fromStep, c, ldc, k);
    return;
  }
  if (isWide) {
    rows4x16(a, aRow, b, from, fromStep, c, ldc, k);
    return;
  }
  rows2x16(a, aRow, b, from, fromStep, c, ldc, k);
  rows2x16(a + 2 * aRow, aRow, b, from + 2 * fromStep, fromStep, c + 2 * ldc, ldc, k);
}
