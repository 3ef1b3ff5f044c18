import type { Source } from './source.ts';

/** A message of an object's header: it says one thing of the object. `at` and `end` are bytes of the file. */
export interface Message {
  readonly type: number;
  readonly at: number;
  readonly end: number;
}

/** HDF5 File Format Specification 3.0, IV.A.2: types of messages that are read here. */
export const messageTypes = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

const isShared = 0x02;
const prefixOfVersion1 = 16;
const headerOfVersion1 = 8;
const checksumBytes = 4;

interface Block {
  readonly at: number;
  readonly end: number;
}

/** All messages of the object whose header is at that byte (specification IV.A). */
export function readMessages(source: Source, at: number): Message[] {
  source.visit(at);
  return source.u8(at) === 1 ? ofVersion1(source, at) : ofVersion2(source, at);
}

/** The message of that type, of which an object has one at most. */
export const messageOf = (messages: readonly Message[], type: number): Message | undefined =>
  messages.find(message => message.type === type);

function ofVersion1(source: Source, at: number): Message[] {
  const start = at + prefixOfVersion1;
  return readBlocks(source, { at: start, end: start + source.u32(at + 8) }, block => {
    const messages: Message[] = [];
    for (let place = block.at; place + headerOfVersion1 <= block.end; ) {
      const begin = place + headerOfVersion1;
      const end = begin + source.u16(place + 2);
      if (end > block.end) source.fail(place, 'a message of an object reaches beyond its header');
      messages.push(checked(source, { type: source.u16(place), at: begin, end }, source.u8(place + 4)));
      place = end;
    }
    return messages;
  });
}

function ofVersion2(source: Source, at: number): Message[] {
  source.expect(at, 'OHDR');
  if (source.u8(at + 4) !== 2) source.fail(at + 4, `the header of an object has the version ${source.u8(at + 4)}`);
  const flags = source.u8(at + 5);
  const hasTimes = (flags & 0x20) !== 0;
  const hasLimits = (flags & 0x10) !== 0;
  const sizeAt = at + 6 + (hasTimes ? 16 : 0) + (hasLimits ? 4 : 0);
  const sizeBytes = 2 ** (flags & 3);
  const size = sizeOfBytes(source, sizeAt, sizeBytes);
  const start = sizeAt + sizeBytes;
  const headerBytes = (flags & 0x04) !== 0 ? 6 : 4;
  return readBlocks(source, { at: start, end: start + size }, (block, isFirst) => {
    if (!isFirst) source.expect(block.at, 'OCHK');
    const messages: Message[] = [];
    const limit = isFirst ? block.end : block.end - checksumBytes;
    for (let place = isFirst ? block.at : block.at + 4; place + headerBytes <= limit; ) {
      const begin = place + headerBytes;
      const end = begin + source.u16(place + 1);
      if (end > limit) source.fail(place, 'a message of an object reaches beyond its header');
      messages.push(checked(source, { type: source.u8(place), at: begin, end }, source.u8(place + 3)));
      place = end;
    }
    return messages;
  });
}

export function sizeOfBytes(source: Source, at: number, bytes: number): number {
  if (bytes === 1) return source.u8(at);
  if (bytes === 2) return source.u16(at);
  return bytes === 4 ? source.u32(at) : source.u64(at);
}

/** The first block and those to which messages of it and of each other lead on. */
function readBlocks(source: Source, first: Block, read: (block: Block, isFirst: boolean) => Message[]): Message[] {
  const blocks = [first];
  const messages: Message[] = [];
  for (let i = 0; i < blocks.length; i++) {
    source.visit(blocks[i]!.at);
    source.span(blocks[i]!.at, blocks[i]!.end - blocks[i]!.at);
    for (const message of read(blocks[i]!, i === 0)) {
      source.visit(message.at);
      if (message.type !== messageTypes.continuation) {
        messages.push(message);
        continue;
      }
      const at = source.place(message.at);
      blocks.push({ at, end: at + source.u64(message.at + 8) });
    }
  }
  return messages;
}

function checked(source: Source, message: Message, flags: number): Message {
  const isRead = Object.values<number>(messageTypes).includes(message.type);
  if (isRead && (flags & isShared) !== 0) source.unsupported('it has types that several objects share');
  return message;
}
