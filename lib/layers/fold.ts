/** What the compiler makes of layers that follow each other. */
import type { ShapeOf } from '../shape/literal.ts';
import type { Shape } from '../shape/shape.ts';
import type { Layer } from './layer.ts';
import type { Outcome } from './outcome.ts';

/** More layers than this are not followed. */
type Limit = 500;

/**
 * Follows the shapes through a list: the shape of the output, or the place of the first fault and its sentence. By
 * index, since taking a list apart costs the square of its length; `Seen` counts.
 */
export type Fold<
  L extends readonly Layer[],
  S extends Shape,
  Seen extends readonly unknown[] = [],
> = number extends L['length']
  ? { readonly output: Shape }
  : Seen['length'] extends L['length']
    ? { readonly output: S }
    : Seen['length'] extends Limit
      ? { readonly output: Shape }
      : L[Seen['length']] extends infer One extends Layer
        ? Outcome<One, S> extends infer O
          ? O extends string
            ? { readonly at: `${Seen['length']}`; readonly fault: O }
            : Fold<L, ShapeOf<O>, [...Seen, 0]>
          : never
        : never;

/** One layer, or several that follow each other. */
export type Part = Layer | readonly Layer[];

/** The shape behind a part, or the sentence of its first fault behind the place where it stands: `branches[1][2]: ...`. */
export type Through<P extends Part, S extends Shape, Where extends string> = P extends readonly Layer[]
  ? Fold<P, S> extends infer F
    ? F extends { readonly output: infer O }
      ? O
      : F extends { readonly at: infer I extends string; readonly fault: infer Fault extends string }
        ? `${Where}[${I}]: ${Fault}`
        : never
    : never
  : P extends Layer
    ? Outcome<P, S> extends infer O
      ? O extends string
        ? `${Where}: ${O}`
        : O
      : never
    : never;
