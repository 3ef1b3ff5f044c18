import { OptionError } from '../errors.ts';

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

/** What a tensor is made of: dense, row-major. The operations work on this, the class Tensor wraps it. */
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

export function allocate<D extends DType>(dtype: D, length: number): TypedArrayOf<D> {
  const constructors = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array, bool: Uint8Array };
  if (!Object.hasOwn(constructors, dtype)) {
    throw new OptionError(`unknown dtype "${dtype}"; known: ${Object.keys(constructors).join(', ')}`);
  }
  return new constructors[dtype](length) as TypedArrayOf<D>;
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
  const out = allocate(dtype, data.length);
  const exact = from === dtype || dtype === 'float32' || (dtype === 'int32' && from !== 'float32');
  if (exact) out.set(data);
  else for (let i = 0; i < data.length; i++) out[i] = converted(data[i]!, dtype);
  return { shape, dtype, data: out };
}
