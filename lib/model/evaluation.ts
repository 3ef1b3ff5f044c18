/** What `evaluate` and its kin do with what they are given: checked data, run through a session. */
import { type BatchSourceLike, exampleFeeds, feedOf, isBatchSource } from '../data/batches.ts';
import { type Examples, inOrder } from '../data/examples.ts';
import type { Accumulator } from './accumulator.ts';
import * as given from './given.ts';
import type { BatchWeightOptions, EvaluateOptions, TensorLike, TrainOnBatchOptions } from './options.ts';
import { evaluate, newAccumulator, type Session, trainStep } from './session.ts';

/** Loss and metrics over examples, or over the batches of a source, which brings its targets. */
export function evaluateGiven(
  session: Session,
  expected: given.Expected,
  x: TensorLike | BatchSourceLike,
  yOrOptions: TensorLike | EvaluateOptions | undefined,
  more: EvaluateOptions | undefined,
): Promise<Accumulator> {
  const isSource = isBatchSource(x);
  const stated = (isSource ? (yOrOptions ?? more) : more) as EvaluateOptions | undefined;
  const options = given.checkedOptions('evaluate', stated);
  const batchSize = given.positive('evaluate: batchSize', options.batchSize ?? 32);
  const signal = given.checkedSignal('evaluate', options.signal);
  const source = isSource
    ? given.feedsOf('evaluate', expected, x)
    : exampleFeeds(
        given.examplesOf('evaluate', expected, x, given.given('evaluate', yOrOptions as TensorLike | undefined), {
          sampleWeight: options.sampleWeight,
        }),
        { shuffle: false },
      );
  const steps = given.checkedSteps('evaluate: steps', options.steps, source.examples, batchSize);
  return evaluate(session, source, { batchSize, steps, signal });
}

/** Loss and metrics of one batch. */
export function testOnBatch(
  session: Session,
  expected: given.Expected,
  x: TensorLike,
  y: TensorLike,
  options: BatchWeightOptions | undefined,
): Promise<Accumulator> {
  const { sampleWeight } = given.checkedOptions('testOnBatch', options);
  const examples = given.examplesOf('testOnBatch', expected, x, given.given('testOnBatch', y), { sampleWeight });
  return evaluate(session, exampleFeeds(examples, { shuffle: false }), { batchSize: examples.count });
}

/** One training step on one batch; loss and metrics are those from before it. */
export async function trainOnBatch(
  session: Session,
  expected: given.Expected,
  x: TensorLike,
  y: TensorLike,
  options: TrainOnBatchOptions | undefined,
  seed: number,
): Promise<Accumulator> {
  const { sampleWeight, classWeight } = given.checkedOptions('trainOnBatch', options);
  const targets = given.given('trainOnBatch', y);
  const examples: Examples = given.examplesOf('trainOnBatch', expected, x, targets, { sampleWeight, classWeight });
  const sums = newAccumulator(session);
  await trainStep(session, feedOf(examples, inOrder(examples.count), 0, examples.count), seed, sums);
  return sums;
}
