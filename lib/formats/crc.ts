/** Cyclic redundancy checks of 32 bits with reflected bits: CRC-32 of PNG files, and CRC-32C of TFRecord files. */

/** The remainders of all bytes, for a polynomial with its bits reflected. */
function remainders(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? polynomial : 0);
    return rest;
  });
}

function crc(table: Uint32Array, bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = table[(rest ^ byte) & 0xff]! ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}

const ofPng = remainders(0xedb88320);
const castagnoli = remainders(0x82f63b78);

/** CRC-32 (ISO 3309), as an unsigned number. */
export const crc32 = (bytes: Uint8Array): number => crc(ofPng, bytes);

/** CRC-32C (RFC 3720, appendix B.4), as an unsigned number. */
export const crc32c = (bytes: Uint8Array): number => crc(castagnoli, bytes);
