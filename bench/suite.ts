/** What a suite of measurements takes and gives. */
export interface SuiteOptions {
  /** Only what has this text in its name; all if empty. */
  readonly filter: string;
  readonly batchSizes: readonly number[];
  /** How long one row is measured, in milliseconds. */
  readonly time: number;
}

/** One measurement. `name` says what, in words; a column that does not apply is left out. */
export interface Row {
  readonly name: string;
  /** The backend, or the compiler. */
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
  /** Inkling's images/s over those of this row; in Inkling's own row, over those of the fastest other library. */
  readonly ratio?: number;
  /** 10^6 bytes. */
  readonly megabytes?: number;
  /** Type instantiations. */
  readonly instantiations?: number;
}

/** Gives its rows one by one, as they are measured. */
export type Suite = (options: SuiteOptions) => AsyncIterable<Row>;
