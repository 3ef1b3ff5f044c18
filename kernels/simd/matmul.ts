import { multiplyFewRows } from './few-rows';
import { gemm, Source } from './gemm';
import { mostFewRows } from './generated/layouts';

export function matmulForward(
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  transposeA: bool,
  transposeB: bool,
  rowFrom: i32,
  rowTo: i32,
  columnFrom: i32,
  columnTo: i32,
  scratch: usize,
): void {
  if (m <= (mostFewRows as i32) && !transposeA && !transposeB) {
    multiplyFewRows(a, b, c, m, n, k, columnFrom, columnTo, scratch);
    return;
  }
  const aSource = transposeA ? Source.Transposed : Source.Plain;
  const bSource = transposeB ? Source.Transposed : Source.Plain;
  gemm(aSource, a, bSource, b, c, m, n, k, rowFrom, rowTo, columnFrom, columnTo, scratch);
}
