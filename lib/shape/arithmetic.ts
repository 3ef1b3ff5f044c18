/**
 * Arithmetic on number literals: natural numbers as strings of digits, lowest digit first, by table look-up in
 * tail-recursive types. What is no literal natural number (`number`, a union, a fraction) gives `number`.
 */
import type { DifferenceBorrow, DifferenceDigit, DigitDivision, SumCarry, SumDigit } from './digit-tables.ts';

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';
type Carry = '0' | '1';

/** a + b */
export type Add<A extends number, B extends number> = ToNumber<Sum<Digits<A>, Digits<B>>>;

/** a - b, or `never` where that is negative. */
export type Subtract<A extends number, B extends number> = ToNumber<Difference<Digits<A>, Digits<B>>>;

/** a b */
export type Multiply<A extends number, B extends number> = [A] extends [1]
  ? B
  : [B] extends [1]
    ? A
    : ToNumber<Product<Digits<A>, Digits<B>>>;

/** floor(a / b); `number` for b = 0. */
export type Divide<A extends number, B extends number> = [B] extends [1]
  ? A
  : Division<A, B> extends { quotient: infer Q extends string }
    ? ToNumber<Q>
    : number;

/** a modulo b; `number` for b = 0. */
export type Remainder<A extends number, B extends number> = [B] extends [1]
  ? 0
  : Division<A, B> extends { remainder: infer R extends string }
    ? ToNumber<R>
    : number;

/** Whether a < b is certain. */
export type IsLess<A extends number, B extends number> = [Difference<Digits<A>, Digits<B>>] extends [never]
  ? true
  : false;

/** The digits of a literal natural number, lowest first; `string` for everything else. */
export type Digits<N extends number, All = N> = N extends unknown
  ? [All] extends [N]
    ? `${N}` extends `${bigint}`
      ? `${N}` extends `-${string}`
        ? string
        : Reverse<`${N}`>
      : string
    : string
  : never;

type Reverse<S extends string, R extends string = ''> = S extends `${infer First}${infer Rest}`
  ? Reverse<Rest, `${First}${R}`>
  : R;

/** The number with those digits, lowest first; `number` if they are not known, `never` if there is none. */
type ToNumber<S extends string> = S extends unknown
  ? WithoutZeros<Reverse<S>> extends `${infer N extends number}`
    ? N
    : number
  : never;

type WithoutZeros<S extends string> = S extends `0${infer Rest}` ? (Rest extends '' ? S : WithoutZeros<Rest>) : S;

type Sum<
  A extends string,
  B extends string,
  C extends Carry = '0',
  R extends string = '',
> = A extends `${infer D extends Digit}${infer Rest}`
  ? B extends `${infer E extends Digit}${infer BRest}`
    ? Sum<Rest, BRest, SumCarry[C][D][E], `${R}${SumDigit[C][D][E]}`>
    : B extends ''
      ? Increased<A, C, R>
      : string
  : A extends ''
    ? string extends B
      ? string
      : Increased<B, C, R>
    : string;

/** The higher digits of a sum once one operand has ended. */
type Increased<A extends string, C extends Carry, R extends string> = C extends '0'
  ? `${R}${A}`
  : A extends ''
    ? `${R}1`
    : Sum<A, '1', '0', R>;

/** `never` where it is negative. */
type Difference<
  A extends string,
  B extends string,
  C extends Carry = '0',
  R extends string = '',
> = A extends `${infer D extends Digit}${infer Rest}`
  ? B extends `${infer E extends Digit}${infer BRest}`
    ? Difference<Rest, BRest, DifferenceBorrow[C][D][E], `${R}${DifferenceDigit[C][D][E]}`>
    : B extends ''
      ? C extends '0'
        ? `${R}${A}`
        : Difference<A, '1', '0', R>
      : string
  : A extends ''
    ? B extends ''
      ? C extends '0'
        ? R
        : never
      : string extends B
        ? string
        : never
    : string;

/** By the digits of b, lowest first: a b = (lowest digit) a + 10 (rest) a. */
type Product<A extends string, B extends string> = B extends `${infer D extends Digit}${infer Rest}`
  ? Rest extends ''
    ? Multiples<A>[D]
    : Sum<Multiples<A>[D], `0${Product<A, Rest>}`>
  : string;

interface Multiples<A extends string> {
  '0': string extends A ? string : '0';
  '1': A;
  '2': Sum<A, A>;
  '3': Sum<A, this['2']>;
  '4': Sum<this['2'], this['2']>;
  '5': Sum<A, this['4']>;
  '6': Sum<this['2'], this['4']>;
  '7': Sum<this['3'], this['4']>;
  '8': Sum<this['4'], this['4']>;
  '9': Sum<A, this['8']>;
}

interface Unknown {
  quotient: string;
  remainder: string;
}

/** Quotient and remainder, lowest digit first. */
type Division<A extends number, B extends number> = string extends Digits<A> | Digits<B>
  ? Unknown
  : B extends 0
    ? Unknown
    : `${B}` extends keyof DigitDivision
      ? DivideByDigit<`${A}`, DigitDivision[`${B}`]>
      : LongDivision<`${A}`, Digits<B>>;

/** By a table for the divisor, highest digit first. */
type DivideByDigit<
  A extends string,
  Table,
  R extends string = '0',
  Q extends string = '',
> = A extends `${infer D}${infer Rest}`
  ? Entry<Table, R, D> extends `${infer QD}${infer NextR}`
    ? DivideByDigit<Rest, Table, NextR, `${QD}${Q}`>
    : Unknown
  : { quotient: Q; remainder: R };

type Entry<Table, R extends string, D extends string> = R extends keyof Table
  ? D extends keyof Table[R]
    ? Table[R][D]
    : never
  : never;

/** By subtraction, highest digit first; the remainder so far and the divisor lowest first. */
type LongDivision<
  A extends string,
  B extends string,
  R extends string = '',
  Q extends string = '',
> = A extends `${infer D}${infer Rest}`
  ? CountedOff<`${D}${R}`, B> extends { quotient: infer QD extends string; remainder: infer NextR extends string }
    ? LongDivision<Rest, B, NextR, `${QD}${Q}`>
    : Unknown
  : { quotient: Q; remainder: R };

/** How often b can be subtracted from r, at most nine times. */
type CountedOff<R extends string, B extends string, Count extends readonly unknown[] = []> = [
  Difference<R, B>,
] extends [infer Less extends string]
  ? [Less] extends [never]
    ? { quotient: `${Count['length']}`; remainder: R }
    : CountedOff<Less, B, [...Count, 0]>
  : never;
