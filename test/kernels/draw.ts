/** Numbers drawn for the cases that test kernels. */
import fc from 'fast-check';
import type { GeometryOf, InputName, KernelName, OutputName } from '../../kernels/contract.ts';

export type Numbers = readonly number[];
/** `state` holds what an update finds in its outputs. */
export type Reference<K extends KernelName> = (
  inputs: { readonly [N in InputName<K>]: Numbers },
  geometry: GeometryOf<K>,
  state: { readonly [N in OutputName<K>]: Numbers },
) => { readonly [N in OutputName<K>]: Numbers };

export interface Operand {
  readonly shape: Numbers;
  readonly values: Numbers;
}
export interface Case<K extends KernelName> {
  readonly geometry: GeometryOf<K>;
  readonly inputs: { readonly [N in InputName<K>]: Operand };
  readonly outputs: { readonly [N in OutputName<K>]: Numbers };
  /** What an update finds in its outputs. */
  readonly state?: { readonly [N in OutputName<K>]: Numbers };
}

export const sizeOf = (shape: Numbers): number => shape.reduce((product, axis) => product * axis, 1);
export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Draws of one case: the same seed gives the same numbers, all of them float32. */
export class Draw {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }
  /** 0 <= u < 1. */
  uniform(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return (Math.imul(this.#state ^ (this.#state >>> 13), 0x5bd1e995) >>> 8) / 2 ** 24;
  }
  between(min: number, max: number, shape: Numbers): Operand {
    return { shape, values: range(sizeOf(shape)).map(() => Math.fround(min + (max - min) * this.uniform())) };
  }
  /** -2 to 2, but no nearer to 0 than 0.05, where some functions have a kink. */
  numbers(shape: Numbers): Operand {
    const away = (x: number) => Math.fround(x + Math.sign(x || 1) * 0.05);
    return { shape, values: this.between(-2, 2, shape).values.map(away) };
  }
  /** All different, at least 0.01 apart, so that a maximum stays one when a little is added. */
  distinct(shape: Numbers): Operand {
    const order = range(sizeOf(shape))
      .map(i => ({ i, key: this.uniform() }))
      .sort((a, b) => a.key - b.key);
    return { shape, values: order.map(({ i }) => Math.fround((i - sizeOf(shape) / 2) * 0.01)) };
  }
  /** Rows that sum to 1. */
  distributions([rows = 0, columns = 0]: Numbers): Operand {
    const weights = this.between(0.05, 1, [rows, columns]).values;
    const totals = range(rows).map(row => weights.slice(row * columns, (row + 1) * columns).reduce((a, b) => a + b, 0));
    return { shape: [rows, columns], values: weights.map((w, i) => Math.fround(w / totals[Math.floor(i / columns)]!)) };
  }
}

export const drawn = <T>(shape: fc.Arbitrary<T>, make: (shape: T, draw: Draw) => object) =>
  fc.tuple(shape, fc.nat(2 ** 31)).map(([size, seed]) => make(size, new Draw(seed)));

/** A case from a drawn shape; the type of its operands is checked here. */
export function cases<K extends KernelName, T>(
  shape: fc.Arbitrary<T>,
  make: (shape: T, draw: Draw) => Case<K>,
): fc.Arbitrary<Case<K>> {
  return drawn(shape, make) as fc.Arbitrary<Case<K>>;
}

export const sizes = fc.integer({ min: 1, max: 70 });
/** 1 to 9 channels, sometimes as many as a vector or a block holds, and one more. */
export const channels = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 9 }) }, fc.constantFrom(15, 16, 17));
export const tableShape = fc.record({ rows: fc.integer({ min: 1, max: 6 }), columns: channels });
