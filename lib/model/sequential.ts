import type { Backend } from '../backend/backend.ts';
import type { Logs, TrainingModel, TrainingState } from '../callbacks/callback.ts';
import type { History } from '../callbacks/history.ts';
import type { BatchSourceLike } from '../data/batches.ts';
import type { CountOf, FittingInputs, FittingTargets } from '../data/rules.ts';
import type { Layer } from '../layers/layer.ts';
import type { Loss, TargetKind } from '../losses/loss.ts';
import type { LossName, TargetsOf } from '../losses/registry.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { Plan } from '../plan/plan.ts';
import type { FormatShape, IsRankUnknown, MayEqual, Plain } from '../shape/literal.ts';
import type { Sentence } from '../shape/sentences.ts';
import type { Shape } from '../shape/shape.ts';
import type { Tensor } from '../tensor/index.ts';
import type {
  CompileOptions,
  EvaluateOptions,
  FitOptions,
  PredictOptions,
  SequentialOptions,
  TensorLike,
} from './options.ts';
import type { ProfileRow } from './profile.ts';

import { SequentialModel } from './sequential-model.ts';
import type { Accept, Checked, InputOf, LastOutput, Next } from './stack.ts';
import type { PlacedLayer } from './structure.ts';
import type { ProgramKind } from './trainer.ts';

/** A model whose targets are given as K. */
interface Targeted<K extends TargetKind> {
  readonly '~targets'?: K;
}

/**
 * A stack of layers, each fed by the one before. `In` is the shape of one input and `Out` that of one output, without
 * the batch axis; what the compiler cannot know is `number`, or `Shape` if the number of axes is unknown.
 */
export interface Sequential<out In extends Shape = Shape, out Out extends Shape = Shape> extends TrainingModel {
  /** For the compiler alone: how the targets of the loss are given. */
  readonly '~targets'?: TargetKind;
  readonly name: string;
  /** Decides the initial weights, and shuffling and dropout where `fit` is given no seed. */
  readonly seed: number;
  /** The layers in their places: names, shapes and parameters. */
  readonly layers: readonly PlacedLayer[];
  /** The shape of one input, without the batch axis. */
  readonly inputShape: In;
  /** The shape of one output, without the batch axis. */
  readonly outputShape: Out;
  /** The optimizer given to `compile`. Throws StateError before that. */
  readonly optimizer: Optimizer;
  /** The history of the last `fit`. */
  readonly history: History | undefined;
  /** What computes, and with how many threads. */
  readonly backend: Backend;
  /** Memory of weights, optimizer and batches: bytes, and how often it was asked of the system. */
  readonly memory: { readonly allocations: number; readonly bytes: number };
  /** Training steps since `compile`. */
  readonly steps: number;

  /** Puts a layer on top. Throws ShapeError if it does not fit, StateError once the model has weights. */
  add<L extends Layer>(layer: Accept<L, Out>): Sequential<In, Next<L, Out>>;

  /** Number of parameters. */
  countParams(): number;

  /** Prints the table of layers, output shapes and parameters that Keras prints. Throws StateError without layers. */
  summary(print?: (text: string) => void): void;

  /** The model with its output shape known to the compiler. Throws ShapeError if it has another. */
  assertOutput<const S extends Shape>(
    shape: MayEqual<Out, S> extends true
      ? S
      : Sentence<'assertOutput', { output: FormatShape<Out>; asserted: FormatShape<S> }>,
  ): Sequential<In, Plain<S>>;

  /**
   * Settles optimizer, loss and metrics, and returns the model, whose targets the compiler then checks against the
   * loss. Throws OptionError for an unknown name; keeps the weights.
   */
  compile<const L extends LossName | Loss>(options: CompileOptions<L>): CompiledSequential<In, Out, TargetsOf<L>>;

  /**
   * Trains for a number of epochs and returns the history of losses and metrics, averaged over each epoch.
   * Inputs: [N, ...inputShape]; targets: as the loss wants them. All data is checked first.
   * Throws ShapeError, DataError, OptionError, or StateError if the model is not compiled or trains already.
   */
  fit<const X extends TensorLike, const Y extends TensorLike, K extends TargetKind>(
    this: Targeted<K>,
    x: FittingInputs<'fit', X, In>,
    y: FittingTargets<'fit', X, Y, Out, K>,
    options?: FitOptions,
  ): Promise<History>;

  /** Trains on the batches of a source, each checked when it comes; the next is prepared while a step runs. */
  fit(source: BatchSourceLike, options?: SourceFitOptions): Promise<History>;

  /** Loss and metrics over the examples. Throws as `fit` does. */
  evaluate<const X extends TensorLike, const Y extends TensorLike, K extends TargetKind>(
    this: Targeted<K>,
    x: FittingInputs<'evaluate', X, In>,
    y: FittingTargets<'evaluate', X, Y, Out, K>,
    options?: EvaluateOptions,
  ): Promise<Logs>;

  /** The same over the batches of a source, each checked when it comes. */
  evaluate(source: BatchSourceLike, options?: Omit<EvaluateOptions, 'sampleWeight'>): Promise<Logs>;

  /** One step on the whole of `x` and `y`; returns loss and metrics from before the step. Throws as `fit` does. */
  trainOnBatch<const X extends TensorLike, const Y extends TensorLike, K extends TargetKind>(
    this: Targeted<K>,
    x: FittingInputs<'trainOnBatch', X, In>,
    y: FittingTargets<'trainOnBatch', X, Y, Out, K>,
    options?: { readonly sampleWeight?: TensorLike },
  ): Promise<Logs>;

  /** The outputs for all inputs: [N, ...outputShape]. Throws ShapeError or DataError for inputs that do not fit. */
  predict<const X extends TensorLike>(
    x: FittingInputs<'predict', X, In>,
    options?: PredictOptions,
  ): Promise<Tensor<[CountOf<X>, ...Out], 'float32'>>;

  /** Copies of all parameters in Keras's order: layer by layer, kernel before bias. */
  getWeights(): Promise<Tensor<Shape, 'float32'>[]>;

  /** Replaces all parameters. Throws ShapeError, and changes nothing, if they do not fit. */
  setWeights(weights: readonly TensorLike[]): Promise<void>;

  /** Frees the model's memory, once the run that goes on has ended; the model cannot be used any more. */
  dispose(): void;

  /**
   * Everything that training needs to go on to the same bits: parameters, what the optimizer keeps, counters, seeds, and,
   * while `fit` runs or after it was interrupted, the position in it and what its callbacks keep.
   */
  getState(): Promise<TrainingState>;

  /**
   * Takes over a state; `fit(..., { resume: true })` then goes on in the middle of an epoch. Throws OptionError,
   * ShapeError or FormatError, and changes nothing, if it is not that of such a model, compiled with such an optimizer.
   */
  setState(state: TrainingState): Promise<void>;

  /** The kernel calls of a training step, of evaluation or of prediction, for a batch of that many examples. */
  plan(kind: ProgramKind, batchSize: number): Plan;

  /**
   * Measures every kernel call of a training step, for a batch of that many examples, on one thread and memory of its
   * own. Throws StateError if the model is not compiled.
   */
  profile(batchSize: number): Promise<ProfileRow[]>;
}

/** Options of `fit` for a batch source, which decides the rest itself. */
type SourceFitOptions = Omit<FitOptions, 'shuffle' | 'validationSplit' | 'sampleWeight' | 'classWeight'>;

/** A model whose loss the compiler knows: `K` says whether targets are class numbers or numbers like the output. */
export interface CompiledSequential<
  out In extends Shape = Shape,
  out Out extends Shape = Shape,
  out K extends TargetKind = TargetKind,
> extends Sequential<In, Out> {
  readonly '~targets'?: K;
}

/** Both forms: a list of layers, the first with `inputShape`, or options and then `add`. */
export interface SequentialConstructor {
  /**
   * `new Sequential([layers], options)`, the first layer with `inputShape`, or `new Sequential({ inputShape })` and
   * then `add`. Throws OptionError and ShapeError for layers that do not fit together.
   */
  new <const L extends readonly Layer[] = [], const I extends Shape = Shape>(
    layersOrOptions?: Checked<L> | SequentialOptions<I>,
    options?: Omit<SequentialOptions, 'inputShape'>,
  ): IsRankUnknown<I> extends true ? Sequential<InputOf<L>, LastOutput<L>> : Sequential<Plain<I>, Plain<I>>;
  readonly prototype: Sequential;
}

// The class knows shapes at run time alone; here, and nowhere else, it is given the types that follow them.
export const Sequential: SequentialConstructor = SequentialModel as unknown as SequentialConstructor;

/** A model of these layers, the first with `inputShape`. Throws as `new Sequential` does. */
export function sequential<const L extends readonly Layer[]>(
  ...layers: Checked<L>
): Sequential<InputOf<L>, LastOutput<L>> {
  return new Sequential<L>(layers);
}
