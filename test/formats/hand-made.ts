/** Files that somebody made to break, exhaust or take over a program that opens them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { openZip, writeZip } from '../../lib/files/zip.ts';
import { encodeSafetensors } from '../../lib/formats/safetensors.ts';

const golden = join(import.meta.dirname, '../golden/formats');
const read = (name: string) => new Uint8Array(readFileSync(join(golden, name)));
const bytesOf = (content: string): Uint8Array => new TextEncoder().encode(content);

const whole = () => read('keras/digits.keras');

/** The file with its config changed as a text, and with other weights or further entries if these are given. */
function kerasWith(change: (config: string) => string, others: { readonly [name: string]: Uint8Array } = {}) {
  const zip = openZip(whole(), 'digits.keras');
  const entries = Object.fromEntries(zip.names.map(name => [name, zip.read(name)]));
  const config = change(new TextDecoder().decode(entries['config.json']));
  return writeZip({ ...entries, 'config.json': bytesOf(config), ...others });
}

const unchanged = (config: string) => config;
const dense = /\{"module": "keras.layers", "class_name": "Dense"/;

function withWrongSum(): Uint8Array {
  const bytes = kerasWith(unchanged);
  const at = bytes.findIndex((_, i) => new TextDecoder().decode(bytes.subarray(i, i + 12)) === '"Sequential"');
  bytes[at + 1] = 's'.charCodeAt(0);
  return bytes;
}

function bomb(): Uint8Array {
  const bytes = zipSync({ 'config.json': [new Uint8Array(100_000), { level: 9 }] });
  const data = new DataView(bytes.buffer);
  data.setUint32(data.getUint32(bytes.length - 6, true) + 24, 2 ** 31, true);
  return bytes;
}

const manyBytes = 100_000_000;

/** A header of spaces, which is as valid as it is long. */
function longHeader(): Uint8Array {
  const bytes = new Uint8Array(8 + manyBytes).fill(0x20, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(manyBytes), true);
  bytes[8] = 0x7b;
  bytes[bytes.length - 1] = 0x7d;
  return bytes;
}

const inklingModel = (values: string) =>
  encodeSafetensors({ tensors: {}, metadata: { format: 'inkling-model', version: '2', values } });

export const handMade: { readonly [name: string]: () => Uint8Array } = {
  'truncated.keras': () => whole().subarray(0, 3000),
  'wrong-sum.keras': withWrongSum,
  'bomb.keras': bomb,
  'climbs.keras': () => kerasWith(unchanged, { '../../.bashrc': bytesOf('echo') }),
  'long-config.keras': () => kerasWith(config => config + ' '.repeat(manyBytes)),
  'deep-config.keras': () => kerasWith(() => `${'['.repeat(200_000)}${']'.repeat(200_000)}`),
  'unknown-class.keras': () =>
    kerasWith(config => config.replace(dense, '{"module": "keras.layers", "class_name": "Perceiver"')),
  'lambda.keras': () => kerasWith(config => config.replace(dense, '{"module": "keras.layers", "class_name": "Lambda"')),
  'polluting.keras': () =>
    kerasWith(config =>
      config.replace(
        /"config": \{(?=")/g,
        '"config": {"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, ',
      ),
    ),
  'many-units.keras': () => kerasWith(config => config.replace(/"units": \d+/, '"units": 999999999')),
  'absurd-shape.keras': () => kerasWith(unchanged, { 'model.weights.h5': read('containers/never-written.h5') }),
  'absurd-chunks.keras': () => kerasWith(unchanged, { 'model.weights.h5': read('containers/promises.h5') }),
  'no-weights.keras': () => writeZip({ 'config.json': openZip(whole(), 'x').read('config.json') }),
  'other-weights.keras': () =>
    kerasWith(unchanged, { 'model.weights.h5': openZip(read('keras/residual.keras'), 'x').read('model.weights.h5') }),
  'long-header.safetensors': longHeader,
  'polluting.safetensors': () =>
    inklingModel(
      '{"__proto__": {"polluted": 1}, "name": "a", "seed": 1, "inputShape": [1], "layers": [], "frozen": ["__proto__"], "shared": {"__proto__": "constructor"}}',
    ),
  'deep.safetensors': () => inklingModel(`${'['.repeat(200_000)}${']'.repeat(200_000)}`),
  'many-units.safetensors': () =>
    inklingModel(
      '{"name": "a", "seed": 1, "inputShape": [1], "layers": [{"className": "Dense", "name": "dense", "config": {"units": 9007199254740991}}]}',
    ),
  'code.pt': () => Uint8Array.of(0x80, 2, 0x63, 0x6f, 0x73, 0x0a),
};
