/** Layers that encode categories: what they refuse, and numbers that are no category. */
import t from 'tap';
import {
  categoryEncoding,
  type DiscretizationOptions,
  dense,
  discretization,
  integerLookup,
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

t.test('options of a lookup that cannot be', async t => {
  const cases: [() => unknown, string][] = [
    [() => integerLookup({ maxTokens: 1 }), 'maxTokens must be at least 2, a token and the special ones, got 1'],
    [
      () => integerLookup({ maxTokens: 3, numOovIndices: 2, maskToken: 0 }),
      'maxTokens must be at least 4, a token and the special ones, got 3',
    ],
    [() => integerLookup({ padToMaxTokens: true }), 'padToMaxTokens needs maxTokens'],
    [() => integerLookup({ invert: true, outputMode: 'count' }), 'invert needs outputMode \'int\', got "count"'],
    [
      () => integerLookup({ maskToken: 0.5 }),
      'maskToken must be of the integers between -2^24 and 2^24, without them, got 0.5',
    ],
    [
      () => integerLookup({ vocabulary: [1, 2 ** 24] }),
      'vocabulary must be a list of integers between -2^24 and 2^24, without them, got [1, 16777216]',
    ],
    [() => integerLookup({ vocabulary: [-1] }), 'vocabulary has special tokens alone, [-1]'],
    [() => integerLookup({ vocabulary: [4, 5, 4] }), 'vocabulary has 4 more than once'],
    [
      () => integerLookup({ vocabulary: [4, 0], maskToken: 0 }),
      'vocabulary has the maskToken 0; leave it out, or begin with all special tokens, [0, -1]',
    ],
    [
      () => integerLookup({ vocabulary: [4, -1], invert: true }),
      'vocabulary has the oovToken -1; leave it out, or begin with all special tokens, [-1]',
    ],
    [
      () => integerLookup({ vocabulary: [4, 5], maxTokens: 2 }),
      'vocabulary has 3 tokens with the special ones, but maxTokens is 2',
    ],
  ];
  for (const [make, message] of cases) t.equal(String(errorOf(make)), `OptionError: integerLookup: ${message}`);
});

t.test('a lookup is adapted before it is used', async t => {
  const layer = integerLookup();
  const missing = 'StateError: integerLookup: no vocabulary: give one, or await adapt(data) before the layer is added';
  t.equal(String(errorOf(() => layer.getVocabulary())), missing);
  t.equal(String(errorOf(() => new Sequential({ inputShape: [1] }).add(layer))), missing);
  new Sequential({ inputShape: [1] }).add(await layer.adapt([[5], [7], [5], [-1]]));
  t.same(layer.getVocabulary(), [-1, 5, 7]);
  t.same(layer.getVocabulary(false), [5, 7]);
  const cases: [Promise<unknown>, string][] = [
    [
      layer.adapt([[1]]),
      'StateError: integerLookup: adapt it before it is added to a model, which takes its vocabulary',
    ],
    [
      integerLookup({ vocabulary: [1] }).adapt([[1]]),
      'OptionError: integerLookup: it was given a vocabulary; leave it out to adapt the layer',
    ],
    [integerLookup().adapt([]), 'DataError: adapt: the data has no examples'],
    [integerLookup().adapt([[-1]]), 'DataError: integerLookup: adapt: the data has special tokens alone'],
    [
      integerLookup().adapt([[0.5]]),
      'DataError: integerLookup: adapt: the data must be integers between -2^24 and 2^24, without them, got 0.5',
    ],
  ];
  for (const [adapting, message] of cases) t.equal(String(await rejectionOf(adapting)), message);
});

t.test('numbers out of the vocabulary without indices for them, and large numbers', async t => {
  const large = 2 ** 24 - 1;
  for (const backend of ['loops', 'simd'] as const) {
    const outputs = async (layer: ReturnType<typeof integerLookup<'int'>>) => {
      const model = new Sequential({ inputShape: [4], backend }).add(layer);
      return (await model.predict(tensor([[large, -large, large - 1, 3]]))).toArray();
    };
    const vocabulary = [large, 3];
    t.same(await outputs(integerLookup({ vocabulary, numOovIndices: 0 })), [[0, -1, -1, 1]]);
    t.same(await outputs(integerLookup({ vocabulary, numOovIndices: 7 })), [[7, 0, 6, 8]]);
  }
});
