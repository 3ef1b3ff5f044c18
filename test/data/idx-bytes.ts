/** The bytes of an IDX file: magic number (of unsigned bytes, unless another is given), axes, data. */
export function idxBytes(shape: readonly number[], data: ArrayLike<number>, magic = 0x800 | shape.length): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of [magic, ...shape].entries()) view.setUint32(4 * i, word);
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}
