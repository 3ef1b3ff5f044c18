import type { Logs } from '../callbacks/callback.ts';
import type { Metric, Sums } from '../metrics/metric.ts';

/** The name of a metric's sum among the outputs of a run. */
export const sumName = (metric: string, sum: string): string => `${metric}/${sum}`;

/** What has been summed so far, as the training state keeps it. */
export interface Accumulated {
  /** Rows whose losses were added. */
  readonly rows: number;
  readonly loss: number;
  /** By `sumName`. */
  readonly sums: { readonly [name: string]: readonly number[] };
}

/** Adds the sums of batches in float64 and makes the logs of them. */
export class Accumulator {
  readonly #metrics: readonly Metric[];
  #rows: number;
  #loss: number;
  readonly #sums: Map<string, Float64Array>;

  /** Starts from nothing, or from what another one had summed. */
  constructor(metrics: readonly Metric[], { rows, loss, sums }: Accumulated = { rows: 0, loss: 0, sums: {} }) {
    this.#metrics = metrics;
    this.#rows = rows;
    this.#loss = loss;
    this.#sums = new Map(Object.entries(sums).map(([name, values]) => [name, Float64Array.from(values)]));
  }

  /** Adds the outputs of a run: `loss`, and a sum by each other of `names`. */
  add(rows: number, names: readonly string[], read: (output: string) => ArrayLike<number>): void {
    this.#rows += rows;
    this.#loss += read('loss')[0]!;
    for (const name of names) {
      if (name === 'loss') continue;
      const values = read(name);
      const sofar = this.#sums.get(name);
      if (sofar === undefined) this.#sums.set(name, Float64Array.from(values));
      else for (let i = 0; i < sofar.length; i++) sofar[i] = sofar[i]! + values[i]!;
    }
  }

  /** Loss and metrics of all batches so far; NaN before the first. */
  get logs(): Logs {
    const logs: { loss: number; [name: string]: number } = { loss: this.#loss / this.#rows };
    for (const metric of this.#metrics) {
      logs[metric.name] = this.#rows === 0 ? Number.NaN : metric.result(this.#sumsOf(metric));
    }
    return logs;
  }

  #sumsOf({ name }: Metric): Sums {
    const prefix = sumName(name, '');
    const own = [...this.#sums].filter(([sum]) => sum.startsWith(prefix));
    return Object.fromEntries(own.map(([sum, values]) => [sum.slice(prefix.length), values]));
  }

  get accumulated(): Accumulated {
    const sums = Object.fromEntries([...this.#sums].map(([name, values]) => [name, [...values]]));
    return { rows: this.#rows, loss: this.#loss, sums };
  }
}
