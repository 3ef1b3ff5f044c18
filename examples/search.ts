/** Searches for the options of a small convolutional network on MNIST: `npx tsx examples/search.ts --help`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  adam,
  conv2d,
  Dataset,
  dense,
  dropout,
  flatten,
  maxPooling2d,
  pruners,
  ranges,
  rescaling,
  Sequential,
  TrialReport,
  tune,
} from 'inkling';
import { RunRecorder } from 'inkling-studio';
import { labelledSets, number, program, resultOf, writeResults } from './program.ts';

const space = {
  learningRate: ranges.float(2e-4, 1e-2, { log: true }),
  filters: ranges.int(8, 48, { log: true }),
  units: ranges.int(32, 256, { log: true }),
  dropout: ranges.float(0, 0.6),
};

interface NetworkOptions {
  readonly learningRate: number;
  readonly filters: number;
  readonly units: number;
  readonly dropout: number;
}

function network(classes: number, options: NetworkOptions, seed: number): Sequential<[28, 28, 1], [number]> {
  return new Sequential({ inputShape: [28, 28, 1], seed })
    .add(rescaling(1 / 255))
    .add(conv2d(options.filters, 3, { activation: 'relu' }))
    .add(maxPooling2d(2))
    .add(flatten())
    .add(dense(options.units, { activation: 'relu' }))
    .add(dropout(options.dropout))
    .add(dense(classes, { activation: 'softmax' }))
    .compile({
      optimizer: adam({ learningRate: options.learningRate }),
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
    });
}

export const main = program(
  {
    file: import.meta.url,
    name: 'search',
    title: 'Searches for the options of a small convolutional network',
    epochs: 3,
    batchSize: 64,
    options: { trials: number(20, 'networks that are tried; those that do badly are ended early') },
  },
  async given => {
    const { out, epochs, batchSize, seed } = given;
    const { train, test, classNames, name } = await labelledSets(given);
    const [training, validation] = Dataset.fromImages(train).split(0.9, { stratify: true, seed });
    const fitting = { epochs, validationData: validation.batch(200), verbose: 0 } as const;
    const search = await tune({
      space,
      async objective(options, trial) {
        const model = network(classNames.length, options, trial.seed);
        try {
          const callbacks = [new TrialReport(trial, { monitor: 'val_accuracy' })];
          const settings = { ...fitting, signal: trial.signal, callbacks };
          const { history } = await model.fit(training.shuffle().batch(batchSize), settings);
          return history['val_accuracy']!.at(-1)!;
        } finally {
          model.dispose();
        }
      },
      direction: 'maximize',
      pruner: pruners.median(),
      trials: given.trials,
      seed,
      onTrial: (_, { state }) => writeFile(join(out, 'search.json'), JSON.stringify(state)),
    });
    console.log(`${search}`);

    // The best options once more, with the test images, which the search has not seen.
    const model = network(classNames.length, search.best!.options, seed);
    const recorder = new RunRecorder();
    const history = await model.fit(training.shuffle().batch(batchSize), { ...fitting, callbacks: [recorder] });
    const evaluation = await model.evaluate(test.images, test.labels, { batchSize: 200 });
    console.log(`${name}: test accuracy ${evaluation.accuracy!.toFixed(4)}`);
    await writeResults(given, {
      title: `Search on ${name}`,
      ...{ model, history, evaluation, data: { train, test, classNames }, ...recorder.facts() },
      search: { trials: search.trials, objective: 'val_accuracy', direction: search.direction },
    });
    return { ...resultOf(model, recorder, history, evaluation), best: search.best!.options };
  },
);
