import { FormatError } from '../../errors.ts';

/** Structures that one file may have: those of models have some thousands. */
const mostWork = 2 ** 20;
/** All bits set: nothing is there. */
const undefinedAddress = 0xffffffffffffffffn;

/**
 * The bytes of an HDF5 file, little-endian. Every reader throws FormatError for what lies beyond the file, so that no address
 * of a damaged file leads anywhere else. `work` bounds what a file may make its reader do.
 */
export class Source {
  readonly bytes: Uint8Array;
  readonly #file: string;
  readonly #view: DataView;
  #work: number;

  constructor(bytes: Uint8Array, file: string) {
    this.bytes = bytes;
    this.#file = file;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // A structure takes some bytes of the file: more visits than bytes mean that they lead in a circle.
    this.#work = Math.min(bytes.length, mostWork);
  }

  u8(at: number): number {
    return this.#at(at, 1).getUint8(at);
  }

  u16(at: number): number {
    return this.#at(at, 2).getUint16(at, true);
  }

  u32(at: number): number {
    return this.#at(at, 4).getUint32(at, true);
  }

  /** A length or size. */
  u64(at: number): number {
    const value = this.#at(at, 8).getBigUint64(at, true);
    return value <= Number.MAX_SAFE_INTEGER ? Number(value) : this.fail(at, `the size ${value} is absurd`);
  }

  /** Where something is in the file; undefined where the file has none. */
  address(at: number): number | undefined {
    const value = this.#at(at, 8).getBigUint64(at, true);
    if (value === undefinedAddress) return undefined;
    if (value < BigInt(this.bytes.length)) return Number(value);
    return this.fail(at, `the address ${value} is beyond the ${this.bytes.length} bytes of the file; it is truncated`);
  }

  /** An address that must be there. */
  place(at: number): number {
    return this.address(at) ?? this.fail(at, 'an address is missing');
  }

  span(at: number, length: number): Uint8Array {
    this.#at(at, length);
    return this.bytes.subarray(at, at + length);
  }

  /** Checks the four letters with which a structure begins. */
  expect(at: number, signature: string): void {
    const found = new TextDecoder('latin1').decode(this.span(at, signature.length));
    if (found !== signature) this.fail(at, `expected "${signature}", got ${JSON.stringify(found)}`);
  }

  /** A text that a zero byte ends, before `end`. */
  textAt(at: number, end: number): string {
    const span = this.span(at, Math.max(0, end - at));
    const length = span.indexOf(0);
    if (length < 0) return this.fail(at, 'a name has no end');
    return new TextDecoder().decode(span.subarray(0, length));
  }

  /** Called once for each structure that is visited. */
  visit(at: number): void {
    this.#work -= 1;
    if (this.#work < 0) this.fail(at, 'it has more structures than a model has, or they lead back to one another');
  }

  fail(at: number, what: string): never {
    throw new FormatError(`${this.#file}: byte ${at}: ${what}; this HDF5 file is damaged`);
  }

  /** Of a file that may be in order, but that uses a part of HDF5 that is not read here. */
  unsupported(what: string): never {
    const advice = 'files of Keras and h5py do not; write it again with h5py, with libver="earliest"';
    throw new FormatError(`${this.#file}: ${what}; ${advice}`);
  }

  refuse(what: string): never {
    throw new FormatError(`${this.#file}: ${what}`);
  }

  #at(at: number, length: number): DataView {
    const end = at + length;
    // Negative and NaN too.
    if (!(at >= 0 && length >= 0 && end <= this.bytes.length)) {
      this.fail(at, `${length} bytes are expected, the file ends at ${this.bytes.length}`);
    }
    return this.#view;
  }
}
