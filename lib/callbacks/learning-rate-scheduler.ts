import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Callback, TrainingRun } from './callback.ts';
import { type CallbackVerbosity, checkedOptions, messages } from './options.ts';

export interface LearningRateSchedulerOptions {
  /** 1: tells the rate of each epoch on the console; 0 if left out. */
  readonly verbose?: CallbackVerbosity;
}

/**
 * Sets the learning rate before each epoch, counted from 0, to what a function gives for it and the present rate, or to
 * the value of a schedule. Throws OptionError in `fit` for what is no rate, and where the rate follows a schedule already.
 */
export class LearningRateScheduler implements Callback {
  readonly #rateOf: (epoch: number, rate: number) => number;
  readonly #say: (message: string) => void;

  constructor(schedule: (epoch: number, rate: number) => number, options: LearningRateSchedulerOptions = {}) {
    const what = 'LearningRateScheduler';
    if (typeof schedule !== 'function') {
      throw new OptionError(
        `${what}: expected a function (epoch, rate) => rate, or a schedule, got ${describe(schedule)}`,
      );
    }
    const given = checkedOptions<LearningRateSchedulerOptions>(what, options, ['verbose']);
    this.#rateOf = schedule;
    this.#say = messages(what, given.verbose ?? 0);
  }

  onEpochBegin(epoch: number, { model: { optimizer } }: TrainingRun): void {
    const rate: unknown = this.#rateOf(epoch, optimizer.learningRate);
    if (typeof rate !== 'number') {
      throw new OptionError(
        `LearningRateScheduler: the function must give a number, got ${describe(rate)} for epoch ${epoch}`,
      );
    }
    optimizer.learningRate = rate;
    this.#say(`the learning rate is ${rate} in epoch ${epoch + 1}`);
  }
}
