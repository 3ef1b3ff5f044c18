import t from 'tap';
import { shortSpeed, speedChart } from '../../bench/chart.ts';
import { compare } from '../../bench/peers/compare.ts';
import { readmeSection, withSection } from '../../bench/report.ts';
import type { Results } from '../../bench/results.ts';
import { errorOf } from '../error-of.ts';
import { machine, measurements } from './fixture.ts';

const rows = compare(measurements).map(row => (row.backend === 'torch' ? { ...row, version: 'torch 2.13.0' } : row));
const results: Results = {
  machine,
  results: {
    startup: [{ name: 'A import to first prediction', backend: 'simd', milliseconds: 95.4 }],
    memory: [
      { name: 'A heap after 100 training steps', backend: 'simd', megabytes: 6 },
      { name: 'C with all of MNIST, resident after 200 training steps', backend: 'simd', megabytes: 177.86 },
    ],
    peers: rows,
  },
};

t.test('the section of the README', async t => {
  const older: Results = { machine: { ...machine, node: 'v20.20.2' }, results: { peers: rows.slice(2) } };
  t.equal(
    readmeSection([results, older], 'speed.svg'),
    `![Images per second of Inkling and of other libraries](speed.svg)

Images per second on Fast & Fine(R) CPU 9000, 4 cores, 2 threads, Node 24.1.0, 2026-11-21: medians of 3 rounds in which all take turns. \`ratio\` is Inkling over the fastest of the others, of the medians and, in brackets, of the best rounds, each Node version in a run of its own. Versions: torch 2.13.0.

| model | task | batch | Inkling | PyTorch | Keras | onnxruntime-node | ratio, Node 24 | ratio, Node 20 |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| A | training | 128 | 12,000 | 7,500 | 6,500 |  | 1.60x (0.15x) | 1.60x (0.15x) |
| A | inference | 1000 | 80,000 |  |  | 64,000 | 1.25x (1.25x) |  |

- A import to first prediction: 95 ms.
- C with all of MNIST, resident after 200 training steps: 178 MB.`,
  );
});

t.test('the section replaces what is between the marks', async t => {
  const text = 'a\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nb\n';
  const once = withSection(text, 'new');
  t.equal(once, 'a\n<!-- bench:begin -->\n\nnew\n\n<!-- bench:end -->\nb\n');
  t.equal(withSection(once, 'new'), once);
  t.equal(
    errorOf(() => withSection('<!-- bench:end --><!-- bench:begin -->', 'new')),
    'RangeError: README.md: expected <!-- bench:begin --> and, further down, <!-- bench:end -->; put them where the table goes',
  );
});

t.test('the chart has a bar for each row, as long as its speed is in its field', async t => {
  const chart = speedChart(results);
  const bars = [...chart.matchAll(/<rect [^>]*width="([\d.]+)" height="11" rx="1.5" fill="(#\w+)"/g)].slice(4);
  const lengths = bars.map(([, width]) => Number(width));
  t.equal(bars.length, rows.length);
  const speeds = [12_000, 7500, 6500];
  for (const [i, speed] of speeds.entries()) t.ok(Math.abs(lengths[i]! / lengths[0]! - speed / 12_000) < 1e-3);
  t.equal(new Set(bars.map(([, , colour]) => colour)).size, 4);
  t.equal(bars[3]![2], bars[0]![2], 'Inkling has one colour in all fields');
  t.match(chart, '>12.0k <tspan class="ratio" dx="2">1.60x</tspan></text>');
  t.match(chart, '>training, batch 128</text>');
  t.match(chart, 'Fast &amp; Fine(R) CPU 9000, 2 threads, Node 24.1.0, 2026-11-21');
  t.notMatch(chart, /NaN|undefined|& /);
});

t.test('short numbers', async t => {
  const numbers = [0.22, 12, 99.96, 890.4, 999.7, 3000, 14_440, 106_300];
  t.same(numbers.map(shortSpeed), ['0.2', '12', '100', '890', '1.0k', '3.0k', '14.4k', '106k']);
});
