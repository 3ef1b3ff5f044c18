/** Deflate makes at most 1032 bytes of one (zlib.net/zlib_tech.html): more is a lie. */
const mostDeflated = 1032;
/** Weights hardly compress. What unpacks to more than this many bytes, and to so many times its size, is a bomb. */
const bomb = { bytes: 2 ** 26, ratio: 100 } as const;

/** Whether what deflate is to unpack to so many bytes cannot do so, or is made to exhaust memory. */
export const isBomb = (packedBytes: number, bytes: number): boolean =>
  bytes > packedBytes * (bytes > bomb.bytes ? bomb.ratio : mostDeflated);
