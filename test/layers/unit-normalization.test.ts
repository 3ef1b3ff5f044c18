/** What the comparison of unitNormalization with Keras, in golden/layers.test.ts, leaves out. */
import t from 'tap';
import { Sequential, tensor, unitNormalization } from '../../lib/index.ts';
import { errorOf } from '../error-of.ts';

t.test('zeros stay zeros, with a gradient as large as that of the least norm', async t => {
  const model = new Sequential({ inputShape: [2] }).add(unitNormalization());
  const x = tensor([
    [0, 0],
    [3, -4],
  ]);
  t.same((await model.predict(x)).toArray(), [
    [0, 0],
    [Math.fround(0.6), Math.fround(-0.8)],
  ]);
  const { input } = await model.gradients(tensor([[0, 0]]), { of: { class: 0 } });
  t.same(input.toArray(), [[Math.fround(1e12), 0]]);
});

t.test('axes that cannot be', async t => {
  const add = (axis: unknown) => () =>
    new Sequential({ inputShape: [3, 4] }).add(unitNormalization({ axis: axis as number }));
  const faults: [unknown, string][] = [
    [1.5, 'OptionError: unitNormalization: axis must be an integer or a list of them, got 1.5'],
    [[], 'OptionError: unitNormalization: axis must be an integer or a list of them, got []'],
    [[1, '2'], 'OptionError: unitNormalization: axis must be an integer or a list of them, got [1, "2"]'],
    [
      [1, 0],
      'OptionError: unitNormalization: axis 0 is that of the batch; expected axes of one input, from 1 on or -1',
    ],
    [
      3,
      'ShapeError: unitNormalization "unit_normalization": axis 3 does not exist in inputs of [3, 4]: expected 1 to 2, or -1 to -2',
    ],
    [
      [1, -3],
      'ShapeError: unitNormalization "unit_normalization": axis -3 does not exist in inputs of [3, 4]: expected 1 to 2, or -1 to -2',
    ],
    [
      [1, -2],
      'ShapeError: unitNormalization "unit_normalization": the axes [1, -2] name one twice in inputs of [3, 4]',
    ],
  ];
  for (const [axis, message] of faults) t.equal(errorOf(add(axis)), message);
});
