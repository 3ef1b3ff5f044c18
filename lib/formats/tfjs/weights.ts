/** The weights of TensorFlow.js's files: a manifest in JSON, and shards of bytes that follow one another. */
import { describe } from '../../describe.ts';
import { FormatError } from '../../errors.ts';
import { Fields } from '../../files/fields.ts';
import type { Json } from '../../json.ts';
import type { Shape } from '../../shape/shape.ts';
import { floatOfHalf } from '../hdf5/elements.ts';
import type { StoredVariable } from '../keras/weights.ts';
import type { FileParts } from '../model-format.ts';
import { checkedSibling } from '../model-source.ts';

/** A weight as a manifest describes it. */
interface WeightSpec {
  readonly name: string;
  readonly shape: Shape;
  /** The type of its elements in the file. */
  readonly stored: keyof typeof elementBytes;
  /** How numbers that were quantised become floats. */
  readonly affine: { readonly scale: number; readonly min: number } | undefined;
  readonly isOfOptimizer: boolean;
  readonly bytes: number;
}

/** Weights whose bytes are those of these files, one after the other. */
export interface WeightGroup {
  readonly paths: readonly string[];
  readonly specs: readonly WeightSpec[];
}

const elementBytes = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 } as const;
const types = ['float32', 'int32', 'bool'];
const quantizedTypes = ['uint8', 'uint16', 'float16'];
/** More than the weights of one file can have. */
const mostBytes = 2 ** 32;

/** The weights of a model and of its optimizer, by their names in the file and in its order. */
export interface StoredWeights {
  readonly model: ReadonlyMap<string, StoredVariable>;
  readonly optimizer: ReadonlyMap<string, StoredVariable>;
}

/** Checks a manifest. Throws FormatError for shapes, types and names that are none. */
export function readManifest(manifest: unknown): readonly WeightGroup[] {
  const groups = new Fields('it', { weightsManifest: manifest }).list('weightsManifest').map(readGroup);
  const specs = groups.flatMap(group => group.specs);
  const total = specs.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > mostBytes) throw new FormatError(`its weights have ${total} bytes, expected at most ${mostBytes}`);
  const names = new Set<string>();
  for (const { name } of specs) {
    if (names.has(name)) throw new FormatError(`there are two weights ${JSON.stringify(name)}`);
    names.add(name);
  }
  return groups;
}

/** Reads the shards that a manifest names. Throws FormatError where they have not the bytes of their weights. */
export async function readWeights(
  file: string,
  groups: readonly WeightGroup[],
  sibling: (name: string) => Promise<Uint8Array>,
): Promise<StoredWeights> {
  for (const name of groups.flatMap(({ paths }) => paths)) checkedSibling(name, file);
  const weights = { model: new Map<string, StoredVariable>(), optimizer: new Map<string, StoredVariable>() };
  for (const group of groups) {
    const content = await readShards(file, group, sibling);
    let at = 0;
    for (const spec of group.specs) {
      const found = spec.isOfOptimizer ? weights.optimizer : weights.model;
      found.set(spec.name, variableOf(spec, content.subarray(at, at + spec.bytes)));
      at += spec.bytes;
    }
  }
  return weights;
}

const readGroup = (group: Fields): WeightGroup => ({
  paths: group.optionalTexts('paths'),
  specs: group.list('weights').map(readSpec),
});

function readSpec(fields: Fields): WeightSpec {
  const name = fields.text('name');
  const shape = fields.shape('shape');
  const what = `the weight ${JSON.stringify(name)}`;
  const dtype = fields.text('dtype');
  const quantization = fields.optional('quantization');
  const stored = quantization?.text('dtype') ?? dtype;
  const known = quantization === undefined ? types : quantizedTypes;
  if (!types.includes(dtype) || !known.includes(stored)) {
    const of = quantization === undefined ? dtype : `${dtype}, quantised as ${stored}`;
    throw new FormatError(
      `${what} has the dtype ${of}; expected ${types.join(', ')}, or quantised ${quantizedTypes.join(', ')}`,
    );
  }
  const isAffine = quantization !== undefined && stored !== 'float16';
  const type = stored as keyof typeof elementBytes;
  return {
    name,
    shape,
    stored: type,
    affine: isAffine ? { scale: quantization.number('scale'), min: quantization.number('min') } : undefined,
    isOfOptimizer: fields.values['group'] === 'optimizer',
    bytes: checkedBytes(what, shape, elementBytes[type]),
  };
}

function checkedBytes(what: string, shape: Shape, bytesOfOne: number): number {
  const bytes = shape.reduce((product, size) => product * size, bytesOfOne);
  if (bytes <= mostBytes) return bytes;
  throw new FormatError(`${what} has the shape ${describe([...shape])}, which is absurd`);
}

/** The bytes of a group. Throws FormatError where its shards have more or fewer than its weights. */
async function readShards(
  file: string,
  { paths, specs }: WeightGroup,
  sibling: (name: string) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const expected = specs.reduce((sum, { bytes }) => sum + bytes, 0);
  const shards: Uint8Array[] = [];
  let length = 0;
  for (const path of paths) {
    const shard = await sibling(path);
    length += shard.length;
    if (length > expected) break;
    shards.push(shard);
  }
  if (length !== expected) {
    const names = paths.length === 1 ? `its file ${paths[0]} has` : `its ${paths.length} files have`;
    const more = length > expected ? 'more bytes' : `${length} bytes`;
    throw new FormatError(
      `${file}: ${names} ${more}, but their weights have ${expected}; the files do not belong together, or are damaged`,
    );
  }
  const [only] = shards;
  if (shards.length === 1) return only!;
  const whole = new Uint8Array(expected);
  let at = 0;
  for (const shard of shards) {
    whole.set(shard, at);
    at += shard.length;
  }
  return whole;
}

function variableOf({ name, shape, stored, affine }: WeightSpec, bytes: Uint8Array): StoredVariable {
  const readFloats = () => {
    const numbers = numbersOf(stored, bytes);
    if (affine !== undefined) return Float32Array.from(numbers, value => value * affine.scale + affine.min);
    if (stored === 'float16') return Float32Array.from(numbers, floatOfHalf);
    return numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
  };
  return { path: name, shape, read: readFloats, readFloats };
}

function numbersOf(
  stored: WeightSpec['stored'],
  bytes: Uint8Array,
): Float32Array | Int32Array | Uint16Array | Uint8Array {
  if (elementBytes[stored] === 1) return bytes;
  // A view needs a place that is a multiple of the size of its elements.
  const { buffer } = new Uint8Array(bytes);
  if (stored === 'float32') return new Float32Array(buffer);
  return stored === 'int32' ? new Int32Array(buffer) : new Uint16Array(buffer);
}

/** A weight to be written. */
export interface WeightContent {
  readonly name: string;
  readonly shape: Shape;
  readonly data: Float32Array | Int32Array;
  readonly isOfOptimizer: boolean;
}

/** The size of shards that browsers keep in their caches, as TensorFlow.js's converter has it. */
const shardBytes = 2 ** 22;

/** The manifest of weights and the files that it names. `stem` begins their names. */
export function writeWeights(
  weights: readonly WeightContent[],
  stem: string,
): { readonly manifest: Json; readonly shards: { readonly [file: string]: FileParts } } {
  const total = weights.reduce((sum, { data }) => sum + data.byteLength, 0);
  const count = Math.max(1, Math.ceil(total / shardBytes));
  const parts: Uint8Array[][] = Array.from({ length: count }, () => []);
  let at = 0;
  for (const { data } of weights) {
    for (let start = 0; start < data.byteLength; ) {
      const shard = Math.floor(at / shardBytes);
      const size = Math.min(data.byteLength - start, (shard + 1) * shardBytes - at);
      parts[shard]!.push(new Uint8Array(data.buffer, data.byteOffset + start, size));
      start += size;
      at += size;
    }
  }
  const files = parts.map((part, i) => [`${stem}group1-shard${i + 1}of${count}.bin`, part] as const);
  const specs = weights.map(({ name, shape, data, isOfOptimizer }) => ({
    name,
    shape: [...shape],
    dtype: data instanceof Int32Array ? 'int32' : 'float32',
    ...(isOfOptimizer ? { group: 'optimizer' } : {}),
  }));
  return { manifest: [{ paths: files.map(([name]) => name), weights: specs }], shards: Object.fromEntries(files) };
}
