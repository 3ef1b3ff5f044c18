import { readFileSync } from 'node:fs';
import type { Padding, Pair } from '../../kernels/geometry.ts';
import { type InputSpec, labels, softTargets, uniform } from './inputs.ts';

/** What a case may say beside its inputs; an operation reads those that concern it. */
export interface CaseOptions {
  readonly window?: Pair;
  readonly strides?: Pair;
  readonly dilation?: Pair;
  readonly padding?: Padding;
  readonly alpha?: number;
  readonly depthRadius?: number;
  readonly bias?: number;
  readonly beta?: number;
  readonly optimizer?: 'sgd' | 'adam' | 'rmsprop';
  readonly settings?: { readonly [option: string]: number | boolean };
}

interface CaseRecord {
  readonly op: string;
  readonly name: string;
  readonly options: CaseOptions;
  readonly inputs: { readonly [name: string]: InputSpec };
  readonly outputs: { readonly [name: string]: readonly number[] };
}

export interface GoldenFile {
  readonly source: string;
  readonly madeBy: string;
  /** uniform('sample', [4]) as the script drew it. */
  readonly sample: readonly number[];
  readonly cases: readonly CaseRecord[];
}

/** Reads a golden JSON file beside this one. */
export function readGolden<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

/** A case with its inputs at hand. */
export class GoldenCase {
  readonly #tag: string;
  readonly #record: CaseRecord;

  constructor(source: string, record: CaseRecord) {
    this.#tag = `${source}/${record.op} ${record.name}`;
    this.#record = record;
  }

  get options(): CaseOptions {
    return this.#record.options;
  }

  has(name: string): boolean {
    return name in this.#record.inputs;
  }

  shape(name: string): readonly number[] {
    return this.#spec(name).shape;
  }

  /** Rows and columns of a matrix. */
  rows(name: string): { rows: number; columns: number } {
    const [rows = 0, columns = 0] = this.shape(name);
    return { rows, columns };
  }

  images(name: string): readonly [number, number, number, number] {
    const [n = 0, h = 0, w = 0, c = 0] = this.shape(name);
    return [n, h, w, c];
  }

  float32(name: string): Float32Array {
    const spec = this.#spec(name);
    if (spec.kind === 'uniform') return uniform(`${this.#tag}/${name}`, spec);
    const { rows, columns } = this.rows(name);
    return softTargets(`${this.#tag}/${name}`, rows, columns);
  }

  labels(name: string): Int32Array {
    const spec = this.#spec(name);
    if (spec.kind !== 'labels') throw new Error(`${this.#tag}: ${name} holds no class numbers`);
    return labels(`${this.#tag}/${name}`, spec.shape[0]!, spec.classes);
  }

  #spec(name: string): InputSpec {
    const spec = this.#record.inputs[name];
    if (spec === undefined) throw new Error(`${this.#tag}: no input ${name}`);
    return spec;
  }
}

/**
 * The largest |actual - expected| / max(|expected|, root mean square of expected): relative for each element, except
 * that one near 0 beside larger ones is measured by their size. NaN, and Infinity for lengths that differ, fail too.
 */
export function relativeError(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const typical = Math.sqrt(expected.reduce((sum, e) => sum + e * e, 0) / expected.length);
  let worst = 0;
  for (const [i, e] of expected.entries()) {
    const difference = Math.abs(actual[i]! - e);
    if (difference === 0) continue;
    const error = difference / Math.max(Math.abs(e), typical);
    if (!(error <= worst)) worst = error;
  }
  return worst;
}
