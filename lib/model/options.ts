import type { BackendName } from '../backend/choose.ts';
import type { Callback } from '../callbacks/callback.ts';
import type { Loss, LossName } from '../losses/losses.ts';
import type { Metric, MetricName } from '../metrics/metrics.ts';
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

export interface CompileOptions<L extends LossName | Loss = LossName | Loss> {
  readonly optimizer: OptimizerName | Optimizer;
  readonly loss: L;
  readonly metrics?: readonly (MetricName | Metric)[];
}

/** A tensor, or nested arrays of numbers. uint8 tensors are taken as pixels where they are inputs: x / 255. */
export type TensorLike = Tensor | NestedArray;

export interface FitOptions {
  /** 32 if left out. */
  readonly batchSize?: number;
  /** The epoch to stop before, counted from 0; 1 if left out. */
  readonly epochs?: number;
  /** The epoch to begin with, for a run that goes on; 0 if left out. */
  readonly initialEpoch?: number;
  /** The share of the examples, the last ones, that is kept for validation: 0 <= share < 1. */
  readonly validationSplit?: number;
  /** Inputs and targets for validation; excludes validationSplit. */
  readonly validationData?: readonly [TensorLike, TensorLike];
  /** Whether the examples are shuffled before each epoch; true if left out. */
  readonly shuffle?: boolean;
  readonly callbacks?: readonly Callback[];
  /** 0: silent; 1 (the default): progress bar; 2: a line for each epoch. */
  readonly verbose?: Verbosity;
  /** Decides shuffling and dropout; the model's seed if left out. */
  readonly seed?: number;
}

export interface BatchOptions {
  /** 32 if left out. */
  readonly batchSize?: number;
}
