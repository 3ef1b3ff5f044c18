/** Shapes and element types, and the elements themselves (HDF5 File Format Specification 3.0, IV.A.2.b and d). */
import type { Shape } from '../../shape/shape.ts';
import type { Message } from './object-header.ts';
import type { Source } from './source.ts';
import type { Hdf5Numbers, Hdf5NumberType, Hdf5Type } from './tree.ts';

export interface Elements {
  readonly type: Hdf5Type;
  /** Of one element, in the file. */
  readonly bytes: number;
  readonly isBigEndian: boolean;
  /** Texts whose length is not that of the element: the file holds where each one is. */
  readonly isVariable: boolean;
}

const classes = { integer: 0, float: 1, string: 3, enumeration: 8, variable: 9 } as const;
const longestShape = 32;
/** A value in a heap: its length, the address of the heap, and its number there. */
const referenceBytes = 16;

/** Undefined for a null dataspace, which holds nothing. */
export function readShape(source: Source, { at }: Message): Shape | undefined {
  const version = source.u8(at);
  const rank = source.u8(at + 1);
  if (version !== 1 && version !== 2) source.fail(at, `a shape has the version ${version}`);
  if (rank > longestShape) source.fail(at + 1, `a shape of ${rank} sizes is absurd`);
  if (version === 2 && source.u8(at + 3) === 2) return undefined;
  const start = at + (version === 1 ? 8 : 4);
  const shape = Array.from({ length: rank }, (_, axis) => source.u64(start + axis * 8));
  if (!Number.isSafeInteger(shape.reduce((product, size) => product * size, 1))) {
    source.fail(at, `the shape [${shape}] is absurd`);
  }
  return shape;
}

export function readType(source: Source, { at }: { readonly at: number }, depth = 0): Elements {
  const kind = source.u8(at) & 0x0f;
  const bits = source.u8(at + 1) | (source.u8(at + 2) << 8);
  const bytes = source.u32(at + 4);
  const isBigEndian = (bits & 1) !== 0;
  if (bytes === 0) source.fail(at + 4, 'elements of 0 bytes');
  if (kind === classes.integer) {
    const name = `${(bits & 8) !== 0 ? 'int' : 'uint'}${bytes * 8}`;
    if (isNumberType(name)) return { type: name, bytes, isBigEndian, isVariable: false };
  }
  if (kind === classes.float && isIeee(source, at, bytes)) {
    return { type: `float${(bytes * 8) as 16 | 32 | 64}`, bytes, isBigEndian, isVariable: false };
  }
  if (kind === classes.string) return { type: 'string', bytes, isBigEndian: false, isVariable: false };
  if (kind === classes.variable && (bits & 0x0f) === 1 && bytes === referenceBytes) {
    return { type: 'string', bytes, isBigEndian: false, isVariable: true };
  }
  // An enumeration is stored as integers; the type of these follows.
  if (kind === classes.enumeration && depth === 0) return readType(source, { at: at + 8 }, 1);
  return source.unsupported(`byte ${at}: it has elements of the class ${kind} and ${bytes} bytes`);
}

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
} as const;

const isNumberType = (name: string): name is Hdf5NumberType => Object.hasOwn(arrays, name) || name === 'float16';

/** Bits of exponent and mantissa of the types of IEEE 754, by their bytes. */
const ieee: { readonly [bytes: number]: readonly [exponent: number, mantissa: number] } = {
  2: [5, 10],
  4: [8, 23],
  8: [11, 52],
};

const isIeee = (source: Source, at: number, bytes: number): boolean =>
  ieee[bytes]?.[0] === source.u8(at + 13) && ieee[bytes]?.[1] === source.u8(at + 15);

/** The numbers that bytes hold: a view of them where that can be, else a copy. */
export function numbersOf(bytes: Uint8Array, { type, bytes: elementBytes, isBigEndian }: Elements): Hdf5Numbers {
  const ordered = isBigEndian && elementBytes > 1 ? reversed(bytes, elementBytes) : bytes;
  const array = type === 'float16' || type === 'string' ? Uint16Array : arrays[type];
  const aligned = ordered.byteOffset % elementBytes === 0 ? ordered : ordered.slice();
  const numbers = new array(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / elementBytes);
  return type === 'float16' ? Float32Array.from(numbers as Uint16Array, floatOfHalf) : numbers;
}

export function floatsOf(numbers: Hdf5Numbers): Float32Array {
  if (numbers instanceof Float32Array) return numbers;
  const floats = new Float32Array(numbers.length);
  for (let i = 0; i < floats.length; i++) floats[i] = Number(numbers[i]);
  return floats;
}

function reversed(bytes: Uint8Array, elementBytes: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const within = i % elementBytes;
    out[i - within + elementBytes - 1 - within] = bytes[i]!;
  }
  return out;
}

/** The number that 16 bits hold (IEEE 754 binary16). */
export function floatOfHalf(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >>> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** Texts in one file may have so many bytes: their references may name one text again and again. */
const mostTextBytes = 2 ** 26;

/** Reads texts, and counts their bytes over a whole file. */
export class Texts {
  readonly #source: Source;
  #bytes = 0;
  readonly #heaps = new Map<number, Map<number, Uint8Array>>();

  constructor(source: Source) {
    this.#source = source;
  }

  read(bytes: Uint8Array, { bytes: elementBytes, isVariable }: Elements): string[] {
    const count = bytes.length / elementBytes;
    return Array.from({ length: count }, (_, i) => {
      const element = bytes.subarray(i * elementBytes, (i + 1) * elementBytes);
      return this.#decode(isVariable ? this.#referred(element) : element);
    });
  }

  #decode(bytes: Uint8Array): string {
    const zero = bytes.indexOf(0);
    const text = zero < 0 ? bytes : bytes.subarray(0, zero);
    this.#bytes += text.length;
    if (this.#bytes > mostTextBytes) this.#source.refuse(`its texts have more than ${mostTextBytes} bytes`);
    return new TextDecoder().decode(text);
  }

  #referred(element: Uint8Array): Uint8Array {
    const source = this.#source;
    const at = element.byteOffset - source.bytes.byteOffset;
    const length = source.u32(at);
    if (length === 0) return new Uint8Array(0);
    const heapAt = source.place(at + 4);
    let heap = this.#heaps.get(heapAt);
    if (heap === undefined) {
      heap = readHeap(source, heapAt);
      this.#heaps.set(heapAt, heap);
    }
    const found = heap.get(source.u32(at + 12));
    if (found === undefined || found.length < length) return source.fail(at, 'a text is not where it should be');
    return found.subarray(0, length);
  }
}

const heapHeaderBytes = 16;

/** A collection of the global heap (specification III.E): contents by number. */
function readHeap(source: Source, at: number): Map<number, Uint8Array> {
  source.expect(at, 'GCOL');
  const end = at + source.u64(at + 8);
  source.span(at, end - at);
  const contents = new Map<number, Uint8Array>();
  for (let place = at + heapHeaderBytes; place + heapHeaderBytes <= end; ) {
    source.visit(place);
    const number = source.u16(place);
    // Number 0 is the room that is free, up to the end.
    if (number === 0) break;
    const length = source.u64(place + 8);
    if (place + heapHeaderBytes + length > end) source.fail(place, 'a text reaches beyond its heap');
    contents.set(number, source.span(place + heapHeaderBytes, length));
    place += heapHeaderBytes + Math.ceil(length / 8) * 8;
  }
  return contents;
}
