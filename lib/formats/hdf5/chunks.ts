/** Arrays that are stored in chunks, compressed or not, as h5py writes them when it is asked for compression. */
import { unzlibSync } from 'fflate';
import { isBomb } from '../../files/bomb.ts';
import { type Shape, sizeOf } from '../../shape/shape.ts';
import type { Message } from './object-header.ts';
import type { Source } from './source.ts';

interface Chunked {
  readonly path: string;
  readonly shape: Shape;
  readonly elementBytes: number;
  readonly layoutAt: number;
  readonly filters: Message | undefined;
}

interface Chunk {
  readonly at: number;
  readonly bytes: number;
  /** A bit for each filter that was left out for this chunk. */
  readonly left: number;
  readonly offset: readonly number[];
}

const filterNames = { deflate: 1, shuffle: 2, fletcher32: 3 } as const;
const checksumBytes = 4;
const nodeBytes = 24;
const mostLevels = 16;

/** How to read an array in chunks; their places and sizes are checked now. */
export function readChunks(source: Source, chunked: Chunked): () => Uint8Array {
  const { path, shape, elementBytes, layoutAt } = chunked;
  const rank = shape.length;
  if (rank === 0 || source.u8(layoutAt + 2) !== rank + 1)
    source.fail(layoutAt, `the chunks of ${path} have another rank than it`);
  const sizes = Array.from({ length: rank }, (_, axis) => source.u32(layoutAt + 11 + axis * 4));
  const chunkBytes = sizeOf(sizes) * elementBytes;
  if (chunkBytes === 0) source.fail(layoutAt, `the chunks of ${path} are empty`);
  const filters = readFilters(source, chunked);
  const tree = source.address(layoutAt + 3) ?? source.refuse(`${path} [${shape}] was never written: it has no content`);
  const chunks: Chunk[] = [];
  readTree(source, tree, undefined, rank, chunk => chunks.push(chunk));
  checkChunks(source, chunked, { sizes, chunkBytes, isPacked: filters.includes(filterNames.deflate) }, chunks);
  return () => {
    const out = new Uint8Array(sizeOf(shape) * elementBytes);
    for (const chunk of chunks) {
      const content = unfilter(source, chunked, { chunk, filters, chunkBytes });
      copyChunk(out, content, { shape, sizes, offset: chunk.offset, elementBytes });
    }
    return out;
  };
}

/** Numbers of the filters in the order in which they were applied (specification IV.A.2.l). */
function readFilters(source: Source, { path, filters }: Chunked): number[] {
  if (filters === undefined) return [];
  const isOld = source.u8(filters.at) === 1;
  const found: number[] = [];
  let at = filters.at + (isOld ? 8 : 2);
  for (let i = 0; i < source.u8(filters.at + 1); i++) {
    const id = source.u16(at);
    if (!Object.values<number>(filterNames).includes(id)) {
      source.unsupported(
        `${path} is stored through the filter ${id}, expected gzip (1), shuffle (2) or fletcher32 (3)`,
      );
    }
    found.push(id);
    const nameBytes = isOld ? Math.ceil(source.u16(at + 2) / 8) * 8 : 0;
    const countAt = at + (isOld ? 6 : 4);
    const count = source.u16(countAt);
    at = countAt + 2 + nameBytes + (isOld ? count + (count % 2) : count) * 4;
  }
  return found;
}

/** A node of a tree of chunks, and all below it (specification III.A.1). */
function readTree(
  source: Source,
  at: number,
  level: number | undefined,
  rank: number,
  add: (chunk: Chunk) => void,
): void {
  source.visit(at);
  source.expect(at, 'TREE');
  const found = source.u8(at + 5);
  if (source.u8(at + 4) !== 1 || found >= mostLevels || (level !== undefined && found !== level)) {
    source.fail(at, 'a tree of chunks is not one');
  }
  const keyBytes = 8 + (rank + 1) * 8;
  for (let i = 0; i < source.u16(at + 6); i++) {
    const key = at + nodeBytes + i * (keyBytes + 8);
    const child = source.place(key + keyBytes);
    if (found > 0) {
      readTree(source, child, found - 1, rank, add);
      continue;
    }
    source.visit(key);
    const offset = Array.from({ length: rank }, (_, axis) => source.u64(key + 8 + axis * 8));
    add({ at: child, bytes: source.u32(key), left: source.u32(key + 4), offset });
  }
}

interface Plan {
  readonly sizes: readonly number[];
  readonly chunkBytes: number;
  readonly isPacked: boolean;
}

/** Every element is in exactly one chunk, which lies in the file and unpacks to no absurd size. */
function checkChunks(
  source: Source,
  { path, shape, elementBytes, layoutAt }: Chunked,
  { sizes, chunkBytes, isPacked }: Plan,
  chunks: readonly Chunk[],
): void {
  const expected = shape.reduce((product, size, axis) => product * Math.ceil(size / sizes[axis]!), 1);
  const places = new Set(chunks.map(({ offset }) => offset.join()));
  const isOnGrid = chunks.every(({ offset }) =>
    offset.every((begin, axis) => begin < shape[axis]! && begin % sizes[axis]! === 0),
  );
  if (!isOnGrid || places.size !== chunks.length || chunks.length !== expected) {
    source.fail(layoutAt, `${path} [${shape}] has ${chunks.length} chunks, expected ${expected}`);
  }
  let packed = 0;
  for (const { at, bytes } of chunks) {
    source.span(at, bytes);
    packed += bytes;
  }
  const unpacked = Math.max(sizeOf(shape) * elementBytes, chunks.length * chunkBytes);
  const isAbsurd = isPacked ? isBomb(packed, unpacked) : unpacked > packed;
  if (isAbsurd) source.fail(layoutAt, `${path} [${shape}] is to unpack from ${packed} bytes to ${unpacked}`);
}

function unfilter(
  source: Source,
  { path, elementBytes }: Chunked,
  { chunk, filters, chunkBytes }: { chunk: Chunk; filters: readonly number[]; chunkBytes: number },
): Uint8Array {
  let content = source.span(chunk.at, chunk.bytes);
  for (const [i, id] of [...filters.entries()].reverse()) {
    if ((chunk.left & (1 << i)) !== 0) continue;
    if (id === filterNames.deflate) content = inflate(source, content, chunkBytes + checksumBytes, chunk, path);
    if (id === filterNames.shuffle) content = unshuffled(content, elementBytes);
    if (id === filterNames.fletcher32) content = content.subarray(0, content.length - checksumBytes);
  }
  if (content.length !== chunkBytes) {
    source.fail(chunk.at, `a chunk of ${path} has ${content.length} bytes, expected ${chunkBytes}`);
  }
  return content;
}

function inflate(source: Source, packed: Uint8Array, most: number, { at }: Chunk, path: string): Uint8Array {
  try {
    return unzlibSync(packed, { out: new Uint8Array(most) });
  } catch {
    return source.fail(at, `a chunk of ${path} cannot be unpacked`);
  }
}

/** The first bytes of all elements stood together, then the second bytes, and so on. */
function unshuffled(bytes: Uint8Array, elementBytes: number): Uint8Array {
  const count = Math.floor(bytes.length / elementBytes);
  // What is left over is as it was.
  const out = bytes.slice();
  for (let byte = 0; byte < elementBytes; byte++) {
    for (let i = 0; i < count; i++) out[i * elementBytes + byte] = bytes[byte * count + i]!;
  }
  return out;
}

interface Copy {
  readonly shape: Shape;
  readonly sizes: readonly number[];
  readonly offset: readonly number[];
  readonly elementBytes: number;
}

/** Copies a chunk to its place, row by row; what reaches beyond the array is left out. */
function copyChunk(out: Uint8Array, content: Uint8Array, { shape, sizes, offset, elementBytes }: Copy): void {
  const last = shape.length - 1;
  const rowBytes = Math.min(sizes[last]!, shape[last]! - offset[last]!) * elementBytes;
  const visit = (axis: number, from: number, to: number): void => {
    if (axis === last) {
      const start = (to * shape[last]! + offset[last]!) * elementBytes;
      out.set(
        content.subarray(from * sizes[last]! * elementBytes, from * sizes[last]! * elementBytes + rowBytes),
        start,
      );
      return;
    }
    const count = Math.min(sizes[axis]!, shape[axis]! - offset[axis]!);
    for (let i = 0; i < count; i++) visit(axis + 1, from * sizes[axis]! + i, to * shape[axis]! + offset[axis]! + i);
  };
  visit(0, 0, 0);
}
