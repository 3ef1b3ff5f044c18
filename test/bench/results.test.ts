import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { resultFileName } from '../../bench/machine.ts';
import { compare } from '../../bench/peers/compare.ts';
import { latestComparisons, type Results, readResults, saveResults } from '../../bench/results.ts';
import { errorOf, rejectionOf } from '../error-of.ts';
import { machine, measurements } from './fixture.ts';

const peers = compare(measurements);
const startup = [{ name: 'A import to first prediction', backend: 'simd', milliseconds: 95 }];

t.test('a file for each day, Node version and machine, which keeps the suites it has', async t => {
  const folder = join(t.testdir(), 'results');
  await saveResults(folder, { machine, results: { peers } });
  const path = await saveResults(folder, { machine, results: { startup } });
  t.equal(path, join(folder, '2026-11-21-node24-fast-fine-cpu-9000.json'));
  t.same(await readdir(folder), [resultFileName(machine)]);
  t.same(await readResults(folder), [{ machine, results: { peers, startup } }]);
  const [first] = startup;
  const again = [
    { ...first!, milliseconds: 80 },
    { name: 'another', backend: 'simd', milliseconds: 1 },
  ];
  await saveResults(folder, { machine, results: { startup: again } });
  t.same((await readResults(folder))[0]!.results['startup'], again, 'a row that is measured again is replaced');
  await saveResults(folder, { machine, results: { startup } });
  t.same((await readResults(folder))[0]!.results['startup'], [again[1], first], 'and others stay');
});

t.test('the latest comparison of each Node version', async t => {
  const at = (node: string, day: string, results: Results['results'] = { peers }): Results => ({
    machine: { ...machine, node, date: `2026-11-${day}T10:00:00.000Z` },
    results,
  });
  const all = [at('v20.2.0', '03'), at('v24.1.0', '02'), at('v20.1.0', '01'), at('v24.1.0', '04', { startup })];
  t.same(
    latestComparisons(all).map(each => [each.machine.node, each.machine.date.slice(8, 10)]),
    [
      ['v24.1.0', '02'],
      ['v20.2.0', '03'],
    ],
  );
});

t.test('nothing to draw', async t => {
  const hint = 'measure one with: npm run bench -- --peers DIR --save';
  t.equal(
    errorOf(() => latestComparisons([{ machine, results: { startup } }])),
    `RangeError: no result has a comparison; ${hint}`,
  );
  const folder = t.testdir();
  t.equal(await rejectionOf(readResults(folder)), `RangeError: ${folder}: no results; ${hint.replace('one', 'some')}`);
});
