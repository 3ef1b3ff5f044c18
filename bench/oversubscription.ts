/**
 * Training with more threads than there are cores, and by several processes at once: each in processes of its own, which
 * live side by side and take turns, so that what else the machine does concerns all alike.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build, root } from './built.ts';
import { median, medianDeviation } from './median.ts';
import type { Row, SuiteOptions } from './suite.ts';

/** The threads of the processes that train at the same time, and of those that they are measured against. */
const settings: readonly { readonly threads: readonly number[]; readonly against?: readonly number[] }[] = [
  { threads: [1] },
  { threads: [2], against: [1] },
  { threads: [3], against: [2] },
  { threads: [4], against: [2] },
  { threads: [8], against: [2] },
  { threads: [1, 1] },
  { threads: [2, 2], against: [1, 1] },
];
const warmUp = 500;

/** A process that trains when it is asked to. */
class Trainer {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(threads: number, batchSize: number) {
    const program = join(root, 'bench/.built/programs/turns.js');
    const env = { ...process.env, INKLING_THREADS: String(threads) };
    this.#process = spawn(process.execPath, [program, 'D', String(batchSize)], {
      cwd: root,
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#answers = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** Images per second in a turn of so many milliseconds. */
  async train(milliseconds: number): Promise<number> {
    this.#process.stdin!.write(`${milliseconds}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('a process that trains has ended');
    return Number(value);
  }

  end(): void {
    this.#process.stdin!.end();
  }
}

const trainTogether = async (trainers: readonly Trainer[], milliseconds: number): Promise<number> => {
  const speeds = await Promise.all(trainers.map(trainer => trainer.train(milliseconds)));
  return speeds.reduce((sum, speed) => sum + speed, 0);
};

const nameOf = (threads: readonly number[]): string =>
  threads.length === 1
    ? `D training, ${threads[0]} threads`
    : `D training, ${threads.length} processes of ${threads[0]} threads`;

export async function* oversubscription(options: SuiteOptions): AsyncGenerator<Row> {
  const { filter, batchSizes = [128], time, rounds } = options;
  const chosen = settings.filter(({ threads }) => nameOf(threads).includes(filter));
  await build();
  for (const batchSize of batchSizes) {
    const groups = chosen.map(({ threads, against }) => ({
      name: nameOf(threads),
      against: against && nameOf(against),
      trainers: threads.map(count => new Trainer(count, batchSize)),
      speeds: [] as number[],
    }));
    for (const { trainers } of groups) await trainTogether(trainers, warmUp);
    for (let round = 0; round < rounds; round++) {
      for (const { trainers, speeds } of groups) speeds.push(await trainTogether(trainers, time));
    }
    for (const { trainers } of groups) for (const trainer of trainers) trainer.end();
    for (const { name, against, speeds } of groups) {
      const base = groups.find(group => group.name === against)?.speeds;
      const times = speeds.map(speed => (batchSize / speed) * 1e3);
      yield {
        name: against === undefined ? name : `${name}, against ${against.replace('D training, ', '')}`,
        backend: 'simd',
        batchSize,
        milliseconds: median(times),
        deviation: medianDeviation(times),
        samples: rounds,
        imagesPerSecond: median(speeds),
        ...(base === undefined ? {} : { ratio: median(speeds.map((speed, i) => speed / base[i]!)) }),
      };
    }
  }
}
