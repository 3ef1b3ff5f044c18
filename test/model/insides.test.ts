/** What a report shows of a network's inside: gradients of logits and of parameters, against TensorFlow; the topology. */
import t, { type Test } from 'tap';
import {
  add,
  batchNormalization,
  conv2d,
  dense,
  dropout,
  flatten,
  graph,
  type LayerOps,
  maxPooling2d,
  relu,
  residual,
  Sequential,
  sequential,
  type Tensor,
  tensor,
  type Value,
  zeros,
} from '../../lib/index.ts';
import { rejectionOf } from '../error-of.ts';
import { insidesData, insidesNetwork, readInsides } from '../golden/insides.ts';

const golden = readInsides();
const { images, labels } = insidesData();

function agree(t: Test, got: Tensor, expected: readonly number[], what: string): void {
  const scale = Math.max(...expected.map(Math.abs));
  const apart = Math.max(...expected.map((value, i) => Math.abs(value - got.data[i]!)));
  t.equal(got.size, expected.length, `${what}: ${got.shape}`);
  t.ok(apart <= 5e-6 * scale, `${what}: ${apart} apart of ${scale}`);
}

t.test(`gradients of a class of its own for each example: ${golden.madeBy}`, async t => {
  const model = await insidesNetwork();
  for (const batchSize of [32, 4]) {
    const at = ['input', 'second'] as const;
    const found = await model.gradients(images, { of: { class: labels, logits: true }, at, batchSize });
    for (const each of at) agree(t, found[each], golden.logits[each]!, `logits at ${each}`);
    const { input } = await model.gradients(images, { of: { class: labels }, batchSize });
    agree(t, input, golden.probabilities, 'probabilities');
    const { input: one } = await model.gradients(images, { of: { class: 2, logits: true }, batchSize });
    agree(t, one, golden['logit 2'], 'logit 2');
  }
});

t.test('the logits of a model without softmax are its output', async t => {
  const model = new Sequential({ inputShape: [3], seed: 1 }).add(dense(2));
  const [kernel] = await model.getWeights();
  const { input } = await model.gradients(zeros([1, 3]), { of: { class: 1, logits: true } });
  t.same(
    [...input.data],
    [1, 3, 5].map(i => kernel!.data[i]!),
  );
});

t.test(`gradients of parameters: ${golden.madeBy}`, async t => {
  const model = await insidesNetwork();
  const paths = ['conv2d', 'second', 'dense', 'dense_1'].flatMap(name => [`${name}/kernel`, `${name}/bias`]);
  for (const batchSize of [32, 4]) {
    const options = { loss: 'sparseCategoricalCrossentropy', targets: labels, batchSize } as const;
    const found = await model.parameterGradients(images, options);
    t.same(Object.keys(found), paths);
    for (const [i, path] of paths.entries()) agree(t, found[path]!, golden.parameters[i]!, path);
  }
  model.freeze('second');
  const left = await model.parameterGradients(images, { loss: 'sparseCategoricalCrossentropy', targets: labels });
  t.same(
    Object.keys(left),
    paths.filter(path => !path.startsWith('second')),
  );
});

t.test('what cannot be asked', async t => {
  const model = await insidesNetwork();
  const short =
    'gradients: class of shape [2] for 6 examples and an output of [N, 4]: expected one number, or, for an output of [N, classes], one for each example, [6]';
  const faults: [Promise<unknown>, string][] = [
    [model.gradients(images, { of: { class: [1, 2] } }), `ShapeError: ${short}`],
    [
      model.gradients(images, { of: { class: [0, 1, 2, 3, 4, 0] } }),
      'OptionError: gradients: class must be an integer from 0 to 3, got 4',
    ],
    [
      model.gradients(images, { of: { class: 0, logits: 1 as never } }),
      'OptionError: gradients: logits must be true or false, got 1',
    ],
    [
      model.gradients(images, { of: { class: 0, logits: true }, at: ['dense_1'] }),
      'OptionError: gradients: the logits do not depend on the output of "dense_1", which is made of them; leave it out of at',
    ],
    [
      model.parameterGradients(images, undefined as never),
      'OptionError: parameterGradients: expected an object with options, got undefined',
    ],
    [
      model.parameterGradients(images, { loss: 'sparseCategoricalCrossentropy', targets: [1, 2] }),
      'ShapeError: parameterGradients: 6 inputs and targets of shape [2]: there must be one target for each input',
    ],
  ];
  for (const [fault, message] of faults) t.equal(await rejectionOf(fault), message);
});

t.test('the topology of a chain, with what computes nothing', t => {
  const model = new Sequential({ inputShape: [8, 8, 1] })
    .add(sequential(conv2d({ filters: 2, kernelSize: 3, activation: 'relu', inputShape: [8, 8, 1] }), maxPooling2d(2)))
    .add(flatten())
    .add(dropout(0.5))
    .add(dense(3, { activation: 'softmax' }));
  t.same(model.topology(), [
    ...[node('sequential/conv2d', 'input', [6, 6, 2], 'conv2d bias relu')],
    ...[node('sequential/max_pooling2d', 'sequential/conv2d', [3, 3, 2], 'maxPool2d')],
    ...[node('flatten', 'sequential/max_pooling2d', [18], ''), node('dropout', 'flatten', [18], '')],
    node('dense', 'dropout', [3], 'matmul bias softmax'),
  ]);
  t.end();
});

t.test('the topology of blocks: what a composite computes itself is a node', t => {
  const block = residual([conv2d(4, 3, { padding: 'same', useBias: false }), relu()], { activation: 'relu' });
  const squeezed = {
    className: 'Gate',
    forward: (ops, x) => {
      const weights = ops.apply(gate, ops.mean(x, [1, 2]));
      return ops.multiply(x, ops.reshape(weights, [x.shape[0]!, 1, 1, 4]));
    },
  } satisfies Parameters<typeof model.add>[0];
  const gate = dense(4, { activation: 'sigmoid' });
  const model = new Sequential({ inputShape: [5, 5, 4] });
  model.add(block).add(squeezed);
  t.same(model.topology(), [
    node('residual/conv2d', 'input', [5, 5, 4], 'conv2d'),
    node('residual/re_lu', 'residual/conv2d', [5, 5, 4], 'relu'),
    node('residual', 'input residual/re_lu', [5, 5, 4], 'add relu'),
    node('gate', 'residual', [4], 'sum affine'),
    node('gate/dense', 'gate', [4], 'matmul bias sigmoid'),
    { ...node('gate:2', 'residual gate/dense', [5, 5, 4], 'multiply'), path: 'gate' },
  ]);
  t.end();
});

t.test('the topology of a graph, of a layer used twice, and of what nothing uses', t => {
  const shared = conv2d(2, 1);
  const left = flatten();
  const wasteful = (ops: LayerOps, x: Value) => {
    ops.apply(left, x);
    return ops.multiply(x, x);
  };
  const model = new Sequential({ inputShape: [4, 4, 2] })
    .add(
      graph([4, 4, 2], (x, apply) => {
        const once = apply(shared, x);
        return apply(add(), [apply(shared, once), once, x]);
      }),
    )
    .add({ className: 'Wasteful', forward: wasteful });
  t.same(model.topology(), [
    node('graph/conv2d', 'input', [4, 4, 2], 'conv2d bias'),
    node('graph/conv2d_1', 'graph/conv2d', [4, 4, 2], 'conv2d bias'),
    node('graph/add', 'graph/conv2d_1 graph/conv2d input', [4, 4, 2], 'add add'),
    node('wasteful', 'graph/add', [4, 4, 2], 'multiply'),
  ]);
  t.throws(() => new Sequential({ inputShape: [2] }).topology(), {
    message: 'model "sequential" has no layers: add some first',
  });
  t.end();
});

t.test('the topology ignores parameters that a layer keeps', t => {
  const model = new Sequential({ inputShape: [2, 2, 3] }).add(batchNormalization()).add(flatten());
  t.same(
    model.topology().map(({ id, inputs }) => [id, ...inputs]),
    [
      ['batch_normalization', 'input'],
      ['flatten', 'batch_normalization'],
    ],
  );
  t.end();
});

function node(id: string, inputs: string, outputShape: readonly number[], operations: string) {
  const words = (text: string) => (text === '' ? [] : text.split(' '));
  return { id, path: id, inputs: words(inputs), outputShape, operations: words(operations) };
}

t.test('a tensor of labels is as good as an array', async t => {
  const model = await insidesNetwork();
  const of = { class: tensor([...labels.data]), logits: true };
  const { input } = await model.gradients(images, { of });
  agree(t, input, golden.logits['input']!, 'float32 classes');
});
