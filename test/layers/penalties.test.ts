/** Regularizers, constraints and what layers add to the loss: those of users, and faults. Keras's: see golden/penalties. */
import t from 'tap';
import {
  activityRegularization,
  type Constraint,
  type ConstraintLike,
  constraints,
  conv2d,
  decodeModel,
  dense,
  encodeModel,
  type Layer,
  type Regularizer,
  type RegularizerLike,
  regularizers,
  relu,
  Sequential,
  sgd,
  tensor,
} from '../../lib/index.ts';
import { errorOf, rejectionOf } from '../error-of.ts';

const x = tensor([
  [1, 2],
  [3, -4],
]);
const y = tensor([[0], [0]]);

/** One unit without a bias whose weights are 1 and -2, so that the outputs are -3 and 11. */
async function unit(options: object, behind: readonly Layer[] = []): Promise<Sequential> {
  const layer = dense(1, { useBias: false, ...options });
  const model = new Sequential({ inputShape: [2] }).add(layer) as Sequential;
  for (const each of behind) model.add(each);
  const [, ...others] = await model.getWeights();
  await model.setWeights([tensor([[1], [-2]]), ...others]);
  model.compile({ optimizer: sgd(), loss: 'meanSquaredError' });
  return model;
}
const plain = (9 + 121) / 2;

t.test('penalties by users, and what layers add to the loss', async t => {
  const cubes: Regularizer = { name: 'cubes', penalty: (ops, w) => ops.sum(ops.pow(ops.abs(w), 3)) };
  t.equal((await (await unit({ kernelRegularizer: cubes })).evaluate(x, y)).loss, plain + 9);
  const mean: Layer = {
    className: 'Mean',
    forward(ops, value) {
      ops.addLoss(ops.mean(value));
      return value;
    },
  };
  t.equal((await (await unit({}, [mean])).evaluate(x, y)).loss, plain + 4);
  // Applied twice, it adds twice.
  const twice: Layer = { forward: (ops, value) => ops.apply(mean, ops.apply(mean, value)) };
  t.equal((await (await unit({}, [twice])).evaluate(x, y)).loss, plain + 8);
  const penalized = activityRegularization({ l1: 1 });
  const below: Layer = { forward: (ops, value) => ops.apply(penalized, value) };
  t.equal((await (await unit({}, [below])).evaluate(x, y)).loss, plain + 7);
});

t.test('a penalty counts once for each batch, whatever the last one has', async t => {
  const model = await unit({ kernelRegularizer: regularizers.l1(1) });
  const inputs = tensor([
    [1, 2],
    [3, -4],
    [1, 2],
  ]);
  const { loss } = await model.evaluate(inputs, tensor([[0], [0], [0]]), { batchSize: 2 });
  t.ok(Math.abs(loss - ((9 + 121 + 9) / 3 + 3)) < 1e-4, `${loss}`);
});

t.test('a frozen layer has no penalty, and keeps what it is in spite of its constraint', async t => {
  const model = await unit({ kernelRegularizer: 'l2', kernelConstraint: 'unitNorm' }, [dense(1, { useBias: false })]);
  const [, second] = await model.getWeights();
  const free = (await model.evaluate(x, y)).loss;
  model.layers[0]!.trainable = false;
  const frozen = (await model.evaluate(x, y)).loss;
  t.ok(Math.abs(free - frozen - 0.05) < 1e-4, `${free} and ${frozen}`);
  await model.trainOnBatch(x, y);
  const [kernel, other] = await model.getWeights();
  t.same(kernel!.toArray(), [[1], [-2]]);
  t.notSame(other!.data, second!.data);
});

t.test('a constraint of the user', async t => {
  const rounded: Constraint = { name: 'rounded', constrain: (ops, w) => ops.floor(ops.add(w, 0.5)) };
  const model = await unit({ kernelConstraint: rounded });
  await model.trainOnBatch(x, y);
  const [kernel] = await model.getWeights();
  t.ok(
    [...kernel!.data].every(weight => Number.isInteger(weight)),
    `${kernel!.data}`,
  );
  t.equal(
    await rejectionOf(encodeModel(model)),
    'OptionError: layer "dense" cannot be saved: it has no config, or one of its options is a function or an object without a config; name what the library has, or give the object a name and a config',
  );
});

t.test('what is saved', async t => {
  const layer = conv2d(2, 2, {
    kernelRegularizer: 'l2',
    biasConstraint: constraints.maxNorm(3),
    activityRegularizer: { name: 'l1', l1: 0.5 },
  });
  const model = new Sequential({ inputShape: [3, 3, 1] }).add(layer);
  const copy = await decodeModel(await encodeModel(model));
  const { kernelRegularizer, kernelConstraint, biasConstraint, activityRegularizer } = copy.layers[0]!.config!;
  t.same(kernelRegularizer, { name: 'l2', l2: 0.01 });
  t.equal(kernelConstraint, null);
  t.same(biasConstraint, { name: 'maxNorm', maxValue: 3, axis: 0 });
  t.same(activityRegularizer, { name: 'l1', l1: 0.5 });
});

t.test('faults', async t => {
  const regularized = (given: unknown) => () => dense(1, { kernelRegularizer: given as RegularizerLike });
  const constrained = (given: unknown) => () => dense(1, { kernelConstraint: given as ConstraintLike });
  const add =
    (layer: Layer, inputShape: number[] = [2]) =>
    () =>
      new Sequential({ inputShape }).add(layer);
  const faults: [() => unknown, string][] = [
    [
      regularized('l3'),
      'OptionError: unknown regularizer "l3": did you mean "l1"? Known: l1, l2, l1l2, orthogonalRegularizer',
    ],
    [
      regularized(0.1),
      'OptionError: expected a regularizer: its name, a config or an object, got 0.1; known: l1, l2, l1l2, orthogonalRegularizer',
    ],
    [regularized({ name: 'l2', l2: -1 }), 'OptionError: l2: l2 must be a finite number of 0 or more, got -1'],
    [regularized({ name: 'l1', l2: 1 }), 'OptionError: unknown option of l1 "l2": did you mean "l1"? Known: l1'],
    [
      regularized({ name: 'orthogonalRegularizer', mode: 'diagonal' }),
      'OptionError: orthogonalRegularizer: mode must be "rows" or "columns", got "diagonal"',
    ],
    [
      add(conv2d(1, 1, { kernelRegularizer: 'orthogonalRegularizer' }), [2, 2, 1]),
      'ShapeError: conv2d "conv2d": kernel: orthogonalRegularizer: expected a matrix of at least two rows, got [1, 1, 1, 1]',
    ],
    [
      add(dense(1, { kernelRegularizer: { name: 'whole', penalty: (_, w) => w } })),
      'ShapeError: dense "dense": kernel: a penalty must be a single number, got a value of [2, 1]',
    ],
    [
      constrained('maxnorm'),
      'OptionError: unknown constraint "maxnorm": did you mean "maxNorm"? Known: maxNorm, minMaxNorm, unitNorm, nonNeg',
    ],
    [
      constrained({ name: 'maxNorm', axis: 'rows' }),
      'OptionError: maxNorm: axis must be an integer or a list of them, got "rows"',
    ],
    [
      constrained({ name: 'minMaxNorm', minValue: 2 }),
      'OptionError: minMaxNorm: minValue must be at most maxValue, got 2 and 1',
    ],
    [
      constrained({ name: 'minMaxNorm', rate: 2 }),
      'OptionError: minMaxNorm: rate must be at least 0 and at most 1, got 2',
    ],
    [constrained({ name: 'nonNeg', axis: 0 }), 'OptionError: nonNeg takes no options, got { axis: 0 }'],
    [
      add(dense(1, { kernelConstraint: { name: 'unitNorm', axis: 2 } })),
      'ShapeError: dense "dense": kernel: sum: axis 2 does not exist in a tensor with 2 axes',
    ],
    [
      add(dense(1, { kernelConstraint: { name: 'flat', constrain: (ops, w) => ops.sum(w) } })),
      'ShapeError: dense "dense": kernel: a constraint must keep the shape [2, 1], got []',
    ],
    [
      add({
        forward(ops, value) {
          ops.addLoss(value);
          return value;
        },
      }),
      'ShapeError: lambda "lambda": addLoss: expected a single number, got a value of [2, 2]',
    ],
    [() => activityRegularization({ l1: -1 }), 'OptionError: activityRegularization: l1 must be at least 0, got -1'],
    [
      add({ ...relu(), activityRegularizer: { name: 'whole', penalty: (_, value) => value } } as Layer),
      'ShapeError: relu "re_lu": addLoss: expected a single number, got a value of [2, 2]',
    ],
  ];
  for (const [fault, message] of faults) t.equal(errorOf(fault), message);
});
