import type { DType } from '../tensor/dtype.ts';

/** An element that cannot be taken over, and why. */
interface WrongElement {
  readonly index: number;
  readonly why: string;
}

type Elements = Float32Array | Int32Array | Uint8Array;

/** How a file holds elements of a type, and the type that they have in memory. */
interface StoredType {
  readonly bytes: number;
  readonly dtype: DType;
  /** Fills `out` from the bytes of as many elements. */
  readonly read: (from: Uint8Array, out: Elements) => WrongElement | undefined;
}

type ReadElement = (view: DataView, byte: number) => number;

/** The same bytes in the file as in memory. */
function copied(from: Uint8Array, out: Elements): undefined {
  new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(from);
}

function bools(from: Uint8Array, out: Elements): WrongElement | undefined {
  copied(from, out);
  const index = from.findIndex(value => value > 1);
  return index < 0 ? undefined : { index, why: `a bool is 0 or 1, got ${from[index]}` };
}

const floats = (bytes: number, element: ReadElement): StoredType => ({
  bytes,
  dtype: 'float32',
  read(from, out) {
    const view = new DataView(from.buffer, from.byteOffset, from.byteLength);
    for (let i = 0; i < out.length; i++) out[i] = element(view, i * bytes);
    return undefined;
  },
});

/** Integers of other widths, as far as int32 has them. */
const integers = (bytes: number, element: (view: DataView, byte: number) => number | bigint): StoredType => ({
  bytes,
  dtype: 'int32',
  read(from, out) {
    const view = new DataView(from.buffer, from.byteOffset, from.byteLength);
    for (let i = 0; i < out.length; i++) {
      const value = element(view, i * bytes);
      if (value < -(2 ** 31) || value >= 2 ** 31) return { index: i, why: `${value} is beyond the range of int32` };
      out[i] = Number(value);
    }
    return undefined;
  },
});

/** IEEE 754 half precision: 1 bit of sign, 5 of exponent, 10 of fraction. */
function half(view: DataView, byte: number): number {
  const bits = view.getUint16(byte, true);
  const sign = bits >> 15 === 1 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const scratch = new DataView(new ArrayBuffer(4));
/** The upper half of a float32. */
function brainFloat(view: DataView, byte: number): number {
  scratch.setUint32(0, view.getUint16(byte, true) << 16);
  return scratch.getFloat32(0);
}

/** The element types of a safetensors file that can be read, by the format's names. */
export const storedTypes: ReadonlyMap<string, StoredType> = new Map<string, StoredType>([
  ['F32', { bytes: 4, dtype: 'float32', read: copied }],
  ['I32', { bytes: 4, dtype: 'int32', read: copied }],
  ['U8', { bytes: 1, dtype: 'uint8', read: copied }],
  ['BOOL', { bytes: 1, dtype: 'bool', read: bools }],
  ['F64', floats(8, (view, byte) => view.getFloat64(byte, true))],
  ['F16', floats(2, half)],
  ['BF16', floats(2, brainFloat)],
  ['I8', integers(1, (view, byte) => view.getInt8(byte))],
  ['I16', integers(2, (view, byte) => view.getInt16(byte, true))],
  ['U16', integers(2, (view, byte) => view.getUint16(byte, true))],
  ['U32', integers(4, (view, byte) => view.getUint32(byte, true))],
  ['I64', integers(8, (view, byte) => view.getBigInt64(byte, true))],
  ['U64', integers(8, (view, byte) => view.getBigUint64(byte, true))],
]);
