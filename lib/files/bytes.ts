import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';

/** The bytes of a file in whatever form they are given, not copied. Throws OptionError that begins with `caller`. */
export function bytesOf(caller: string, content: ArrayBufferLike | ArrayBufferView): Uint8Array {
  if (ArrayBuffer.isView(content)) return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  // By its name, for a SharedArrayBuffer is not known everywhere, and buffers come from other windows too.
  if (/^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(content))) return new Uint8Array(content);
  throw new OptionError(
    `${caller}: expected the bytes of a file, a Uint8Array or an ArrayBuffer, got ${describe(content)}`,
  );
}

/** Pieces of bytes, one behind the other. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
