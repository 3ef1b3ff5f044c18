/** Models made again: clones, JSON, and layers that share their parameters in both. */
import t from 'tap';
import {
  add,
  batchNormalization,
  branches,
  conv2d,
  decodeModel,
  dense,
  dropout,
  encodeModel,
  flatten,
  graph,
  type Layer,
  modelFromJson,
  randomNormal,
  relu,
  residual,
  Sequential,
  sequential,
  type Tensor,
} from '../../lib/index.ts';
import { errorOf, rejectionOf } from '../error-of.ts';
import { pathsOf } from './blocks.ts';

const far = (a: Tensor, b: Tensor): number => a.subtract(b).abs().max().item();

/** A model in which layers are shared: in its stack, within a composite, and a whole composite. */
function sharing(): Sequential<[5, 5, 2], [3]> {
  const conv = conv2d(2, 3, { padding: 'same', activation: 'tanh' });
  const block = residual([conv2d(2, 1), relu(), conv]);
  return new Sequential({ inputShape: [5, 5, 2], seed: 4, name: 'whole' })
    .add(conv)
    .add(conv)
    .add(branches([[conv, relu()], [], block], { join: 'average' }))
    .add(block)
    .add(sequential(flatten({ inputShape: [5, 5, 2] }), dense(3, { name: 'logits' })));
}
const x = randomNormal([4, 5, 5, 2], { seed: 1 });
const y = randomNormal([4, 3], { seed: 2 });

t.test('a clone has the same weights in memory of its own', async t => {
  const model = sharing().add(batchNormalization()).add(dropout(0.5)).freeze('logits');
  const clone = await model.clone();
  t.same([clone.name, clone.seed, clone.inputShape, clone.outputShape], ['whole', 4, [5, 5, 2], [3]]);
  t.same(pathsOf(clone as Sequential), pathsOf(model as Sequential));
  t.equal(clone.getLayer('logits').trainable, false);
  t.equal(far(await clone.predict(x), await model.predict(x)), 0, 'before anything was trained');

  model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  await model.fit(x, y, { epochs: 2, verbose: 0, seed: 1 });
  const trained = await model.clone({ name: 'other' });
  t.equal(trained.name, 'other');
  const predicted = await model.predict(x);
  t.equal(far(await trained.predict(x), predicted), 0, 'with what it has learned');
  t.ok(far(await clone.predict(x), predicted) > 0, 'the first has not');
  await rejectionOf(trained.fit(x, y));
  trained.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  await trained.fit(x, y, { verbose: 0 });
  t.equal(far(await model.predict(x), predicted), 0, 'the model does not learn from its clone');

  const anew = await model.clone({ weights: false, seed: 7 });
  const other = await sharing().add(batchNormalization()).add(dropout(0.5)).clone({ seed: 7, weights: false });
  t.equal(far(await anew.predict(x), await other.predict(x)), 0, 'first weights, by the seed');
  t.ok(far(await anew.predict(x), await clone.predict(x)) > 0);
});

t.test('what clone refuses', async t => {
  const model = sharing();
  t.equal(
    await rejectionOf(model.clone({ backends: 'simd' } as object)),
    'OptionError: unknown option of clone "backends": did you mean "backend"? Known: name, seed, backend, weights',
  );
  t.equal(await rejectionOf(model.clone(3 as never)), 'OptionError: clone: expected an object with options, got 3');
  t.equal(
    await rejectionOf(model.clone({ weights: 'no' as never })),
    'OptionError: clone: weights must be true or false, got "no"',
  );
});

t.test('layers that share parameters do so again when they come back', async t => {
  const model = sharing();
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const bytes = await encodeModel(model as Sequential);
  const again = (await decodeModel(bytes)).assertOutput([3]);
  t.equal(again.countParams(), model.countParams());
  t.equal(model.countParams(), 2 * 2 * 9 + 2 + 2 * 2 + 2 + 50 * 3 + 3);
  t.same(await encodeModel(again as Sequential), bytes);
  again.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  await model.trainOnBatch(x, y);
  await again.trainOnBatch(x, y);
  t.equal(far(await again.predict(x), await model.predict(x)), 0, 'and learn together');

  const inner = modelFromJson(JSON.stringify(model));
  const outer = new Sequential({ inputShape: [5, 5, 2], seed: 1 }).add(inner as Layer);
  t.equal(outer.countParams(), model.countParams(), 'also within another model');
});

t.test('JSON makes a model with the same first weights', async t => {
  const shared = dense(3);
  const model = new Sequential({ inputShape: [4], seed: 3, name: 'described' })
    .add(
      graph([4], (value, apply) => apply(add(), [apply(dense(3), value), apply(dense(3, { name: 'second' }), value)])),
    )
    .add(shared)
    .add(shared)
    .freeze('second');
  const text = JSON.stringify(model);
  for (const json of [text, JSON.parse(text), model.toJSON()]) {
    const again = modelFromJson(json);
    t.equal(JSON.stringify(again), text);
    t.same(await again.getWeights(), await model.getWeights());
  }
  const own: Layer = { className: 'Half', config: {}, forward: (ops, value) => ops.multiply(value, 0.5) };
  const custom = JSON.stringify(new Sequential({ inputShape: [2], seed: 1 }).add(own));
  t.same(modelFromJson(custom, { customLayers: { Half: () => own }, backend: 'loops' }).backend.name, 'loops');
});

t.test('JSON that describes no model', async t => {
  const { className, config } = new Sequential({ inputShape: [2], seed: 1, name: 'm' }).add(dense(1)).toJSON();
  const cases: [unknown, string][] = [
    ['{', 'FormatError: modelFromJson: the text is no JSON'],
    [3, 'FormatError: modelFromJson must be an object, got 3'],
    [{ className: 'Functional', config }, 'FormatError: modelFromJson: expected a Sequential, got a Functional'],
    [{ className }, 'FormatError: modelFromJson: config must be an object, got undefined'],
    [
      { className, config: { ...config, layers: [{ className: 'Densely', name: 'd', config: {} }] } },
      'FormatError: modelFromJson: layer "d" is a Densely, which is not known: pass its factory in customLayers: { Densely: options => ... }',
    ],
    [
      { className, config: { ...config, shared: { dense: 'dens' } } },
      'FormatError: modelFromJson: unknown layer "dens": did you mean "dense"? Known: dense',
    ],
    [
      { className, config: { ...config, shared: { dense: 3 } } },
      'FormatError: modelFromJson: config: shared: dense must be a text, got 3',
    ],
  ];
  for (const [json, message] of cases) {
    t.equal(
      errorOf(() => modelFromJson(json)),
      message,
    );
  }
});
