/** Tensors whose numbers an ONNX file holds, or that follow from them. */
import { rowMajorStrides } from '../../../kernels/geometry.ts';
import { type Shape, sizeOf } from '../../shape/shape.ts';
import type { TensorProto } from './schema.ts';

/** Numbers that are the same in each run. Among integers NaN stands for the size of the batch, and what follows from it. */
export interface Known {
  readonly kind: 'known';
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
  readonly isInteger: boolean;
}

export const known = (shape: Shape, data: ArrayLike<number>, isInteger: boolean): Known => ({
  kind: 'known',
  shape,
  data,
  isInteger,
});

/** How the elements of a type of TensorProto.DataType lie in `raw_data`. */
interface ElementType {
  readonly name: string;
  readonly bytes: number;
  readonly isInteger: boolean;
  read(view: DataView, at: number): number;
}

/** By the number of the type. */
const elementTypes: { readonly [type: number]: ElementType } = {
  1: { name: 'float', bytes: 4, isInteger: false, read: (view, at) => view.getFloat32(at, true) },
  2: { name: 'uint8', bytes: 1, isInteger: true, read: (view, at) => view.getUint8(at) },
  3: { name: 'int8', bytes: 1, isInteger: true, read: (view, at) => view.getInt8(at) },
  4: { name: 'uint16', bytes: 2, isInteger: true, read: (view, at) => view.getUint16(at, true) },
  5: { name: 'int16', bytes: 2, isInteger: true, read: (view, at) => view.getInt16(at, true) },
  6: { name: 'int32', bytes: 4, isInteger: true, read: (view, at) => view.getInt32(at, true) },
  7: { name: 'int64', bytes: 8, isInteger: true, read: (view, at) => Number(view.getBigInt64(at, true)) },
  9: { name: 'bool', bytes: 1, isInteger: true, read: (view, at) => view.getUint8(at) },
  10: { name: 'float16', bytes: 2, isInteger: false, read: (view, at) => halfOf(view.getUint16(at, true)) },
  11: { name: 'double', bytes: 8, isInteger: false, read: (view, at) => view.getFloat64(at, true) },
  12: { name: 'uint32', bytes: 4, isInteger: true, read: (view, at) => view.getUint32(at, true) },
  13: { name: 'uint64', bytes: 8, isInteger: true, read: (view, at) => Number(view.getBigUint64(at, true)) },
  16: { name: 'bfloat16', bytes: 2, isInteger: false, read: (view, at) => floatOfBits(view.getUint16(at, true) << 16) },
};

/** Whether a number of TensorProto.DataType stands for integers or truth values; undefined for a type that is not read. */
export const isIntegerType = (type: number): boolean | undefined => elementTypes[type]?.isInteger;

/** The value of TensorProto.DataLocation for numbers in a file of their own. */
const external = 1;

/** Where the numbers of a tensor are that are not in the file itself; undefined for one whose numbers are. */
export function externalPlace({ dataLocation, externalData }: TensorProto): ExternalPlace | undefined {
  if (dataLocation !== external && externalData.length === 0) return undefined;
  const entry = (key: string) => externalData.find(each => each.key === key)?.value;
  const [offset, length] = [entry('offset'), entry('length')];
  return {
    file: entry('location') ?? '',
    offset: Number(offset ?? 0),
    length: length === undefined ? undefined : Number(length),
  };
}

export interface ExternalPlace {
  readonly file: string;
  readonly offset: number;
  /** Up to the end of the file if undefined. */
  readonly length: number | undefined;
}

/** The content of the other files in which a model keeps its numbers, by their names. */
export type ExternalFiles = ReadonlyMap<string, Uint8Array>;

/** The numbers of a tensor. `fail` makes the error for a tensor that is damaged, or whose numbers are not there. */
export function knownTensor(
  proto: TensorProto,
  fail: (what: string) => Error,
  files: ExternalFiles = new Map(),
): Known {
  const shape = proto.dims.map(Number);
  if (!shape.every(size => Number.isSafeInteger(size) && size >= 0)) {
    throw fail(`has the shape [${proto.dims.join(', ')}]`);
  }
  const type = elementTypes[proto.dataType];
  if (type === undefined) throw fail(`has elements of the type ${proto.dataType}, which is not read`);
  const size = sizeOf(shape);
  const place = externalPlace(proto);
  const raw = place === undefined ? proto.rawData : externalBytes(place, files, fail);
  const data = place !== undefined || raw.length > 0 ? rawNumbers(raw, type, size) : listedNumbers(proto, type);
  if (data?.length === size) return known(shape, data, type.isInteger);
  throw fail(`has not as many elements as its shape [${shape.join(', ')}] of ${type.name} needs`);
}

function externalBytes(
  { file, offset, length }: ExternalPlace,
  files: ExternalFiles,
  fail: (what: string) => Error,
): Uint8Array {
  const content = files.get(file);
  if (content === undefined) {
    throw fail(
      `is in ${JSON.stringify(file)}, which was not given: save the model in one file, as by external_data=False in torch.onnx.export, or pass externalData`,
    );
  }
  const end = offset + (length ?? content.length - offset);
  if (offset >= 0 && offset <= end && end <= content.length) return content.subarray(offset, end);
  throw fail(`takes the bytes ${offset} to ${end} of ${JSON.stringify(file)}, which has ${content.length}`);
}

function rawNumbers(raw: Uint8Array, type: ElementType, size: number): Float32Array | number[] | undefined {
  if (raw.length !== size * type.bytes) return undefined;
  // Weights may be many: their bytes are copied as they are. Files are little-endian, as are all machines of JavaScript.
  if (type.name === 'float') return new Float32Array(new Uint8Array(raw).buffer);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const out: Float32Array | number[] = type.isInteger ? new Array<number>(size) : new Float32Array(size);
  for (let i = 0; i < size; i++) out[i] = type.read(view, i * type.bytes);
  return out;
}

/** The numbers that the fields for each type hold one by one. */
function listedNumbers(proto: TensorProto, type: ElementType): ArrayLike<number> {
  const { floatData, int32Data, int64Data, doubleData, uint64Data } = proto;
  if (type.name === 'float16') return Float32Array.from(int32Data, halfOf);
  if (type.name === 'bfloat16') return Float32Array.from(int32Data, bits => floatOfBits(bits << 16));
  if (!type.isInteger) return Float32Array.from(type.name === 'double' ? doubleData : floatData);
  if (type.name === 'int64') return int64Data.map(Number);
  return type.bytes === 8 || type.name === 'uint32' ? uint64Data.map(Number) : int32Data;
}

const scratch = new DataView(new ArrayBuffer(4));

function floatOfBits(bits: number): number {
  scratch.setInt32(0, bits);
  return scratch.getFloat32(0);
}

/** IEEE 754 binary16. */
function halfOf(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The elements of a tensor with its axes in another order. */
export function reordered(data: ArrayLike<number>, shape: Shape, order: readonly number[]): number[] | Float32Array {
  const dense = rowMajorStrides(shape);
  return read(
    data,
    order.map(axis => shape[axis]!),
    order.map(axis => dense[axis]!),
  );
}

/** The elements that one comes by who walks through a shape with strides of its own. */
export function read(
  data: ArrayLike<number>,
  sizes: Shape,
  strides: readonly number[],
  start = 0,
): number[] | Float32Array {
  const size = sizeOf(sizes);
  const out: number[] | Float32Array = data instanceof Float32Array ? new Float32Array(size) : new Array<number>(size);
  const place = new Array<number>(sizes.length).fill(0);
  for (let i = 0, at = start; i < size; i++) {
    out[i] = data[at]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++place[axis]! < sizes[axis]!) break;
      at -= strides[axis]! * sizes[axis]!;
      place[axis] = 0;
    }
  }
  return out;
}
