/** Layers that prepare inputs, against Keras: see preprocessing_keras.py. */
import t from 'tap';
import { decodeModel, encodeModel, normalization, rescaling, Sequential, tensor, zeros } from '../../lib/index.ts';
import { errorOf } from '../error-of.ts';

/** The values that preprocessing_keras.py prints for arange(12).reshape(2, 2, 3). */
const keras = {
  rescaling: [-1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5],
  scalars: [-1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4],
  lists: [-1, 0, 2, 0.5, 1.5, 5, 2, 3, 8, 3.5, 4.5, 11],
  flat: [-10000000, 0, 1, 20000000, 1.5, 4, 50000000, 3, 7, 80000000, 4.5, 10],
};
const x = tensor(
  Uint8Array.from({ length: 12 }, (_, i) => i),
  [2, 2, 3],
);

t.test('rescaling and normalization compute what Keras does, also once they were saved', async t => {
  const layers = {
    rescaling: rescaling({ scale: 0.5, offset: -1 }),
    scalars: normalization({ mean: 3, variance: 4 }),
    lists: normalization({ mean: [2, 1, 0], variance: [4, 4, 1] }),
    flat: normalization({ mean: [1, 1, 1], variance: [0, 4, 1] }),
  };
  for (const [name, layer] of Object.entries(layers)) {
    const model = new Sequential({ inputShape: [2, 3], seed: 1 }).add(layer);
    const expected = keras[name as keyof typeof keras];
    for (const each of [model, await decodeModel(await encodeModel(model))]) {
      const got = await each.predict(x.cast('float32'));
      const apart = Math.max(
        ...expected.map((value, i) => Math.abs(value - got.data[i]!) / Math.max(1, Math.abs(value))),
      );
      t.ok(apart < 1e-6, `${name}: ${apart} apart`);
    }
  }
});

t.test('normalization does not train, and its options are checked', async t => {
  const model = new Sequential({ inputShape: [3] }).add(normalization({ mean: [0, 1, 2], variance: 1 }));
  let text = '';
  model.summary(printed => {
    text = printed;
  });
  t.match(text, / Trainable params: 0 /);
  t.same((await model.predict(zeros([1, 3]))).toArray(), [[0, -1, -2]]);
  const faults: [() => unknown, string][] = [
    [() => normalization({ mean: 0, variance: -1 }), 'OptionError: normalization: variance must be 0 or more, got -1'],
    [
      () => normalization({ mean: Number.NaN, variance: 1 }),
      'OptionError: normalization: mean must be a finite number or a list of them, got NaN',
    ],
    [
      () => normalization({ mean: [], variance: 1 }),
      'OptionError: normalization: mean must be a finite number or a list of them, got []',
    ],
    [() => normalization(null as never), 'OptionError: normalization: expected an object with options, got null'],
    [
      () => new Sequential({ inputShape: [3] }).add(normalization({ mean: [0, 1], variance: 1 })),
      'ShapeError: normalization "normalization": mean has the shape [2], expected a number or the shape [3] for inputs of [3]',
    ],
  ];
  for (const [fault, message] of faults) t.equal(errorOf(fault), message);
});
