/** What the compiler can say of shapes whose axes are literal types. Unknown axes are `number`, unknown ranks `Shape`. */
import type { Multiply } from './arithmetic.ts';
import type { Shape } from './shape.ts';

/** Whether the number of axes is not known. */
export type IsRankUnknown<S extends Shape> = number extends S['length'] ? true : false;

/** Without `readonly`, as it is shown to users: [28, 28, 1]. */
export type Plain<S extends Shape> = S extends unknown ? (IsRankUnknown<S> extends true ? Shape : [...S]) : never;

/** [28, 28, 1], as `formatShape` writes it. */
export type FormatShape<S extends Shape> = IsRankUnknown<S> extends true ? string : `[${Listed<S>}]`;

/** 28, 28, 1 */
export type Listed<S extends readonly (number | string)[], R extends string = ''> = S extends readonly [
  infer First extends number | string,
  ...infer Rest extends readonly (number | string)[],
]
  ? Listed<Rest, R extends '' ? `${First}` : `${R}, ${First}`>
  : R;

/** Number of elements. */
export type Size<S extends Shape, R extends number = 1> =
  IsRankUnknown<S> extends true
    ? number
    : S extends readonly [infer First extends number, ...infer Rest extends Shape]
      ? Size<Rest, Multiply<R, First>>
      : R;

/** Whether the two may be the same shape: `false` only where that is impossible. */
export type MayEqual<A extends Shape, B extends Shape> =
  IsRankUnknown<A> extends true
    ? true
    : IsRankUnknown<B> extends true
      ? true
      : [A['length'] & B['length']] extends [never]
        ? false
        : true extends {
              [I in keyof A]: I extends keyof B ? ([A[I] & B[I]] extends [never] ? true : false) : false;
            }[number]
          ? false
          : true;

/** Whether two numbers are certainly different. */
export type Differs<A, B> = [A & B] extends [never] ? true : false;

/** The shape that an outcome is; `Shape` for a fault, so that one fault is one error. */
export type ShapeOf<Outcome> = Outcome extends Shape ? Outcome : Shape;

/** What a parameter is to be: the sentence of a fault, which nothing is, else what was given. */
export type Check<Outcome, Given> = Outcome extends string ? NoInfer<Outcome> : Given;
