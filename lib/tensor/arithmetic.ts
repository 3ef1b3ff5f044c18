import { broadcastStrides } from '../../kernels/geometry.ts';
import * as math from '../../kernels/math.ts';
import { OptionError } from '../errors.ts';
import { broadcastShape, sizeOf } from '../shape/shape.ts';
import { type Arithmetic, allocate, arithmeticType, cast, type DType, type NdArray, type TypedArray } from './dtype.ts';
import { forRows } from './layout.ts';

export type BinaryOperation = 'add' | 'subtract' | 'multiply' | 'divide' | 'maximum' | 'minimum' | 'pow';
export type Comparison = 'equal' | 'notEqual' | 'less' | 'lessEqual' | 'greater' | 'greaterEqual';
export type UnaryOperation = 'exp' | 'log' | 'sqrt' | 'abs' | 'square' | 'negate' | 'sigmoid' | 'tanh';

const combinations: { readonly [O in BinaryOperation]: (a: number, b: number) => number } = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  maximum: (a, b) => (a > b || Number.isNaN(a) ? a : b),
  minimum: (a, b) => (a < b || Number.isNaN(a) ? a : b),
  pow: power,
};

const comparisons: { readonly [O in Comparison]: (a: number, b: number) => number } = {
  equal: (a, b) => (a === b ? 1 : 0),
  notEqual: (a, b) => (a !== b ? 1 : 0),
  less: (a, b) => (a < b ? 1 : 0),
  lessEqual: (a, b) => (a <= b ? 1 : 0),
  greater: (a, b) => (a > b ? 1 : 0),
  greaterEqual: (a, b) => (a >= b ? 1 : 0),
};

const functions: { readonly [O in UnaryOperation]: (x: number) => number } = {
  exp: math.exp,
  log: math.log,
  sqrt: Math.sqrt,
  abs: Math.abs,
  square: x => x * x,
  negate: x => -x,
  sigmoid: math.sigmoid,
  tanh: math.tanh,
};
/** These keep integers integers; the others always give float32. */
const integral: readonly UnaryOperation[] = ['abs', 'square', 'negate'];

/** Elementwise with broadcasting. Division gives float32; otherwise see Arithmetic. int32 wraps around on overflow. */
export function binary(operation: BinaryOperation, a: NdArray, b: NdArray | number): NdArray {
  const right = typeof b === 'number' ? scalar(operation, a, b) : b;
  const dtype = operation === 'divide' ? 'float32' : arithmeticType(a.dtype, right.dtype);
  return combine(operation, a, right, dtype, combinations[operation]);
}

/** Elementwise with broadcasting; the result is bool. */
export function compare(operation: Comparison, a: NdArray, b: NdArray | number): NdArray<'bool'> {
  const right: NdArray = typeof b === 'number' ? { shape: [], dtype: 'float32', data: Float32Array.of(b) } : b;
  return combine(operation, a, right, 'bool', comparisons[operation]);
}

export function unary(operation: UnaryOperation, x: NdArray): NdArray {
  const dtype: DType = integral.includes(operation) ? arithmeticType(x.dtype, 'bool') : 'float32';
  const data: TypedArray = allocate(dtype, x.data.length);
  const apply = functions[operation];
  for (let i = 0; i < data.length; i++) data[i] = apply(x.data[i]!);
  return { shape: x.shape, dtype, data };
}

/** The elements kept within min ... max; the type stays. */
export function clip<D extends DType>(x: NdArray<D>, min: number, max: number): NdArray<D> {
  if (!(min <= max)) throw new OptionError(`clip: min must not be greater than max, got ${min} and ${max}`);
  const data = allocate(x.dtype, x.data.length);
  for (let i = 0; i < data.length; i++) {
    const value = x.data[i]!;
    data[i] = value < min ? min : value > max ? max : value;
  }
  return { shape: x.shape, dtype: x.dtype, data };
}

function combine<D extends DType>(
  what: string,
  a: NdArray,
  b: NdArray,
  dtype: D,
  apply: (a: number, b: number) => number,
): NdArray<D> {
  const shape = broadcastShape(what, a.shape, b.shape);
  const data: TypedArray = allocate(dtype, sizeOf(shape));
  const [x, y]: [TypedArray, TypedArray] = [a.data, b.data];
  const aStrides = broadcastStrides(a.shape, shape);
  const bStrides = broadcastStrides(b.shape, shape);
  const aStep = aStrides.at(-1) ?? 0;
  const bStep = bStrides.at(-1) ?? 0;
  const bStarts: number[] = [];
  forRows(shape, bStrides, 0, strided => bStarts.push(strided));
  let row = 0;
  forRows(shape, aStrides, 0, (aStart, to, columns) => {
    const bStart = bStarts[row++]!;
    for (let i = 0; i < columns; i++) data[to + i] = apply(x[aStart + i * aStep]!, y[bStart + i * bStep]!);
  });
  return { shape, dtype, data: data as NdArray<D>['data'] };
}

/** A JavaScript number as an operand: it takes the type of the arithmetic of its partner. */
function scalar(what: string, partner: NdArray, value: number): NdArray {
  if (partner.dtype === 'float32' || what === 'divide') {
    return { shape: [], dtype: 'float32', data: Float32Array.of(value) };
  }
  if (!Number.isInteger(value)) {
    throw new OptionError(
      `${what}: ${value} is no integer, but the tensor is ${partner.dtype}; cast it to float32 first`,
    );
  }
  return { shape: [], dtype: 'int32', data: Int32Array.of(value) };
}

/** Whole exponents by repeated squaring, others through the logarithm; NaN for a negative base with a fraction. */
function power(base: number, exponent: number): number {
  if (!Number.isInteger(exponent) || Math.abs(exponent) > 1024) {
    return base === 0 ? (exponent > 0 ? 0 : Number.POSITIVE_INFINITY) : math.pow(base, exponent);
  }
  let result = 1;
  let square = base;
  for (let rest = Math.abs(exponent); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return exponent < 0 ? 1 / result : result;
}

/** The float32 elements of any tensor, without a copy if they are that already. */
export function floats(x: NdArray): Float32Array {
  return x.data instanceof Float32Array ? x.data : cast(x, 'float32').data;
}

export type { Arithmetic };
