/** Files that were damaged on purpose, in every format, and what has to become of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { FormatError } from '../../lib/errors.ts';
import { openZip, writeZip } from '../../lib/files/zip.ts';
import { loadModel } from '../../lib/formats/index.ts';
import { batchNormalization, conv2d, dense, encodeModel, flatten, Sequential } from '../../lib/index.ts';

const golden = join(import.meta.dirname, '../golden/formats');
const read = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(join(golden, name)));

/** How a file is damaged: pieces of it are replaced, and its end is cut off or not. */
export interface Damage {
  /** Which part of a file of several is damaged. */
  readonly part: number;
  /** Places are taken modulo the length. */
  readonly edits: readonly { readonly at: number; readonly kind: number; readonly value: number }[];
  /** The length that is left, modulo the whole, if the end is cut off. */
  readonly left: number | undefined;
}

export const unharmed: Damage = { part: 0, edits: [], left: undefined };

// Numbers are drawn alike: fast-check would try the first bytes again and again.
const number = fc.noBias(fc.nat(2 ** 31 - 1));
const edit = fc.record({ at: number, kind: fc.noBias(fc.nat(3)), value: number });

export const damage = fc.record<Damage>({
  part: fc.noBias(fc.nat(2)),
  edits: fc.array(edit, { minLength: 1, maxLength: 6 }),
  left: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: number }),
});

const interesting = [0, 1, 0x7f, 0x80, 0xff];

/** Bytes, numbers of four bytes, and copies of other places of the same content. */
export function damaged(content: Uint8Array, { edits, left }: Damage): Uint8Array {
  const bytes = new Uint8Array(content);
  for (const { at, kind, value } of edits) {
    const place = at % Math.max(1, bytes.length - 8);
    if (kind === 0) bytes[place] = value;
    else if (kind === 1) bytes[place] = interesting[value % interesting.length]!;
    else if (kind === 2 && bytes.length >= 8) new DataView(bytes.buffer).setUint32(place, value, true);
    else bytes.copyWithin(place, value % (bytes.length + 1), (value % (bytes.length + 1)) + 8);
  }
  return left === undefined ? bytes : bytes.subarray(0, left % bytes.length);
}

const strings = ['"__proto__"', '"constructor"', '"Lambda"', '""', '"NaN"', '"config"', '"class_name"'];
const values = ['-1', '1e99', '1e9', '0', '0.5', '999999999', 'null', 'true', '[]', '{}', '[[[[1]]]]', '"text"'];

/** A JSON text with some of its tokens replaced: texts by texts, so that it stays JSON, and other values by anything. */
function damagedJson(text: string, { edits }: Damage): string {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[-+\d.eE]+|true|false|null|[[\]{}:,]|\s+/g) ?? [];
  const places = tokens.flatMap((token, i) => (/^[[\]{}:,\s]/.test(token) ? [] : [i]));
  const texts = tokens.filter(token => token.startsWith('"'));
  for (const { at, kind, value } of edits) {
    const place = places[at % places.length]!;
    const isText = tokens[place]!.startsWith('"');
    const choices = isText ? (kind < 2 ? strings : texts) : values;
    tokens[place] = choices[value % choices.length]!;
  }
  return tokens.join('');
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytesOf = (content: string): Uint8Array => new TextEncoder().encode(content);

/** What is inside is damaged, and then packed as it should be: else nothing but checksums would be tried. */
function damagedKeras(bytes: Uint8Array, how: Damage): Uint8Array {
  const zip = openZip(bytes, 'whole');
  const config = zip.read('config.json');
  const weights = zip.read('model.weights.h5');
  if (how.part === 0) return damaged(bytes, how);
  return writeZip({
    'metadata.json': zip.read('metadata.json'),
    'config.json': how.part === 1 ? bytesOf(damagedJson(text(config), how)) : config,
    'model.weights.h5': how.part === 2 ? damaged(weights, how) : weights,
  });
}

/** The header is damaged as JSON, or the file as bytes. */
function damagedSafetensors(bytes: Uint8Array, how: Damage): Uint8Array {
  if (how.part === 0) return damaged(bytes, how);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(text(bytes.subarray(8, 8 + length)));
  const values = damagedJson(header.__metadata__.values, how);
  const written = bytesOf(JSON.stringify({ ...header, __metadata__: { ...header.__metadata__, values } }));
  const out = new Uint8Array(8 + written.length + bytes.length - 8 - length);
  new DataView(out.buffer).setBigUint64(0, BigInt(written.length), true);
  out.set(written, 8);
  out.set(bytes.subarray(8 + length), 8 + written.length);
  return out;
}

const network = new Sequential({ inputShape: [8, 8, 1], seed: 1 })
  .add(conv2d({ filters: 2, kernelSize: 3, activation: 'relu' }))
  .add(batchNormalization())
  .add(flatten())
  .add(dense(3));

/** The JSON is damaged as bytes or as JSON, or the weights are. */
function damagedTfjs(name: string): (how: Damage) => readonly File[] {
  const json = read(`tfjs/${name}.json`);
  const shard = `${name}-shard1of1.bin`;
  const weights = read(`tfjs/${shard}`);
  const jsonOf = (how: Damage): Uint8Array<ArrayBuffer> => {
    if (how.part === 0) return new Uint8Array(damaged(json, how));
    return how.part === 1 ? new Uint8Array(bytesOf(damagedJson(text(json), how))) : json;
  };
  return how => [
    new File([jsonOf(how)], `${name}.json`),
    new File([how.part === 2 ? new Uint8Array(damaged(weights, how)) : weights], shard),
  ];
}

export interface Victim {
  readonly name: string;
  readonly format: string;
  /** The file, or the files of one model, with that damage. */
  readonly damage: (how: Damage) => Uint8Array | readonly File[];
}

type Damaging = (bytes: Uint8Array, how: Damage) => Uint8Array;

const victim = (name: string, format: string, bytes: Uint8Array, damaging: Damaging): Victim => ({
  name,
  format,
  damage: how => damaging(bytes, how),
});

const committed = (name: string, format: string, damaging: Damaging): Victim =>
  victim(name, format, read(`${format}/${name}`), damaging);

export async function victims(): Promise<Victim[]> {
  return [
    victim('inkling.safetensors', 'safetensors', await encodeModel(network), damagedSafetensors),
    committed('digits.keras', 'keras', damagedKeras),
    committed('residual.keras', 'keras', damagedKeras),
    committed('digits.h5', 'keras', damaged),
    committed('keras-2.h5', 'keras', damaged),
    committed('torch-script-simple.onnx', 'onnx', damaged),
    committed('zoo-mnist.onnx', 'onnx', damaged),
    { name: 'momentum.json', format: 'tfjs', damage: damagedTfjs('momentum') },
    { name: 'quantized-uint8.json', format: 'tfjs', damage: damagedTfjs('quantized-uint8') },
  ];
}

export const mostSeconds = 2;

/** Loads a file, or the files of a model. Throws unless it is a model or is refused by a FormatError, in time. */
export async function survive(content: Uint8Array | readonly File[], file: string): Promise<'loaded' | 'refused'> {
  const begin = performance.now();
  const outcome = await loadModel(content, { file }).then(
    model => {
      model.dispose();
      return 'loaded' as const;
    },
    (error: unknown) => {
      if (error instanceof FormatError) return 'refused' as const;
      throw error;
    },
  );
  const seconds = (performance.now() - begin) / 1000;
  if (seconds > mostSeconds) throw new Error(`${file}: ${outcome} after ${seconds} s`);
  return outcome;
}
