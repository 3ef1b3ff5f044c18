import type { FeedSource } from '../data/batches.ts';
import { checkedSeed } from '../random/random.ts';
import type { FitSettings } from './fit.ts';
import * as given from './given.ts';
import type { FitOptions } from './options.ts';
import type { FitRecord } from './training-state.ts';

/**
 * The options of `fit`, checked and with what is left out filled in: from the training that goes on, where there is one.
 * Throws OptionError.
 */
export function fitSettings(
  options: FitOptions,
  data: { readonly train: FeedSource; readonly validation: FeedSource | undefined },
  was: FitRecord | undefined,
  modelSeed: number,
): FitSettings {
  const { initialEpoch = was?.initialEpoch ?? 0, seed = was?.seed ?? modelSeed } = options;
  const { train, validation } = data;
  const batchSize = given.checkedBatchSize('fit: batchSize', options.batchSize, train, was?.batchSize ?? 32);
  const validationBatchSize = given.checkedBatchSize(
    'fit: validationBatchSize',
    options.validationBatchSize,
    validation ?? {},
    batchSize,
  );
  const { examples } = train;
  const stepsPerEpoch = options.stepsPerEpoch ?? was?.stepsPerEpoch;
  return {
    batchSize,
    epochs: given.positive('fit: epochs', options.epochs ?? was?.epochs ?? 1),
    initialEpoch: given.atLeastZero('fit: initialEpoch', initialEpoch),
    shuffle: given.flag('fit: shuffle', options.shuffle ?? was?.shuffle ?? true),
    seed: checkedSeed('fit', seed),
    examples,
    stepsPerEpoch: given.checkedSteps('fit: stepsPerEpoch', stepsPerEpoch, train, batchSize),
    validationFreq: given.checkedFrequency(options.validationFreq ?? 1),
    validationBatchSize,
    validationSteps: given.checkedSteps(
      'fit: validationSteps',
      options.validationSteps,
      validation,
      validationBatchSize,
    ),
    verbose: given.checkedVerbosity(options.verbose ?? 'auto'),
    callbacks: given.checkedCallbacks(options.callbacks),
    signal: given.checkedSignal('fit', options.signal),
  };
}
