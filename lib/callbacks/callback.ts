import type { Optimizer } from '../optimizers/optimizer.ts';
import type { Shape } from '../shape/shape.ts';
import type { Tensor } from '../tensor/index.ts';

/** Numbers by name: `loss`, `accuracy`, and with validation data `val_loss`, `val_accuracy`. */
export type Logs = { readonly [name: string]: number };

/** What a callback may do with the model that trains. */
export interface TrainingModel {
  readonly name: string;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** Its `learningRate` may be changed; the next step uses it. */
  readonly optimizer: Optimizer;
  getWeights(): Promise<Tensor[]>;
  setWeights(weights: readonly Tensor[]): Promise<void>;
}

/** One call of `fit`, as callbacks see it. */
export interface TrainingRun {
  readonly model: TrainingModel;
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly batchSize: number;
  /** Batches of an epoch. */
  readonly steps: number;
  /** Examples of an epoch. */
  readonly examples: number;
  /** 0 without validation. */
  readonly validationExamples: number;
  readonly seed: number;
  /** Ends the training after the batch that runs; the epoch is closed as usual. */
  stop(): void;
}

/** Called at the marks of a training run, and awaited. Epochs and batches count from 0. Every member is optional. */
export interface Callback {
  onTrainBegin?(run: TrainingRun): void | Promise<void>;
  onEpochBegin?(epoch: number, run: TrainingRun): void | Promise<void>;
  onTrainBatchBegin?(batch: number, run: TrainingRun): void | Promise<void>;
  /** `logs` are the means over the epoch so far. */
  onTrainBatchEnd?(batch: number, logs: Logs, run: TrainingRun): void | Promise<void>;
  onEpochEnd?(epoch: number, logs: Logs, run: TrainingRun): void | Promise<void>;
  /** `logs` are those of the last epoch. Called after a stop as well, not after an error. */
  onTrainEnd?(logs: Logs, run: TrainingRun): void | Promise<void>;
}
