import { Bench } from 'tinybench';

/** Median time of one run and the median absolute deviation from it, in milliseconds. */
export interface Timing {
  readonly milliseconds: number;
  readonly deviation: number;
  readonly samples: number;
}

/** Repeats `run` for `time` milliseconds, after a warm-up of a third of it. */
export async function measure(what: string, run: () => unknown, time: number): Promise<Timing> {
  const bench = new Bench({ time, iterations: 8, warmupTime: time / 3, warmupIterations: 4, throws: true });
  bench.add(what, run);
  const [task] = await bench.run();
  const result = task!.result;
  if (result.state !== 'completed') throw new Error(`the measurement of ${what} was ${result.state}`);
  const { p50, mad, samplesCount } = result.latency;
  return { milliseconds: p50, deviation: mad, samples: samplesCount };
}
