/** What the compiler says of images of digits: what `given-image.ts` checks at run time, where it is known. */
import type { FormatShape, MayEqual } from '../../shape/literal.ts';
import type { Sentence } from '../../shape/sentences.ts';
import type { Shape } from '../../shape/shape.ts';

/** The image if it may be one, else the sentence of the fault. */
export type FittingDigit<Operation extends string, I> = I extends { readonly shape: infer S extends Shape }
  ? true extends MayEqual<S, readonly [number, number]> | MayEqual<S, readonly [number, number, 1 | 2 | 3 | 4]>
    ? I
    : Sentence<'digitImage', { operation: Operation; given: FormatShape<S> }>
  : I;

/** How many images a list holds. */
export type CountOfImages<I> = I extends readonly unknown[] ? I['length'] : number;
