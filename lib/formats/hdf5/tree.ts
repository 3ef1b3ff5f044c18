/** What an HDF5 file holds, as far as files of models need it: groups within groups, arrays, and attributes of both. */
import type { Shape } from '../../shape/shape.ts';

/** What an attribute may hold. An integer of 64 bits is a number as long as a number holds it exactly. */
export type Hdf5Value = string | number | readonly string[] | readonly number[];

/** Names of element types; `string` are texts of fixed or of any length. A bool of h5py is `int8`, 0 or 1. */
export type Hdf5Type = Hdf5NumberType | 'string';
export type Hdf5NumberType =
  | 'float16'
  | 'float32'
  | 'float64'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64';

export type Hdf5Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

interface Hdf5Object {
  /** Names of the groups from the outermost to this: `/layers/dense/vars/0`; `/` for the outermost. */
  readonly path: string;
  readonly attributeNames: readonly string[];
  /** Undefined where there is none of that name. Throws FormatError for one of a type that is not listed above. */
  attribute(name: string): Hdf5Value | undefined;
}

export interface Hdf5Group extends Hdf5Object {
  readonly kind: 'group';
  /** In the order of the file, which is that of their names where Keras has written it. */
  readonly children: ReadonlyMap<string, Hdf5Group | Hdf5Dataset>;
  /** What is at a path below this group: `vars/0`; undefined where nothing is. */
  find(path: string): Hdf5Group | Hdf5Dataset | undefined;
}

export interface Hdf5Dataset extends Hdf5Object {
  readonly kind: 'dataset';
  readonly shape: Shape;
  readonly type: Hdf5Type;
  /**
   * The elements, row by row. They are a view of the file's bytes where these are stored in one piece in the order of this
   * machine: copy what has to outlive the file. `float16` becomes a Float32Array. Throws FormatError for texts.
   */
  read(): Hdf5Numbers;
  /** The elements as float32: what `read` gives where that is their type, else converted. */
  readFloats(): Float32Array;
  /** The texts. Throws FormatError for numbers. */
  readTexts(): string[];
}

/** What `writeHdf5` writes: an object with `data` is a dataset, another a group. */
export interface Hdf5GroupContent {
  readonly attributes?: { readonly [name: string]: Hdf5Value };
  readonly children?: { readonly [name: string]: Hdf5GroupContent | Hdf5DatasetContent };
}
export interface Hdf5DatasetContent {
  readonly attributes?: { readonly [name: string]: Hdf5Value };
  readonly shape: Shape;
  readonly data: Hdf5Numbers;
}
