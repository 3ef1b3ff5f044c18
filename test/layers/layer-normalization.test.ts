/** What the comparison of layer, group and RMS normalization with Keras, in golden/normalization.test.ts, leaves out. */
import t from 'tap';
import {
  conv2d,
  dense,
  flatten,
  groupNormalization,
  type Layer,
  layerNormalization,
  randomNormal,
  rmsNormalization,
  Sequential,
  zeros,
} from '../../lib/index.ts';
import { errorOf } from '../error-of.ts';

t.test('options that cannot be', async t => {
  const layers = { layerNormalization, groupNormalization, rmsNormalization };
  const add = (factory: keyof typeof layers, options: unknown) => () =>
    new Sequential({ inputShape: [3, 4] }).add((layers[factory] as (options: unknown) => Layer)(options));
  const faults: [keyof typeof layers, unknown, string][] = [
    [
      'layerNormalization',
      { axis: 'last' },
      'OptionError: layerNormalization: axis must be an integer or a list of them, got "last"',
    ],
    [
      'layerNormalization',
      { axis: [1, 1] },
      'ShapeError: layerNormalization "layer_normalization": the axes [1, 1] name one twice in inputs of [3, 4]',
    ],
    ['layerNormalization', { epsilon: -1 }, 'OptionError: layerNormalization: epsilon must be greater than 0, got -1'],
    ['rmsNormalization', { epsilon: 0 }, 'OptionError: rmsNormalization: epsilon must be greater than 0, got 0'],
    [
      'rmsNormalization',
      { scale: false },
      'OptionError: unknown option of rmsNormalization "scale"; known: axis, epsilon, name, inputShape, trainable',
    ],
    [
      'groupNormalization',
      { groups: 0 },
      'OptionError: groupNormalization: groups must be a positive integer, or -1 for one each, got 0',
    ],
    ['groupNormalization', { axis: [1] }, 'OptionError: groupNormalization: axis must be an integer, got [1]'],
    [
      'groupNormalization',
      { groups: 3 },
      'ShapeError: groupNormalization "group_normalization": 4 channels cannot be divided into 3 groups',
    ],
  ];
  for (const [factory, options, message] of faults) t.equal(errorOf(add(factory, options)), message);
});

t.test('lines that are all alike become 0, with a finite gradient', async t => {
  for (const layer of [layerNormalization(), groupNormalization({ groups: 1 })]) {
    const model = new Sequential({ inputShape: [2, 5] }).add(layer);
    t.same(new Set((await model.predict(zeros([3, 2, 5]).add(7))).data), new Set([0]));
    const { input } = await model.gradients(zeros([3, 2, 5]).add(7), { of: { class: 0 } });
    t.ok(input.data.every(Number.isFinite));
  }
});

t.test('a network with them learns', async t => {
  const model = new Sequential({ inputShape: [8, 8, 2], seed: 3 })
    .add(conv2d(8, 3, { padding: 'same' }))
    .add(groupNormalization({ groups: 4 }))
    .add(layerNormalization())
    .add(rmsNormalization({ axis: [1, 2, 3] }))
    .add(flatten())
    .add(dense(1));
  model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  const x = randomNormal([64, 8, 8, 2], { seed: 1 });
  const y = x.mean([1, 2, 3]).reshape([64, 1]).multiply(5);
  const { history } = await model.fit(x, y, { epochs: 12, batchSize: 16, verbose: 0 });
  t.ok(history['loss']!.at(-1)! < 0.3 * history['loss']![0]!, history['loss']!.join(' '));
});
