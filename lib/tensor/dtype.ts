import { arrayName, describe } from '../describe.ts';
import { DataError, OptionError, ShapeError } from '../errors.ts';
import { formatShape, type Shape, sizeOf } from '../shape/shape.ts';

/** Element types. `bool` is stored as bytes of 0 and 1. */
export type DType = 'float32' | 'int32' | 'uint8' | 'bool';

export interface TypedArrays {
  readonly float32: Float32Array;
  readonly int32: Int32Array;
  readonly uint8: Uint8Array;
  readonly bool: Uint8Array;
}
export type TypedArrayOf<D extends DType> = TypedArrays[D];
export type TypedArray = Float32Array | Int32Array | Uint8Array;

/** A Float16Array, described because few compilers' libraries know it by name. */
interface Float16Elements extends ArrayBufferView {
  readonly [Symbol.toStringTag]: 'Float16Array';
  readonly length: number;
  readonly [index: number]: number;
}
/** Typed arrays that become float32. */
export type RealArray = Float32Array | Float64Array | Float16Elements;
/** Typed arrays that become uint8; Uint8ClampedArray is that of canvas pixels. */
export type ByteArray = Uint8Array | Uint8ClampedArray;
/** Typed arrays that become int32. */
export type IntegerArray =
  | Int32Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;
/** Every typed array that a tensor can be made from. */
export type SourceArray = RealArray | ByteArray | IntegerArray;

/** What a tensor is made of: all elements, row-major. The operations work on this, the class Tensor wraps it. */
export interface NdArray<D extends DType = DType> {
  readonly shape: readonly number[];
  readonly dtype: D;
  readonly data: TypedArrayOf<D>;
}

/** The result of arithmetic between two types: integers of any kind give int32, so that bytes do not wrap around. */
export type Arithmetic<A extends DType, B extends DType> = A extends 'float32'
  ? 'float32'
  : B extends 'float32'
    ? 'float32'
    : 'int32';

export function arithmeticType<A extends DType, B extends DType>(a: A, b: B): Arithmetic<A, B> {
  return (a === 'float32' || b === 'float32' ? 'float32' : 'int32') as Arithmetic<A, B>;
}

/** The widest of several types, in the order bool, uint8, int32, float32; DType where they are not known. */
export type Common<D extends DType> = DType extends D
  ? DType
  : 'float32' extends D
    ? 'float32'
    : 'int32' extends D
      ? 'int32'
      : 'uint8' extends D
        ? 'uint8'
        : 'bool';

/** The type that holds the elements of both, in the order bool, uint8, int32, float32. */
export function commonType(a: DType, b: DType): DType {
  const order: readonly DType[] = ['bool', 'uint8', 'int32', 'float32'];
  return order[Math.max(order.indexOf(a), order.indexOf(b))]!;
}

const constructors = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array, bool: Uint8Array };

/** The type itself. Throws OptionError if there is no such type. */
export function checkedDType<D extends DType>(dtype: D): D {
  if (typeof dtype === 'string' && Object.hasOwn(constructors, dtype)) return dtype;
  const given = typeof dtype === 'string' ? `"${dtype}"` : describe(dtype);
  throw new OptionError(`unknown dtype ${given}; known: ${Object.keys(constructors).join(', ')}`);
}

export const bytesPerElement = (dtype: DType): number => constructors[dtype].BYTES_PER_ELEMENT;

/** Zeros for all elements of a shape. Throws ShapeError that names the operation `what` if there is no such memory. */
export function allocate<D extends DType>(what: string, dtype: D, shape: Shape): TypedArrayOf<D> {
  const length = sizeOf(shape);
  try {
    return new constructors[checkedDType(dtype)](length) as TypedArrayOf<D>;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const bytes = length * bytesPerElement(dtype);
    throw new ShapeError(
      `${what}: ${formatShape(shape)} of ${dtype} takes ${bytes} bytes (${Number((bytes / 1e9).toPrecision(3))} GB), more than one array can have here; use a smaller shape, or work on parts`,
      { cause },
    );
  }
}

/**
 * One number as an element of a type: float32 as it is, int32 and uint8 cut toward zero and kept within their range,
 * bool 1 for everything but 0. Throws OptionError for NaN as an integer.
 */
export function converted(value: number, dtype: DType): number {
  if (dtype === 'float32') return value;
  if (dtype === 'bool') return value !== 0 ? 1 : 0;
  if (Number.isNaN(value)) throw new OptionError(`NaN has no value as ${dtype}; replace it before the cast`);
  const [least, most] = dtype === 'uint8' ? [0, 255] : [-(2 ** 31), 2 ** 31 - 1];
  return Math.trunc(Math.min(Math.max(value, least), most));
}

/** The elements as another type; see `converted`. A copy, even if the type stays. */
export function cast<D extends DType>({ shape, data, dtype: from }: NdArray, dtype: D): NdArray<D> {
  const out = allocate('cast', dtype, shape);
  const exact = from === dtype || dtype === 'float32' || (dtype === 'int32' && from !== 'float32');
  if (exact) out.set(data);
  else for (let i = 0; i < data.length; i++) out[i] = converted(data[i]!, dtype);
  return { shape, dtype, data: out };
}

/** The float32 elements of any tensor, without a copy if they are that already. */
export function floats(x: NdArray): Float32Array {
  return x.dtype === 'float32' ? (x as NdArray<'float32'>).data : cast(x, 'float32').data;
}

/** The type that each typed array has as a tensor, unless another is asked for. */
const sourceTypes: { readonly [array: string]: DType } = {
  Float32Array: 'float32',
  Float64Array: 'float32',
  Float16Array: 'float32',
  Int32Array: 'int32',
  Int8Array: 'int32',
  Int16Array: 'int32',
  Uint16Array: 'int32',
  Uint32Array: 'int32',
  BigInt64Array: 'int32',
  BigUint64Array: 'int32',
  Uint8Array: 'uint8',
  Uint8ClampedArray: 'uint8',
};

/** Whether a value is a typed array. A DataView is none. */
export function isSourceArray(value: unknown): value is SourceArray {
  return ArrayBuffer.isView(value) && Object.hasOwn(sourceTypes, arrayName(value));
}

/** The type that an array has as a tensor. */
export const sourceType = (values: SourceArray): DType => sourceTypes[arrayName(values)]!;

/**
 * The memory of `values` as the array of a type, or undefined if it is another kind of array. It is a plain array even
 * if `values` is of a subclass: the methods of Node's Buffer differ.
 */
export function sameMemory<D extends DType>(values: SourceArray, dtype: D): TypedArrayOf<D> | undefined {
  const TypedArray: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => TypedArray =
    constructors[dtype];
  if (Object.getPrototypeOf(values) === TypedArray.prototype) return values as TypedArrayOf<D>;
  const name = arrayName(values);
  if (name !== TypedArray.name && !(name === 'Uint8ClampedArray' && TypedArray === Uint8Array)) return undefined;
  return new TypedArray(values.buffer, values.byteOffset, values.length) as TypedArrayOf<D>;
}

/** A copy of any typed array as elements of a type; see `converted`. */
export function convertedArray<D extends DType>(values: SourceArray, shape: Shape, dtype: D): TypedArrayOf<D> {
  const data = allocate('tensor', dtype, shape);
  for (let i = 0; i < data.length; i++) data[i] = converted(Number(values[i]), dtype);
  return data;
}

/** Throws DataError that names the first element of an integer array that int32 cannot hold. */
export function checkInt32(values: SourceArray): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value >= -(2 ** 31) && value < 2 ** 31) continue;
    throw new DataError(
      `tensor: element ${i} of the ${arrayName(values)} is ${value}, which int32 cannot hold; give dtype 'float32', which rounds it, or 'int32', which takes the nearest number that it has`,
    );
  }
}
