/** Event files, read back by TensorBoard's own reader. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { dense, randomNormal, Sequential, sgd, tensor } from '../../../lib/index.ts';
import { TensorBoard } from '../../../lib/node.ts';
import { runCommand } from '../../run-command.ts';
import { pythonWith } from './environment.ts';

/** Prints what TensorBoard finds in a folder. */
const reader = `
import json, sys
from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator
from tensorboard.util import tensor_util
found = EventAccumulator(sys.argv[1], size_guidance={'tensors': 0})
found.Reload()
told = {}
for tag in found.Tags()['tensors']:
    plugin = found.SummaryMetadata(tag).plugin_data.plugin_name
    events = found.Tensors(tag)
    values = [tensor_util.make_ndarray(event.tensor_proto) for event in events]
    shown = [[part.hex() for part in value] if plugin == 'images' else value.tolist() for value in values]
    told[tag] = {'plugin': plugin, 'steps': [event.step for event in events], 'values': shown}
print(json.dumps(told))
`;

interface Told {
  readonly [tag: string]: { readonly plugin: string; readonly steps: number[]; readonly values: unknown[] };
}

const { python = '', missing } = await pythonWith('tensorboard');

t.test('TensorBoard reads scalars, histograms and images', { skip: missing ?? false }, async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-board-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const logDir = join(folder, 'logs');
  const x = randomNormal([6, 3], { seed: 2 });
  const y = x.slice([0, 0], [6, 2]);
  const model = new Sequential([dense({ units: 2, inputShape: [3] })], { seed: 4 });
  model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'mse', metrics: ['mae'] });
  const board = new TensorBoard({ logDir, histogramFreq: 2, writeImages: true, updateFreq: 'batch' });
  const { history } = await model.fit(x, y, {
    batchSize: 4,
    epochs: 3,
    verbose: 0,
    validationData: [x, y],
    callbacks: [board],
  });
  await board.scalar('own', -1.5, 2 ** 40);
  await board.image('picture', tensor([[[0], [1]]]), 7);
  const read = async (part: string): Promise<Told> =>
    JSON.parse(await runCommand(folder, python, '-c', reader, join(logDir, part)));
  const [train, validation] = [await read('train'), await read('validation')];

  const floats = (values: readonly number[]) => values.map(Math.fround);
  const epochs = (told: Told, tag: string) => ({ ...told[tag], values: told[tag]?.values.flat() });
  for (const log of ['loss', 'mae']) {
    const expected = { plugin: 'scalars', steps: [0, 1, 2], values: floats(history[log]!) };
    t.same(epochs(train, `epoch_${log}`), expected);
    t.same(epochs(validation, `epoch_${log}`), { ...expected, values: floats(history[`val_${log}`]!) });
  }
  t.same(epochs(train, 'epoch_learning_rate').values, [0.25, 0.25, 0.25]);
  t.same(train['batch_loss']!.steps, [0, 1, 2, 3, 4, 5]);
  t.same(train['own'], { plugin: 'scalars', steps: [2 ** 40], values: [-1.5] });
  t.same(Object.keys(validation).sort(), ['epoch_loss', 'epoch_mae']);

  const { plugin, steps, values } = train['dense/kernel/histogram']!;
  t.same({ plugin, steps }, { plugin: 'histograms', steps: [0, 2] });
  const [kernel] = await model.getWeights();
  const sorted = [...kernel!.data].sort((a, b) => a - b);
  const buckets = values[1] as [left: number, right: number, count: number][];
  t.equal(
    buckets.reduce((sum, [, , count]) => sum + count, 0),
    6,
  );
  t.same([buckets[0]![0], buckets.at(-1)![1]], [sorted[0], sorted.at(-1)]);
  for (const [left, right, count] of buckets) {
    // The last bucket has its upper end, too.
    const within = sorted.filter(value => value >= left && (value < right || right === sorted.at(-1))).length;
    t.equal(count, within, `${left} to ${right}`);
  }
  const [width, height, png] = (train['picture']!.values[0] as string[]).map(hex => Buffer.from(hex, 'hex'));
  t.same([`${width}`, `${height}`], ['2', '1']);
  t.equal(png!.subarray(1, 4).toString(), 'PNG');
  t.equal(train['dense/kernel/image']!.plugin, 'images');
});
