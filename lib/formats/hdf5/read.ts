/**
 * Reads HDF5 files as h5py and Keras write them (HDF5 File Format Specification 3.0): every address and size is checked
 * against the file before it is used. The C library is not used here: of thousands of damaged files some made it run
 * without end, which no program can stop from within its own thread.
 */

import { isHdf5 } from '../../files/signatures.ts';
import { type Shape, sizeOf } from '../../shape/shape.ts';
import { readChunks } from './chunks.ts';
import { type Elements, floatsOf, numbersOf, readShape, readType, Texts } from './elements.ts';
import { readLinks } from './links.ts';
import { type Message, messageOf, messageTypes, readMessages } from './object-header.ts';
import { Source } from './source.ts';
import type { Hdf5Dataset, Hdf5Group, Hdf5Value } from './tree.ts';

const mostDepth = 64;

/**
 * The outermost group of an HDF5 file; `file` is its name in messages. Groups, shapes and types are read and checked now,
 * elements and attributes when they are asked for. Throws FormatError for what is damaged or not supported: links to
 * other paths or files, and groups or attributes in fractal heaps, as `libver="latest"` of h5py makes them when there are many.
 */
export function openHdf5(bytes: Uint8Array, file: string): Hdf5Group {
  const source = new Source(bytes, file);
  if (!isHdf5(bytes)) source.refuse('expected an HDF5 file, which begins with 89 48 44 46; this is none');
  const root = readObject(source, rootOf(source), { path: '/', depth: 0, texts: new Texts(source) });
  return root?.kind === 'group' ? root : source.fail(0, 'its outermost object is no group');
}

/** Where the header of the outermost group is (specification II.A). */
function rootOf(source: Source): number {
  const version = source.u8(8);
  const isOld = version === 0 || version === 1;
  if (!isOld && version !== 2 && version !== 3) source.unsupported(`it has the version ${version}`);
  const sizesAt = isOld ? 13 : 9;
  if (source.u8(sizesAt) !== 8 || source.u8(sizesAt + 1) !== 8) source.unsupported('its addresses are not of 8 bytes');
  const addresses = isOld ? 24 + version * 4 : 12;
  if (source.u64(addresses) !== 0) source.unsupported('its content does not begin at its first byte');
  const endAt = addresses + 16;
  const end = source.u64(endAt);
  if (end > source.bytes.length) {
    source.refuse(`truncated: it has ${source.bytes.length} bytes of the ${end} that it is to have`);
  }
  return source.place(isOld ? endAt + 24 : endAt + 8);
}

interface Place {
  readonly path: string;
  readonly depth: number;
  readonly texts: Texts;
}

/** Undefined for an object that is neither a group nor an array: a named type. */
function readObject(source: Source, at: number, place: Place): Hdf5Group | Hdf5Dataset | undefined {
  if (place.depth > mostDepth) source.fail(at, `groups are nested more than ${mostDepth} deep`);
  const messages = readMessages(source, at);
  const attributes = readAttributes(source, messages, place);
  const links = readLinks(source, messages);
  if (links !== undefined) return { kind: 'group', path: place.path, ...attributes, ...children(source, links, place) };
  const shape = messageOf(messages, messageTypes.dataspace);
  const type = messageOf(messages, messageTypes.datatype);
  if (shape === undefined || type === undefined) return undefined;
  return { kind: 'dataset', path: place.path, ...attributes, ...dataset(source, messages, { shape, type }, place) };
}

function children(source: Source, links: Map<string, number>, place: Place): Pick<Hdf5Group, 'children' | 'find'> {
  const found = new Map<string, Hdf5Group | Hdf5Dataset>();
  for (const [name, at] of links) {
    const path = `${place.path === '/' ? '' : place.path}/${name}`;
    const child = readObject(source, at, { ...place, path, depth: place.depth + 1 });
    if (child !== undefined) found.set(name, child);
  }
  return {
    children: found,
    find: path => {
      const [first = '', ...rest] = path.split('/').filter(name => name !== '');
      const child = found.get(first);
      if (rest.length === 0) return child;
      return child?.kind === 'group' ? child.find(rest.join('/')) : undefined;
    },
  };
}

function dataset(
  source: Source,
  messages: readonly Message[],
  { shape: shapeMessage, type: typeMessage }: { readonly shape: Message; readonly type: Message },
  { path, texts }: Place,
): Pick<Hdf5Dataset, 'shape' | 'type' | 'read' | 'readFloats' | 'readTexts'> {
  const shape = readShape(source, shapeMessage) ?? [0];
  const elements = readType(source, typeMessage);
  const bytes = contentOf(source, messages, { path, shape, elements });
  const read = () => {
    if (elements.type === 'string') source.refuse(`${path} holds texts, expected numbers`);
    return numbersOf(bytes(), elements);
  };
  return {
    shape,
    type: elements.type,
    read,
    readFloats: () => floatsOf(read()),
    readTexts: () => {
      if (elements.type !== 'string') source.refuse(`${path} holds ${elements.type}, expected texts`);
      return texts.read(bytes(), elements);
    },
  };
}

const kinds = { compact: 0, contiguous: 1, chunked: 2 } as const;

/** How to get at the bytes of an array; that they are there is checked now (specification IV.A.2.i). */
function contentOf(
  source: Source,
  messages: readonly Message[],
  { path, shape, elements }: { readonly path: string; readonly shape: Shape; readonly elements: Elements },
): () => Uint8Array {
  const expected = sizeOf(shape) * elements.bytes;
  if (expected === 0) return () => new Uint8Array(0);
  const layout = messageOf(messages, messageTypes.layout);
  if (layout === undefined) return source.fail(0, `${path} has no content`);
  const version = source.u8(layout.at);
  const kind = source.u8(layout.at + 1);
  if ((version !== 3 && version !== 4) || (version === 4 && kind > kinds.contiguous)) {
    source.unsupported(`${path} is stored in the way ${kind} of version ${version}`);
  }
  const check = (found: number) => {
    if (found !== expected) source.fail(layout.at, `${path} [${shape}] has ${found} bytes, expected ${expected}`);
  };
  if (kind === kinds.compact) {
    check(source.u16(layout.at + 2));
    const content = source.span(layout.at + 4, expected);
    return () => content;
  }
  if (kind === kinds.contiguous) {
    const at =
      source.address(layout.at + 2) ?? source.refuse(`${path} [${shape}] was never written: it has no content`);
    check(source.u64(layout.at + 10));
    const content = source.span(at, expected);
    return () => content;
  }
  const filters = messageOf(messages, messageTypes.filters);
  return readChunks(source, { path, shape, elementBytes: elements.bytes, layoutAt: layout.at, filters });
}

/** Sizes and addresses of an attribute's parts (specification IV.A.2.m). */
function readAttributes(
  source: Source,
  messages: readonly Message[],
  { path, texts }: Place,
): Pick<Hdf5Group, 'attributeNames' | 'attribute'> {
  const info = messageOf(messages, messageTypes.attributeInfo);
  if (info !== undefined) {
    const heapAt = info.at + 2 + ((source.u8(info.at + 1) & 1) !== 0 ? 2 : 0);
    if (source.address(heapAt) !== undefined) source.unsupported(`the attributes of ${path} are in a fractal heap`);
  }
  const readers = new Map<string, () => Hdf5Value>();
  for (const message of messages) {
    if (message.type !== messageTypes.attribute) continue;
    const { name, read } = readAttribute(source, message, texts);
    readers.set(name, read);
  }
  return { attributeNames: [...readers.keys()], attribute: name => readers.get(name)?.() };
}

function readAttribute(source: Source, { at, end }: Message, texts: Texts): { name: string; read: () => Hdf5Value } {
  const version = source.u8(at);
  if (version < 1 || version > 3) source.fail(at, `an attribute has the version ${version}`);
  if (version > 1 && source.u8(at + 1) !== 0) source.unsupported('it has attributes of a named type');
  const padded = (bytes: number) => (version === 1 ? Math.ceil(bytes / 8) * 8 : bytes);
  const nameAt = at + (version === 3 ? 9 : 8);
  const typeAt = nameAt + padded(source.u16(at + 2));
  const shapeAt = typeAt + padded(source.u16(at + 4));
  const dataAt = shapeAt + padded(source.u16(at + 6));
  const name = source.textAt(nameAt, typeAt);
  const read = (): Hdf5Value => {
    const shape = readShape(source, { type: messageTypes.dataspace, at: shapeAt, end: dataAt }) ?? [0];
    const elements = readType(source, { at: typeAt });
    const bytes = sizeOf(shape) * elements.bytes;
    if (dataAt + bytes > end) source.fail(at, `the attribute ${JSON.stringify(name)} reaches beyond its message`);
    const values = valuesOf(source, source.span(dataAt, bytes), elements, texts);
    return shape.length === 0 ? values[0]! : values;
  };
  return { name, read };
}

function valuesOf(source: Source, bytes: Uint8Array, elements: Elements, texts: Texts): string[] | number[] {
  if (elements.type === 'string') return texts.read(bytes, elements);
  return Array.from(numbersOf(bytes, elements) as ArrayLike<number | bigint>, value =>
    Number.isSafeInteger(Number(value)) || typeof value === 'number'
      ? Number(value)
      : source.refuse(`the number ${value} of an attribute is too large`),
  );
}
