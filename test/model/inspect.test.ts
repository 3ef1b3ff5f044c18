/** Activations and gradients of a model: saliency maps and Grad-CAM, against TensorFlow. */
import t, { type Test } from 'tap';
import {
  conv2d,
  dense,
  flatten,
  maxPooling2d,
  type Ops,
  randomNormal,
  Sequential,
  sequential,
  type Tensor,
  tensor,
  type Value,
  zeros,
} from '../../lib/index.ts';
import { rejectionOf } from '../error-of.ts';
import { readGolden } from '../golden/golden.ts';
import { labels, uniform } from '../golden/inputs.ts';

interface Golden {
  readonly madeBy: string;
  readonly activations: { readonly [name: string]: readonly number[] };
  readonly gradients: { readonly [of: string]: { readonly [at: string]: readonly number[] } };
  readonly cam: readonly number[];
}
const golden = readGolden<Golden>('gradients-keras.json');

/** Two convolutions, the second one inside a nested model with what follows it. */
async function network(): Promise<Sequential<[10, 10, 2], [3]>> {
  const model = new Sequential({ inputShape: [10, 10, 2] })
    .add(conv2d(4, 3, { activation: 'relu' }))
    .add(
      sequential(
        conv2d({
          filters: 6,
          kernelSize: 3,
          padding: 'same',
          activation: 'tanh',
          inputShape: [8, 8, 4],
          name: 'inner',
        }),
        maxPooling2d(2),
        flatten(),
      ),
    )
    .add(dense(3, { activation: 'softmax' }));
  const shapes = [[3, 3, 2, 4], [4], [3, 3, 4, 6], [6], [96, 3], [3]];
  await model.setWeights(shapes.map((shape, i) => tensor(uniform(`gradients/${i}`, { shape }), shape)));
  return model;
}
const images = tensor(uniform('gradients/x', { shape: [2, 10, 10, 2], offset: 0.5 }), [2, 10, 10, 2]);
const targets = tensor(labels('gradients/labels', 2, 3), [2]);

function agree(t: Test, got: Tensor, expected: readonly number[], what: string): void {
  const scale = Math.max(...expected.map(Math.abs));
  const apart = Math.max(...expected.map((value, i) => Math.abs(value - got.data[i]!)));
  t.equal(got.size, expected.length, `${what}: ${got.shape}`);
  t.ok(apart <= 3e-6 * scale, `${what}: ${apart} apart of ${scale}`);
}

t.test(`activations: ${golden.madeBy}`, async t => {
  const model = await network();
  const found = await model.activations(images, ['sequential/inner', 'flatten', 'dense'], { batchSize: 1 });
  t.same(found['sequential/inner'].shape, [2, 8, 8, 6]);
  agree(t, found['sequential/inner'], golden.activations['inner']!, 'inner');
  agree(t, found.flatten, golden.activations['flatten']!, 'flatten');
  agree(t, found.dense, golden.activations['dense']!, 'dense');
  t.equal((await model.predict(images)).subtract(found.dense).abs().max().item(), 0);
});

t.test(`saliency and Grad-CAM: ${golden.madeBy}`, async t => {
  const model = await network();
  const at = ['input', 'inner', 'flatten'] as const;
  const cases = {
    'class 1': { class: 1 },
    loss: { loss: 'sparseCategoricalCrossentropy', targets },
    entropy: (ops, y) => ops.affine(ops.sum(ops.multiply(y, ops.log(y)), [1]), -1),
  } satisfies { readonly [name: string]: Parameters<typeof model.gradients>[1]['of'] };
  for (const batchSize of [32, 1]) {
    for (const [name, of] of Object.entries(cases)) {
      const found = await model.gradients(images, { of, at, batchSize });
      for (const each of at) agree(t, found[each], golden.gradients[name]![each]!, `${name} at ${each}`);
    }
  }
  const { inner: outputs } = await model.activations(images, ['inner']);
  const { inner: slopes } = await model.gradients(images, { of: { class: 1 }, at: ['inner'] });
  const cam = slopes.mean([1, 2], true).multiply(outputs).sum(3).maximum(0);
  agree(t, cam, golden.cam, 'Grad-CAM');
});

t.test('a layer that gives its input, or a view of it, has a gradient of its own', async t => {
  const model = new Sequential({ inputShape: [2, 2], seed: 1 }).add({ name: 'same', forward: (_, x) => x }).add({
    name: 'both',
    forward: (ops, x) => ops.add(ops.reshape(ops.apply(unused, x), [x.shape[0]!, 2, 2]), ops.multiply(x, x)),
  });
  const x = randomNormal([3, 2, 2], { seed: 2 });
  const of = (ops: Ops, y: Value) => ops.sum(y, [1, 2]);
  const found = await model.gradients(x, { of, at: ['input', 'same', 'both/flatten'] });
  const slope = x.multiply(2).add(1);
  t.equal(found.input.subtract(slope).abs().max().item(), 0);
  t.equal(found.same.subtract(slope).abs().max().item(), 0);
  t.same(found['both/flatten'].toArray(), zeros([3, 4]).add(1).toArray(), 'not what goes past it');
});
const unused = flatten();

t.test('what cannot be asked', async t => {
  const model = await network();
  const faults: [Promise<unknown>, string][] = [
    [
      model.activations(images, ['inside']),
      'OptionError: unknown layer "inside"; known: conv2d, sequential, sequential/inner, sequential/max_pooling2d, sequential/flatten, dense',
    ],
    [model.activations(images, 'dense' as never), 'OptionError: activations: expected a list of layers, got "dense"'],
    [
      model.gradients(images, { of: { class: 3 } }),
      'OptionError: gradients: class must be an integer from 0 to 2, got 3',
    ],
    [
      model.gradients(images, undefined as never),
      'OptionError: gradients: expected an object with options, got undefined',
    ],
    [
      model.gradients(images, { of: 3 as never }),
      'OptionError: gradients: of must be { class }, { loss, targets } or a function (ops, output) => ..., got 3',
    ],
    [
      model.gradients(images, { of: (_, y) => y }),
      'ShapeError: gradients: of gives [2, 3] for 2 examples; it must give one number for each',
    ],
    [
      model.gradients(images, { of: { class: 0 }, at: 3 as never }),
      "OptionError: gradients: at must be a list of layers or 'input', got 3",
    ],
    [
      model.gradients(images, { of: { loss: 'meanSquaredError', targets: zeros([2, 4]) } }),
      "ShapeError: gradients: targets of shape [2, 4] do not fit the model's output [3]: expected targets of shape [N, 3]",
    ],
    [
      model.activations(zeros([2, 10, 10]) as never, ['dense']),
      "ShapeError: activations: inputs of shape [2, 10, 10] do not fit the model's input [10, 10, 2]: expected [N, 10, 10, 2]",
    ],
    [
      model.gradients(images, { of: { class: 0 }, batchSize: 0 }),
      'OptionError: gradients: batchSize must be a positive integer, got 0',
    ],
  ];
  for (const [fault, message] of faults) t.equal(await rejectionOf(fault), message);
});
