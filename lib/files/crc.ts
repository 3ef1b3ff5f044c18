/**
 * Cyclic redundancy checks of 32 bits with reflected bits: CRC-32 of PNG and zip files, and CRC-32C of TFRecord files. Eight
 * bytes a step (M. Kounavis, F. Berry, "Novel Table Lookup-Based Algorithms for High-Performance CRC Generation", 2008),
 * for weights have hundreds of megabytes.
 */

type Eight<T> = [T, T, T, T, T, T, T, T];

/** Table k holds the remainders of all bytes that k zero bytes follow, for a polynomial with its bits reflected. */
function remainders(polynomial: number): Eight<Int32Array> {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? polynomial : 0);
    return rest;
  });
  const tables = [first];
  for (let k = 1; k < 8; k++) tables.push(tables[k - 1]!.map(rest => (rest >>> 8) ^ first[rest & 0xff]!));
  return tables as Eight<Int32Array>;
}

function crc([t0, t1, t2, t3, t4, t5, t6, t7]: Eight<Int32Array>, bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let rest = -1;
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    const low = rest ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    const ofLow = t7[low & 0xff]! ^ t6[(low >>> 8) & 0xff]! ^ t5[(low >>> 16) & 0xff]! ^ t4[low >>> 24]!;
    const ofHigh = t3[high & 0xff]! ^ t2[(high >>> 8) & 0xff]! ^ t1[(high >>> 16) & 0xff]! ^ t0[high >>> 24]!;
    rest = ofLow ^ ofHigh;
  }
  for (; at < bytes.length; at++) rest = t0[(rest ^ bytes[at]!) & 0xff]! ^ (rest >>> 8);
  return ~rest >>> 0;
}

/** Made when they are first needed, so that programs that need none start without them. */
const tables: { ofPng?: Eight<Int32Array>; castagnoli?: Eight<Int32Array> } = {};

/** CRC-32 (ISO 3309), as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  tables.ofPng ??= remainders(0xedb88320);
  return crc(tables.ofPng, bytes);
}

/** CRC-32C (RFC 3720, appendix B.4), as an unsigned number. */
export function crc32c(bytes: Uint8Array): number {
  tables.castagnoli ??= remainders(0x82f63b78);
  return crc(tables.castagnoli, bytes);
}
