/** Inputs of the golden cases from a formula, the same as in inputs.py bit by bit; the formula stands there. */

/** `count` words of 32 bits. */
function hashWords(tag: string, count: number): Uint32Array {
  let hash = 0x811c9dc5;
  for (let i = 0; i < tag.length; i++) hash = Math.imul(hash ^ tag.charCodeAt(i), 0x01000193);
  return Uint32Array.from({ length: count }, (_, i) => finalized(hash ^ Math.imul(i + 1, 0x9e3779b1)));
}

/** The finalizer of MurmurHash3. */
function finalized(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

export interface UniformSpec {
  readonly kind: 'uniform';
  readonly shape: readonly number[];
  readonly scale: number;
  readonly offset: number;
  readonly bits: number;
}

/** How an operand of a case is drawn: numbers, class numbers, or rows of soft targets. */
export type InputSpec =
  | UniformSpec
  | { readonly kind: 'labels'; readonly shape: readonly number[]; readonly classes: number }
  | { readonly kind: 'soft'; readonly shape: readonly number[] };

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, axis) => size * axis, 1);

/** Numbers in 2^bits steps: offset - scale / 2 <= x < offset + scale / 2. */
export function uniform(tag: string, spec: Pick<UniformSpec, 'shape'> & Partial<UniformSpec>): Float32Array {
  const { shape, scale = 1, offset = 0, bits = 24 } = spec;
  const words = hashWords(tag, sizeOf(shape));
  return Float32Array.from(words, word => ((word >>> (32 - bits)) / 2 ** bits - 0.5) * scale + offset);
}

export const labels = (tag: string, rows: number, classes: number): Int32Array =>
  Int32Array.from(hashWords(tag, rows), word => (word >>> 8) % classes);

/** Rows that sum to 1: 1/2 for a drawn class, 1/4 for each of the next two (wrapping around). */
export function softTargets(tag: string, rows: number, classes: number): Float32Array {
  const targets = new Float32Array(rows * classes);
  for (const [row, label] of labels(tag, rows, classes).entries()) {
    targets[row * classes + label] = 0.5;
    for (const next of [1, 2]) targets[row * classes + ((label + next) % classes)] = 0.25;
  }
  return targets;
}
