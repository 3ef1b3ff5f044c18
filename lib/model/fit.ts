import type { Numbers } from '../backend/backend.ts';
import type { Callback, Logs, TrainingModel, TrainingRun } from '../callbacks/callback.ts';
import { History } from '../callbacks/history.ts';
import { ProgressBar } from '../callbacks/progress-bar.ts';
import { type Examples, gather, inOrder } from '../data/examples.ts';
import { hyperVector } from '../optimizers/optimizer.ts';
import { RandomStream } from '../random/random.ts';
import type { Network } from './forward.ts';
import { type Compiled, evaluateProgram, trainProgram } from './program.ts';
import type { Runtime } from './runtime.ts';

export interface FitSettings {
  readonly batchSize: number;
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly verbose: Verbosity;
  readonly callbacks: readonly Callback[];
}

/** 0: silent; 1: progress bar; 2: a line for each epoch; `auto`: 1. */
export type Verbosity = 'auto' | 0 | 1 | 2;

/** A training from one `compile` to the next: what a step needs besides data, and how many there were. */
export interface Session {
  readonly runtime: Runtime;
  readonly network: Network;
  readonly compiled: Compiled;
  /** Losses and metrics that one example gives: the elements of one output without its last axis. */
  readonly rowsPerExample: number;
  /** Training steps so far; optimizers and dropout count with it. */
  steps: number;
}

/** Sums of logs, each batch weighted with its size. */
class Means {
  readonly #sums: { [name: string]: number } = {};
  #count = 0;

  add(logs: Logs, count: number): void {
    for (const [name, value] of Object.entries(logs)) this.#sums[name] = (this.#sums[name] ?? 0) + value * count;
    this.#count += count;
  }

  get logs(): Logs {
    return Object.fromEntries(Object.entries(this.#sums).map(([name, sum]) => [name, sum / this.#count]));
  }
}

/** Trains on checked examples and returns the history. */
export async function fit(
  model: TrainingModel,
  session: Session,
  train: Examples,
  validation: Examples | undefined,
  settings: FitSettings,
): Promise<History> {
  const { batchSize, epochs, initialEpoch, seed } = settings;
  const history = new History();
  const callbacks: Callback[] = [history, ...settings.callbacks, ...progress(settings.verbose)];
  let stopped = false;
  const run: TrainingRun = {
    model,
    epochs,
    initialEpoch,
    batchSize,
    steps: Math.ceil(train.count / batchSize),
    examples: train.count,
    validationExamples: validation?.count ?? 0,
    seed,
    stop: () => {
      stopped = true;
    },
  };
  let logs: Logs = {};
  for (const callback of callbacks) await callback.onTrainBegin?.(run);
  for (let epoch = initialEpoch; epoch < epochs && !stopped; epoch++) {
    for (const callback of callbacks) await callback.onEpochBegin?.(epoch, run);
    logs = await trainEpoch(session, train, settings, callbacks, run, () => stopped);
    if (validation !== undefined) {
      const validated = await evaluate(session, validation, batchSize);
      logs = {
        ...logs,
        ...Object.fromEntries(Object.entries(validated).map(([name, value]) => [`val_${name}`, value])),
      };
    }
    for (const callback of callbacks) await callback.onEpochEnd?.(epoch, logs, run);
  }
  for (const callback of callbacks) await callback.onTrainEnd?.(logs, run);
  return history;
}

async function trainEpoch(
  session: Session,
  examples: Examples,
  { batchSize, shuffle, seed }: FitSettings,
  callbacks: readonly Callback[],
  run: TrainingRun,
  stopped: () => boolean,
): Promise<Logs> {
  const rows = inOrder(examples.count);
  // Named by the step and not by the epoch, so that a run that is resumed goes on with the same order.
  if (shuffle) new RandomStream(seed, `shuffle at step ${session.steps}`).shuffle(rows);
  const means = new Means();
  for (let batch = 0; batch < run.steps && !stopped(); batch++) {
    for (const callback of callbacks) await callback.onTrainBatchBegin?.(batch, run);
    const from = batch * batchSize;
    const count = Math.min(batchSize, examples.count - from);
    means.add(await trainStep(session, examples, rows, from, count, seed), count);
    const { logs } = means;
    for (const callback of callbacks) await callback.onTrainBatchEnd?.(batch, logs, run);
  }
  return means.logs;
}

/** One step on the examples rows[from ... from + count - 1]; returns the logs from before the update. */
export async function trainStep(
  session: Session,
  examples: Examples,
  rows: Uint32Array,
  from: number,
  count: number,
  seed: number,
): Promise<Logs> {
  const { runtime, network, compiled, rowsPerExample } = session;
  return runtime.run(trainProgram(network, compiled, count), {
    write(input) {
      const step = session.steps;
      gather(examples.inputs, rows, from, count, input('x'));
      gather(examples.targets, rows, from, count, input('targets'));
      input('random').set([seed, Math.floor(seed / 2 ** 32), step, Math.floor(step / 2 ** 32)]);
      input('hyper').set(hyperVector(compiled.optimizer, step + 1));
    },
    read(output) {
      session.steps++;
      return readLogs(compiled, output, count * rowsPerExample);
    },
  });
}

/** The means of loss and metrics over all examples. */
export async function evaluate(session: Session, examples: Examples, batchSize: number): Promise<Logs> {
  const { runtime, network, compiled, rowsPerExample } = session;
  const rows = inOrder(examples.count);
  const means = new Means();
  for (let from = 0; from < examples.count; from += batchSize) {
    const count = Math.min(batchSize, examples.count - from);
    const logs = await runtime.run(evaluateProgram(network, compiled, count), {
      write(input) {
        gather(examples.inputs, rows, from, count, input('x'));
        gather(examples.targets, rows, from, count, input('targets'));
      },
      read: output => readLogs(compiled, output, count * rowsPerExample),
    });
    means.add(logs, count);
  }
  return means.logs;
}

/** The means of the sums that a program has computed. */
function readLogs({ metrics }: Compiled, output: (name: string) => Numbers, rows: number): Logs {
  const names = ['loss', ...metrics.map(({ name }) => name)];
  return Object.fromEntries(names.map(name => [name, output(name)[0]! / rows]));
}

function progress(verbose: Verbosity): Callback[] {
  if (verbose === 0) return [];
  return [new ProgressBar({ detail: verbose === 2 ? 'epoch' : 'batch' })];
}
