/** What a tree of layers refuses, and that it is as it was then. */
import t from 'tap';
import { dense, globalAveragePooling2d, type Layer, relu, Sequential, sequential, zeros } from '../../lib/index.ts';
import { errorOf, rejectionOf } from '../error-of.ts';
import { pathsOf, residual } from './blocks.ts';

t.test('what is no layer is refused', async t => {
  const wrong: [unknown, string][] = [
    [undefined, 'undefined'],
    [3, '3'],
    [null, 'null'],
    ['dense', '"dense"'],
    [{}, '{}'],
    [{ className: 'Nothing' }, '{ className: "Nothing" }'],
  ];
  const expected =
    'OptionError: expected a layer: what a function such as dense() gives, an object with a method forward, or a function (ops, x) => ...; got ';
  for (const [given, shown] of wrong) {
    t.equal(
      errorOf(() => new Sequential({ inputShape: [3] }).add(given as Layer)),
      expected + shown,
    );
  }
  t.equal(
    errorOf(() => new Sequential([undefined as never])),
    `${expected}undefined`,
  );
  t.equal(
    errorOf(() => new Sequential({ inputShape: [3] }).add({ forward: () => 3 as never })),
    'OptionError: lambda "lambda": forward must return a value, got 3',
  );
  t.equal(
    errorOf(() => new Sequential({ inputShape: [3] }).add((ops, x) => ops.reshape(x, [1, 6]))),
    'ShapeError: lambda "lambda": forward gives [1, 6] for a batch of [2, 3]; it must keep the batch axis in front',
  );
  t.equal(
    errorOf(() => new Sequential(null as never)),
    'OptionError: Sequential: expected a list of layers, or an object with options, got null',
  );
  t.equal(
    errorOf(() => new Sequential({ inputShapes: [3] } as object)),
    'OptionError: unknown option of Sequential "inputShapes": did you mean "inputShape"? Known: name, seed, backend, inputShape',
  );
  t.equal(new Sequential(undefined).name, 'sequential');
});

t.test('a layer that does not fit leaves the model as it was', async t => {
  const model = new Sequential({ inputShape: [8, 8, 2] }).add(residual(2));
  t.equal(
    errorOf(() => model.add(residual(3))),
    'ShapeError: residual "residual_1": add: [2, 8, 8, 3] and [2, 8, 8, 2] do not go together: 3 against 2 elements along axis 3 of the result',
  );
  model.add(globalAveragePooling2d());
  t.same(pathsOf(model), ['residual', 'residual/conv2d', 'residual/second', 'global_average_pooling2d']);
});

t.test('a nested model is refused once it has weights, which would be lost', async t => {
  const inner = sequential(dense({ units: 2, inputShape: [3] }));
  await inner.getWeights();
  t.equal(
    errorOf(() => new Sequential({ inputShape: [3] }).add(inner)),
    'StateError: model "sequential" has weights, which another model cannot take along: nest it before compile, fit or getWeights, and copy its weights by setWeights',
  );
});

t.test('`using` and dispose free a model, and nothing can be done with it then', async t => {
  const model = sequential(dense({ units: 2, inputShape: [3] }));
  const x = zeros([1, 3]);
  t.same((await model.predict(x)).shape, [1, 2]);
  model[Symbol.dispose]();
  const message = 'StateError: model "sequential" is disposed: make a new one';
  t.equal(await rejectionOf(model.predict(x)), message);
  t.equal(await rejectionOf(model.getWeights()), message);
  t.equal(
    errorOf(() => model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })),
    message,
  );
  t.equal(
    errorOf(() => model.add(relu())),
    message,
  );
  model.dispose();
});
