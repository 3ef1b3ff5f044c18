/** What datasets are made of, what they refuse, and when they read. */
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Dataset, type EpochStart, normalization, oneHot, Sequential, tensor, zeros } from '../../../lib/index.ts';
import { errorOf, rejectionOf } from '../../error-of.ts';
import { asStream, batchesOf, inMemory, range, start } from './elements.ts';

const refused = (...faults: readonly [() => unknown, string][]) =>
  faults.map(([action, message]) => [errorOf(action), message] as const);

t.test('sources', async t => {
  const expected = [
    [0, 1, 2],
    [3, 4],
  ];
  const one = (i: number) => ({ x: [i, -i], targets: 10 * i, weights: i / 2 });
  const two = (numbers: number[]) => ({
    x: numbers.map(i => [i, -i]),
    targets: numbers.map(i => 10 * i),
    weights: numbers.map(i => i / 2),
  });
  const parts = [[0, 1], [2, 3], [4]].map(two);
  const sources = {
    'a list': Dataset.fromExamples(range(5).map(one)),
    'a function': Dataset.fromExamples(() => range(5).map(one)),
    'an async iterable': Dataset.fromExamples({
      async *[Symbol.asyncIterator]() {
        for (const i of range(5)) yield one(i);
      },
    }),
    batches: Dataset.fromBatches(parts).unbatch(),
    'a batch source': Dataset.fromBatches({ examples: 5, batches: () => parts }).unbatch(),
    'nested arrays': Dataset.fromTensors(two(range(5)).x, two(range(5)).targets, two(range(5)).weights),
  };
  for (const [name, source] of Object.entries(sources)) t.same(await batchesOf(source as never), expected, name);
  t.same(await batchesOf(Dataset.fromBatches(parts) as never), [[0, 1], [2, 3], [4]], 'batches stay as they are');
  t.equal(sources['a batch source'].examples, 5);
  t.equal(Dataset.fromExamples([one(1)], { examples: 1 }).examples, 1);
  t.notOk('examples' in Dataset.fromExamples([one(1)]));
  const starts: EpochStart[] = [];
  const told = Dataset.fromBatches(given => {
    starts.push(given);
    return parts;
  });
  await batchesOf(told as never, { epoch: 2, step: 9, from: 1 });
  t.same(starts, [{ ...start, epoch: 2, step: 9, from: 0 }], 'a function is told where the pass stands');
  const elements: unknown[] = [];
  for await (const { x, targets } of inMemory([3, 4])) elements.push([x.toArray(), targets.at()]);
  t.same(elements, [
    [[3, -3], 30],
    [[4, -4], 40],
  ]);
  const adapted = await normalization().adapt(Dataset.fromTensors([[1], [3]]));
  const model = new Sequential({ inputShape: [1] }).add(adapted);
  t.same((await model.predict([[3]])).toArray(), [[1]], 'what takes a batch source takes a dataset');
});

t.test('map knows the place of an element, and draws by it', async t => {
  const drawn = (dataset: typeof data) =>
    dataset.map(({ x, ...rest }, { index, random }) => ({ ...rest, x: tensor([index, random()]) }));
  const data = inMemory(range(8));
  const all = (await drawn(data).toTensors()).x.toArray() as number[][];
  t.same(
    all.map(([index]) => index),
    range(8),
  );
  t.equal(new Set(all.map(([, random]) => random)).size, 8);
  t.ok(all.every(([, random]) => random! >= 0 && random! < 1));
  t.same((await drawn(asStream(range(8))).toTensors()).x.toArray(), all, 'a stream draws the same');
  const [second] = (await drawn(drawn(data)).toTensors()).x.toArray() as number[][];
  t.not(second![1], all[0]![1], 'the second map draws other numbers');
});

t.test('a cache holds what was first', async t => {
  for (const make of [inMemory, asStream]) {
    let calls = 0;
    const counted = make(range(6)).map(example => {
      calls++;
      return example;
    });
    const cached = counted.cache();
    t.equal(calls, 0, 'nothing is done before it is asked for');
    for (const step of [0, 5]) t.same((await batchesOf(cached, { step })).flat(), range(6));
    t.equal(calls, 6);
    const shuffled = (make === asStream ? make(range(6)).shuffle({ buffer: 9 }) : make(range(6)).shuffle()).cache();
    t.same(await batchesOf(shuffled, { step: 5, seed: 1 }), await batchesOf(shuffled, { step: 0, seed: 2 }));
  }
  let fails = true;
  const failing = inMemory(range(3)).map(example => {
    if (fails) throw new Error('not yet');
    return example;
  });
  const cached = failing.cache();
  t.equal(await rejectionOf(batchesOf(cached)), 'Error: not yet');
  fails = false;
  t.same(await batchesOf(cached), [[0, 1, 2]], 'what failed is tried again');
});

t.test('prefetch makes batches ahead, and no more than asked for', async t => {
  const made: number[] = [];
  const data = inMemory(range(12))
    .map(async example => {
      made.push(example.x.at(0));
      await sleep(1);
      return example;
    })
    .batch(2);
  const seen = async (dataset: typeof data) => {
    made.length = 0;
    const batches = dataset.batches(start);
    await batches.next();
    await sleep(5);
    const count = made.length / 2;
    await batches.return(undefined);
    return count;
  };
  t.equal(await seen(data), 1);
  t.equal(await seen(data.prefetch(2)), 3);
  let closed = false;
  const stream = Dataset.fromExamples(function* () {
    try {
      for (;;) yield { x: 1 };
    } finally {
      closed = true;
    }
  });
  for await (const _ of stream.batch(2).take(3).batches(start));
  t.ok(closed, 'a source that is left early can close what it has open');
});

t.test('of a stream that is larger than memory, only what is under way is read', async t => {
  let given = 0;
  const stream = Dataset.fromExamples(function* () {
    for (;;) yield { x: given++ };
  });
  const batches = stream.shuffle({ buffer: 10 }).batch(4).prefetch(1).batches(start);
  for (let batch = 1; batch <= 50; batch++) {
    await batches.next();
    await sleep(0);
    t.ok(given <= 10 + 4 * (batch + 1) + 1, `${given} examples for ${batch} batches of 4 and one ahead`);
  }
  await batches.return(undefined);
});

t.test('what is refused', async t => {
  const data = inMemory(range(4));
  const stream = asStream(range(4));
  const faults = refused(
    [
      () => Dataset.fromTensors(3 as never),
      'ShapeError: Dataset.fromTensors: expected inputs of [N, ...], got a single number',
    ],
    [
      () => Dataset.fromTensors(zeros([2, 1]), zeros([2]), zeros([3])),
      'ShapeError: Dataset.fromTensors: weights of shape [3] for 2 examples: expected one weight for each, [2]',
    ],
    [
      () => Dataset.fromImages(undefined as never),
      'DataError: Dataset.fromImages: a batch must be { x, targets, weights }, of which x alone must be there, got { x: undefined, targets: undefined }',
    ],
    [
      () => Dataset.fromExamples(3 as never),
      'OptionError: Dataset.fromExamples: expected an iterable, or a function that gives one for each pass, got 3',
    ],
    [
      () => Dataset.fromExamples([], { count: 1 } as object),
      'OptionError: unknown option of Dataset.fromExamples "count"; known: examples',
    ],
    [
      () => Dataset.fromExamples([], { examples: -1 }),
      'OptionError: Dataset.fromExamples: examples must be an integer of 0 or more, got -1',
    ],
    [() => stream.shuffle(), 'OptionError: shuffle: a stream needs buffer, how many elements wait to be drawn'],
    [() => stream.shuffle({ buffer: 0 }), 'OptionError: shuffle: buffer must be a positive integer, got 0'],
    [
      () => data.shuffle({ buffer: 2 }),
      'OptionError: shuffle: buffer is for streams; data in memory is shuffled as a whole, so leave it out',
    ],
    [() => data.shuffle({ seed: 0.5 }), 'OptionError: shuffle: seed must be a safe integer of 0 or more, got 0.5'],
    [
      () => data.repeat().shuffle(),
      'OptionError: shuffle: the dataset repeats without end; shuffle it before repeat()',
    ],
    [() => data.batch(0), 'OptionError: batch: size must be a positive integer, got 0'],
    [
      () => data.batch(2, { dropRemainder: 1 } as object),
      'OptionError: batch: dropRemainder must be true or false, got 1',
    ],
    [() => data.map(3 as never), 'OptionError: map: expected a function of an element, got 3'],
    [() => data.take(-1), 'OptionError: take: count must be an integer of 0 or more, got -1'],
    [() => data.skip(0.5), 'OptionError: skip: count must be an integer of 0 or more, got 0.5'],
    [() => data.repeat(0), 'OptionError: repeat: times must be a positive integer, got 0'],
    [() => data.prefetch(-1), 'OptionError: prefetch: count must be an integer of 0 or more, got -1'],
    [
      () => data.concat(data.batch(2) as never),
      'OptionError: concat: batches do not go behind examples; concat before batch()',
    ],
    [() => data.concat([] as never), 'OptionError: concat: expected a dataset, got []'],
    [
      () => data.repeat().concat(data),
      'OptionError: concat: the dataset repeats without end, so nothing comes behind it',
    ],
    [
      () => data.concat(Dataset.fromTensors([[1, 2, 3]], [1]) as never),
      'ShapeError: concat: examples of [3] do not go behind examples of [2]',
    ],
    [() => data.oneHot(0), 'OptionError: oneHot: classes must be a positive integer, got 0'],
  );
  for (const [got, expected] of faults) t.equal(got, expected);
  const late: [Promise<unknown>, string][] = [
    [data.repeat().collect(), 'OptionError: collect: the dataset repeats without end; use take first'],
    [data.take(0).toTensors(), 'OptionError: collect: the dataset is empty'],
    [data.oneHot(3).toTensors(), 'OptionError: oneHot: label 1 is 10, expected an integer from 0 to 2'],
    [Dataset.fromTensors([1]).oneHot(3).toTensors(), 'DataError: oneHot: the dataset has no targets'],
    [
      data.map(() => 3 as never).toTensors(),
      'DataError: map: an example must be { x, targets, weights }, of which x alone must be there, got 3',
    ],
    [
      data.map((_, { index }) => ({ x: zeros([1 + index]) })).toTensors(),
      'ShapeError: map: inputs of an example are float32 [2], those of one before float32 [1]: all examples must be alike',
    ],
    [
      data.map(({ x }, { index }) => (index > 1 ? { x, targets: 1 } : { x })).toTensors(),
      'DataError: map: targets of an example are float32 [], those of one before none: all examples must be alike',
    ],
    [
      data
        .batch(2)
        .map(({ x }) => ({ x: x.slice([0], [1]) }))
        .toTensors(),
      'ShapeError: map: a batch of 2 examples has become one of 1; a map keeps their number',
    ],
    [
      Dataset.fromExamples(() => 3 as never).toTensors(),
      'OptionError: Dataset.fromExamples: the function must give an iterable, got 3',
    ],
    [
      batchesOf(stream, { from: 3 }),
      'DataError: the dataset has 2 batches in this pass, but the training goes on behind 3 of them',
    ],
  ];
  for (const [got, expected] of late) t.equal(await rejectionOf(got), expected);
});

t.test('one-hot targets', async t => {
  const labels = tensor(Uint8Array.of(2, 0, 1));
  const data = Dataset.fromTensors(zeros([3, 2]), labels);
  for (const rows of [data.oneHot(3), data.batch(2).oneHot(3)]) {
    t.same((await rows.toTensors()).targets, oneHot(labels, 3));
  }
});
