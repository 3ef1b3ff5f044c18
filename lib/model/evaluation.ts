/** What `evaluate` and its kin do with what they are given: checked data, run through a session. */
import { type Batch, exampleFeeds, feedOf } from '../data/batches.ts';
import { type Examples, inOrder } from '../data/examples.ts';
import type { Accumulator } from './accumulator.ts';
import * as given from './given.ts';
import type { BatchWeightOptions, EvaluateOptions, TensorLike, TrainOnBatchOptions } from './options.ts';
import { evaluate, newAccumulator, type Session, trainStep } from './session.ts';

/** Loss and metrics over examples, or over the batches of a source, which brings its targets. */
export function evaluateGiven(
  session: Session,
  expected: given.Expected,
  x: TensorLike | given.SourceLike,
  yOrOptions: TensorLike | EvaluateOptions | undefined,
  more: EvaluateOptions | undefined,
): Promise<Accumulator> {
  const isSource = given.isSource<Batch>(x);
  const stated = (isSource ? (yOrOptions ?? more) : more) as EvaluateOptions | undefined;
  const options = given.checkedOptions('evaluate', stated);
  const signal = given.checkedSignal('evaluate', options.signal);
  const source = isSource
    ? given.feedsOf('evaluate', expected, x)
    : exampleFeeds(
        given.examplesOf('evaluate', expected, x, given.given('evaluate', yOrOptions as TensorLike | undefined), {
          sampleWeight: options.sampleWeight,
        }),
        { shuffle: false },
      );
  const batchSize = given.checkedBatchSize('evaluate: batchSize', options.batchSize, source, 32);
  const steps = given.checkedSteps('evaluate: steps', options.steps, source, batchSize);
  return evaluate(session, source, { batchSize, steps, signal });
}

/** Loss and metrics of one batch. */
export async function testOnBatch(
  session: Session,
  expected: given.Expected,
  ...rest: given.BatchGiven<BatchWeightOptions>
): Promise<Accumulator> {
  const batch = given.batchOf('testOnBatch', ...rest);
  const { x, y, options } = batch instanceof Promise ? await batch : batch;
  const examples = given.examplesOf('testOnBatch', expected, x, y, options);
  return evaluate(session, exampleFeeds(examples, { shuffle: false }), { batchSize: examples.count });
}

/** One training step on one batch; loss and metrics are those from before it. */
export async function trainOnBatch(
  session: Session,
  expected: given.Expected,
  seed: number,
  ...rest: given.BatchGiven<TrainOnBatchOptions>
): Promise<Accumulator> {
  const batch = given.batchOf('trainOnBatch', ...rest);
  const { x, y, options } = batch instanceof Promise ? await batch : batch;
  const examples: Examples = given.examplesOf('trainOnBatch', expected, x, y, options);
  const sums = newAccumulator(session);
  await trainStep(session, feedOf(examples, inOrder(examples.count), 0, examples.count), seed, sums);
  return sums;
}
