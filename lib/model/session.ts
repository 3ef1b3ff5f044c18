import type { Numbers } from '../backend/backend.ts';
import { type Feed, FeedReader, type FeedSource } from '../data/batches.ts';
import { averageMomentum, changesBefore, stepKind } from '../optimizers/gradient-stage.ts';
import { hyperVector } from '../optimizers/optimizer.ts';
import { type Accumulated, Accumulator } from './accumulator.ts';
import type { Network } from './forward.ts';
import { type BatchForm, type Compiled, evaluateProgram, trainProgram } from './program.ts';
import type { Program, RunOptions, Runtime } from './runtime.ts';

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

/** A step as it was asked for, with all that is written into its plan, so that it can be done again. */
export interface RecordedStep {
  readonly feed: Feed;
  readonly program: Program;
  /** What dropout draws from: two halves of the seed, and two of the number of the step. */
  readonly random: readonly number[];
  write(input: (name: string) => Numbers): void;
}

/** One step; its sums, from before the parameters change, are added to `into`. `record` is told of it. */
export async function trainStep(
  session: Session,
  feed: Feed,
  seed: number,
  into: Accumulator,
  record?: (step: RecordedStep) => void,
): Promise<void> {
  const { runtime, network, compiled } = session;
  const { optimizer } = compiled;
  const options = optimizer.gradientStage ?? {};
  const step = session.asked;
  const change = changesBefore(options, step) + 1;
  // The numbers of the moment at which the step is asked for, whenever it runs.
  const hyper = hyperVector(optimizer, change, { trained: step, decays: true });
  const undecayed = optimizer.decays && hyperVector(optimizer, change, { trained: step, decays: false });
  countSteps(session, step + 1);
  const program = trainProgram(network, compiled, formOf(feed), stepKind(options, step));
  const random = [seed, Math.floor(seed / 2 ** 32), step, Math.floor(step / 2 ** 32)];
  const write = (input: (name: string) => Numbers) => {
    writeBatch(feed, input);
    input('random').set(random);
    input('hyper').set(hyper);
    if (undecayed !== undefined) input('undecayedHyper').set(undecayed);
    if (options.useEma === true) input('averageMomentum')[0] = averageMomentum(options, step);
  };
  record?.({ feed, program, random, write });
  try {
    await runtime.run(program, {
      write,
      read(output, names) {
        session.steps++;
        into.add(feed.count, names, output);
      },
    });
  } catch (error) {
    // A step that has not been done does not count, unless others were asked for behind it.
    if (session.asked === step + 1) countSteps(session, step);
    throw error;
  }
}

/** Sets the number of training steps that were asked for; the optimizer is told, for its schedules. */
export function countSteps(session: Session, asked: number): void {
  session.asked = asked;
  session.compiled.optimizer.steps = asked;
}

export interface EvaluateSettings {
  readonly batchSize: number;
  /** So many batches; all if undefined. */
  readonly steps?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Loss and metrics over the batches of a source. */
export async function evaluate(
  session: Session,
  source: FeedSource,
  { batchSize, steps = Number.POSITIVE_INFINITY, signal }: EvaluateSettings,
): Promise<Accumulator> {
  const { runtime, network, compiled } = session;
  const sums = newAccumulator(session);
  const options: RunOptions = { signal };
  for await (const { feed, prepare } of feedsOf(source, { batchSize, steps, signal })) {
    const program = evaluateProgram(network, compiled, formOf(feed));
    const io = {
      write: (input: (name: string) => Numbers) => writeBatch(feed, input),
      read: (output: (name: string) => Numbers, names: readonly string[]) => sums.add(feed.count, names, output),
    };
    const run = runtime.run(program, io, options);
    prepare();
    await run;
  }
  return sums;
}

/**
 * The feeds of one pass over a source, at most `steps`. `prepare` asks for the next one, so that it is made while what is
 * done with this one runs.
 */
export async function* feedsOf(
  source: FeedSource,
  { batchSize, steps = Number.POSITIVE_INFINITY, signal }: EvaluateSettings,
): AsyncGenerator<{ readonly feed: Feed; prepare(): void }> {
  const reader = new FeedReader(source.feeds({ epoch: 0, from: 0, batchSize, seed: 0, step: 0 }));
  try {
    for (let done = 1; done <= steps; done++) {
      const feed = await next(reader, signal);
      if (feed === undefined) return;
      reader.advance();
      yield { feed, prepare: () => (done < steps ? reader.prepare() : undefined) };
    }
  } finally {
    reader.close();
  }
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

export function writeBatch(feed: Feed, input: (name: string) => Numbers): void {
  feed.write('x', input('x'));
  feed.write('targets', input('targets'));
  if (feed.weighted) feed.write('weights', input('weights'));
}
