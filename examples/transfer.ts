/**
 * What a network that has learned from one set of images knows of another: MNIST to Fashion-MNIST, or back.
 * `npx tsx examples/transfer.ts --help`.
 */
import { conv2d, DataError, dense, dropout, flatten, maxPooling2d, rescaling, Sequential, type Tensor } from 'inkling';
import { labelledSets, number, program, text, writeResults } from './program.ts';

/** Convolutions, which see, and dense layers, which decide. */
function network(classes: number, seed: number): Sequential {
  const layers = [
    rescaling(1 / 255),
    conv2d(32, 3, { activation: 'relu', name: 'seeing_1' }),
    maxPooling2d(2),
    conv2d(64, 3, { activation: 'relu', name: 'seeing_2' }),
    maxPooling2d(2),
    flatten(),
    dense(128, { activation: 'relu' }),
    dropout(0.3),
    dense(classes, { activation: 'softmax' }),
  ];
  const model = new Sequential({ inputShape: [28, 28, 1], seed });
  for (const layer of layers) model.add(layer);
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}
/** Kernel and bias of each convolution come first among the weights. */
const weightsOfConvolutions = 4;

/** A new network that sees as the trained one does, and has yet to decide. */
async function withConvolutionsOf(trained: readonly Tensor[], classes: number, seed: number): Promise<Sequential> {
  const model = network(classes, seed);
  const fresh = await model.getWeights();
  await model.setWeights([...trained.slice(0, weightsOfConvolutions), ...fresh.slice(weightsOfConvolutions)]);
  return model;
}

/** Three ways to learn the second set from few examples. */
const ways = {
  'from scratch': (_: readonly Tensor[], classes: number, seed: number) => network(classes, seed),
  'convolutions frozen': async (trained: readonly Tensor[], classes: number, seed: number) =>
    (await withConvolutionsOf(trained, classes, seed)).freeze('seeing_*'),
  'convolutions trained on': withConvolutionsOf,
};

export const main = program(
  {
    file: import.meta.url,
    name: 'transfer',
    title: 'What a network that has learned from one set of images knows of another',
    epochs: 2,
    batchSize: 64,
    options: {
      from: text(undefined, 'what it learns from first, as --data; MNIST if left out'),
      examples: number(500, 'training images of --data that it then learns from'),
      exampleEpochs: number(20, 'passes over these'),
    },
  },
  async given => {
    const { epochs, batchSize, seed, examples, exampleEpochs } = given;
    if (given.data === undefined) {
      throw new DataError(
        'transfer: expected --data with what is learned second, such as the folder of Fashion-MNIST (Debian has it as dataset-fashion-mnist, in /usr/share/datasets/fashion-mnist)',
      );
    }
    const source = await labelledSets({ ...given, data: given.from });
    const target = await labelledSets(given);
    const teacher = network(source.classNames.length, seed);
    await teacher.fit(source.train.images, source.train.labels, { epochs, batchSize });
    const trained = await teacher.getWeights();

    const images = target.train.images.slice([0], [examples]);
    const labels = target.train.labels.slice([0], [examples]);
    const accuracies: { [way: string]: number } = {};
    for (const [way, make] of Object.entries(ways)) {
      const model = await make(trained, target.classNames.length, seed);
      const history = await model.fit(images, labels, { epochs: exampleEpochs, batchSize, verbose: 0 });
      const evaluation = await model.evaluate(target.test.images, target.test.labels, { batchSize: 200 });
      accuracies[way] = evaluation.accuracy!;
      console.log(`${source.name} to ${target.name}, ${way}: test accuracy ${evaluation.accuracy!.toFixed(4)}`);
      await writeResults(
        { ...given, out: `${given.out}/${way.replaceAll(' ', '-')}` },
        { title: `${source.name} to ${target.name}, ${way}`, model, history, evaluation, data: target },
      );
    }
    return { from: source.name, to: target.name, examples, accuracies };
  },
);
