/** A CNN of 30 filters for Kaggle's Digit Recognizer, and for digits from image files: `npx tsx examples/kaggle-cnn.ts --help`. */
import { join } from 'node:path';
import { conv2d, Dataset, dense, flatten, maxPooling2d, rescaling, Sequential } from 'inkling';
import { saveModel } from 'inkling/node';
import { RunRecorder } from 'inkling-studio';
import { drawnOptions, labelsOf, predictFiles, predictWith } from './drawn-digits.ts';
import { kaggleFolder } from './kaggle-data.ts';
import { digits, program, resultOf, writeResults } from './program.ts';

export const main = program(
  {
    file: import.meta.url,
    name: 'kaggle-cnn',
    title: "A CNN of 30 filters for Kaggle's Digit Recognizer, and for digits from image files",
    epochs: 10,
    batchSize: 32,
    options: drawnOptions,
  },
  async given => {
    if (given.model !== undefined) return predictWith(given.model, given);
    const { epochs, batchSize, seed } = given;
    const { train: labelled, classNames } = await digits({ ...given, data: await kaggleFolder(given.data) });
    // Kaggle's test.csv has no labels, so a fifth of train.csv is kept to test with.
    const [train, test] = Dataset.fromImages(labelled).split(0.8, { stratify: true, seed });

    const model = new Sequential({ name: 'kaggle-cnn', inputShape: [28, 28, 1], seed })
      .add(rescaling(1 / 255))
      .add(conv2d(30, 3, { activation: 'relu' }))
      .add(maxPooling2d(2))
      .add(flatten())
      .add(dense(128, { activation: 'relu' }))
      .add(dense(64, { activation: 'relu' }))
      .add(dense(classNames.length, { activation: 'sigmoid' }));
    model.summary();
    // Ten sigmoids need not sum to 1: the loss divides them by their sum.
    const compiled = model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
    const ofClasses = train.oneHot(classNames.length).shuffle().batch(batchSize);
    const recorder = new RunRecorder();
    const history = await compiled.fit(ofClasses, { epochs, callbacks: [recorder] });

    const evaluation = await compiled.evaluate(test.oneHot(classNames.length).batch(200));
    const { loss: testLoss, accuracy: testAccuracy } = evaluation;
    console.log(`test loss ${testLoss!.toFixed(4)}, test accuracy ${testAccuracy!.toFixed(4)}`);
    await saveModel(model, join(given.out, 'model.keras'));

    const drawings = await predictFiles(model, given.predict, classNames);
    const { x: images, targets: labels } = await test.toTensors();
    await writeResults(given, {
      title: 'A CNN of 30 filters on Kaggle digits',
      ...{ model, history, evaluation, drawings },
      data: { train: labelled, test: { images, labels }, classNames },
      ...recorder.facts(),
    });
    return { ...resultOf(model, recorder, history, evaluation), predictions: labelsOf(drawings) };
  },
);
