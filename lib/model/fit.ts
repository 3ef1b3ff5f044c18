import type { Callback, Logs, Results, TrainingModel, TrainingRun } from '../callbacks/callback.ts';
import { History } from '../callbacks/history.ts';
import { ProgressBar } from '../callbacks/progress-bar.ts';
import { type Feed, FeedReader, type FeedSource, stepsOf } from '../data/batches.ts';
import { DataError, StateError } from '../errors.ts';
import { type Accumulator, nothing } from './accumulator.ts';
import { AverageSwap } from './averages.ts';
import { evaluate, newAccumulator, next, type Session, trainStep } from './session.ts';
import type { StepRecorder } from './step-recorder.ts';
import type { FitRecord, Mark, Position, SavedFit } from './training-state.ts';

export interface FitSettings extends FitRecord {
  /** Every so many epochs, or behind those of a list, counted from 1. */
  readonly validationFreq: number | readonly number[];
  readonly validationBatchSize: number;
  /** So many batches; all if undefined. */
  readonly validationSteps: number | undefined;
  readonly verbose: Verbosity;
  readonly callbacks: readonly Callback[];
  readonly signal: AbortSignal | undefined;
}

/** 0: silent; 1: progress bar; 2: a line for each epoch; `auto`: 1. */
export type Verbosity = 'auto' | 0 | 1 | 2;

/** What the model does at marks of its training. */
export interface FitMarks {
  /** Before a step. */
  step(feed: Feed): void;
  /** Behind the last epoch, before the callbacks are told. */
  finish(): Promise<void>;
  /** Behind an epoch, before the callbacks are told: loss and metrics with those of the validation. */
  results(results: Results): void;
  /** What keeps the last steps. */
  recorder(): StepRecorder;
}

/**
 * One call of `fit`: it goes from mark to mark, where callbacks are called, and knows at any time from where it would
 * have to go on.
 */
export class Fit {
  readonly #session: Session;
  readonly #train: FeedSource;
  readonly #validation: FeedSource | undefined;
  readonly #settings: FitSettings;
  readonly #run: TrainingRun;
  readonly #history = new History();
  /** Those whose state is kept, and behind them the one that shows the progress. */
  readonly #callbacks: readonly Callback[];
  readonly #marks: FitMarks;
  readonly #averages: AverageSwap;
  #position: Position;
  #sums: Accumulator;
  #reader: FeedReader | undefined;
  #recorder: StepRecorder | undefined;
  #isStepping = false;
  #afterStep: (() => void)[] = [];

  constructor(
    model: TrainingModel,
    session: Session,
    data: { readonly train: FeedSource; readonly validation: FeedSource | undefined },
    settings: FitSettings,
    resumed: SavedFit | undefined,
    marks: FitMarks,
  ) {
    this.#session = session;
    this.#train = data.train;
    this.#validation = data.validation;
    this.#settings = settings;
    this.#marks = marks;
    this.#averages = new AverageSwap(session);
    this.#callbacks = [this.#history, ...settings.callbacks, ...progress(settings.verbose)];
    this.#sums = newAccumulator(session, resumed?.position.accumulated);
    this.#position = resumed?.position ?? start(settings.initialEpoch);
    const { epochs, initialEpoch, batchSize, seed, stepsPerEpoch } = settings;
    const { examples } = data.train;
    const { examples: validated = undefined } = data.validation ?? { examples: 0 };
    this.#run = {
      model,
      epochs,
      initialEpoch,
      batchSize,
      stepsPerEpoch: stepsPerEpoch ?? stepsOf(data.train, batchSize),
      examples: stepsPerEpoch === undefined ? examples : stepsPerEpoch * batchSize,
      validationExamples: validated,
      seed,
      resumed: resumed !== undefined,
      stop: () => this.#move({ stopped: true }),
      useAverages: use => this.#useAverages(use),
      recordSteps: () => {
        this.#recorder ??= marks.recorder();
      },
      findNonFinite: async () => {
        if (this.#recorder !== undefined) return this.#recorder.find();
        throw new StateError('findNonFinite: the steps are not recorded: call recordSteps() in onTrainBegin');
      },
    };
  }

  /** The callbacks whose state is kept, in the order in which they are called. */
  get keepers(): readonly Callback[] {
    return [this.#history, ...this.#settings.callbacks];
  }

  /** Where to go on behind the callback that is being called. */
  get position(): Position {
    return { ...this.#position, accumulated: this.#sums.accumulated };
  }

  /** Parameters and averages that are in each other's place. */
  get swapped(): AverageSwap['swapped'] {
    return this.#averages.swapped;
  }

  get record(): FitRecord {
    const { batchSize, epochs, initialEpoch, shuffle, seed, examples, stepsPerEpoch } = this.#settings;
    return { batchSize, epochs, initialEpoch, shuffle, seed, examples, stepsPerEpoch };
  }

  /** Runs `action` now, or, during a step, as soon as the step is done and counted. */
  betweenSteps(action: () => void): void {
    if (this.#isStepping) this.#afterStep.push(action);
    else action();
  }

  /** Trains to the end. `restore` is called behind the first mark of a run that goes on. */
  async run(restore: () => void): Promise<History> {
    try {
      await this.#begin(restore);
      while (this.#position.mark !== 'trainEnd') await this.#advance();
      await this.#end();
      return this.#history;
    } catch (error) {
      // If this fails as well, a run has been damaged, and the model says so when it is used.
      await this.#swapAverages(false).catch(() => undefined);
      await this.#tell(error);
      throw error;
    } finally {
      this.#closeReader();
    }
  }

  /** Tells the callbacks of an error. What they throw at that is dropped: `fit` rejects with the first error. */
  async #tell(error: unknown): Promise<void> {
    for (const callback of this.#callbacks) {
      try {
        await callback.onTrainError?.(error, this.#run);
      } catch {}
    }
  }

  async #begin(restore: () => void): Promise<void> {
    this.#settings.signal?.throwIfAborted();
    if (this.#run.resumed) {
      for (const callback of this.#callbacks) await callback.onTrainBegin?.(this.#run);
      restore();
      await this.#swapAverages(this.#position.averaged);
    }
    const { mark, epoch, stopped } = this.#position;
    // A training that had ended goes on if there are more epochs now.
    if (mark === 'trainEnd' && !stopped && epoch + 1 < this.#settings.epochs) this.#enterEpoch(epoch + 1);
    if (mark !== 'trainBegin') return;
    if (!this.#run.resumed) await this.#call(callback => callback.onTrainBegin?.(this.#run));
    this.#enterEpoch(epoch);
  }

  /** Calls the callbacks at the mark, does what follows, and moves on to the next mark. */
  async #advance(): Promise<void> {
    const { mark, epoch, batch } = this.#position;
    const run = this.#run;
    if (mark === 'epochBegin') {
      await this.#call(callback => callback.onEpochBegin?.(epoch, run));
      if (this.#position.stopped) this.#enter('trainEnd');
      else await this.#enterBatch();
    } else if (mark === 'batchBegin') {
      await this.#call(callback => callback.onTrainBatchBegin?.(batch, run));
      await this.#step();
    } else if (mark === 'batchEnd') {
      const { logs } = this.#sums;
      await this.#call(callback => callback.onTrainBatchEnd?.(batch - 1, logs, run));
      if (this.#position.stopped) await this.#endEpoch();
      else await this.#enterBatch();
    } else {
      const { logs } = this.#position;
      await this.#call(callback => callback.onEpochEnd?.(epoch, logs, run));
      if (this.#position.stopped) this.#enter('trainEnd');
      else this.#enterEpoch(epoch + 1);
    }
  }

  /** Calls those callbacks that have not been called at this mark. */
  async #call(mark: (callback: Callback) => void | Promise<void>): Promise<void> {
    for (let i = this.#position.called; i < this.#callbacks.length; i = this.#position.called) {
      this.#move({ called: i + 1 });
      try {
        await mark(this.#callbacks[i]!);
      } catch (error) {
        // A training that goes on from here calls it again.
        this.#move({ called: i });
        throw error;
      }
    }
  }

  /** Calls all callbacks at what is no mark: a training that goes on does it again as a whole. */
  async #tellAll(tell: (callback: Callback) => void | Promise<void>): Promise<void> {
    for (const callback of this.#callbacks) await tell(callback);
  }

  async #useAverages(use: boolean): Promise<void> {
    await this.#swapAverages(use);
    this.#move({ averaged: use });
  }

  async #swapAverages(swapped: boolean): Promise<void> {
    if (swapped === this.#averages.swapped.length > 0) return;
    await (swapped ? this.#averages.swap() : this.#averages.swapBack());
    this.#recorder?.forget();
  }

  #move(change: Partial<Position>): void {
    this.#position = { ...this.#position, ...change };
  }

  #enter(mark: Mark): void {
    this.#move({ mark, called: 0 });
  }

  #enterEpoch(epoch: number): void {
    if (epoch >= this.#settings.epochs) {
      this.#enter('trainEnd');
      return;
    }
    this.#move({ epoch, batch: 0 });
    // With a number of steps, an epoch goes on where the one before ended.
    const isFirst = epoch === this.#settings.initialEpoch;
    if (this.#settings.stepsPerEpoch === undefined || isFirst) this.#beginPass(epoch);
    this.#sums = newAccumulator(this.#session);
    this.#enter('epochBegin');
  }

  /** Begins with the data from the start. */
  #beginPass(pass: number): void {
    this.#closeReader();
    this.#move({ pass, passBatch: 0, passStep: this.#session.asked });
  }

  #closeReader(): void {
    this.#reader?.close();
    this.#reader = undefined;
  }

  /** To the next batch, or, if there is none, to the end of the epoch. */
  async #enterBatch(): Promise<void> {
    const { stepsPerEpoch = Number.POSITIVE_INFINITY, signal } = this.#settings;
    const { batch, pass, passBatch } = this.#position;
    let isThere = batch < stepsPerEpoch && (await next(this.#feeds(), signal)) !== undefined;
    if (!isThere && batch === 0 && passBatch > 0) {
      this.#beginPass(pass + 1);
      isThere = (await next(this.#feeds(), signal)) !== undefined;
    }
    if (isThere) this.#enter('batchBegin');
    else await this.#endEpoch();
  }

  /** The feeds of the data from the present batch on. */
  #feeds(): FeedReader {
    const { batchSize, seed } = this.#settings;
    const { pass, passBatch, passStep } = this.#position;
    const start = { epoch: pass, from: passBatch, batchSize, seed, step: passStep };
    this.#reader ??= new FeedReader(this.#train.feeds(start));
    return this.#reader;
  }

  async #step(): Promise<void> {
    const { seed, signal } = this.#settings;
    const { epoch, batch } = this.#position;
    const reader = this.#feeds();
    const feed = await next(reader, signal);
    if (feed === undefined) {
      throw new DataError(`fit: the batch source has no batch ${batch} in epoch ${epoch}, where the training goes on`);
    }
    this.#marks.step(feed);
    await this.#useAverages(false);
    await this.#recorder?.prepare();
    this.#isStepping = true;
    try {
      const step = trainStep(this.#session, feed, seed, this.#sums, this.#recorder?.at(epoch, batch));
      reader.advance();
      reader.prepare();
      await step;
      this.#move({ batch: batch + 1, passBatch: this.#position.passBatch + 1 });
      this.#enter('batchEnd');
    } finally {
      this.#isStepping = false;
      for (const action of this.#afterStep.splice(0)) action();
    }
  }

  async #endEpoch(): Promise<void> {
    if (this.#settings.stepsPerEpoch === undefined) this.#closeReader();
    const { logs, results } = this.#sums;
    const validated = await this.#validate();
    this.#marks.results({ ...results, ...validated.results });
    this.#move({ logs: { ...logs, ...validated.logs } });
    this.#enter('epochEnd');
  }

  /** Loss and metrics over the validation data, where it is their turn. */
  async #validate(): Promise<{ readonly logs: object; readonly results: object }> {
    const { validationFreq, validationBatchSize: batchSize, validationSteps: steps, signal } = this.#settings;
    const epoch = this.#position.epoch + 1;
    const isDue = typeof validationFreq === 'number' ? epoch % validationFreq === 0 : validationFreq.includes(epoch);
    if (this.#validation === undefined || !isDue) return { logs: {}, results: {} };
    await this.#tellAll(callback => callback.onTestBegin?.(this.#run));
    const { logs, results } = await evaluate(this.#session, this.#validation, { batchSize, steps, signal });
    await this.#tellAll(callback => callback.onTestEnd?.(logs, this.#run));
    return { logs: validation(logs), results: validation(results) };
  }

  async #end(): Promise<void> {
    if (this.#position.called === 0) {
      await this.#useAverages(false);
      await this.#marks.finish();
    }
    const { logs } = this.#position;
    await this.#call(callback => callback.onTrainEnd?.(logs, this.#run));
  }
}

const start = (epoch: number): Position => ({
  epoch,
  batch: 0,
  mark: 'trainBegin',
  called: 0,
  stopped: false,
  averaged: false,
  pass: epoch,
  passBatch: 0,
  passStep: 0,
  accumulated: nothing,
  logs: { loss: Number.NaN },
});

const validation = (logs: Logs | Results): object =>
  Object.fromEntries(Object.entries(logs).map(([name, value]) => [`val_${name}`, value]));

function progress(verbose: Verbosity): Callback[] {
  if (verbose === 0) return [];
  return [new ProgressBar({ detail: verbose === 2 ? 'epoch' : 'batch' })];
}
