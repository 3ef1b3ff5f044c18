/**
 * General matrix product in plain loops. Both operands are first copied into panels of four rows or columns, as
 * float64: the inner loop then reads straight through memory, needs no conversion, and keeps a 4x4 tile of sums in
 * registers. A panel can be gathered from anything, which makes convolutions matrix products too (implicit GEMM).
 * Every element is summed in the order of k, whatever the size, so results do not depend on tiles or blocks.
 */

/**
 * Copies `count` (1 to 4) rows of a left operand, or columns of a right one, beginning with `first`, for k0 <= k < k1:
 * element (i, k) goes to panel[at + 4 (k - k0) + i]. Places beyond `count` must get 0.
 */
export type PackPanel<G> = (
  panel: Float64Array,
  at: number,
  source: Float32Array,
  geometry: G,
  first: number,
  count: number,
  k0: number,
  k1: number,
) => void;

/** Longest run of k in one go, which bounds the scratch memory; longer sums pass through float32 in between. */
const maxDepth = 4096;
/** Float64 elements of the right operand that are packed at once: 2 MB, so that they stay in the second-level cache. */
const blockElements = 262_144;

const roundUp4 = (count: number): number => (count + 3) & ~3;
const depthOf = (k: number): number => (k < maxDepth ? k : maxDepth);

function blockColumns(n: number, k: number): number {
  const fitting = Math.max(16, Math.floor(blockElements / Math.max(depthOf(k), 1)) & ~3);
  return Math.min(roundUp4(n), fitting);
}

/** Bytes of scratch memory for a product with n columns and depth k. */
export function gemmScratch(n: number, k: number): number {
  return 8 * (4 * depthOf(k) + blockColumns(n, k) * depthOf(k));
}

/** c[m, n] = a b, the operands packed from `a` and `b`. */
export function gemm<G>(
  c: Float32Array,
  m: number,
  n: number,
  k: number,
  packRows: PackPanel<G>,
  a: Float32Array,
  packColumns: PackPanel<G>,
  b: Float32Array,
  geometry: G,
  scratch: Float64Array,
): void {
  const depth = depthOf(k);
  const columns = blockColumns(n, k);
  // Scratch holds the panel of rows and then the block of columns.
  const block = 4 * depth;
  for (let k0 = 0; k0 < k; k0 += depth) {
    const k1 = k0 + depth < k ? k0 + depth : k;
    for (let block0 = 0; block0 < n; block0 += columns) {
      const block1 = block0 + columns < n ? block0 + columns : n;
      for (let j = block0; j < block1; j += 4) {
        packColumns(scratch, block + (j - block0) * (k1 - k0), b, geometry, j, n - j < 4 ? n - j : 4, k0, k1);
      }
      for (let i = 0; i < m; i += 4) {
        const rows = m - i < 4 ? m - i : 4;
        packRows(scratch, 0, a, geometry, i, rows, k0, k1);
        for (let j = block0; j < block1; j += 4) {
          const panel = block + (j - block0) * (k1 - k0);
          if (rows === 4 && n - j >= 4) tile(c, i * n + j, n, scratch, 0, panel, k1 - k0, k0 > 0);
          else rimTile(c, i * n + j, n, rows, n - j < 4 ? n - j : 4, scratch, 0, panel, k1 - k0, k0 > 0);
        }
      }
    }
  }
}

/** c[at + n i + j] = (add ? itself : 0) + sum over k of the row panel's (i, k) times the column panel's (j, k). */
function tile(
  c: Float32Array,
  at: number,
  n: number,
  panels: Float64Array,
  row: number,
  column: number,
  depth: number,
  add: boolean,
): void {
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c03 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c13 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  let c23 = 0;
  let c30 = 0;
  let c31 = 0;
  let c32 = 0;
  let c33 = 0;
  for (let k = 0; k < depth; k++) {
    const b0 = panels[column]!;
    const b1 = panels[column + 1]!;
    const b2 = panels[column + 2]!;
    const b3 = panels[column + 3]!;
    const a0 = panels[row]!;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    const a1 = panels[row + 1]!;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    const a2 = panels[row + 2]!;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    const a3 = panels[row + 3]!;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
    row += 4;
    column += 4;
  }
  storeRow(c, at, c00, c01, c02, c03, add);
  storeRow(c, at + n, c10, c11, c12, c13, add);
  storeRow(c, at + 2 * n, c20, c21, c22, c23, add);
  storeRow(c, at + 3 * n, c30, c31, c32, c33, add);
}

function storeRow(c: Float32Array, at: number, c0: number, c1: number, c2: number, c3: number, add: boolean): void {
  if (add) {
    c0 += c[at]!;
    c1 += c[at + 1]!;
    c2 += c[at + 2]!;
    c3 += c[at + 3]!;
  }
  c[at] = c0;
  c[at + 1] = c1;
  c[at + 2] = c2;
  c[at + 3] = c3;
}

const rim = new Float32Array(16);

/** A tile of which only `rows` x `columns` belong to c: computed aside, and that part copied. */
function rimTile(
  c: Float32Array,
  at: number,
  n: number,
  rows: number,
  columns: number,
  panels: Float64Array,
  row: number,
  column: number,
  depth: number,
  add: boolean,
): void {
  if (add) {
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) rim[4 * i + j] = c[at + i * n + j]!;
  }
  tile(rim, 0, 4, panels, row, column, depth, add);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) c[at + i * n + j] = rim[4 * i + j]!;
}
