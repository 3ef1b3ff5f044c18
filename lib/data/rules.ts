/** What the compiler says of data that is given to a model: what `examples.ts` checks at run time, where it is known. */
import type { TargetKind } from '../losses/loss.ts';
import type { Differs, FormatShape, IsRankUnknown, Listed, MayEqual, Size } from '../shape/literal.ts';
import type { Sentence } from '../shape/sentences.ts';
import type { Shape } from '../shape/shape.ts';

/** The shape of a tensor; `Shape` for nested arrays. */
export type ShapeOfGiven<X> = X extends { readonly shape: infer S extends Shape } ? S : Shape;

/** How many examples: the first axis. */
export type CountOf<X> =
  ShapeOfGiven<X> extends infer S extends Shape
    ? IsRankUnknown<S> extends true
      ? number
      : S extends readonly [infer N extends number, ...unknown[]]
        ? N
        : number
    : number;

/** X if it may be inputs for a model, else the sentence of the fault. */
export type FittingInputs<M extends string, X, In extends Shape> =
  ShapeOfGiven<X> extends infer S extends Shape
    ? IsRankUnknown<In> extends true
      ? X
      : MayEqual<S, readonly [number, ...In]> extends true
        ? X
        : Sentence<
            'inputs',
            {
              method: M;
              given: FormatShape<S>;
              input: FormatShape<In>;
              expected: `[${Listed<readonly ['N', ...In]>}]`;
              hint: ReshapeHint<S, In>;
            }
          >
    : X;

type ReshapeHint<S extends Shape, In extends Shape> = S extends readonly [
  infer N extends number,
  ...infer Rest extends Shape,
]
  ? number extends Size<Rest>
    ? ''
    : Differs<Size<Rest>, Size<In>> extends true
      ? ''
      : Sentence<'inputsHint', { shape: FormatShape<readonly [N, ...In]> }>
  : '';

type Front<S extends Shape> = S extends readonly [...infer F extends Shape, number] ? F : [];

/** Y if it may be targets for inputs X, an output and a loss, else the sentence of the fault. */
export type FittingTargets<M extends string, X, Y, Out extends Shape, K extends TargetKind> =
  ShapeOfGiven<Y> extends infer S extends Shape
    ? IsRankUnknown<S> extends true
      ? Y
      : Differs<CountOf<X>, CountOf<Y>> extends true
        ? Sentence<'counts', { method: M; count: CountOf<X>; targets: FormatShape<S> }>
        : IsRankUnknown<Out> extends true
          ? Y
          : true extends Fits<S, Out, K>
            ? Y
            : WrongTargets<M, S, FormatShape<S>, Out, K>
    : Y;

/** Whether targets of that shape may go with an output and a loss. */
export type Fits<S extends Shape, Out extends Shape, K extends TargetKind> = K extends 'classes'
  ? MayEqual<S, readonly [number, ...Front<Out>]> | MayEqual<S, readonly [number, ...Front<Out>, 1]>
  :
      | MayEqual<S, readonly [number, ...Out]>
      | (Out extends readonly [...infer F extends Shape, 1] ? MayEqual<S, readonly [number, ...F]> : false);

/** The sentence for targets of a shape, which is written as `Given`. */
export type WrongTargets<
  M extends string,
  S extends Shape,
  Given extends string,
  Out extends Shape,
  K extends TargetKind,
> = Sentence<
  'targets',
  { method: M; given: Given; output: FormatShape<Out> } & ([K] extends ['classes']
    ? {
        what: 'class numbers';
        expected: `[${Listed<readonly ['N', ...Front<Out>]>}]`;
        hint: MayEqual<S, readonly [number, ...Out]> extends true ? Sentence<'oneHotHint', unknown> : '';
      }
    : [K] extends ['numbers']
      ? {
          what: 'targets';
          expected: `[${Listed<readonly ['N', ...Out]>}]`;
          hint: MayEqual<S, readonly [number, ...Front<Out>]> extends true ? Sentence<'classNumbersHint', unknown> : '';
        }
      : {
          what: 'class numbers';
          expected: `[${Listed<readonly ['N', ...Front<Out>]>}]`;
          hint: Sentence<'eitherHint', { expected: `[${Listed<readonly ['N', ...Out]>}]` }>;
        })
>;
