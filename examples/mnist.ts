/** Trains an AlexNet-style network on MNIST and tests it on the 10,000 test images: `npm run mnist -- --help`. */
import { join } from 'node:path';
import { adam, alexnet, Dataset, EarlyStopping, polynomialDecay } from 'inkling';
import { saveModel } from 'inkling/node';
import { RunRecorder } from 'inkling-studio';
import { labelledSets, number, program, resultOf, writeResults } from './program.ts';

/** The presets take two cores less than three minutes, half of that with AVX2. */
export const main = program(
  {
    file: import.meta.url,
    name: 'mnist',
    title: 'Trains an AlexNet-style CNN on MNIST and tests it.',
    epochs: 2,
    batchSize: 64,
    options: {
      width: number(0.25, "share of AlexNet's filters and units"),
      learningRate: number(0.0015, 'of Adam, at the start; falls evenly to 0'),
      dropout: number(0.2, 'share of the dense units that is left out while training; narrow networks want less'),
    },
  },
  async given => {
    const { out, epochs, batchSize, seed, width, dropout, learningRate } = given;
    const { train, test, classNames, name } = await labelledSets(given);
    const [training, validation] = Dataset.fromImages(train).split(0.9, { stratify: true, seed });

    const model = alexnet({ width, dropout, classes: classNames.length, seed });
    model.summary();
    const decaySteps = Math.ceil(training.examples! / batchSize) * epochs;
    const rate = polynomialDecay({ initialLearningRate: learningRate, decaySteps, endLearningRate: 0 });
    model.compile({
      optimizer: adam({ learningRate: rate }),
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
    });

    const { name: backend, threads } = model.backend;
    console.log(
      `training on ${training.examples} images of ${name} with the ${backend} backend, threads: ${threads}, seed: ${seed}`,
    );
    const recorder = new RunRecorder();
    const history = await model.fit(training.shuffle().batch(batchSize), {
      epochs,
      validationData: validation.batch(200),
      callbacks: [new EarlyStopping({ patience: 2, restoreBestWeights: true }), recorder],
    });

    const evaluation = await model.evaluate(test.images, test.labels, { batchSize: 200 });
    const { loss: testLoss, accuracy: testAccuracy } = evaluation;
    console.log(`test loss ${testLoss!.toFixed(4)}`);
    console.log(`test accuracy ${testAccuracy!.toFixed(4)}`);
    await saveModel(model, join(out, 'model.safetensors'));
    const data = { train, test, classNames };
    await writeResults(given, {
      title: `AlexNet on ${name}`,
      model,
      history,
      evaluation,
      data,
      ...recorder.facts(),
    });
    const result = resultOf(model, recorder, history, evaluation);
    const imagesPerSecond = (training.examples! * history.epoch.length) / Number(result['seconds']);
    return { ...result, imagesPerSecond, backend, threads };
  },
);
