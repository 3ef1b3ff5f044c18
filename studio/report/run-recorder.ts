import type { Callback, TrainingRun } from 'inkling';
import type { LearningRateAt, RunFacts } from './reported-run.ts';

/** So many points show every shape of a schedule; of longer trainings every second is kept, then every fourth, ... */
const mostPoints = 1000;

/**
 * A callback that notes what a history does not have: the learning rate step by step, times, seed and sizes of batches.
 * Behind `fit`, `writeReport(path, { model, history, ...recorder.facts() })`.
 */
export class RunRecorder implements Callback {
  #rates: LearningRateAt[] = [];
  #every = 1;
  #step = 0;
  #started = 0;
  #facts: RunFacts = {};

  onTrainBegin({ seed, batchSize, epochs, examples, validationExamples }: TrainingRun): void {
    this.#rates = [];
    this.#every = 1;
    this.#step = 0;
    this.#started = performance.now();
    const sizes = { batchSize, epochs, examples, validationExamples };
    const known = Object.entries(sizes).filter((entry): entry is [string, number] => entry[1] !== undefined);
    this.#facts = { seed, configuration: Object.fromEntries(known) };
  }

  onTrainBatchEnd(_batch: number, _logs: unknown, { model }: TrainingRun): void {
    const step = this.#step++;
    if (step % this.#every !== 0) return;
    this.#rates.push({ step, learningRate: model.optimizer.learningRate });
    if (this.#rates.length < mostPoints) return;
    this.#rates = this.#rates.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }

  onTrainEnd(): void {
    const training = (performance.now() - this.#started) / 1000;
    this.#facts = { ...this.#facts, timings: { training }, learningRates: this.#rates };
  }

  /** What a report takes of the last training. */
  facts(): RunFacts {
    return this.#facts;
  }
}
