/**
 * Three same-padded convolutions on MNIST, saved in Keras's format and loaded again, with pictures of what each convolution sees:
 * `npx tsx examples/digit-classifier.ts --help`.
 */
import { join } from 'node:path';
import { conv2d, dense, dropout, flatten, maxPooling2d, rescaling, Sequential } from 'inkling';
import { loadModel, saveModel } from 'inkling/node';
import { activationImages, RunRecorder } from 'inkling-studio';
import { drawnOptions, labelsOf, predictFiles, predictWith } from './drawn-digits.ts';
import { labelledSets, program, resultOf, writeResults } from './program.ts';

export const main = program(
  {
    file: import.meta.url,
    name: 'digit-classifier',
    title: 'Three same-padded convolutions on MNIST, saved in Keras format, with pictures of their activations',
    epochs: 5,
    batchSize: 32,
    options: drawnOptions,
  },
  async given => {
    if (given.model !== undefined) return predictWith(given.model, given);
    const { out, epochs, batchSize, seed } = given;
    const { train, test, classNames, name } = await labelledSets(given);
    const model = new Sequential({ name: 'digit-classifier', inputShape: [28, 28, 1], seed })
      .add(rescaling(1 / 255))
      .add(conv2d(32, 3, { padding: 'same', activation: 'relu' }))
      .add(maxPooling2d(2))
      .add(conv2d(64, 3, { padding: 'same', activation: 'relu' }))
      .add(maxPooling2d(2))
      .add(conv2d(64, 3, { padding: 'same', activation: 'relu' }))
      .add(dropout(0.25))
      .add(flatten())
      .add(dense(128, { activation: 'relu' }))
      .add(dropout(0.5))
      .add(dense(classNames.length, { activation: 'softmax' }));
    model.summary();
    const compiled = model.compile({
      optimizer: 'adam',
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
    });
    // Validation on the test set, as the original has it: nothing is chosen by it here.
    const validationData = [test.images, test.labels] as const;
    const recorder = new RunRecorder();
    const settings = { epochs, batchSize, validationData, callbacks: [recorder] };
    const history = await compiled.fit(train.images, train.labels, settings);
    const path = join(out, 'digit_classifier_model.keras');
    await saveModel(compiled, path);
    const loaded = await loadModel(path);
    const evaluation = await loaded.evaluate(test.images, test.labels, { batchSize: 200 });
    const { loss: testLoss, accuracy: testAccuracy } = evaluation;
    console.log(
      `${name}, as ${path} has it: test loss ${testLoss!.toFixed(4)}, test accuracy ${testAccuracy!.toFixed(4)}`,
    );

    const activations = await activationImages(loaded, test.images.slice([0], [1]));
    const drawings = await predictFiles(loaded, given.predict, classNames);
    await writeResults(
      given,
      {
        title: 'Digit classifier',
        ...{ model: loaded, history, evaluation, drawings, data: { train, test, classNames }, ...recorder.facts() },
      },
      Object.fromEntries(activations.map(picture => [picture.title, picture])),
    );
    return { ...resultOf(loaded, recorder, history, evaluation), predictions: labelsOf(drawings) };
  },
);
