import { FormatError } from '../../errors.ts';
import { orientationOf } from './exif.ts';
import type { Orientation } from './pixels.ts';

/** What the frame header says (ITU-T T.81, B.2.2). */
export interface Frame {
  /** Where it begins. */
  readonly at: number;
  readonly width: number;
  readonly height: number;
  /** 1 gray, 3 colours, 4 colours of ink. */
  readonly components: number;
}

/** What is known of a file before its pixels are unpacked. */
export interface Segments {
  readonly frame: Frame;
  readonly scans: number;
  /** Where the first scan begins. */
  readonly scanAt: number;
  /** Behind the marker that ends the image; cameras append other things. */
  readonly end: number;
  readonly orientation: Orientation;
  /** Whether the three components are red, green and blue as they are. */
  readonly isRgb: boolean;
}

const markers = { endOfImage: 0xd9, scan: 0xda, exif: 0xe1, adobe: 0xee } as const;
/** Frames that can be read: baseline, extended and progressive, with Huffman codes. */
const known = [0xc0, 0xc1, 0xc2];
/** Markers of the same kind that are no frames: tables and the like. */
const noFrames = [0xc4, 0xc8, 0xcc];
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && !noFrames.includes(marker);
/** Without a length: TEM, and the restart markers. */
const isBare = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);

/** Follows the markers of a file. Throws FormatError, which begins with `file` and the byte. */
export function readSegments(bytes: Uint8Array, file: string): Segments {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame: (Frame & { readonly isNamedRgb: boolean }) | undefined;
  let adobe: number | undefined;
  let orientation: Orientation = 1;
  let scans = 0;
  let scanAt = 0;
  for (let at = 2; ; ) {
    const marker = markerAt(bytes, at, file);
    if (marker === 0xff || isBare(marker)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const place = `${file}: byte ${at}`;
    if (marker === markers.endOfImage) {
      if (frame === undefined || scans === 0) throw new FormatError(`${place}: the image ends without any pixels`);
      const isRgb = frame.components === 3 && (adobe === undefined ? frame.isNamedRgb : adobe === 0);
      return { frame, scans, scanAt, end: at + 2, orientation, isRgb };
    }
    const data = segmentAt(view, at, place);
    if (isFrame(marker)) {
      if (frame !== undefined) throw new FormatError(`${place}: a second frame, expected one`);
      frame = readFrame(data, marker, at, place);
    } else if (marker === markers.exif) {
      orientation = orientationOf(data) ?? orientation;
    } else if (marker === markers.adobe && String.fromCharCode(...data.subarray(0, 5)) === 'Adobe') {
      adobe = data[11];
    }
    const next = at + 4 + data.length;
    if (marker === markers.scan) {
      if (frame === undefined) throw new FormatError(`${place}: pixels before the header that tells their size`);
      if (scans === 0) scanAt = at;
      scans++;
      at = afterScan(bytes, next);
    } else {
      at = next;
    }
  }
}

function markerAt(bytes: Uint8Array, at: number, file: string): number {
  if (at + 2 > bytes.length) {
    throw new FormatError(`${file}: byte ${at}: the file ends before the image does; it is truncated`);
  }
  if (bytes[at] === 0xff) return bytes[at + 1]!;
  throw new FormatError(`${file}: byte ${at}: expected a marker, which begins with 255, got ${bytes[at]}`);
}

/** The content of a segment, which begins with its marker and its length. */
function segmentAt(view: DataView, at: number, place: string): Uint8Array {
  const length = at + 4 > view.byteLength ? 0 : view.getUint16(at + 2);
  const end = at + 2 + length;
  if (length < 2 || end > view.byteLength) {
    throw new FormatError(
      `${place}: a segment reaches to byte ${end} of ${view.byteLength}; the file is truncated or damaged`,
    );
  }
  return new Uint8Array(view.buffer, view.byteOffset + at + 4, length - 2);
}

const mostSampling = 4;

function readFrame(data: Uint8Array, marker: number, at: number, place: string): Frame & { isNamedRgb: boolean } {
  if (!known.includes(marker)) {
    const kind = `kind ${marker - 0xc0}, such as lossless or arithmetic coding`;
    throw new FormatError(`${place}: a JPEG frame of ${kind}, expected baseline or progressive; save it again as such`);
  }
  const [precision = 0, , , , , components = 0] = data;
  if (data.length < 6 || data.length !== 6 + 3 * components) {
    throw new FormatError(`${place}: a frame header of ${data.length} bytes, expected ${6 + 3 * components}`);
  }
  if (precision !== 8) throw new FormatError(`${place}: ${precision} bits a sample, expected 8`);
  if (![1, 3, 4].includes(components)) throw new FormatError(`${place}: ${components} components, expected 1, 3 or 4`);
  const names = Array.from({ length: components }, (_, i) => data[6 + 3 * i]!);
  if (new Set(names).size !== components) throw new FormatError(`${place}: two components of the same number`);
  for (let i = 0; i < components; i++) {
    const [across, down] = [data[7 + 3 * i]! >> 4, data[7 + 3 * i]! & 15];
    if (Math.min(across, down) < 1 || Math.max(across, down) > mostSampling) {
      throw new FormatError(`${place}: sampling ${across}x${down}, expected 1 to ${mostSampling} each way`);
    }
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const isNamedRgb = String.fromCharCode(...names) === 'RGB';
  return { at, width: view.getUint16(3), height: view.getUint16(1), components, isNamedRgb };
}

/** Behind the pixels: where a marker is that is none of a restart; 255 itself is written as 255, 0. */
function afterScan(bytes: Uint8Array, begin: number): number {
  let at = bytes.indexOf(0xff, begin);
  while (at >= 0 && (bytes[at + 1] === 0 || isBare(bytes[at + 1] ?? 0xff))) at = bytes.indexOf(0xff, at + 2);
  return at < 0 ? bytes.length : at;
}
