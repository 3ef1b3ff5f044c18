/**
 * Writes HDF5 files in the oldest form of the format, as h5py does if it is not told otherwise: any program that knows HDF5
 * opens them (HDF5 File Format Specification 3.0; section numbers below are its own).
 */
import { OptionError } from '../../errors.ts';
import { formatShape, type Shape, sizeOf } from '../../shape/shape.ts';
import { type Block, Layout, type Writer } from './layout.ts';
import { messageTypes } from './object-header.ts';
import type { Hdf5DatasetContent, Hdf5GroupContent, Hdf5Numbers, Hdf5Value } from './tree.ts';

const superblockBytes = 96;
const undefinedAddress = 0xffffffffffffffffn;
/** Entries of a node of symbols: twice the number that the superblock names. */
const tableEntries = 8;
const entryBytes = 40;
/** Children of a node of a tree: as many as the largest group needs, at least what h5py has. */
const leastChildren = 32;
const nodeBytes = 24;
const mostMessage = 0xffff;
const referenceBytes = 16;

/**
 * The bytes of an HDF5 file. Numbers are stored in one piece each, at multiples of eight bytes; texts of attributes as UTF-8 of
 * any length, which h5py reads as `str`. The same content gives the same bytes. Throws OptionError for numbers that
 * do not fill their shape, and for what HDF5 has no room for: an attribute list of more than 64 kB, or a name with "/".
 */
export function writeHdf5(content: Hdf5GroupContent): Uint8Array {
  const file = new File(content);
  return file.bytes();
}

/** Names in the order in which trees of names are sorted: byte by byte. */
function sortedNames(content: Hdf5GroupContent): [name: string, bytes: Uint8Array][] {
  const named = Object.keys(content.children ?? {}).map((name): [string, Uint8Array] => {
    if (name === '' || name === '.' || name.includes('/') || name.includes('\0')) {
      throw new OptionError(`writeHdf5: ${JSON.stringify(name)} cannot be a name in an HDF5 file`);
    }
    return [name, new TextEncoder().encode(name)];
  });
  return named.sort(([, a], [, b]) => compareBytes(a, b));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

const largestGroup = (content: Hdf5GroupContent): number =>
  Object.values(content.children ?? {}).reduce(
    (most, child) => ('data' in child ? most : Math.max(most, largestGroup(child))),
    Object.keys(content.children ?? {}).length,
  );

interface Group {
  readonly header: Block;
  readonly tree: Block;
  readonly heap: Block;
}

class File {
  readonly #layout = new Layout();
  readonly #treeChildren: number;
  readonly #texts: Texts;

  constructor(content: Hdf5GroupContent) {
    this.#treeChildren = Math.max(leastChildren, 2 * Math.ceil(largestGroup(content) / tableEntries / 2));
    const superblock = this.#layout.place(superblockBytes);
    this.#texts = new Texts(this.#layout);
    const root = this.#group(content);
    this.#texts.end();
    superblock.write = out => this.#superblock(out, root);
  }

  bytes(): Uint8Array {
    return this.#layout.bytes();
  }

  /** II.A, version 0. */
  #superblock(out: Writer, root: Group): void {
    out.raw([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]);
    out.raw([0, 0, 0, 0, 0, 8, 8, 0]);
    out.u16(tableEntries / 2);
    out.u16(this.#treeChildren / 2);
    out.u32(0);
    out.u64(0);
    out.u64(undefinedAddress);
    out.u64(this.#layout.end);
    out.u64(undefinedAddress);
    writeEntry(out, 0, root.header, root);
  }

  #group(content: Hdf5GroupContent): Group {
    const names = sortedNames(content);
    const children = names.map(([name, bytes]) => ({ bytes, ...this.#child(content.children![name]!) }));
    const { heap, offsets } = this.#names(names.map(([, bytes]) => bytes));
    const tables: Block[] = [];
    for (let from = 0; from < children.length; from += tableEntries) {
      const entries = children.slice(from, from + tableEntries);
      tables.push(
        this.#layout.place(8 + tableEntries * entryBytes, out => {
          out.text('SNOD');
          out.raw([1, 0]);
          out.u16(entries.length);
          for (const [i, { header, group }] of entries.entries()) writeEntry(out, offsets[from + i]!, header, group);
        }),
      );
    }
    const lastOf = (table: number) => offsets[Math.min((table + 1) * tableEntries, offsets.length) - 1]!;
    const tree = this.#tree(tables, lastOf);
    const symbols = message(messageTypes.symbolTable, referenceBytes, out => {
      out.u64(tree.at);
      out.u64(heap.at);
    });
    return { header: this.#header([symbols, ...this.#attributes(content.attributes)]), tree, heap };
  }

  #child(child: Hdf5GroupContent | Hdf5DatasetContent): { readonly header: Block; readonly group?: Group } {
    if ('data' in child) return { header: this.#dataset(child) };
    const group = this.#group(child);
    return { header: group.header, group };
  }

  /** III.D: names behind one another, each ended by a zero byte and filled up to eight. The empty name is the first key. */
  #names(names: readonly Uint8Array[]): { heap: Block; offsets: number[] } {
    const offsets: number[] = [];
    let end = 8;
    for (const name of names) {
      offsets.push(end);
      end += Math.ceil((name.length + 1) / 8) * 8;
    }
    const content = this.#layout.place(end, out => {
      for (const [i, name] of names.entries()) {
        out.skipTo(offsets[i]!);
        out.raw(name);
      }
    });
    const heap = this.#layout.place(32, out => {
      out.text('HEAP');
      out.u32(0);
      out.u64(end);
      // No byte of it is free.
      out.u64(1);
      out.u64(content.at);
    });
    return { heap, offsets };
  }

  /** III.A.1: one node, for it has room for all. */
  #tree(tables: readonly Block[], lastOf: (table: number) => number): Block {
    return this.#layout.place(nodeBytes + 8 + this.#treeChildren * 16, out => {
      out.text('TREE');
      out.raw([0, 0]);
      out.u16(tables.length);
      out.u64(undefinedAddress);
      out.u64(undefinedAddress);
      out.u64(0);
      for (const [i, table] of tables.entries()) {
        out.u64(table.at);
        out.u64(lastOf(i));
      }
    });
  }

  #dataset({ shape, data, attributes }: Hdf5DatasetContent): Block {
    if (sizeOf(shape) !== data.length) {
      throw new OptionError(`writeHdf5: ${data.length} numbers do not fill the shape ${formatShape(shape)}`);
    }
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const content = bytes.length === 0 ? undefined : this.#layout.place(bytes.length, out => out.raw(bytes));
    return this.#header([
      message(messageTypes.dataspace, 8 + shape.length * 8, out => writeShape(out, shape)),
      message(messageTypes.datatype, typeBytes(data), out => writeType(out, data)),
      // IV.A.2.f: no value is defined for what is not written.
      message(0x05, 8, out => out.raw([2, 2, 2, 0])),
      message(messageTypes.layout, 24, out => {
        out.raw([3, 1]);
        out.u64(content?.at ?? undefinedAddress);
        out.u64(bytes.length);
      }),
      ...this.#attributes(attributes),
    ]);
  }

  /** IV.A.1, version 1. */
  #header(messages: readonly Message[]): Block {
    const bytes = messages.reduce((sum, each) => sum + 8 + each.bytes, 0);
    return this.#layout.place(16 + bytes, out => {
      out.raw([1, 0]);
      out.u16(messages.length);
      out.u32(1);
      out.u32(bytes);
      out.u32(0);
      for (const each of messages) {
        out.u16(each.type);
        out.u16(each.bytes);
        out.u32(0);
        const begin = out.at;
        each.write(out);
        out.skipTo(begin + each.bytes);
      }
    });
  }

  /** IV.A.2.m, version 1. */
  #attributes(attributes: { readonly [name: string]: Hdf5Value } = {}): Message[] {
    return Object.entries(attributes).map(([name, value]) => {
      const shape: Shape = typeof value === 'object' ? [value.length] : [];
      const values: readonly (string | number)[] = typeof value === 'object' ? value : [value];
      const nameBytes = new TextEncoder().encode(`${name}\0`);
      const padded = Math.ceil(nameBytes.length / 8) * 8;
      const content = this.#contentOf(name, values);
      const shapeBytes = 8 + shape.length * 8;
      const length = 8 + padded + content.typeBytes + shapeBytes + content.bytes;
      if (length > mostMessage) {
        throw new OptionError(
          `writeHdf5: the attribute "${name}" takes ${length} bytes, HDF5 has room for ${mostMessage}`,
        );
      }
      return message(messageTypes.attribute, length, out => {
        out.raw([1, 0]);
        out.u16(nameBytes.length);
        out.u16(content.declaredTypeBytes);
        out.u16(shapeBytes);
        const begin = out.at;
        out.raw(nameBytes);
        out.skipTo(begin + padded);
        content.writeType(out);
        writeShape(out, shape);
        content.write(out);
      });
    });
  }

  #contentOf(name: string, values: readonly (string | number)[]): AttributeContent {
    if (values.every(value => typeof value === 'string')) {
      const places = values.map(text => this.#texts.add(text));
      const write = (out: Writer) => {
        for (const place of places) this.#texts.refer(out, place);
      };
      return {
        typeBytes: 24,
        declaredTypeBytes: 24,
        bytes: places.length * referenceBytes,
        writeType: writeTextType,
        write,
      };
    }
    if (!values.every(value => typeof value === 'number')) {
      throw new OptionError(`writeHdf5: the attribute "${name}" must be of texts or of numbers, not of both`);
    }
    const areIntegers = values.every(value => Number.isSafeInteger(value) && !Object.is(value, -0));
    const data = areIntegers ? BigInt64Array.from(values, BigInt) : Float64Array.from(values);
    const bytes = new Uint8Array(data.buffer);
    const declaredTypeBytes = typeBytes(data);
    return {
      typeBytes: Math.ceil(declaredTypeBytes / 8) * 8,
      declaredTypeBytes,
      bytes: bytes.length,
      writeType: out => writeType(out, data),
      write: out => out.raw(bytes),
    };
  }
}

interface AttributeContent {
  /** With the bytes that fill it up to a multiple of eight. */
  readonly typeBytes: number;
  readonly declaredTypeBytes: number;
  readonly bytes: number;
  readonly writeType: (out: Writer) => void;
  readonly write: (out: Writer) => void;
}

interface Message {
  readonly type: number;
  /** A multiple of eight. */
  readonly bytes: number;
  readonly write: (out: Writer) => void;
}

const message = (type: number, bytes: number, write: (out: Writer) => void): Message => ({
  type,
  bytes: Math.ceil(bytes / 8) * 8,
  write,
});

/** III.C: a symbol. A group's holds where its tree and its names are. */
function writeEntry(out: Writer, nameOffset: number, header: Block, group: Group | undefined): void {
  out.u64(nameOffset);
  out.u64(header.at);
  out.u32(group === undefined ? 0 : 1);
  out.u32(0);
  out.u64(group?.tree.at ?? 0);
  out.u64(group?.heap.at ?? 0);
}

/** IV.A.2.b, version 1, without largest sizes. */
function writeShape(out: Writer, shape: Shape): void {
  out.raw([1, shape.length, 0, 0, 0, 0, 0, 0]);
  for (const size of shape) out.u64(size);
}

const isFloat = (data: Hdf5Numbers): boolean => data instanceof Float32Array || data instanceof Float64Array;
const typeBytes = (data: Hdf5Numbers): number => (isFloat(data) ? 20 : 12);

/** IV.A.2.d, version 1: little-endian, with the bits of IEEE 754 or in two's complement. */
function writeType(out: Writer, data: Hdf5Numbers): void {
  const begin = out.at;
  const bytes = data.BYTES_PER_ELEMENT;
  if (isFloat(data)) {
    const [sign, exponent, mantissa, bias] = bytes === 4 ? [31, 8, 23, 127] : [63, 11, 52, 1023];
    out.raw([0x11, 0x20, sign!, 0]);
    out.u32(bytes);
    out.u16(0);
    out.u16(bytes * 8);
    out.raw([mantissa!, exponent!, 0, mantissa!]);
    out.u32(bias!);
  } else {
    const isUnsigned = /^(Big)?Uint/.test(data.constructor.name);
    out.raw([0x10, isUnsigned ? 0 : 0x08, 0, 0]);
    out.u32(bytes);
    out.u16(0);
    out.u16(bytes * 8);
  }
  out.skipTo(begin + Math.ceil(typeBytes(data) / 8) * 8);
}

/** Texts of any length in UTF-8; their elements are bytes. */
function writeTextType(out: Writer): void {
  out.raw([0x19, 0x01, 0x01, 0]);
  out.u32(referenceBytes);
  out.raw([0x10, 0, 0, 0]);
  out.u32(1);
  out.u16(0);
  out.u16(8);
  out.u32(0);
}

/** III.E: the global heap, one collection for all texts of a file. */
class Texts {
  readonly #layout: Layout;
  readonly #texts: Uint8Array[] = [];
  #heap: Block | undefined;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** Its number in the heap, and its length. */
  add(text: string): { readonly number: number; readonly length: number } {
    const bytes = new TextEncoder().encode(text);
    this.#texts.push(bytes);
    if (this.#texts.length > mostMessage)
      throw new OptionError(`writeHdf5: more than ${mostMessage} texts in attributes`);
    return { number: this.#texts.length, length: bytes.length };
  }

  refer(out: Writer, { number, length }: { readonly number: number; readonly length: number }): void {
    out.u32(length);
    out.u64(this.#heap!.at);
    out.u32(number);
  }

  /** Takes its place behind everything else. */
  end(): void {
    if (this.#texts.length === 0) return;
    const headerBytes = 16;
    const used = this.#texts.reduce((sum, text) => sum + headerBytes + Math.ceil(text.length / 8) * 8, headerBytes);
    // The smallest collection that the C library makes; free room has a header as well.
    const bytes = Math.max(4096, used + headerBytes);
    this.#heap = this.#layout.place(bytes, out => {
      out.text('GCOL');
      out.u32(1);
      out.u64(bytes);
      for (const [i, text] of this.#texts.entries()) {
        out.u16(i + 1);
        out.u16(1);
        out.u32(0);
        out.u64(text.length);
        const begin = out.at;
        out.raw(text);
        out.skipTo(begin + Math.ceil(text.length / 8) * 8);
      }
      out.u64(0);
      out.u64(bytes - used);
    });
  }
}
