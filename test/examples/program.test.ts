/** The command line that all programs of examples/ share. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { main as mnist } from '../../examples/mnist.ts';
import { choice, files, flag, number, program, text } from '../../examples/program.ts';
import { rejectionOf } from '../error-of.ts';
import { printedBy, runProgram } from './run-program.ts';

const given: { [name: string]: unknown }[] = [];
const main = program(
  {
    file: pathToFileURL('/nowhere/sample.ts').href,
    name: 'sample',
    title: 'A sample',
    epochs: 3,
    batchSize: 32,
    options: {
      dropOut: number(0.5, 'a share'),
      kind: choice(['plain', 'fancy'], 'how it looks'),
      quick: flag('no waiting'),
      model: text(undefined, 'a file'),
      predict: files('images'),
    },
  },
  async values => {
    given.push(values);
    return { answer: 42 };
  },
);

t.test('options come with their kinds', async t => {
  const args = ['--drop-out', '0.25', '--kind', 'fancy', '--quick', '--limit', '10', '--predict', 'a.png', 'b.png'];
  const { result, out } = await runProgram(t, main, ...args);
  t.same(result, { program: 'sample', seed: 1, answer: 42 });
  const { json, ...others } = given.pop()!;
  t.equal(json, `${out}/result.json`);
  t.same(others, {
    ...{ data: undefined, out, noReport: false, epochs: 3, batchSize: 32, limit: 10, seed: 1 },
    ...{ dropOut: 0.25, kind: 'fancy', quick: true, model: undefined, predict: ['a.png', 'b.png'] },
  });
  await runProgram(t, main);
  t.match(given.pop(), { dropOut: 0.5, kind: 'plain', quick: false, predict: [], limit: undefined });
});

t.test('help lists them', async t => {
  t.equal(
    (await printedBy(t, () => main(['--help']))).trim(),
    `A sample

  --data TEXT            folder, file or URL: IDX, CSV, or images by class; MNIST if left out
  --out TEXT             folder for all that the program writes (runs/sample)
  --json TEXT            file for the result as JSON
  --no-report            write neither report nor pictures
  --epochs N             passes over the training images, at most (3)
  --batch-size N         images in a training step (32)
  --limit N              use only the first N images of training and of testing
  --seed N               decides weights, order, dropout and augmentation (1)
  --drop-out N           a share (0.5)
  --kind NAME            how it looks: plain, fancy (plain)
  --quick                no waiting
  --model TEXT           a file
  --predict FILES...     images`,
  );
});

t.test('mistakes are told in one line', async t => {
  for (const [args, message] of [
    [['--epochs', 'x'], 'OptionError: --epochs must be a number, got "x"'],
    [['--limit', '0'], 'OptionError: --limit must be a whole number of at least 1, got 0'],
    [['--kind', 'odd'], 'OptionError: --kind must be one of plain, fancy, got "odd"'],
    [['--nothing'], "TypeError [ERR_PARSE_ARGS_UNKNOWN_OPTION]: Unknown option '--nothing'"],
  ] as const) {
    const found = await rejectionOf(main(args));
    t.equal(found.startsWith(message) ? message : found, message);
  }
  t.same(given, []);
});

t.test('the main job, on a few images', async t => {
  const { printed, result, out } = await runProgram(t, mnist, '--limit', '300', '--epochs', '1', '--width', '0.04');
  t.match(printed, 'training on 270 images of MNIST');
  t.match(result, { program: 'mnist', epochs: 1, seed: 1 });
  t.match(printed, `test accuracy ${Number(result['testAccuracy']).toFixed(4)}`);
  t.match(printed, `wrote report.html into ${out}`);
  t.match(await readFile(join(out, 'report.html'), 'utf8'), '<h1>AlexNet on MNIST</h1>');
});
