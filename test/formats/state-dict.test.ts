import { readFileSync } from 'node:fs';
import t from 'tap';
import { encodeStateDict, loadStateDict } from '../../lib/formats/pytorch/state-dict.ts';
import { decodeSafetensors, encodeSafetensors } from '../../lib/formats/safetensors.ts';
import {
  batchNormalization,
  conv2d,
  conv2dTranspose,
  dense,
  depthwiseConv2d,
  flatten,
  globalAveragePooling2d,
  groupNormalization,
  layerNormalization,
  losses,
  maxPooling2d,
  prelu,
  relu,
  reshape,
  residual,
  Sequential,
  separableConv2d,
  sgd,
  type Tensor,
  tensor,
} from '../../lib/index.ts';
import { rejectionOf } from '../error-of.ts';
import { uniform } from '../golden/inputs.ts';

interface Golden {
  readonly predictions: readonly number[];
  readonly losses: readonly number[];
}

const folder = new URL('../golden/formats/', import.meta.url);
const file = new Uint8Array(readFileSync(new URL('state-dict-torch.safetensors', folder)));
const golden: Golden = JSON.parse(readFileSync(new URL('state-dict-torch.json', folder), 'utf8'));
const epsilon = 1e-3;
const backends = ['loops', 'simd'] as const;

/** The network of test/golden/formats/state_dict_torch.py. */
function network(backend: (typeof backends)[number]) {
  return new Sequential({ inputShape: [8, 9, 3], name: 'network', backend, seed: 1 })
    .add(
      new Sequential({ inputShape: [8, 9, 3], name: 'stem' })
        .add(conv2d({ filters: 6, kernelSize: 3, padding: 'same', useBias: false, name: '0' }))
        .add(batchNormalization({ epsilon, momentum: 0.9, name: '1' }))
        .add(prelu({ sharedAxes: [1, 2], name: '2' })),
    )
    .add(depthwiseConv2d({ kernelSize: [3, 2], depthMultiplier: 2, name: 'depthwise' }))
    .add(conv2d({ filters: 8, kernelSize: 1, groups: 4, name: 'grouped' }))
    .add(separableConv2d({ filters: 6, kernelSize: 3, name: 'separable' }))
    .add(conv2dTranspose({ filters: 5, kernelSize: 3, strides: 2, name: 'transpose' }))
    .add(groupNormalization({ groups: 1, epsilon, name: 'groups' }))
    .add(relu())
    .add(maxPooling2d({ poolSize: 2 }))
    .add(flatten())
    .add(batchNormalization({ epsilon, momentum: 0.9, name: 'features' }))
    .add(dense({ units: 7, name: 'hidden' }))
    .add(layerNormalization({ epsilon, name: 'norm' }))
    .add(dense({ units: 4, name: 'out' }));
}

const images = (step: number) =>
  tensor(uniform(`state-dict/x/${step}`, { shape: [4, 8, 9, 3] }), [4, 8, 9, 3] as const);
const largest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

for (const backend of backends) {
  t.test(`${backend}: a state_dict of PyTorch predicts the same, trains on, and goes back`, async t => {
    const model = network(backend);
    t.same(await loadStateDict(model, file), { missing: [], unexpected: [] });
    const { tensors } = decodeSafetensors(file);
    const back = decodeSafetensors(await encodeStateDict(model)).tensors;
    const kept = Object.keys(tensors).filter(name => !name.endsWith('num_batches_tracked'));
    t.same(Object.keys(back).sort(), kept.sort());
    for (const name of kept) {
      t.same([back[name]!.shape, back[name]!.data], [tensors[name]!.shape, tensors[name]!.data], name);
    }
    t.ok(largest((await model.predict(images(0))).data, golden.predictions) < 1e-5);

    const loss = losses.sparseCategoricalCrossentropy({ fromLogits: true });
    const compiled = model.compile({ optimizer: sgd({ learningRate: 0.02, momentum: 0.9 }), loss });
    for (const [step, expected] of golden.losses.entries()) {
      const { loss: found } = await compiled.trainOnBatch(images(step), tensor(Int32Array.of(0, 1, 2, 3), [4]));
      t.ok(Math.abs(found! - expected) < 1e-4 * expected, `step ${step}: ${found} beside ${expected}`);
    }
  });
}

/** The tensors of a model under other names. */
async function renamed(model: Sequential, names: { readonly [module: string]: string }): Promise<Uint8Array> {
  const { tensors } = decodeSafetensors(await encodeStateDict(model));
  const moved = Object.entries(tensors).map(([name, each]): [string, Tensor] => {
    const dot = name.lastIndexOf('.');
    return [`${names[name.slice(0, dot)]}${name.slice(dot)}`, each];
  });
  return encodeSafetensors({ tensors: Object.fromEntries(moved) });
}

const pair = (second: number) =>
  new Sequential({ inputShape: [4], seed: second, backend: 'loops' })
    .add(dense({ units: 4, name: 'first' }))
    .add(dense({ units: second, name: 'second' }));

t.test('modules of other names are found by the shapes of their tensors, as far as these leave no choice', async t => {
  const [source, target] = [
    pair(3),
    new Sequential([dense({ units: 4, inputShape: [4] }), dense(3)], { seed: 9, backend: 'loops' }),
  ];
  await loadStateDict(target, await renamed(source, { first: 'fc1', second: 'fc2' }));
  const x = tensor([1, 2, 3, 4], [1, 4]);
  t.same((await target.predict(x)).data, (await source.predict(x)).data);

  const equal = await renamed(pair(4), { first: 'fc1', second: 'fc2' });
  t.equal(
    await rejectionOf(loadStateDict(pair(4), equal, { file: 'x' })),
    "FormatError: x: the shapes do not tell which of the modules fc1, fc2 are the layers first, second; say it by names: { 'first': 'fc1', ... }",
  );
  const other = pair(4);
  await loadStateDict(other, equal, { names: { first: 'fc2', second: 'fc1' } });
  const [first, , second] = await other.getWeights();
  const [kernel1, , kernel2] = await pair(4).getWeights();
  t.same([first!.data, second!.data], [kernel2!.data, kernel1!.data], 'names decide');
});

t.test('what is in one of the two alone is told, or left with strict: false', async t => {
  const model = pair(3);
  const before = (await model.getWeights())[2]!.data;
  const bytes = await renamed(pair(3), { first: 'first', second: 'head' });
  t.equal(
    await rejectionOf(loadStateDict(model, bytes, { file: 'x' })),
    "FormatError: x: there is nothing for the layers second; no layer takes the tensors head.bias, head.weight; say which module a layer is by names: { path: 'module' }, or pass strict: false to load the rest",
  );
  t.same(await loadStateDict(model, bytes, { strict: false }), {
    missing: ['second'],
    unexpected: ['head.bias', 'head.weight'],
  });
  t.same((await model.getWeights())[2]!.data, before);
  t.equal(
    await rejectionOf(loadStateDict(pair(5), await encodeStateDict(pair(3)), { file: 'x' })),
    'FormatError: x: tensor "second.weight" has the shape [3, 4], expected [5, 4] of parameter "second/kernel"',
  );
  const few = encodeSafetensors({ tensors: { 'first.weight': tensor(new Float32Array(16), [4, 4]) } });
  t.equal(
    await rejectionOf(loadStateDict(pair(3), few, { file: 'x', strict: false })),
    'FormatError: x: there is no tensor "first.bias", which the parameter "first/bias" is to become',
  );
  t.equal(
    await rejectionOf(encodeStateDict(model, { names: { first: 'second' } })),
    'OptionError: encodeStateDict: two layers have the name "second": give each a name of its own',
  );
  t.equal(
    await rejectionOf(encodeStateDict(model, { names: { third: 'fc3' } })),
    'OptionError: encodeStateDict: names has "third", which is no layer with parameters; there are first, second',
  );
  t.equal(
    await rejectionOf(encodeStateDict(model, { flattenOrder: 'rows' as 'channelsLast' })),
    "OptionError: encodeStateDict: flattenOrder must be 'channelsFirst' or 'channelsLast', got rows",
  );
});

t.test('a normalization without one of its parameters has ones or zeros in PyTorch', async t => {
  const options = { inputShape: [3], name: 'norm' } as const;
  const model = new Sequential([batchNormalization({ ...options, scale: false })]);
  const { tensors } = decodeSafetensors(await encodeStateDict(model));
  t.same(tensors['norm.weight']!.data, Float32Array.of(1, 1, 1));
  const full = await encodeStateDict(new Sequential([batchNormalization({ ...options, gammaInitializer: 'zeros' })]));
  t.equal(
    await rejectionOf(loadStateDict(model, full, { file: 'x' })),
    'FormatError: x: tensor "norm.weight" is not all 1, but its layer has scale: false',
  );
  await loadStateDict(model, await encodeStateDict(new Sequential([batchNormalization(options)])));
});

t.test('an order of features that cannot be followed is refused', async t => {
  const input = { inputShape: [2, 2, 3] } as const;
  const tail = (what: string) =>
    `OptionError: ${what}: PyTorch has channels first, and in which order the features come out of this layer there is not known; flatten by flatten() in the outermost stack, or pass flattenOrder: 'channelsLast' if the PyTorch program flattens with channels last`;
  const flat = new Sequential([reshape({ targetShape: [12], ...input, name: 'flat' }), dense(2)]);
  t.equal(await rejectionOf(encodeStateDict(flat)), tail('layer "flat" (Reshape) on [2, 2, 3]'));
  const { tensors } = decodeSafetensors(await encodeStateDict(flat, { flattenOrder: 'channelsLast' }));
  t.same(tensors['dense.weight']!.shape, [2, 12]);
  const behind = new Sequential([flatten(input), reshape({ targetShape: [4, 3], name: 'rows' }), dense(2)]);
  t.equal(await rejectionOf(encodeStateDict(behind)), tail('layer "rows" (Reshape) on [12]'));
  const pooled = new Sequential([globalAveragePooling2d(input), dense(2)]);
  t.ok(await encodeStateDict(pooled), 'where nothing is mixed, nothing is refused');
  const nested = new Sequential([residual([conv2d({ filters: 3, kernelSize: 1 })], input), flatten(), dense(2)]);
  t.ok(await encodeStateDict(nested));
});

t.test('a layer that PyTorch has no module for is named', async t => {
  const model = new Sequential([prelu({ inputShape: [2, 2, 3], name: 'slopes' })]);
  t.equal(
    await rejectionOf(encodeStateDict(model)),
    'OptionError: layer "slopes" (PReLU) has alpha[2, 2, 3], which no module of PyTorch holds so: take the layer out of the model, or use encodeModel for all of it',
  );
});
