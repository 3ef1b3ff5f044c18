/** What the printers of `simd` make of a kernel. */
import type { Expression } from './expression.ts';
import { capitalized, type KernelCode } from './kernel-code.ts';

/** A method of the class that holds an operation's formulas: each line of a program is one. */
export interface Method {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly value: Expression;
  readonly conditions: ReadonlySet<string>;
}

/** A kernel, and the methods it calls. */
export interface SimdKernel {
  readonly text: string;
  readonly methods: readonly Method[];
}

/** The class that holds the formulas of a kernel. */
export const classOf = ({ name }: KernelCode): string => capitalized(name);
