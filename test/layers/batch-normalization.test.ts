/** What the comparison of batchNormalization with Keras, in golden/normalization.test.ts, leaves out. */
import t from 'tap';
import {
  batchNormalization,
  conv2d,
  dense,
  type LayerOptionValues,
  randomNormal,
  Sequential,
  tensor,
  zeros,
} from '../../lib/index.ts';
import { errorOf } from '../error-of.ts';

t.test('options that cannot be', async t => {
  const add = (options: unknown) => () =>
    new Sequential({ inputShape: [3, 4] }).add(batchNormalization(options as LayerOptionValues));
  const faults: [unknown, string][] = [
    [{ axis: [1, 2] }, 'OptionError: batchNormalization: axis must be an integer, got [1, 2]'],
    [
      { axis: 0 },
      'OptionError: batchNormalization: axis 0 is that of the batch; expected axes of one input, from 1 on or -1',
    ],
    [
      { axis: 3 },
      'ShapeError: batchNormalization "batch_normalization": axis 3 does not exist in inputs of [3, 4]: expected 1 to 2, or -1 to -2',
    ],
    [{ momentum: 1.5 }, 'OptionError: batchNormalization: momentum must lie in 0 ... 1, got 1.5'],
    [{ epsilon: 0 }, 'OptionError: batchNormalization: epsilon must be greater than 0, got 0'],
    [{ epsilon: 'no' }, 'OptionError: batchNormalization: epsilon must be a finite number, got "no"'],
    [{ center: 1 }, 'OptionError: batchNormalization: center must be true or false, got 1'],
    [{ renormMomentum: -1 }, 'OptionError: batchNormalization: renormMomentum must lie in 0 ... 1, got -1'],
    [{ renormClipping: 3 }, 'OptionError: batchNormalization: renormClipping must be an object, got 3'],
    [
      { renormClipping: { max: 3 } },
      'OptionError: unknown bound in renormClipping of batchNormalization "max": did you mean "rmax"? Known: rmin, rmax, dmax',
    ],
    [
      { renormClipping: { rmin: 2, rmax: 1 } },
      'OptionError: batchNormalization: renormClipping.rmax must be at least rmin, got 1 and 2',
    ],
    [
      { renormClipping: { dmax: -1 } },
      'OptionError: batchNormalization: renormClipping.dmax must be at least 0, got -1',
    ],
  ];
  for (const [options, message] of faults) {
    t.equal(errorOf(add(options)), message);
  }
});

t.test('moving statistics count as parameters that do not train', async t => {
  const model = new Sequential({ inputShape: [6, 6, 3] }).add(batchNormalization());
  let text = '';
  model.summary(printed => {
    text = printed;
  });
  t.match(text, / Total params: 12 /);
  t.match(text, / Trainable params: 6 /);
  t.match(text, / Non-trainable params: 6 /);
});

t.test('evaluation and prediction leave the moving statistics as they are', async t => {
  const model = new Sequential({ inputShape: [3], seed: 1 }).add(batchNormalization()).add(dense(2));
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const [x, y] = [randomNormal([8, 3], { mean: 5, seed: 1 }), zeros([8, 2])];
  const before = await model.getWeights();
  await model.evaluate(x, y);
  await model.predict(x);
  t.same(await model.getWeights(), before);
  await model.trainOnBatch(x, y);
  const after = await model.getWeights();
  t.notSame(after[2], before[2]);
  t.notSame(after[3], before[3]);
});

t.test('a batch of numbers that are far from 0 and near each other', async t => {
  const model = new Sequential({ inputShape: [2], seed: 1 }).add(batchNormalization({ epsilon: 1e-12, momentum: 0 }));
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const rows = Array.from({ length: 64 }, (_, i) => [10_000 + (i % 4), -3 - (i % 2) / 1024]);
  await model.trainOnBatch(tensor(rows), zeros([64, 2]));
  const [, , mean, variance] = await model.getWeights();
  t.same([...mean!.data], [10_001.5, -3 - 1 / 2048]);
  t.same([...variance!.data], [1.25, 1 / 2 ** 22]);
});

t.test('the same bits for a model that is made again', async t => {
  const make = async () => {
    const model = new Sequential({ inputShape: [8, 8, 2], seed: 4 })
      .add(conv2d(20, 3))
      .add(batchNormalization())
      .add(conv2d(3, 3))
      .add(batchNormalization({ axis: 1 }));
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    await model.fit(randomNormal([40, 8, 8, 2], { seed: 1 }), zeros([40, 4, 4, 3]), { epochs: 2, verbose: 0 });
    return model.getWeights();
  };
  t.same(await make(), await make());
});

t.test('a training that goes on in another model ends in the same bits', async t => {
  const [x, y] = [randomNormal([40, 8, 8, 2], { mean: 2, seed: 1 }), zeros([40, 8, 8, 4])];
  const make = () => {
    const model = new Sequential({ inputShape: [8, 8, 2], seed: 4 })
      .add(conv2d(4, 3, { padding: 'same' }))
      .add(batchNormalization({ momentum: 0.9 }));
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    return model;
  };
  const settings = { batchSize: 16, verbose: 0 } as const;
  const whole = make();
  await whole.fit(x, y, { ...settings, epochs: 3 });
  const first = make();
  await first.fit(x, y, { ...settings, epochs: 1 });
  const second = make();
  await second.setState(await first.getState());
  await second.fit(x, y, { ...settings, epochs: 3, resume: true });
  t.same(await second.getState(), await whole.getState());
});

t.test('a frozen layer moves nothing, and trains again when it is told to', async t => {
  const model = new Sequential({ inputShape: [3], seed: 1 })
    .add(dense(3))
    .add(batchNormalization({ trainable: false }));
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const [x, y] = [randomNormal([8, 3], { mean: 5, seed: 1 }), zeros([8, 3])];
  const before = await model.getWeights();
  await model.trainOnBatch(x, y);
  const frozen = await model.getWeights();
  t.notSame(frozen[0], before[0]);
  t.same(frozen.slice(2), before.slice(2));
  model.getLayer('batch_normalization').trainable = true;
  await model.trainOnBatch(x, y);
  for (const [i, weight] of (await model.getWeights()).slice(2).entries()) t.notSame(weight, frozen[i + 2]);
});
