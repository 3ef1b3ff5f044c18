/** The names in a group, and where the headers of their objects are. */
import { type Message, messageOf, messageTypes, sizeOfBytes } from './object-header.ts';
import type { Source } from './source.ts';

/** Adds a name; the file is damaged if it is there already. */
type Add = (name: string, headerAt: number) => void;

const noKind = 0;
const softLink = 2;
const nodeBytes = 24;
const entryBytes = 40;
/** Entries of a node that a group can have at all: their number is 16 bits. */
const mostLevels = 16;

/** Undefined for an object that is no group. */
export function readLinks(source: Source, messages: readonly Message[]): Map<string, number> | undefined {
  const links = new Map<string, number>();
  const add: Add = (name, headerAt) => {
    if (links.has(name)) source.fail(headerAt, `the name ${JSON.stringify(name)} is there twice`);
    links.set(name, headerAt);
  };
  const table = messageOf(messages, messageTypes.symbolTable);
  if (table !== undefined) {
    readTree(source, source.place(table.at), readNames(source, source.place(table.at + 8)), undefined, add);
    return links;
  }
  const info = messageOf(messages, messageTypes.linkInfo);
  if (info === undefined) return undefined;
  const heapAt = info.at + 2 + ((source.u8(info.at + 1) & 1) !== 0 ? 8 : 0);
  if (source.address(heapAt) !== undefined) source.unsupported('it has a group whose names are in a fractal heap');
  for (const message of messages) if (message.type === messageTypes.link) readLink(source, message, add);
  return links;
}

/** The bytes of a local heap that hold names (specification III.D). */
interface Names {
  readonly at: number;
  readonly end: number;
}

function readNames(source: Source, at: number): Names {
  source.expect(at, 'HEAP');
  const start = source.place(at + 24);
  const size = source.u64(at + 8);
  source.span(start, size);
  return { at: start, end: start + size };
}

/** A node of a tree of names, and all below it (specification III.A.1). */
function readTree(source: Source, at: number, names: Names, level: number | undefined, add: Add): void {
  source.visit(at);
  source.expect(at, 'TREE');
  const found = source.u8(at + 5);
  if (source.u8(at + 4) !== 0 || found >= mostLevels || (level !== undefined && found !== level)) {
    source.fail(at, 'a tree of names is not one');
  }
  const count = source.u16(at + 6);
  for (let i = 0; i < count; i++) {
    // Keys stand between children, one more than these.
    const child = source.place(at + nodeBytes + 8 + i * 16);
    if (found > 0) readTree(source, child, names, found - 1, add);
    else readTable(source, child, names, add);
  }
}

/** Names in a node of symbols (specification III.B and C). */
function readTable(source: Source, at: number, names: Names, add: Add): void {
  source.visit(at);
  source.expect(at, 'SNOD');
  const count = source.u16(at + 6);
  for (let i = 0; i < count; i++) {
    const entry = at + 8 + i * entryBytes;
    source.visit(entry);
    const name = source.textAt(names.at + source.u64(entry), names.end);
    if (source.u32(entry + 16) === softLink) source.refuse(`${JSON.stringify(name)} is a link to another path`);
    add(name, source.place(entry + 8));
  }
}

/** A link of a group of the newer kind (specification IV.A.2.g). */
function readLink(source: Source, { at }: Message, add: Add): void {
  const flags = source.u8(at + 1);
  let place = at + 2;
  const kind = (flags & 0x08) !== 0 ? source.u8(place++) : noKind;
  if ((flags & 0x04) !== 0) place += 8;
  if ((flags & 0x10) !== 0) place += 1;
  const lengthBytes = 2 ** (flags & 3);
  const length = sizeOfBytes(source, place, lengthBytes);
  place += lengthBytes;
  const name = new TextDecoder().decode(source.span(place, length));
  if (kind !== noKind) source.refuse(`${JSON.stringify(name)} is a link to another path or file`);
  add(name, source.place(place + length));
}
