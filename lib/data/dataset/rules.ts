/** What the compiler says of datasets that are made, or given to a model. */
import type { TargetKind } from '../../losses/loss.ts';
import type { Differs, FormatShape, IsRankUnknown, Listed, MayEqual, Size } from '../../shape/literal.ts';
import type { Sentence } from '../../shape/sentences.ts';
import type { Shape } from '../../shape/shape.ts';
import type { DType } from '../../tensor/index.ts';
import type { CountOf, Fits, FittingInputs, ShapeOfGiven, WrongTargets } from '../rules.ts';
import type { ElementKind, Targets, TypedDataset } from './types.ts';

/** Y if there may be a target for each input of X, else the sentence of the fault. */
export type WithTargetForEach<X, Y> = [Y] extends [undefined]
  ? Y
  : Differs<CountOf<X>, CountOf<Y>> extends true
    ? Sentence<'counts', { method: 'Dataset.fromTensors'; count: CountOf<X>; targets: FormatShape<ShapeOfGiven<Y>> }>
    : Y;

/** X if a model may learn from it: a dataset, or inputs whose targets come behind them. */
export type FittingData<M extends string, X, In extends Shape, Out extends Shape, K extends TargetKind> =
  X extends TypedDataset<infer S extends Shape, DType, infer T extends Targets, ElementKind>
    ? FittingDataset<M, X, S, T, In, Out, K>
    : FittingInputs<M, X, In>;

/** X if it has inputs for a model. */
export type FittingInputData<M extends string, X, In extends Shape> =
  X extends TypedDataset<infer S extends Shape, DType, Targets, ElementKind>
    ? FittingExamples<M, X, S, In>
    : FittingInputs<M, X, In>;

/** V if a model may be validated by it; only of datasets does the compiler look at more than their kind. */
export type FittingValidation<V, In extends Shape, Out extends Shape, K extends TargetKind> =
  V extends TypedDataset<Shape, DType, Targets, ElementKind> ? FittingData<'fit: validationData', V, In, Out, K> : V;

type FittingDataset<
  M extends string,
  X,
  S extends Shape,
  T extends Targets,
  In extends Shape,
  Out extends Shape,
  K extends TargetKind,
> =
  FittingExamples<M, X, S, In> extends infer Fault extends string
    ? Fault
    : T extends { readonly shape: infer Y extends Shape }
      ? IsRankUnknown<Out> extends true
        ? X
        : IsRankUnknown<Y> extends true
          ? X
          : true extends Fits<readonly [number, ...Y], Out, K>
            ? X
            : WrongTargets<M, readonly [number, ...Y], `[${Listed<readonly ['N', ...Y]>}]`, Out, K>
      : Sentence<'noTargets', { method: M }>;

type FittingExamples<M extends string, X, S extends Shape, In extends Shape> =
  MayEqual<S, In> extends true
    ? X
    : Sentence<
        'inputs',
        {
          method: M;
          given: `[${Listed<readonly ['N', ...S]>}]`;
          input: FormatShape<In>;
          expected: `[${Listed<readonly ['N', ...In]>}]`;
          hint: number extends Size<S>
            ? ''
            : Differs<Size<S>, Size<In>> extends true
              ? ''
              : Sentence<'inputsHint', { shape: `[${Listed<readonly ['N', ...In]>}]` }>;
        }
      >;
