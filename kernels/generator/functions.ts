/** The functions that formulas may call, how each backend writes them, and what they cost. */
export interface FormulaFunction {
  /** Floating-point operations: 8 for an elementary function. */
  readonly cost: number;
  /** The function of TypeScript; without a dot it comes from kernels/math.ts. */
  readonly loops: string;
  /** The function of four float32 in AssemblyScript. */
  readonly simd: string;
  /** The function of a float64 that belongs to a row, where formulas have needed one. */
  readonly simdOfRow?: string;
  /** Said where a function does not take every number. */
  readonly domain?: string;
}

const elementary = 8;

export const functions: { readonly [name: string]: FormulaFunction } = {
  exp: { cost: elementary, loops: 'exp', simd: 'Elementary.exp' },
  expm1: { cost: elementary, loops: 'expm1', simd: 'Elementary.expm1', domain: 'x <= 0' },
  log: { cost: elementary, loops: 'log', simd: 'Elementary.log', simdOfRow: 'Rows.log' },
  log1p: { cost: elementary, loops: 'log1p', simd: 'Elementary.log1p' },
  cosOfTurns: { cost: elementary, loops: 'cosOfTurns', simd: 'Elementary.cosOfTurns', domain: '|x| <= 1000' },
  erf: { cost: elementary, loops: 'erf', simd: 'Elementary.erf' },
  sigmoid: { cost: elementary, loops: 'sigmoid', simd: 'Elementary.sigmoid' },
  tanh: { cost: elementary, loops: 'tanh', simd: 'Elementary.tanh' },
  /** A negative base needs a whole exponent. */
  pow: { cost: 2 * elementary, loops: 'power', simd: 'Elementary.pow' },
  floor: { cost: 1, loops: 'Math.floor', simd: 'f32x4.floor' },
  /** NaN if one of them is. */
  max: { cost: 1, loops: 'Math.max', simd: 'f32x4.max' },
  min: { cost: 1, loops: 'Math.min', simd: 'f32x4.min' },
  sqrt: { cost: 1, loops: 'Math.sqrt', simd: 'f32x4.sqrt', simdOfRow: 'sqrt' },
  abs: { cost: 1, loops: 'Math.abs', simd: 'f32x4.abs' },
  /** atLeast(x, low) is low where x < low, else x, so that NaN stays NaN; atMost(x, high) likewise. */
  atLeast: { cost: 1, loops: 'atLeast', simd: 'f32x4.pmax' },
  atMost: { cost: 1, loops: 'atMost', simd: 'f32x4.pmin' },
};

/** What goes over the columns of a row: only in formulas of rows. */
export const reductions: readonly string[] = ['sum', 'mean', 'largest', 'argmax'];

export function functionOf(name: string): FormulaFunction {
  const found = functions[name];
  if (found === undefined) throw new Error(`formulas know no function ${name}; add it to generator/functions.ts`);
  return found;
}
