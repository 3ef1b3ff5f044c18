import type { Json } from '../json.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { Shape } from '../shape/shape.ts';
import type { Tensor } from '../tensor/index.ts';

/**
 * Numbers by name: `loss`, `accuracy`, and with validation data `val_loss`, `val_accuracy`. Metrics whose results are
 * tensors are left out.
 */
export interface Logs {
  /** NaN where nothing was trained. */
  readonly loss: number;
  readonly [name: string]: number;
}

/** Loss and metrics by name, with those that are tensors, such as a confusion matrix. */
export interface Results {
  readonly loss: number;
  readonly [name: string]: number | Tensor;
}

/** Everything that a training needs to go on to the same bits: tensors by name, and the rest as JSON. */
export interface TrainingState {
  /** Parameters, slots, averages, accumulated gradients, and what callbacks keep. */
  readonly tensors: { readonly [name: string]: Tensor };
  /** Counters, seeds, hyper-parameters, the position inside the epoch, and what callbacks keep. */
  readonly values: Json;
}

/** What a callback needs to go on. */
export interface CallbackState {
  readonly tensors?: { readonly [name: string]: Tensor };
  readonly values?: Json;
}

/** What a callback may do with the model that trains. */
export interface TrainingModel {
  readonly name: string;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** Its `learningRate` may be changed; the next step uses it. */
  readonly optimizer: Optimizer;
  /** Behind an epoch its loss and metrics, with those that are tensors. */
  readonly results: Results | undefined;
  getWeights(): Promise<Tensor[]>;
  setWeights(weights: readonly Tensor[]): Promise<void>;
  /** The state from which this training goes on behind the callback that asks. */
  getState(): Promise<TrainingState>;
}

/** One call of `fit`, as callbacks see it. */
export interface TrainingRun {
  readonly model: TrainingModel;
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly batchSize: number;
  /** Steps of an epoch; undefined for a batch source that does not tell the number of its examples. */
  readonly stepsPerEpoch: number | undefined;
  /** Examples of an epoch; undefined for a batch source that does not tell. */
  readonly examples: number | undefined;
  /** 0 without validation, undefined for a batch source that does not tell. */
  readonly validationExamples: number | undefined;
  readonly seed: number;
  /** Whether the run goes on from a training state. */
  readonly resumed: boolean;
  /** Ends the training after the batch that runs; the epoch is closed as usual. */
  stop(): void;
}

/** Called at the marks of a training run, and awaited. Epochs and batches count from 0. Every member is optional. */
export interface Callback {
  /** Called by every `fit`; one that goes on from a training state calls `setState` afterwards. */
  onTrainBegin?(run: TrainingRun): void | Promise<void>;
  onEpochBegin?(epoch: number, run: TrainingRun): void | Promise<void>;
  onTrainBatchBegin?(batch: number, run: TrainingRun): void | Promise<void>;
  /** `logs` are the means over the epoch so far. */
  onTrainBatchEnd?(batch: number, logs: Logs, run: TrainingRun): void | Promise<void>;
  onEpochEnd?(epoch: number, logs: Logs, run: TrainingRun): void | Promise<void>;
  /** `logs` are those of the last epoch. Called after a stop as well, not after an error. */
  onTrainEnd?(logs: Logs, run: TrainingRun): void | Promise<void>;
  /** Called instead of `onTrainEnd` when `fit` rejects: a step, a callback or a batch source has failed, or the signal was aborted. */
  onTrainError?(error: unknown, run: TrainingRun): void | Promise<void>;
  /** What the callback has to remember for a training that goes on later, in another process maybe. */
  getState?(): CallbackState;
  /** Takes over what `getState` gave. */
  setState?(state: CallbackState): void;
}
