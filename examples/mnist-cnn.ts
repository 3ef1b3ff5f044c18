/** A small convolutional network on MNIST, with curves and pictures of its predictions: `npx tsx examples/mnist-cnn.ts --help`. */
import { join } from 'node:path';
import {
  adam,
  augmentation,
  conv2d,
  cosineDecay,
  Dataset,
  dense,
  flatten,
  type Layer,
  maxPooling2d,
  mobilenetV2,
  randomRotation,
  randomTranslation,
  randomZoom,
  rescaling,
  resnet,
  Sequential,
} from 'inkling';
import { saveModel } from 'inkling/node';
import { learningCurves, predictionGrid, RunRecorder } from 'inkling-studio';
import { choice, flag, labelledSets, program, resultOf, writeResults } from './program.ts';

/** 693,962 parameters with ten classes. */
const smallCnn = (classes: number): Layer[] => [
  rescaling(1 / 255),
  conv2d(32, 3, { activation: 'relu' }),
  maxPooling2d(2),
  flatten(),
  dense(128, { activation: 'relu' }),
  dense(classes, { activation: 'softmax' }),
];

/** What `--network` chooses from. */
export const networks = {
  cnn: smallCnn,
  resnet: (classes: number) => [resnet({ depth: 8, classes })],
  mobilenet: (classes: number) => [mobilenetV2({ width: 0.5, classes })],
};

const black = { fillMode: 'constant' } as const;
/** Turned by up to 10 degrees, moved by up to 6%, zoomed by up to 8%. */
const augmented = (): Layer =>
  augmentation([
    randomRotation({ factor: 10 / 360, ...black }),
    randomTranslation({ heightFactor: 0.06, widthFactor: 0.06, ...black }),
    randomZoom({ heightFactor: 0.08, ...black }),
  ]);

export const main = program(
  {
    file: import.meta.url,
    name: 'mnist-cnn',
    title: 'A small convolutional network on MNIST',
    epochs: 10,
    batchSize: 64,
    options: {
      network: choice(['cnn', 'resnet', 'mobilenet'], 'what is trained'),
      plain: flag('train on the images as they are, without turning, moving and zooming them'),
    },
  },
  async given => {
    const { epochs, batchSize, seed } = given;
    const { train, test, classNames, name } = await labelledSets(given);
    const [training, validation] = Dataset.fromImages(train).split(0.9, { stratify: true, seed });

    const model: Sequential = new Sequential({ name: given.network, inputShape: [28, 28, 1], seed });
    if (!given.plain) model.add(augmented());
    for (const layer of networks[given.network](classNames.length)) model.add(layer);
    model.summary();
    const decaySteps = Math.ceil(training.examples! / batchSize) * epochs;
    const optimizer = adam({ learningRate: cosineDecay({ initialLearningRate: 0.002, decaySteps }) });
    model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    const recorder = new RunRecorder();
    const fitting = { epochs, validationData: validation.batch(200), callbacks: [recorder] };
    const history = await model.fit(training.shuffle().batch(batchSize), fitting);

    const evaluation = await model.evaluate(test.images, test.labels, { batchSize: 200 });
    const { loss: testLoss, accuracy: testAccuracy } = evaluation;
    console.log(`${name}: test loss ${testLoss!.toFixed(4)}, test accuracy ${testAccuracy!.toFixed(4)}`);
    await saveModel(model, join(given.out, 'model.keras'));
    const curves = Object.fromEntries(learningCurves(history).map(chart => [chart.title.toLowerCase(), chart]));
    const probabilities = await model.predict(test.images, { batchSize: 200 });
    await writeResults(
      given,
      {
        title: `A small network on ${name}`,
        ...{ model, history, evaluation, data: { train, test, classNames }, ...recorder.facts() },
      },
      { ...curves, predictions: predictionGrid(test.images, test.labels.data, probabilities, { classNames }) },
    );
    return resultOf(model, recorder, history, evaluation);
  },
);
