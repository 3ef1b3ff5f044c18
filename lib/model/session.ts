import type { Numbers } from '../backend/backend.ts';
import type { Logs } from '../callbacks/callback.ts';
import { type Feed, FeedReader, type FeedSource } from '../data/batches.ts';
import { averageMomentum, changesBefore, stepKind } from '../optimizers/gradient-stage.ts';
import { hyperVector } from '../optimizers/optimizer.ts';
import { type Accumulated, Accumulator } from './accumulator.ts';
import type { Network } from './forward.ts';
import { type BatchForm, type Compiled, evaluateProgram, trainProgram } from './program.ts';
import type { RunOptions, Runtime } from './runtime.ts';

/** A training from one `compile` to the next: what a step needs besides data, and how many there were. */
export interface Session {
  readonly runtime: Runtime;
  readonly network: Network;
  readonly compiled: Compiled;
  /** Training steps that were asked for; each is counted when it is asked for, since what it does follows from it. */
  asked: number;
  /** Training steps that are done. */
  steps: number;
}

/** Starts from nothing, or from what had been summed. */
export const newAccumulator = (
  { compiled: { metrics, weightedMetrics } }: Session,
  accumulated?: Accumulated,
): Accumulator => new Accumulator([...metrics, ...weightedMetrics], accumulated);

/** One step; its sums, from before the parameters change, are added to `into`. */
export async function trainStep(session: Session, feed: Feed, seed: number, into: Accumulator): Promise<void> {
  const { runtime, network, compiled } = session;
  const { optimizer } = compiled;
  const options = optimizer.gradientStage ?? {};
  const step = session.asked++;
  const program = trainProgram(network, compiled, formOf(feed), stepKind(options, step));
  try {
    await runtime.run(program, {
      write(input) {
        writeBatch(feed, input);
        input('random').set([seed, Math.floor(seed / 2 ** 32), step, Math.floor(step / 2 ** 32)]);
        input('hyper').set(hyperVector(optimizer, changesBefore(options, step) + 1));
        if (options.useEma === true) input('averageMomentum')[0] = averageMomentum(options, step);
      },
      read(output, names) {
        session.steps++;
        into.add(feed.count, names, output);
      },
    });
  } catch (error) {
    // A step that has not been done does not count, unless others were asked for behind it.
    if (session.asked === step + 1) session.asked = step;
    throw error;
  }
}

/** Loss and metrics over all batches of a source. */
export async function evaluate(
  session: Session,
  source: FeedSource,
  batchSize: number,
  signal: AbortSignal | undefined,
): Promise<Logs> {
  const { runtime, network, compiled } = session;
  const sums = newAccumulator(session);
  const reader = new FeedReader(source.feeds({ epoch: 0, from: 0, batchSize, seed: 0, step: 0 }));
  try {
    for (let feed = await next(reader, signal); feed !== undefined; feed = await next(reader, signal)) {
      const current = feed;
      const program = evaluateProgram(network, compiled, formOf(current));
      const options: RunOptions = { signal };
      const run = runtime.run(
        program,
        {
          write: input => writeBatch(current, input),
          read: (output, names) => sums.add(current.count, names, output),
        },
        options,
      );
      reader.advance();
      reader.prepare();
      await run;
    }
  } finally {
    reader.close();
  }
  return sums.logs;
}

/** The next feed, or undefined at the end. Throws the signal's reason as soon as it is aborted. */
export async function next(reader: FeedReader, signal: AbortSignal | undefined): Promise<Feed | undefined> {
  signal?.throwIfAborted();
  if (signal === undefined) return reader.peek();
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([reader.peek(), aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

export const formOf = ({ count, inputType, weighted }: Feed): BatchForm => ({ count, inputType, weighted });

function writeBatch(feed: Feed, input: (name: string) => Numbers): void {
  feed.write('x', input('x'));
  feed.write('targets', input('targets'));
  if (feed.weighted) feed.write('weights', input('weights'));
}
