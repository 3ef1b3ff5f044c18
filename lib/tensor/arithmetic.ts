import { broadcastStrides } from '../../kernels/geometry.ts';
import * as math from '../../kernels/math.ts';
import { OptionError } from '../errors.ts';
import { broadcastShape } from '../shape/shape.ts';
import { checkedNumber, checkedOperand } from './arguments.ts';
import { allocate, arithmeticType, converted, type DType, type NdArray, type TypedArray } from './dtype.ts';
import { forRows } from './layout.ts';

export type BinaryOperation = 'add' | 'subtract' | 'multiply' | 'divide' | 'maximum' | 'minimum' | 'pow';
export type Comparison = 'equal' | 'notEqual' | 'less' | 'lessEqual' | 'greater' | 'greaterEqual';
export type UnaryOperation = 'exp' | 'log' | 'sqrt' | 'abs' | 'square' | 'negate' | 'sigmoid' | 'tanh';

/** Combines two runs of elements, which lie `aStep` and `bStep` apart. In float64: what stores rounds, or wraps around. */
type RowCombination = (
  y: TypedArray,
  to: number,
  a: TypedArray,
  aStart: number,
  aStep: number,
  b: TypedArray,
  bStart: number,
  bStep: number,
  columns: number,
) => void;

// The most usual ones are loops of their own for speed.
const addRow: RowCombination = (y, to, a, aStart, aStep, b, bStart, bStep, columns) => {
  for (let i = 0; i < columns; i++) y[to + i] = a[aStart + i * aStep]! + b[bStart + i * bStep]!;
};
const subtractRow: RowCombination = (y, to, a, aStart, aStep, b, bStart, bStep, columns) => {
  for (let i = 0; i < columns; i++) y[to + i] = a[aStart + i * aStep]! - b[bStart + i * bStep]!;
};
const multiplyRow: RowCombination = (y, to, a, aStart, aStep, b, bStart, bStep, columns) => {
  for (let i = 0; i < columns; i++) y[to + i] = a[aStart + i * aStep]! * b[bStart + i * bStep]!;
};
/** Float64 does not hold the product of two int32, which takes up to 63 bits; only the lowest 32 stay. */
const multiplyRowWrapping: RowCombination = (y, to, a, aStart, aStep, b, bStart, bStep, columns) => {
  for (let i = 0; i < columns; i++) y[to + i] = Math.imul(a[aStart + i * aStep]!, b[bStart + i * bStep]!);
};
const divideRow: RowCombination = (y, to, a, aStart, aStep, b, bStart, bStep, columns) => {
  for (let i = 0; i < columns; i++) y[to + i] = a[aStart + i * aStep]! / b[bStart + i * bStep]!;
};

type Combination = (a: number, b: number) => number;

function rowOf(apply: Combination): RowCombination {
  return (y, to, a, aStart, aStep, b, bStart, bStep, columns) => {
    for (let i = 0; i < columns; i++) y[to + i] = apply(a[aStart + i * aStep]!, b[bStart + i * bStep]!);
  };
}

const combinations: { readonly [O in BinaryOperation]: RowCombination } = {
  add: addRow,
  subtract: subtractRow,
  multiply: multiplyRow,
  divide: divideRow,
  maximum: rowOf((a, b) => (a > b || Number.isNaN(a) ? a : b)),
  minimum: rowOf((a, b) => (a < b || Number.isNaN(a) ? a : b)),
  pow: rowOf(power),
};
/** Those of int32 that are not the low bits of a float64. */
const wrapping: { readonly [O in BinaryOperation]?: RowCombination } = {
  multiply: multiplyRowWrapping,
  pow: rowOf((a, b) => powerBySquaring(a, b, Math.imul)),
};

const comparisons: { readonly [O in Comparison]: Combination } = {
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
  const operand = checkedOperand(operation, b);
  const right = typeof operand === 'number' ? scalar(operation, a, operand) : operand;
  const dtype = operation === 'divide' ? 'float32' : arithmeticType(a.dtype, right.dtype);
  if (operation === 'pow' && dtype === 'int32') checkExponents(right);
  const combineRow = (dtype === 'int32' ? wrapping[operation] : undefined) ?? combinations[operation];
  return combine(operation, a, right, dtype, combineRow);
}

/** Elementwise with broadcasting; the result is bool. Integers are compared with a number as it is, not rounded. */
export function compare(operation: Comparison, a: NdArray, b: NdArray | number): NdArray<'bool'> {
  const operand = checkedOperand(operation, b);
  if (typeof operand !== 'number') return combine(operation, a, operand, 'bool', rowOf(comparisons[operation]));
  const value = a.dtype === 'float32' ? Math.fround(operand) : operand;
  const data = allocate(operation, 'bool', a.shape);
  const apply = comparisons[operation];
  for (let i = 0; i < data.length; i++) data[i] = apply(a.data[i]!, value);
  return { shape: a.shape, dtype: 'bool', data };
}

export function unary(operation: UnaryOperation, x: NdArray): NdArray {
  const dtype: DType = integral.includes(operation) ? arithmeticType(x.dtype, 'bool') : 'float32';
  const data: TypedArray = allocate(operation, dtype, x.shape);
  const apply = operation === 'square' && dtype === 'int32' ? wrappingSquare : functions[operation];
  for (let i = 0; i < data.length; i++) data[i] = apply(x.data[i]!);
  return { shape: x.shape, dtype, data };
}

const wrappingSquare = (x: number): number => Math.imul(x, x);

/** The elements kept within min ... max; the type stays. */
export function clip<D extends DType>(x: NdArray<D>, min: number, max: number): NdArray<D> {
  const [low, high] = [bound(x.dtype, 'min', min), bound(x.dtype, 'max', max)];
  if (!(min <= max)) throw new OptionError(`clip: min must not be greater than max, got ${min} and ${max}`);
  const data = allocate('clip', x.dtype, x.shape);
  for (let i = 0; i < data.length; i++) {
    const value = x.data[i]!;
    data[i] = value < low ? low : value > high ? high : value;
  }
  return { shape: x.shape, dtype: x.dtype, data };
}

/** A bound as an element of the type, so that what it replaces is within it. */
function bound(dtype: DType, name: string, value: number): number {
  checkedNumber('clip', name, value);
  if (dtype === 'float32' || Number.isNaN(value)) return value;
  if (Number.isFinite(value) && !Number.isInteger(value)) {
    throw new OptionError(`clip: ${name} ${value} is no integer, but the tensor is ${dtype}; cast it to float32 first`);
  }
  return dtype === 'bool' ? Math.min(Math.max(value, 0), 1) : converted(value, dtype);
}

function combine<D extends DType>(
  what: string,
  a: NdArray,
  b: NdArray,
  dtype: D,
  combineRow: RowCombination,
): NdArray<D> {
  const shape = broadcastShape(what, a.shape, b.shape);
  const data: TypedArray = allocate(what, dtype, shape);
  const [x, y]: [TypedArray, TypedArray] = [a.data, b.data];
  const aStrides = broadcastStrides(a.shape, shape);
  const bStrides = broadcastStrides(b.shape, shape);
  const aStep = aStrides.at(-1) ?? 0;
  const bStep = bStrides.at(-1) ?? 0;
  const bStarts: number[] = [];
  forRows(shape, bStrides, 0, strided => bStarts.push(strided));
  let row = 0;
  forRows(shape, aStrides, 0, (aStart, to, columns) => {
    combineRow(data, to, x, aStart, aStep, y, bStarts[row++]!, bStep, columns);
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
  if (value !== (value | 0)) {
    throw new OptionError(
      `${what}: ${value} does not fit into int32, the type of the result; cast the tensor to float32 first`,
    );
  }
  return { shape: [], dtype: 'int32', data: Int32Array.of(value) };
}

/** Throws OptionError for negative exponents of integers, whose powers are fractions. */
function checkExponents({ data }: NdArray): void {
  const negative = data.find(exponent => exponent < 0);
  if (negative === undefined) return;
  throw new OptionError(`pow: integers have no integer power of ${negative}; cast the tensor to float32 first`);
}

const times = (a: number, b: number): number => a * b;

/** Whole exponents by repeated squaring, others through the logarithm; NaN for a negative base with a fraction. */
function power(base: number, exponent: number): number {
  if (!Number.isFinite(exponent)) return endlessPower(base, exponent);
  if (Number.isInteger(exponent) && Math.abs(exponent) <= 1024) {
    const result = powerBySquaring(base, Math.abs(exponent), times);
    return exponent < 0 ? 1 / result : result;
  }
  if (base === 0) return exponent > 0 ? 0 : Number.POSITIVE_INFINITY;
  if (!Number.isInteger(exponent)) return math.pow(base === Number.NEGATIVE_INFINITY ? -base : base, exponent);
  return (base < 0 && exponent % 2 !== 0 ? -1 : 1) * math.pow(Math.abs(base), exponent);
}

/** Exponents of Infinity and NaN as in C and NumPy: 1 to any power is 1. */
function endlessPower(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && !Number.isNaN(exponent))) return 1;
  if (Number.isNaN(base) || Number.isNaN(exponent)) return Number.NaN;
  return Math.abs(base) > 1 === exponent > 0 ? Number.POSITIVE_INFINITY : 0;
}

function powerBySquaring(base: number, exponent: number, multiply: Combination): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(result, square);
    square = multiply(square, square);
  }
  return result;
}
