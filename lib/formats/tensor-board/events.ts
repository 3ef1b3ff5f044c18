/**
 * Event files, which TensorBoard reads: TFRecords with messages of tensorflow/core/util/event.proto and
 * tensorflow/core/framework/summary.proto.
 */
import { concatenate } from '../../files/bytes.ts';
import { crc32c } from '../../files/crc.ts';
import { encodePng, type Pixels } from '../../files/png.ts';
import type { Histogram } from './histogram.ts';
import { bytesField, doubleField, doublesField, floatField, integerField, textField } from './protobuf.ts';

/** A number, a histogram or an image under a name. */
export interface SummaryValue {
  readonly tag: string;
  readonly data: { readonly scalar: number } | { readonly histogram: Histogram } | { readonly image: Pixels };
}

/** With what every event file begins. `seconds` since 1970. */
export const fileBegin = (seconds: number): Uint8Array =>
  record(concatenate([doubleField(1, seconds), textField(3, 'brain.Event:2')]));

/** What is told of a step. `seconds` since 1970. */
export function encodeSummary(seconds: number, step: number, values: readonly SummaryValue[]): Uint8Array {
  const summary = concatenate(values.map(value => bytesField(1, encodeValue(value))));
  return record(concatenate([doubleField(1, seconds), integerField(2, step), bytesField(5, summary)]));
}

function encodeValue({ tag, data }: SummaryValue): Uint8Array {
  const name = textField(1, tag);
  if ('scalar' in data) return concatenate([name, floatField(2, data.scalar)]);
  if ('image' in data) return concatenate([name, bytesField(4, encodeImage(data.image))]);
  return concatenate([name, bytesField(5, encodeHistogram(data.histogram))]);
}

const encodeImage = (pixels: Pixels): Uint8Array =>
  concatenate([
    integerField(1, pixels.height),
    integerField(2, pixels.width),
    integerField(3, pixels.channels),
    bytesField(4, encodePng(pixels)),
  ]);

const encodeHistogram = ({ min, max, count, sum, sumOfSquares, limits, counts }: Histogram): Uint8Array =>
  concatenate([
    doubleField(1, min),
    doubleField(2, max),
    doubleField(3, count),
    doubleField(4, sum),
    doubleField(5, sumOfSquares),
    doublesField(6, limits),
    doublesField(7, counts),
  ]);

/** Length and content, each followed by its masked checksum. */
function record(content: Uint8Array): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(content.length), true);
  return concatenate([length, masked(length), content, masked(content)]);
}

/** A checksum, rotated and shifted, since a checksum over data that holds checksums would tell little. */
function masked(bytes: Uint8Array): Uint8Array {
  const sum = crc32c(bytes);
  const rotated = ((sum >>> 15) | (sum << 17)) >>> 0;
  const written = new Uint8Array(4);
  new DataView(written.buffer).setUint32(0, (rotated + 0xa282ead8) % 2 ** 32, true);
  return written;
}
