import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface ImageFile {
  readonly name: string;
  /** Files and pixels are in base64. */
  readonly file: string;
  readonly channels: 1 | 3 | 4;
  readonly pixels: string;
}

/** Files, and the pixels that other programs find in them. */
export const golden: {
  readonly png: { readonly width: number; readonly height: number; readonly cases: readonly ImageFile[] };
  readonly jpeg: readonly (ImageFile & { readonly width: number; readonly height: number })[];
  readonly rough: { readonly width: number; readonly height: number; readonly pixels: string };
  readonly gray: string;
  readonly sizes: readonly (readonly [height: number, width: number])[];
  readonly resized: { readonly L: readonly string[]; readonly RGB: readonly string[] };
} = JSON.parse(readFileSync(join(import.meta.dirname, '../../golden/image-files.json'), 'utf8'));

export const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

/** A file of the golden ones by its name. */
export function imageFile(name: string): Uint8Array {
  return bytesOf([...golden.png.cases, ...golden.jpeg].find(each => each.name === name)!.file);
}
