import type { BackendName } from '../backend/choose.ts';
import type { Callback } from '../callbacks/callback.ts';
import type { BatchSourceLike } from '../data/batches.ts';
import type { Dataset } from '../data/dataset/dataset.ts';
import type { ClassWeights } from '../data/examples.ts';
import type { Loss } from '../losses/loss.ts';
import type { LossName } from '../losses/registry.ts';
import type { Metric } from '../metrics/metric.ts';
import type { MetricName } from '../metrics/registry.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { OptimizerName } from '../optimizers/registry.ts';
import type { Shape } from '../shape/shape.ts';
import type { NestedArray, Tensor } from '../tensor/index.ts';
import type { Verbosity } from './fit.ts';

export interface SequentialOptions<I extends Shape = Shape> {
  /** `sequential` if left out. */
  readonly name?: string;
  /** Decides the initial weights, and shuffling and dropout where `fit` is given no seed; drawn at random if left out. */
  readonly seed?: number;
  /** `simd` (WebAssembly) or `loops`; else INKLING_BACKEND decides, else what can run here. */
  readonly backend?: BackendName;
  /** The shape of one input, without the batch axis; else the first layer must have one. */
  readonly inputShape?: I;
}

/** What a clone has other than the model itself. */
export interface CloneOptions extends Omit<SequentialOptions, 'inputShape'> {
  /** Whether it gets the weights of the model; true if left out. */
  readonly weights?: boolean;
}

export interface CompileOptions<L extends LossName | Loss = LossName | Loss> {
  readonly optimizer: OptimizerName | Optimizer;
  readonly loss: L;
  /** What the loss is multiplied with; 1 if left out. A model has one output, so this is a single number. */
  readonly lossWeights?: number;
  readonly metrics?: readonly (MetricName | Metric)[];
  /** Metrics in which each example counts with its weight, where `fit` and `evaluate` are given weights. */
  readonly weightedMetrics?: readonly (MetricName | Metric)[];
}

/** A tensor, or nested arrays of numbers. Integers are taken as they are: 0 ... 255, where they are pixels. */
export type TensorLike = Tensor | NestedArray;

export interface FitOptions {
  /** 32 if left out; a batch source may have batches of other sizes. */
  readonly batchSize?: number;
  /** The epoch to stop before, counted from 0; 1 if left out. */
  readonly epochs?: number;
  /** The epoch to begin with, for a run that goes on; 0 if left out. */
  readonly initialEpoch?: number;
  /** The share of the examples, the last ones, that is kept for validation: 0 <= share < 1. */
  readonly validationSplit?: number;
  /** Inputs, targets and maybe weights for validation, a dataset, or a batch source; excludes validationSplit. */
  readonly validationData?: ValidationData;
  /** Every so many epochs there is a validation, or behind the epochs of a list, counted from 1; 1 if left out. */
  readonly validationFreq?: number | readonly number[];
  /** That of the training if left out. */
  readonly validationBatchSize?: number;
  /** Validates with so many batches only; with all if left out. */
  readonly validationSteps?: number;
  /**
   * Steps of an epoch: the next epoch goes on in the data where this one ended, and an epoch ends early where the data do.
   * If left out, an epoch is one pass over the data.
   */
  readonly stepsPerEpoch?: number;
  /** How much each example counts in the loss: [N]. */
  readonly sampleWeight?: TensorLike;
  /** How much the examples of a class count in the loss, by its number: `{ 0: 1, 1: 5 }`; 1 for those left out. */
  readonly classWeight?: ClassWeights;
  /** Whether the examples are shuffled before each epoch; true if left out. */
  readonly shuffle?: boolean;
  readonly callbacks?: readonly Callback[];
  /** 0: silent; 1 (the default): progress bar; 2: a line for each epoch. */
  readonly verbose?: Verbosity;
  /** Decides shuffling and dropout; the model's seed if left out. */
  readonly seed?: number;
  /**
   * Whether the training goes on that the state given to `setState` was in the middle of, or the last call of `fit` if
   * it rejected; false if left out. Options that are left out are those of that training.
   */
  readonly resume?: boolean;
  /** Ends the training after the step that runs: `fit` rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Inputs, targets and maybe weights, or what brings them. */
export type ValidationData = readonly [TensorLike, TensorLike, TensorLike?] | BatchSourceLike | Dataset;

/** Options of `fit` whose validation data have that type. */
export type ValidatedBy<O, V> = Omit<O, 'validationData'> & { readonly validationData?: V };

/** Options of `fit` for a batch source, which decides the rest itself. */
export type SourceFitOptions = Omit<FitOptions, 'shuffle' | 'validationSplit' | 'sampleWeight'>;

/** Options of `evaluate` for a batch source, which brings its weights. */
export type SourceEvaluateOptions = Omit<EvaluateOptions, 'sampleWeight'>;

export interface BatchOptions {
  /** 32 if left out. */
  readonly batchSize?: number;
}

export interface EvaluateOptions {
  /** 32 if left out. */
  readonly batchSize?: number;
  /** How much each example counts in the loss and in the weighted metrics: [N]. */
  readonly sampleWeight?: TensorLike;
  /** Evaluates so many batches only; all if left out. */
  readonly steps?: number;
  /** Ends the evaluation after the batch that runs: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Options of `testOnBatch`. */
export interface BatchWeightOptions {
  /** How much each example counts in the loss: [N]. */
  readonly sampleWeight?: TensorLike;
}

/** Options of `trainOnBatch`. */
export interface TrainOnBatchOptions extends BatchWeightOptions {
  /** How much the examples of a class count in the loss, by its number; excludes sampleWeight. */
  readonly classWeight?: ClassWeights;
}

/** Options of `predict` for a batch source, and of `predictBatches`. */
export interface SourcePredictOptions {
  /** What a source is told; 32 if left out. */
  readonly batchSize?: number;
  /** Predicts so many batches only; all if left out. */
  readonly steps?: number;
  /** Ends the prediction after the batch that runs: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface PredictOptions {
  /** 32 if left out. */
  readonly batchSize?: number;
  /**
   * Whether small predictions that wait together run as one batch of up to `batchSize` examples; false if left out. The
   * last bits of an output may depend on the size of the batch in which it was computed.
   */
  readonly coalesce?: boolean;
  /** Ends the prediction after the batch that runs: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What comes behind inputs, targets and maybe options, or behind a batch source, which brings its targets. */
export type Rest<X, Targets, Options, OfSource> = X extends TensorLike
  ? [targets: Targets, options?: Options]
  : [options?: OfSource];
export type RestGiven<Options> = [targetsOrOptions?: TensorLike | Options, options?: Options];
