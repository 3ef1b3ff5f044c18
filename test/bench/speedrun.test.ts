import t from 'tap';
import { rowsOf } from '../../bench/speedrun.ts';
import { errorOf } from '../error-of.ts';

const run = (backend: string, seconds: number, accuracy: number, parameters = 7) => ({
  ...{ backend, seconds, accuracy, parameters, trainSeconds: seconds / 2, testSeconds: seconds / 8 },
});

t.test('medians, ratios of medians and of the fastest, mean accuracies', async t => {
  const ours = [run('inkling', 4, 0.99), run('inkling', 2, 0.98), run('inkling', 3, 0.97)];
  const rows = rowsOf('99.0', [...ours, run('torch', 9, 0.9), run('torch', 6, 0.92)]);
  t.same(
    rows.map(({ name, backend, milliseconds, ratio }) => [name, backend, milliseconds, ratio]),
    [
      ['one epoch to 99.0%: whole process', 'inkling', 3000, undefined],
      ['one epoch to 99.0%: whole process', 'torch', 7500, 2.5],
      ['one epoch to 99.0%: training', 'inkling', 1500, undefined],
      ['one epoch to 99.0%: training', 'torch', 3750, 2.5],
      ['one epoch to 99.0%: testing', 'inkling', 375, undefined],
      ['one epoch to 99.0%: testing', 'torch', 937.5, 2.5],
    ],
  );
  t.match(rows[0], { samples: 3, deviation: 1000, accuracy: 98, rounds: [4, 2, 3] });
  t.match(rows[1], { samples: 2, accuracy: 91, bestRatio: 3 });
});

t.test('two networks are no comparison', async t => {
  t.equal(
    errorOf(() => rowsOf('99.3', [run('inkling', 4, 0.99), run('torch', 4, 0.99, 8)])),
    'Error: 99.3%: torch has 8 parameters, expected 7',
  );
});
