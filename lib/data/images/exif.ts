import type { Orientation } from './pixels.ts';

const magic = 'Exif\0\0';
const tiffAt = magic.length;
const orientationTag = 0x0112;
const shortType = 3;
const entryBytes = 12;

/**
 * How the camera was held, by the content of a segment of EXIF data (CIPA DC-008: a TIFF header, a directory of entries of
 * twelve bytes); undefined where it does not say, or says nonsense: that harms no pixel.
 */
export function orientationOf(data: Uint8Array): Orientation | undefined {
  if (String.fromCharCode(...data.subarray(0, tiffAt)) !== magic || data.length < tiffAt + 8) return undefined;
  const view = new DataView(data.buffer, data.byteOffset + tiffAt, data.byteLength - tiffAt);
  const isLittle = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > view.byteLength) return undefined;
  const count = view.getUint16(directory, isLittle);
  for (let i = 0; i < count; i++) {
    const at = directory + 2 + i * entryBytes;
    if (at + entryBytes > view.byteLength) return undefined;
    if (view.getUint16(at, isLittle) !== orientationTag || view.getUint16(at + 2, isLittle) !== shortType) continue;
    const value = view.getUint16(at + 8, isLittle);
    return isOrientation(value) ? value : undefined;
  }
  return undefined;
}

const isOrientation = (value: number): value is Orientation => value >= 1 && value <= 8;
