/**
 * A CNN with augmentation, a falling learning rate, dropout, early stopping and checkpoints on MNIST, and what it says of drawn
 * digits: `npx tsx examples/digit-recognizer.ts --help`.
 */
import { join } from 'node:path';
import {
  augmentation,
  conv2d,
  Dataset,
  dense,
  dropout,
  EarlyStopping,
  flatten,
  type Layer,
  LearningRateScheduler,
  maxPooling2d,
  randomRotation,
  randomTranslation,
  randomZoom,
  rescaling,
  Sequential,
} from 'inkling';
import { ModelCheckpoint, saveModel } from 'inkling/node';
import { confusionMatrix, labelDistribution, RunRecorder } from 'inkling-studio';
import { drawnOptions, labelsOf, predictFiles, predictWith } from './drawn-digits.ts';
import { labelledSets, number, program, resultOf, writeResults } from './program.ts';

const black = { fillMode: 'constant' } as const;

/** Two pairs of convolutions with pooling and dropout behind each, and a dense layer. */
function network(classes: number, { width, seed }: { readonly width: number; readonly seed: number }): Sequential {
  const conv = (filters: number, kernelSize: number): Layer =>
    conv2d({ filters: Math.round(filters * width), kernelSize, padding: 'same', activation: 'relu' });
  const layers = [
    rescaling(1 / 255), // normalisation: pixels of 0 to 255 become 0 to 1
    augmentation([
      randomRotation({ factor: 10 / 360, ...black }),
      randomTranslation({ heightFactor: 0.1, widthFactor: 0.1, ...black }),
      randomZoom({ heightFactor: 0.1, ...black }),
    ]),
    ...[conv(32, 5), conv(32, 5), maxPooling2d(2), dropout(0.25)],
    ...[conv(64, 3), conv(64, 3), maxPooling2d(2), dropout(0.25)],
    ...[flatten(), dense(Math.round(256 * width), { activation: 'relu' }), dropout(0.5)],
    dense(classes, { activation: 'softmax' }),
  ];
  const model = new Sequential({ name: 'digit-recognizer', inputShape: [28, 28, 1], seed });
  for (const layer of layers) model.add(layer);
  return model;
}

export const main = program(
  {
    file: import.meta.url,
    name: 'digit-recognizer',
    title: 'A CNN with augmentation, falling rate, dropout, early stopping and checkpoints',
    epochs: 6,
    batchSize: 64,
    options: { width: number(0.5, 'share of the filters and units: 1 is 32-32-64-64 and 256'), ...drawnOptions },
  },
  async given => {
    if (given.model !== undefined) return predictWith(given.model, given);
    const { out, epochs, batchSize, seed, width } = given;
    const { train, test, classNames, name } = await labelledSets(given);
    const classes = classNames.length;
    const [training, validation] = Dataset.fromImages(train).split(0.9, { stratify: true, seed });

    const model = network(classes, { width, seed });
    model.summary();
    model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
    const best = join(out, 'best.keras');
    const recorder = new RunRecorder();
    const history = await model.fit(training.oneHot(classes).shuffle().batch(batchSize), {
      epochs,
      validationData: validation.oneHot(classes).batch(200),
      callbacks: [
        new LearningRateScheduler(epoch => 0.001 * 0.8 ** epoch),
        new EarlyStopping({ patience: 3, restoreBestWeights: true, verbose: 1 }),
        new ModelCheckpoint({ filepath: best, saveBestOnly: true }),
        recorder,
      ],
    });

    const evaluation = await model.evaluate(Dataset.fromImages(test).oneHot(classes).batch(200));
    const { loss: testLoss, accuracy: testAccuracy } = evaluation;
    console.log(`${name}: test loss ${testLoss!.toFixed(4)}, test accuracy ${testAccuracy!.toFixed(4)}`);
    await saveModel(model, join(out, 'model.keras'));
    const drawings = await predictFiles(model, given.predict, classNames);
    const predicted = (await model.predict(test.images, { batchSize: 200 })).argmax(1);
    const distribution = labelDistribution(train.labels.data, { classNames });
    await writeResults(
      given,
      {
        title: 'Digit recognizer',
        ...{ model, history, evaluation, drawings, data: { train, test, classNames }, ...recorder.facts() },
      },
      {
        labels: distribution.view('Horizontal'),
        pie: distribution.view('Pie'),
        confusion: confusionMatrix(test.labels.data, predicted.data, { classNames }),
      },
    );
    return { ...resultOf(model, recorder, history, evaluation), predictions: labelsOf(drawings) };
  },
);
