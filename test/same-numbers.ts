import type { Test } from 'tap';

/** The same numbers, bit by bit. tap's own `same` takes seconds for large arrays, which it formats element by element. */
export function sameNumbers(t: Test, actual: ArrayBufferView, expected: ArrayBufferView, what: string): void {
  const [a, b] = [bytesOf(actual), bytesOf(expected)];
  const at = a.findIndex((byte, i) => byte !== b[i]);
  t.ok(Buffer.compare(a, b) === 0, `${what}: ${a.length} and ${b.length} bytes, the first that differs is ${at}`);
}

/** Whether they are, where they are expected to differ. */
export const areSameNumbers = (a: ArrayBufferView, b: ArrayBufferView): boolean =>
  Buffer.compare(bytesOf(a), bytesOf(b)) === 0;

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
