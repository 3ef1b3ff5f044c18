import t from 'tap';
import { median, medianDeviation } from '../../bench/median.ts';
import { checkSameModels, compare, parseMeasurements } from '../../bench/peers/compare.ts';
import { errorOf } from '../error-of.ts';
import { measurements } from './fixture.ts';

t.test('median and median deviation', async t => {
  t.equal(median([3, 1, 2]), 2);
  t.equal(median([4, 1, 2, 3]), 2.5);
  t.equal(medianDeviation([1, 2, 9]), 1);
  t.equal(
    errorOf(() => median([])),
    'RangeError: the median of no numbers',
  );
});

t.test('JSON lines become measurements, and what else a program prints is passed over', async t => {
  const output = `a warning
{"peer":"torch","threads":2,"model":"A","mode":"train","batch":32,"channelsLast":true,"imagesPerSecond":4805.1}

{"peer":"torch","threads":2,"model":"A","mode":"infer","batch":1,"imagesPerSecond":900}
`;
  t.same(parseMeasurements(output, 'torch_peer.py'), [
    { peer: 'torch', threads: 2, model: 'A', mode: 'train', batch: 32, channelsLast: true, imagesPerSecond: 4805.1 },
    { peer: 'torch', threads: 2, model: 'A', mode: 'infer', batch: 1, imagesPerSecond: 900 },
  ]);
  const wrong = '{"peer":"torch","model":"A","mode":"test","batch":32,"imagesPerSecond":1}';
  t.equal(
    errorOf(() => parseMeasurements(wrong, 'torch_peer.py')),
    `Error: torch_peer.py printed ${wrong}; expected peer, model A to G, mode "train" or "infer", batch and imagesPerSecond`,
  );
});

t.test('medians over the rounds, the faster memory format, and ratios', async t => {
  const rows = compare(measurements).map(row => [row.name, row.backend, row.batchSize, row.imagesPerSecond, row.ratio]);
  t.same(rows, [
    ['A prediction', 'inkling', 1000, 80_000, 1.25],
    ['A prediction', 'onnxruntime-node', 1000, 64_000, 1.25],
    ['A training step', 'inkling', 128, 12_000, 1.6],
    ['A training step', 'torch', 128, 7500, 1.6],
    ['A training step', 'keras', 128, 6500, 12_000 / 6500],
  ]);
  const torch = compare(measurements).find(row => row.backend === 'torch')!;
  t.same(torch.rounds, [9000, 7500, 6000]);
  t.equal(torch.channelsLast, true);
  t.equal(torch.samples, 3);
  t.equal(torch.milliseconds, (128 / 7500) * 1e3);
});

t.test('best rounds have a ratio of their own, and an earlier Inkling is no other library', async t => {
  const earlier = measurements
    .filter(({ peer }) => peer === 'inkling')
    .map(each => ({ ...each, peer: 'inkling-before', imagesPerSecond: 2 * each.imagesPerSecond }));
  const rows = compare([...measurements, ...earlier]).filter(({ mode }) => mode === 'train');
  t.same(
    rows.map(({ backend, ratio, bestRatio }) => [backend, ratio, bestRatio]),
    [
      ['inkling', 1.6, 0.15],
      ['torch', 1.6, 15_000 / 9000],
      ['keras', 12_000 / 6500, 0.15],
      ['inkling-before', 0.5, 0.5],
    ],
  );
});

t.test('without another library there is no ratio', async t => {
  const alone = compare(measurements.filter(({ peer }) => peer === 'inkling'));
  t.same(
    alone.map(row => row.ratio),
    [undefined, undefined],
  );
});

t.test('another model than ours is no comparison', async t => {
  t.equal(
    errorOf(() => checkSameModels(measurements)),
    'no error',
  );
  const other = measurements.map(each => (each.peer === 'keras' ? { ...each, parameters: 7 } : each));
  t.equal(
    errorOf(() => checkSameModels(other)),
    "Error: model A of keras has 7 parameters, expected Inkling's 693962",
  );
});
