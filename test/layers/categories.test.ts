/** Layers that encode categories: what they refuse, and numbers that are no category. */
import t from 'tap';
import {
  categoryEncoding,
  type DiscretizationOptions,
  dense,
  discretization,
  Sequential,
  tensor,
} from '../../lib/index.ts';
import { errorOf, rejectionOf } from '../error-of.ts';

t.test('options that cannot be', async t => {
  const cases: [() => unknown, string][] = [
    [
      () => categoryEncoding({ numTokens: 3, outputMode: 'int' as 'count' }),
      'OptionError: unknown outputMode of categoryEncoding "int"; known: oneHot, multiHot, count',
    ],
    [() => discretization({}), 'OptionError: discretization: give binBoundaries, or numBins and adapt it'],
    [
      () => discretization({ binBoundaries: [1, 0] }),
      'OptionError: discretization: binBoundaries must be a list of finite numbers in ascending order, got [1, 0]',
    ],
    [
      () => discretization({ numBins: 3, epsilon: 1 }),
      'OptionError: discretization: epsilon must be between 0 and 1, without them, got 1',
    ],
    [
      () => discretization({ numBins: 3, sparse: true } as DiscretizationOptions),
      'OptionError: unknown option of discretization "sparse"; known: binBoundaries, numBins, epsilon, outputMode, name, inputShape, trainable',
    ],
  ];
  for (const [make, message] of cases) t.equal(String(errorOf(make)), message);
});

t.test('a discretization is adapted before it is used', async t => {
  const layer = discretization({ numBins: 2 });
  t.equal(
    String(errorOf(() => new Sequential({ inputShape: [2] }).add(layer))),
    'OptionError: discretization: no boundaries: give binBoundaries, or await adapt(data) before the layer is added',
  );
  new Sequential({ inputShape: [1] }).add(await layer.adapt([[1], [2], [3]]));
  t.equal(
    String(await rejectionOf(layer.adapt([[1]]))),
    'StateError: discretization: adapt it before it is added to a model, which takes its boundaries',
  );
  t.equal(
    String(await rejectionOf(discretization({ binBoundaries: [0] }).adapt([[1]]))),
    'OptionError: discretization: it has binBoundaries; give numBins alone to adapt it',
  );
  t.equal(
    String(await rejectionOf(discretization({ numBins: 2 }).adapt([]))),
    'DataError: adapt: the data has no examples',
  );
  t.equal(
    String(await rejectionOf(discretization({ numBins: 2 }).adapt([[Number.NaN]]))),
    'DataError: adapt: the data has NaN',
  );
  t.equal(
    String(await rejectionOf(discretization({ numBins: 9, outputMode: 'oneHot' }).adapt([[1], [2]]))),
    'DataError: discretization: adapt found 2 bins in place of 9; give it more data, a smaller epsilon or fewer bins',
  );
});

t.test('numbers that are no category count nowhere, and a table trains', async t => {
  for (const backend of ['loops', 'simd'] as const) {
    const count = new Sequential({ inputShape: [4], backend }).add(
      categoryEncoding({ numTokens: 3, outputMode: 'count' }),
    );
    const x = tensor([
      [0, 2, 2, 7],
      [-1, 3, 1, 1],
    ]);
    t.same((await count.predict(x)).toArray(), [
      [1, 0, 2],
      [0, 2, 0],
    ]);
    const model = new Sequential({ inputShape: [1], backend, seed: 1 })
      .add(discretization({ binBoundaries: [0.25, 0.5], outputMode: 'oneHot' }))
      .add(dense(1));
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    await model.setWeights([tensor([[0], [0], [0]]), tensor([0])]);
    await model.trainOnBatch(tensor([[0.1], [0.3]]), tensor([[1], [2]]));
    const [kernel] = await model.getWeights();
    const expected = [0.01, 0.02, 0];
    t.ok(
      kernel!.data.every((each, i) => Math.abs(each - expected[i]!) < 1e-7),
      `${kernel!.data}`,
    );
  }
});
