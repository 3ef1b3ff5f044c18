import type { Logs, Results } from '../callbacks/callback.ts';
import type { Metric, MetricResult, Sums } from '../metrics/metric.ts';

/** The name of a metric's sum among the outputs of a run. */
export const sumName = (metric: string, sum: string): string => `${metric}/${sum}`;

/** What has been summed so far, as the training state keeps it. */
export interface Accumulated {
  /** Examples whose losses were added. */
  readonly examples: number;
  readonly loss: number;
  /** By `sumName`. */
  readonly sums: { readonly [name: string]: readonly number[] };
}

export const nothing: Accumulated = { examples: 0, loss: 0, sums: {} };

/** Adds the sums of batches in float64 and makes the logs of them. */
export class Accumulator {
  readonly #metrics: readonly Metric[];
  #examples: number;
  #loss: number;
  readonly #sums: Map<string, Float64Array>;

  /** Starts from nothing, or from what another one had summed. */
  constructor(metrics: readonly Metric[], { examples, loss, sums }: Accumulated = nothing) {
    this.#metrics = metrics;
    this.#examples = examples;
    this.#loss = loss;
    this.#sums = new Map(Object.entries(sums).map(([name, values]) => [name, Float64Array.from(values)]));
  }

  /** Adds the outputs of a run: `loss`, and a sum by each other of `names`. */
  add(examples: number, names: readonly string[], read: (output: string) => ArrayLike<number>): void {
    this.#examples += examples;
    this.#loss += read('loss')[0]!;
    for (const name of names) {
      if (name === 'loss') continue;
      const values = read(name);
      const sofar = this.#sums.get(name);
      if (sofar === undefined) this.#sums.set(name, Float64Array.from(values));
      else for (let i = 0; i < sofar.length; i++) sofar[i] = sofar[i]! + values[i]!;
    }
  }

  /** Loss and metrics of all batches so far; NaN before the first. Results that are no numbers are left out. */
  get logs(): Logs {
    const logs: { loss: number; [name: string]: number } = { loss: this.#loss / this.#examples };
    for (const [name, result] of Object.entries(this.results)) if (typeof result === 'number') logs[name] = result;
    return logs;
  }

  /** The same with the results that are tensors. */
  get results(): Results {
    const results: { loss: number; [name: string]: MetricResult } = { loss: this.#loss / this.#examples };
    for (const metric of this.#metrics) {
      results[metric.name] = this.#examples === 0 ? Number.NaN : metric.result(this.#sumsOf(metric));
    }
    return results;
  }

  #sumsOf({ name }: Metric): Sums {
    const prefix = sumName(name, '');
    const own = [...this.#sums].filter(([sum]) => sum.startsWith(prefix));
    return Object.fromEntries(own.map(([sum, values]) => [sum.slice(prefix.length), values]));
  }

  get accumulated(): Accumulated {
    const sums = Object.fromEntries([...this.#sums].map(([name, values]) => [name, [...values]]));
    return { examples: this.#examples, loss: this.#loss, sums };
  }
}
