import { gemm, Source } from './gemm';

export function matmulForward(
  a: usize,
  b: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  transposeA: bool,
  transposeB: bool,
  scratch: usize,
): void {
  const aSource = transposeA ? Source.Transposed : Source.Plain;
  const bSource = transposeB ? Source.Transposed : Source.Plain;
  gemm(aSource, a, bSource, b, c, m, n, k, scratch);
}
