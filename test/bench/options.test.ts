import t from 'tap';
import { type Measure, parseCommand } from '../../bench/options.ts';
import { errorOf } from '../error-of.ts';

function measure(...args: string[]): Measure {
  const command = parseCommand(args);
  if (command.kind !== 'measure') throw new Error(`a command to ${command.kind}`);
  return command;
}

t.test('what is measured', async t => {
  t.same(measure().suites, [
    'kernels',
    'convolutions',
    'normalizations',
    'optimizers',
    'training',
    'inference',
    'startup',
    'responsiveness',
    'sources',
    'augmentation',
    'oversubscription',
    'memory',
    'formats',
    'profile',
    'types',
  ]);
  t.same(measure().options.models, ['A', 'B', 'C', 'D']);
  t.same(measure('E', 'inference', 'A').suites, ['inference']);
  t.same(measure('E', 'inference', 'A').options.models, ['A', 'E']);
  t.same(measure('--peers', 'p').suites, ['peers']);
  t.same(measure('peers', 'memory', '--peers', 'p').suites, ['memory', 'peers']);
  const read = measure('--model', 'm.keras', '--images', 'a', '--images', 'b');
  t.same(read.suites, ['digits']);
  t.equal(read.options.modelFile, 'm.keras');
  t.same(read.options.imageFolders, ['a', 'b']);
  t.same(measure('speedrun', '--peers', 'p').suites, ['speedrun']);
  t.same(measure('seeds', '--peers', 'p').suites, ['seeds']);
  t.equal(measure().options.batchSizes, undefined);
  t.same(measure('--batch-size', '8', '--batch-size', '16').options.batchSizes, [8, 16]);
  t.same(parseCommand(['chart']), { kind: 'chart' });
  t.same(parseCommand(['training', '--help']), { kind: 'help' });
});

t.test('mistakes', async t => {
  const wrong = [
    ['jogging'],
    ['chart', 'A'],
    ['peers'],
    ['A', 'seeds'],
    ['digits'],
    ['--rounds', '0'],
    ['--time', 'long'],
  ];
  const errors = wrong.map(args => errorOf(() => parseCommand(args)));
  const known =
    'kernels, convolutions, normalizations, optimizers, training, inference, startup, responsiveness, sources, augmentation, oversubscription, memory, formats, profile, digits, types, peers, speedrun, seeds, A, B, C, D, E, F, G';
  t.same(errors, [
    `RangeError: unknown suite or model "jogging"; there are: ${known}; and chart, which comes alone`,
    `RangeError: unknown suite or model "chart"; there are: ${known}; and chart, which comes alone`,
    'RangeError: peers: expected --peers DIR, the folder in which the other libraries are installed, see bench/peers/README.md',
    'RangeError: seeds: expected --peers DIR, the folder in which the other libraries are installed, see bench/peers/README.md',
    'RangeError: digits: expected --model FILE, the file of a model that reads digits',
    'RangeError: --rounds 0: expected a whole number of at least 1',
    'RangeError: --time long: expected a whole number of at least 1',
  ]);
});
