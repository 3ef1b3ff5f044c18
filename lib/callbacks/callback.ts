import type { Json } from '../json.ts';
import type { LayerNode } from '../model/layer-node.ts';
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

/** Where numbers that are NaN or infinite have come from. */
export interface NonFinite {
  /** The step that made them, counted from 0. */
  readonly epoch: number;
  readonly batch: number;
  /**
   * `activation`: the output of a layer; `loss`; `gradient`: that of the loss with respect to the output or a parameter of
   * a layer; `update`: a parameter, or what the optimizer keeps for it, behind the step.
   */
  readonly what: 'activation' | 'loss' | 'gradient' | 'update';
  /** The path of the layer, or of the variable: `conv2d_1`, `conv2d_1/kernel`; undefined for the loss. */
  readonly path: string | undefined;
  /** The first of these numbers. */
  readonly value: number;
}

/** What a callback may do with the model that trains. */
export interface TrainingModel {
  readonly name: string;
  /** Decides the initial weights. */
  readonly seed: number;
  readonly layers: readonly LayerNode[];
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
  /**
   * Lets the moving averages take the place of the parameters, or gives the parameters back, which is done before the next
   * step, at the end, and when `fit` rejects in any case. Throws StateError if the optimizer keeps no averages.
   */
  useAverages(use: boolean): Promise<void>;
  /** From now on, keeps what `findNonFinite` needs: every 16 steps a copy of all variables, and the batches since. */
  recordSteps(): void;
  /**
   * Does the recorded steps again, and tells where a number first was not finite; undefined if all are. The model has the
   * same numbers afterwards. To be called behind a batch. Throws StateError without `recordSteps`.
   */
  findNonFinite(): Promise<NonFinite | undefined>;
}

/** Called at the marks of a training run, and awaited. Epochs and batches count from 0. Every member is optional. */
export interface Callback {
  /** Called by every `fit`; one that goes on from a training state calls `setState` afterwards. */
  onTrainBegin?(run: TrainingRun): void | Promise<void>;
  onEpochBegin?(epoch: number, run: TrainingRun): void | Promise<void>;
  onTrainBatchBegin?(batch: number, run: TrainingRun): void | Promise<void>;
  /** `logs` are the means over the epoch so far. */
  onTrainBatchEnd?(batch: number, logs: Logs, run: TrainingRun): void | Promise<void>;
  /** Before and behind the validation of an epoch; its `logs` are named as those of training. */
  onTestBegin?(run: TrainingRun): void | Promise<void>;
  onTestEnd?(logs: Logs, run: TrainingRun): void | Promise<void>;
  onEpochEnd?(epoch: number, logs: Logs, run: TrainingRun): void | Promise<void>;
  /** `logs` are those of the last epoch. Called after a stop as well, not after an error. */
  onTrainEnd?(logs: Logs, run: TrainingRun): void | Promise<void>;
  /** Called instead of `onTrainEnd` when `fit` rejects: a step, a callback or a batch source has failed, or the signal was aborted. */
  onTrainError?(error: unknown, run: TrainingRun): void | Promise<void>;
  /** What the callback has to remember for a training that goes on later, in another process maybe. */
  getState?(): CallbackState;
  /** Takes over what `getState` gave. */
  setState?(state: CallbackState): void;
  /**
   * Asked by a `fit` without `resume` before it begins: a state that this callback has kept of the same training, which
   * then goes on from there; undefined if there is none.
   */
  findState?(): Promise<TrainingState | undefined>;
}
