import type { BackendView } from '../backend/backend.ts';
import type { Logs, TrainingState } from '../callbacks/callback.ts';
import type { History } from '../callbacks/history.ts';
import type { BatchSourceLike, InputBatch } from '../data/batches.ts';
import type { Dataset } from '../data/dataset/dataset.ts';
import type { FittingData, FittingInputData, FittingValidation } from '../data/dataset/rules.ts';
import type { CountOf, FittingInputs, FittingTargets } from '../data/rules.ts';
import type { TargetKind } from '../losses/loss.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { Plan } from '../plan/plan.ts';
import type { Shape } from '../shape/shape.ts';
import type { Tensor } from '../tensor/index.ts';
import type { GradientOptions, Named } from './inspect.ts';
import type {
  BatchOptions,
  BatchWeightOptions,
  EvaluateOptions,
  FitOptions,
  PredictOptions,
  Rest,
  RestGiven,
  SourceEvaluateOptions,
  SourceFitOptions,
  SourcePredictOptions,
  TensorLike,
  TrainOnBatchOptions,
  ValidatedBy,
  ValidationData,
} from './options.ts';
import type { ParameterGradientOptions } from './parameter-gradients.ts';
import type { ProfileRow } from './profile.ts';
import type { ProgramKind, Trainer } from './trainer.ts';

/**
 * What a model does with numbers: it trains, evaluates, predicts, and tells its weights and its state. `In` is the shape of
 * one input and `Out` that of one output, without the batch axis; `K` says how targets are given.
 */
export abstract class Model<out In extends Shape, out Out extends Shape, out K extends TargetKind> {
  readonly #trainer: () => Trainer;

  /** `trainer` is asked at each use. */
  constructor(trainer: () => Trainer) {
    this.#trainer = trainer;
  }

  /** The optimizer given to `compile`. Throws StateError before that. */
  get optimizer(): Optimizer {
    return this.#trainer().optimizer;
  }

  /** What computes, and with how many threads. */
  get backend(): BackendView {
    const { backend } = this.#trainer();
    return { name: backend.name, threads: backend.threads, info: () => backend.info() };
  }

  /** Memory of weights, optimizer and batches: bytes, and how often it was asked of the system. */
  get memory(): { readonly allocations: number; readonly bytes: number } {
    return this.#trainer().memory;
  }

  /** Training steps since `compile`. */
  get steps(): number {
    return this.#trainer().steps;
  }

  /**
   * Trains for a number of epochs and returns the history of losses and metrics, averaged over each epoch.
   * Inputs: [N, ...inputShape]; targets: as the loss wants them; all data is checked first. A batch source gives inputs
   * and targets in batches, each checked when it comes; the next is prepared while a step runs. A dataset does so too.
   * Throws ShapeError, DataError, OptionError, or StateError if the model is not compiled or trains already.
   */
  async fit<
    const X extends TensorLike | BatchSourceLike | Dataset,
    const Y extends TensorLike,
    const V extends ValidationData = ValidationData,
  >(
    x: FittingData<'fit', X, In, Out, K>,
    ...rest: Rest<
      X,
      FittingTargets<'fit', X, Y, Out, K>,
      ValidatedBy<FitOptions, FittingValidation<V, In, Out, K>>,
      ValidatedBy<SourceFitOptions, FittingValidation<V, In, Out, K>>
    >
  ): Promise<History> {
    return this.#trainer().fit(x as X, ...(rest as RestGiven<FitOptions>));
  }

  /** Loss and metrics over the examples, or over the batches of a source. Throws as `fit` does. */
  async evaluate<const X extends TensorLike | BatchSourceLike | Dataset, const Y extends TensorLike>(
    x: FittingData<'evaluate', X, In, Out, K>,
    ...rest: Rest<X, FittingTargets<'evaluate', X, Y, Out, K>, EvaluateOptions, SourceEvaluateOptions>
  ): Promise<Logs> {
    return this.#trainer().evaluate(x as X, ...(rest as RestGiven<EvaluateOptions>));
  }

  /** One step on the whole of `x` and `y`, or of a dataset; returns loss and metrics from before the step. Throws as `fit` does. */
  async trainOnBatch<const X extends TensorLike | Dataset, const Y extends TensorLike>(
    x: FittingData<'trainOnBatch', X, In, Out, K>,
    ...rest: Rest<
      X,
      FittingTargets<'trainOnBatch', X, Y, Out, K>,
      TrainOnBatchOptions,
      Omit<TrainOnBatchOptions, 'sampleWeight'>
    >
  ): Promise<Logs> {
    return this.#trainer().trainOnBatch(x as X, ...(rest as RestGiven<TrainOnBatchOptions>));
  }

  /** Loss and metrics over the whole of `x` and `y`, or of a dataset, as one batch. Throws as `fit` does. */
  async testOnBatch<const X extends TensorLike | Dataset, const Y extends TensorLike>(
    x: FittingData<'testOnBatch', X, In, Out, K>,
    ...rest: Rest<X, FittingTargets<'testOnBatch', X, Y, Out, K>, BatchWeightOptions, Record<never, never>>
  ): Promise<Logs> {
    return this.#trainer().testOnBatch(x as X, ...(rest as RestGiven<BatchWeightOptions>));
  }

  /**
   * The outputs for all inputs, or for all batches of a source: [N, ...outputShape]. Throws ShapeError or DataError for
   * inputs that do not fit.
   */
  async predict<const X extends TensorLike | BatchSourceLike<InputBatch> | Dataset>(
    x: FittingInputData<'predict', X, In>,
    options?: X extends TensorLike ? PredictOptions : SourcePredictOptions,
  ): Promise<Tensor<[CountOf<X>, ...Out], 'float32'>> {
    return (await this.#trainer().predict(x as X, options)) as Tensor<[CountOf<X>, ...Out], 'float32'>;
  }

  /** The outputs batch by batch, as they are made: of tensors, or of the batches of a source. Throws as `predict` does. */
  predictBatches<const X extends TensorLike | BatchSourceLike<InputBatch> | Dataset>(
    x: FittingInputData<'predictBatches', X, In>,
    options?: SourcePredictOptions,
  ): AsyncGenerator<Tensor<[number, ...Out], 'float32'>> {
    return this.#trainer().predictBatches(x as X, options) as AsyncGenerator<Tensor<[number, ...Out], 'float32'>>;
  }

  /** The outputs for all inputs as one batch: [N, ...outputShape]. Throws as `predict` does. */
  async predictOnBatch<const X extends TensorLike>(
    x: FittingInputs<'predictOnBatch', X, In>,
  ): Promise<Tensor<[CountOf<X>, ...Out], 'float32'>> {
    return (await this.#trainer().predictOnBatch(x as X)) as Tensor<[CountOf<X>, ...Out], 'float32'>;
  }

  /**
   * The outputs of layers, given by their paths or names, for all inputs: [N, ...outputShape] each, by the names given.
   * Throws as `predict` does, and OptionError for a layer that does not exist.
   */
  async activations<const X extends TensorLike, const N extends string>(
    x: FittingInputs<'activations', X, In>,
    names: readonly N[],
    options?: BatchOptions,
  ): Promise<Named<N>> {
    return (await this.#trainer().activations(x as X, names, options)) as Named<N>;
  }

  /**
   * Gradients with respect to the inputs (`input`) and to the outputs of layers, `at` those names: for each example, of
   * one class of the output, or of one for each example, of a loss, or of a function (ops, output) => one number for each example. The model is not
   * changed. Throws as `predict` does, and OptionError for a layer or class that does not exist.
   */
  async gradients<const X extends TensorLike, const N extends string = 'input'>(
    x: FittingInputs<'gradients', X, In>,
    options: GradientOptions<N>,
  ): Promise<Named<N>> {
    return (await this.#trainer().gradients(x as X, options)) as Named<N>;
  }

  /**
   * Gradients of a loss, the mean over all inputs, with respect to the parameters that train, by their paths, such as
   * `block1/conv2d/kernel`. They are those of prediction: dropout lets all pass, and normalization keeps its statistics.
   * Penalties are not part of the loss. Throws as `gradients` does.
   */
  async parameterGradients<const X extends TensorLike>(
    x: FittingInputs<'parameterGradients', X, In>,
    options: ParameterGradientOptions,
  ): Promise<Named> {
    return this.#trainer().parameterGradients(x as X, options);
  }

  /** Copies of all parameters in Keras's order: layer by layer, kernel before bias; those of the end of the run that goes on. */
  async getWeights(): Promise<Tensor<Shape, 'float32'>[]> {
    return this.#trainer().getWeights();
  }

  /** Replaces all parameters. Throws ShapeError, and changes nothing, if they do not fit. */
  async setWeights(weights: readonly TensorLike[]): Promise<void> {
    return this.#trainer().setWeights(weights);
  }

  /**
   * Everything that training needs to go on to the same bits: parameters, what the optimizer keeps, counters, seeds, and,
   * while `fit` runs or after it was interrupted, the position in it and what its callbacks keep.
   */
  async getState(): Promise<TrainingState> {
    return this.#trainer().getState();
  }

  /**
   * Takes over a state; `fit(..., { resume: true })` then goes on, in the middle of an epoch too. Throws OptionError,
   * ShapeError or FormatError, and changes nothing, if it is not that of such a model, compiled with such an optimizer.
   */
  async setState(state: TrainingState): Promise<void> {
    return this.#trainer().setState(state);
  }

  /** The kernel calls of a training step, of evaluation or of prediction, for a batch of that many examples. */
  plan(kind: ProgramKind, batchSize: number): Plan {
    return this.#trainer().plan(kind, batchSize);
  }

  /**
   * Measures every kernel call of a training step, for a batch of that many examples, on one thread and memory of its
   * own. Throws StateError if the model is not compiled.
   */
  async profile(batchSize: number): Promise<ProfileRow[]> {
    return this.#trainer().profile(batchSize);
  }
}
