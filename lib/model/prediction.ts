/** What `predict` and its kin do with what they are given: checked inputs, run through a model's predictions. */
import { type InputBatch, inputFeeds } from '../data/batches.ts';
import { checkInputs } from '../data/examples.ts';
import { concat, Tensor } from '../tensor/index.ts';
import * as given from './given.ts';
import type { PredictOptions, SourcePredictOptions, TensorLike } from './options.ts';
import type { Predictions } from './predictions.ts';

/** The outputs for all inputs, or for all batches of a source. Throws, or rejects, if something does not fit. */
export function predictGiven(
  predictions: Predictions,
  x: TensorLike | given.SourceLike<InputBatch>,
  options?: PredictOptions,
): Promise<Tensor> {
  if (!(x instanceof Tensor) && given.isSource<InputBatch>(x)) return predictSource(predictions, x, options);
  const { batchSize = 32, coalesce = false, signal } = given.checkedOptions('predict', options);
  const settings = {
    batchSize: given.positive('predict: batchSize', batchSize),
    signal: given.checkedSignal('predict', signal),
  };
  const inputs = checkedInputs('predict', predictions, x);
  settings.signal?.throwIfAborted();
  if (given.flag('predict: coalesce', coalesce)) return predictions.coalesce(inputs, settings);
  return predictions.predict(inputs, settings);
}

async function predictSource(
  predictions: Predictions,
  x: given.SourceLike<InputBatch>,
  options: SourcePredictOptions | undefined,
): Promise<Tensor> {
  const outputs: Tensor[] = [];
  for await (const batch of predictBatches('predict', predictions, x, options)) outputs.push(batch);
  return concat(outputs);
}

/** The outputs batch by batch. `what` begins every message. */
export function predictBatches(
  what: string,
  predictions: Predictions,
  x: TensorLike | given.SourceLike<InputBatch>,
  options: SourcePredictOptions | undefined,
): AsyncGenerator<Tensor> {
  const { batchSize: asked, steps: most, signal } = given.checkedOptions(what, options);
  const source = given.isSource<InputBatch>(x)
    ? given.inputFeedsOf(what, predictions.inputShape, x)
    : inputFeeds(checkedInputs(what, predictions, x));
  const batchSize = given.checkedBatchSize(`${what}: batchSize`, asked, source, 32);
  const steps = given.checkedSteps(`${what}: steps`, most, source, batchSize);
  return predictions.batches(source, { batchSize, steps, signal: given.checkedSignal(what, signal) });
}

/** The outputs for all inputs as one batch. */
export function predictOnBatch(predictions: Predictions, x: TensorLike): Promise<Tensor> {
  const inputs = checkedInputs('predictOnBatch', predictions, x);
  return predictions.predict(inputs, { batchSize: inputs.shape[0]!, signal: undefined });
}

function checkedInputs(what: string, { inputShape }: Predictions, x: TensorLike): Tensor {
  const inputs = given.toTensor(x);
  checkInputs(what, inputs, inputShape);
  return inputs;
}
