/** Residual blocks, branches and merging layers: what they refuse, where their layers are, and in files. */
import t from 'tap';
import {
  add,
  average,
  branches,
  concatenate,
  conv2d,
  decodeModel,
  dense,
  dot,
  encodeModel,
  flatten,
  type Layer,
  type MergingLayer,
  maxPooling2d,
  minimum,
  multiply,
  randomNormal,
  relu,
  residual,
  Sequential,
  sequential,
  subtract,
  type Tensor,
} from '../../lib/index.ts';
import { layerFromConfig } from '../../lib/layers/registry.ts';
import { errorOf, rejectionOf } from '../error-of.ts';
import { pathsOf } from '../model/blocks.ts';

const image = () => new Sequential({ inputShape: [6, 6, 2], seed: 1 });
const same = (filters: number, name?: string) =>
  conv2d({ filters, kernelSize: 3, padding: 'same', ...(name === undefined ? {} : { name }) });
const far = (a: Tensor, b: Tensor): number => a.subtract(b).abs().max().item();

t.test('each layer has its place in the tree', async t => {
  const model = image()
    .add(residual([same(4), relu(), same(4)], { shortcut: conv2d(4, 1), activation: 'relu' }))
    .add(residual([same(2), same(4)], { shortcut: [relu(), conv2d(4, 1)], name: 'second' }))
    .add(branches([conv2d(2, 1), [], [maxPooling2d({ strides: 1, padding: 'same' }), conv2d(1, 1)]]));
  t.same(pathsOf(model), [
    'residual',
    'residual/conv2d',
    'residual/re_lu',
    'residual/conv2d_1',
    'residual/conv2d_2',
    'second',
    'second/conv2d',
    'second/conv2d_1',
    'second/shortcut',
    'second/shortcut/re_lu',
    'second/shortcut/conv2d',
    'branches',
    'branches/conv2d',
    'branches/branch',
    'branches/branch/max_pooling2d',
    'branches/branch/conv2d',
  ]);
  t.same(model.outputShape, [6, 6, 7]);
});

t.test('what they refuse', async t => {
  const cases: [() => unknown, string][] = [
    [() => residual('same' as never), 'OptionError: residual: layers must be a list of layers, got "same"'],
    [() => residual([3 as never]), 'OptionError: residual: layers[0] must be a layer, such as conv2d(8, 3), got 3'],
    [
      () => residual([{ merge: 1 } as never]),
      'OptionError: residual: layers[0] must be a layer, such as conv2d(8, 3), got { merge: 1 }',
    ],
    [
      () => residual([], { shortcut: [null as never] }),
      'OptionError: residual: shortcut[0] must be a layer, such as conv2d(8, 3), got null',
    ],
    [
      () => residual([], { join: 'sum' as never }),
      'OptionError: unknown join of residual "sum"; known: concatenate, add, average, maximum, minimum, multiply, subtract',
    ],
    [
      () => residual([], { join: 'maximun' as never }),
      'OptionError: unknown join of residual "maximun": did you mean "maximum"? Known: concatenate, add, average, maximum, minimum, multiply, subtract',
    ],
    [
      () => branches([[]], { join: { className: 'ReLU' } as never }),
      'OptionError: branches: join must be one of concatenate, add, average, maximum, minimum, multiply, subtract, or a layer such as dot(-1), got { className: "ReLU" }',
    ],
    [
      () => branches([[]], { join: 'add', axis: 1 }),
      'OptionError: branches: axis goes with join \'concatenate\', got join "add"',
    ],
    [
      () => branches([[]], { axis: 0 }),
      'OptionError: branches: axis must be an integer other than 0, which is the axis of the batch, got 0',
    ],
    [() => branches([]), 'OptionError: branches: expected a list of layers, or of lists of layers, got []'],
    [
      () => branches([same(1), ['conv' as never]]),
      'OptionError: branches[1][0] must be a layer, such as conv2d(8, 3), got "conv"',
    ],
    [
      () => branches([[]], { joins: 'add' } as never),
      'OptionError: unknown option of branches "joins": did you mean "join"? Known: join, axis, activation, name, inputShape, trainable',
    ],
    [
      () => concatenate({ axis: 1.5 }),
      'OptionError: concatenate: axis must be an integer other than 0, which is the axis of the batch, got 1.5',
    ],
    [
      () => dot([0, 1]),
      'OptionError: dot: axes must be an integer other than 0, which is the axis of the batch, got 0',
    ],
    [() => dot([1, 1, 1] as never), 'OptionError: dot: axes must be an integer or two of them, got [1, 1, 1]'],
    [() => dot({ axes: 1, normalize: 1 as never }), 'OptionError: dot: normalize must be true or false, got 1'],
    [() => add({ trainable: false } as never), 'OptionError: add: there is no option trainable; leave it out'],
    [
      () => image().add(add() as never),
      'ShapeError: add: this layer makes one of several: give it a list, such as apply(add(), [a, b])',
    ],
  ];
  for (const [program, message] of cases) t.equal(errorOf(program), message);
});

t.test('what does not go together is told with its place', async t => {
  const cases: [Layer, string][] = [
    [
      residual([conv2d(2, 3)]),
      'ShapeError: residual "residual": add: [6, 6, 2] and [4, 4, 2] do not go together: 6 against 4 elements along axis 1 of the result',
    ],
    [
      residual([same(2)], { shortcut: [conv2d(2, 7)] }),
      "ShapeError: conv2d \"residual/shortcut/conv2d\": a 7x7 kernel does not fit into 6x6 (padding 'valid'); use padding 'same' or a smaller kernelSize",
    ],
    [
      branches([same(2), [same(3), conv2d(1, 2)]]),
      'ShapeError: branches "branches": concatenate: [5, 5, 1] does not go with [6, 6, 2]: all axes must be equal but axis 3, the batch being axis 0',
    ],
    [
      branches([same(2), []], { axis: -4 }),
      'ShapeError: branches "branches": concatenate: axis -4 does not exist in inputs of [6, 6, 2], the batch being axis 0',
    ],
    [
      branches([same(2), [], []], { join: 'subtract' }),
      'ShapeError: branches "branches": subtract: expected two inputs, got 3',
    ],
    [
      branches([same(2), [conv2d(1, 2)]], { join: dot([1, 2]) }),
      'ShapeError: branches "branches": dot: [6, 6, 2] and [5, 5, 1] differ along the axes 1 and 2: 6 against 5 elements',
    ],
    [
      branches([same(2), []], { join: dot(4) }),
      'ShapeError: branches "branches": dot: axis 4 does not exist in inputs of [6, 6, 2], the batch being axis 0',
    ],
    [
      { forward: (ops, x) => ops.apply(add() as never, x) },
      'ShapeError: lambda "lambda": this layer makes one of several: give it a list, such as apply(add(), [a, b])',
    ],
    [
      { forward: (ops, x) => ops.apply(relu() as never, [x, x]) },
      'ShapeError: lambda "lambda": this layer takes one input, got a list of 2; join them first, as by add() or concatenate()',
    ],
    [
      { forward: (ops, x) => ops.apply(subtract() as never, [x]) },
      'ShapeError: subtract "lambda/subtract": subtract: expected two inputs, got 1',
    ],
    [
      { forward: ops => ops.apply(average() as never, []) },
      'ShapeError: average "lambda/average": average: expected at least one input, got 0',
    ],
  ];
  for (const [layer, message] of cases)
    t.equal(
      errorOf(() => image().add(layer)),
      message,
    );
});

/** 1 - (1 - a)(1 - b) ...: a merging layer that the library does not have. */
const either = (): MergingLayer => ({
  className: 'Either',
  config: {},
  outputShape: ([first = []]) => first,
  merge(ops, values) {
    const none = values.map(value => ops.affine(value, -1, 1));
    return ops.affine(
      none.reduce((all, each) => ops.multiply(all, each)),
      -1,
      1,
    );
  },
});

t.test('they come back from a file as they were, within each other too', async t => {
  const inner = residual([same(3), sequential(relu({ inputShape: [6, 6, 3] }), same(3, 'last'))], {
    shortcut: [conv2d(3, 1, { name: 'projection' })],
    activation: 'tanh',
    join: 'average',
  });
  const model = image()
    .add(branches([inner, [same(3), residual([same(3)], { join: multiply() })]], { axis: 2 }))
    .add(branches([[], relu()], { join: either() }))
    .add(branches([[], same(3)], { join: minimum(), activation: 'relu' }))
    .add(flatten())
    .add(branches([dense(4), dense(4)], { join: dot({ axes: -1, normalize: true }) }));
  model.getLayer('projection').trainable = false;
  const x = randomNormal([3, 6, 6, 2], { seed: 2 });
  const bytes = await encodeModel(model);
  t.equal(
    await rejectionOf(decodeModel(bytes)),
    'FormatError: model: layer "Either" is a Either, which is not known: pass its factory in customLayers: { Either: options => ... }',
  );
  const again = await decodeModel(bytes, { customLayers: { Either: either } });
  t.equal(far(await again.predict(x), await model.predict(x)), 0);
  t.same(pathsOf(again), pathsOf(model));
  t.equal(again.getLayer('projection').trainable, false);
  t.same(await encodeModel(again), bytes, 'and give the same file');
  const named = image().add(residual([{ forward: (ops, value) => ops.relu(value) }]));
  t.equal(
    await rejectionOf(encodeModel(named)),
    'OptionError: layer "residual" cannot be saved: it has no config, or one of its options is a function or an object without a config; name what the library has, or give the object a name and a config',
  );
});

t.test('the config holds all options', async t => {
  const conv = { className: 'Conv2D', name: 'a', config: same(2, 'a').config };
  t.same(residual([same(2, 'a')]).config, { layers: [conv], shortcut: [], activation: 'linear', join: 'add' });
  t.same(branches([same(2, 'a'), []], { activation: 'relu' }).config, {
    branches: [conv, []],
    join: 'concatenate',
    axis: -1,
    activation: 'relu',
  });
  t.same(dot(2).config, { axes: [2, 2], normalize: false });
});

t.test('configs that nobody wrote are refused', async t => {
  const deep = (depth: number): unknown =>
    depth === 0 ? [] : [{ className: 'Residual', config: { layers: deep(depth - 1) } }];
  const cases: [string, object, string][] = [
    ['Residual', { layers: 3 }, 'FormatError: Residual: layers must be a list, got 3'],
    ['Residual', { layers: ['x'] }, 'FormatError: expected a layer with className and config, got "x"'],
    [
      'Residual',
      { layers: [{ className: 'Add', config: {} }] },
      'FormatError: a Add takes several inputs, and cannot stand where there is one',
    ],
    ['Residual', { layers: deep(101) }, 'FormatError: there are more than 100 layers within each other'],
    ['Branches', { branches: {} }, 'FormatError: Branches: branches must be a list, got {}'],
    [
      'Branches',
      { branches: [[]], join: 7 },
      'OptionError: branches: join must be one of concatenate, add, average, maximum, minimum, multiply, subtract, or a layer such as dot(-1), got 7',
    ],
  ];
  for (const [className, config, message] of cases) {
    const saved = { className, name: 'layer', config: config as { [option: string]: number } };
    t.equal(
      errorOf(() => layerFromConfig(saved)),
      message,
    );
  }
});
