import type { ModelName } from './digit-models.ts';

/** What a suite of measurements takes. */
export interface SuiteOptions {
  readonly models: readonly ModelName[];
  /** Only what has this text in its name; all if empty. */
  readonly filter: string;
  /** Those asked for; each suite has its own where none are. */
  readonly batchSizes: readonly number[] | undefined;
  /** How long one row is measured, in milliseconds. */
  readonly time: number;
  /** Training steps that the memory is watched for. */
  readonly steps: number;
  /** How often the libraries take turns. */
  readonly rounds: number;
  readonly threads: number;
  /** The file of the model that reads digits. */
  readonly modelFile: string | undefined;
  /** Folders of digits for it to read. */
  readonly imageFolders: readonly string[];
  /** The folder in which other libraries are installed. */
  readonly peers: string | undefined;
  /** Another checkout of Inkling to measure as well. */
  readonly before: string | undefined;
  /** Names of the other libraries to measure; the usual ones if undefined. */
  readonly chosenPeers: readonly string[] | undefined;
}

/** One measurement. `name` says what, in words; a column that does not apply is left out. */
export interface Row {
  readonly name: string;
  /** The backend, the library or the compiler. */
  readonly backend: string;
  readonly batchSize?: number;
  /** Median time of one run, the median absolute deviation from it, and the number of runs. */
  readonly milliseconds?: number;
  readonly deviation?: number;
  readonly samples?: number;
  readonly gflops?: number;
  /** Operands read and written, in 10^9 bytes a second. */
  readonly gigabytes?: number;
  readonly imagesPerSecond?: number;
  /**
   * Inkling's images/s over those of this row; in Inkling's own row, over those of the fastest other library; with
   * oversubscription, over those that the name tells.
   */
  readonly ratio?: number;
  /** 10^6 bytes. */
  readonly megabytes?: number;
  /** Per cent of the images that are read right; with speedrun, the mean over the test sets. */
  readonly accuracy?: number;
  /** Type instantiations. */
  readonly instantiations?: number;
}

/** Gives its rows one by one, as they are measured. */
export type Suite = (options: SuiteOptions) => AsyncIterable<Row>;
