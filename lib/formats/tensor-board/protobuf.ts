/**
 * The part of the wire format of protocol buffers that event files need: a field is a key, which is its number with its
 * wire type, and then its content. Five messages of fixed form are encoded and none is decoded, which needs no package.
 */
import { concatenate } from '../../files/bytes.ts';

const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const key = (field: number, type: keyof typeof wireTypes): Uint8Array => varint(field * 8 + wireTypes[type]);

/** Seven bits a byte, the lowest first. For integers from 0 to 2^53. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Uint8Array.of(...bytes, rest);
}

export const integerField = (field: number, value: number): Uint8Array =>
  concatenate([key(field, 'varint'), varint(value)]);

export function floatField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concatenate([key(field, 'fixed32'), bytes]);
}

export const doubleField = (field: number, value: number): Uint8Array =>
  concatenate([key(field, 'fixed64'), doubles([value])]);

/** A packed list. */
export const doublesField = (field: number, values: readonly number[]): Uint8Array =>
  bytesField(field, doubles(values));

/** Bytes, or a message within another. */
export const bytesField = (field: number, bytes: Uint8Array): Uint8Array =>
  concatenate([key(field, 'bytes'), varint(bytes.length), bytes]);

export const textField = (field: number, text: string): Uint8Array => bytesField(field, new TextEncoder().encode(text));

function doubles(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setFloat64(8 * i, value, true);
  return bytes;
}
