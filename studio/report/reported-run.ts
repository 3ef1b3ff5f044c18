import type { Json, Sequential, Tensor } from 'inkling';
import type { PixelImage } from './pictures/pixels.ts';

/** Images with what they show. Pixels are bytes, or numbers from 0 to 1 or to 255. */
export interface ReportedImages {
  /** [N, H, W] or [N, H, W, C] with 1, 3 or 4 channels. */
  readonly images: Tensor;
  /** [N], the numbers of the classes. */
  readonly labels: Tensor;
}

/** The sets of images of a run. */
export interface ReportedData {
  readonly train?: ReportedImages | undefined;
  readonly validation?: ReportedImages | undefined;
  readonly test?: ReportedImages | undefined;
  /** By their numbers; the numbers themselves if left out. */
  readonly classNames?: readonly string[] | undefined;
}

/** What `fit` returns, or a part of a history that was read from a file. */
export interface ReportedHistory {
  /** The epochs, from 0. */
  readonly epoch: readonly number[];
  /** One list for each log: `loss`, `accuracy`, `val_loss`, `learningRate`, ... */
  readonly history: { readonly [name: string]: readonly number[] };
}

/** One trial of a search: its options, and what came of it. */
export interface ReportedTrial {
  readonly id: number;
  readonly options: { readonly [name: string]: number | string | boolean };
  /** The number that the search improves; undefined for a trial that failed or was stopped before it had one. */
  readonly value?: number | undefined;
  readonly epochs?: number | undefined;
  readonly seconds?: number | undefined;
  readonly status: 'complete' | 'pruned' | 'failed' | 'running';
  readonly error?: string | undefined;
}

/** What a search has tried. */
export interface ReportedSearch {
  readonly trials: readonly ReportedTrial[];
  /** What is improved: val_accuracy. */
  readonly objective: string;
  readonly direction: 'maximize' | 'minimize';
}

/** The learning rate with which a step was done. */
export interface LearningRateAt {
  /** Counted from 0, over all epochs. */
  readonly step: number;
  readonly learningRate: number;
}

/** A digit that somebody drew or photographed. */
export interface ReportedDrawing {
  /** As it came, of any size. */
  readonly drawn: PixelImage;
  /** As the network got it, after preprocessing. */
  readonly seen: PixelImage;
  /** One for each class, 0 to 1. */
  readonly probabilities: ArrayLike<number>;
  /** The number of the right class, if it is known. */
  readonly label?: number | undefined;
  /** Where it came from: a file's name. */
  readonly name?: string | undefined;
}

/** All that a report may show besides the model and the history. What is left out is not shown. */
export interface RunFacts {
  /** At the top of the report; the model's name if left out. */
  readonly title?: string | undefined;
  /** A sentence or two below the title. */
  readonly description?: string | undefined;
  readonly data?: ReportedData | undefined;
  /** What the model says of the test images, else of the validation images: [N, classes]; predicted if left out. */
  readonly predictions?: Tensor | undefined;
  /** Loss and metrics on the test set, as `evaluate` gives them. */
  readonly evaluation?: { readonly [name: string]: number | Tensor } | undefined;
  /** The options of the run; also nested. */
  readonly configuration?: { readonly [name: string]: Json } | undefined;
  readonly seed?: number | undefined;
  /** By name: inkling, node. */
  readonly versions?: { readonly [name: string]: string } | undefined;
  /** The commit of the program that made the run. */
  readonly commit?: string | undefined;
  /** Seconds by what they were spent on: training. */
  readonly timings?: { readonly [name: string]: number } | undefined;
  /** The learning rate of steps, counted from 0, where it changes within epochs; `RunRecorder` records it. */
  readonly learningRates?: readonly LearningRateAt[] | undefined;
  readonly search?: ReportedSearch | undefined;
  readonly drawings?: readonly ReportedDrawing[] | undefined;
  /** When the run ended; the time of the report if left out. */
  readonly date?: Date | undefined;
}

interface WithModel {
  readonly model: Sequential;
  readonly history?: ReportedHistory | undefined;
}

interface WithHistory {
  readonly model?: Sequential | undefined;
  readonly history: ReportedHistory;
}

/** What a report is made of: a model, or a history, and whatever else is known of the run. */
export type ReportedRun = RunFacts & (WithModel | WithHistory);
