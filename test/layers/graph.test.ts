/** Graph layers: where their layers are, what they refuse, and in files. */
import t from 'tap';
import {
  type AnyLayer,
  add,
  concatenate,
  conv2d,
  decodeModel,
  dense,
  encodeModel,
  type GraphNodes,
  globalAveragePooling2d,
  graph,
  graphOfNodes,
  type Layer,
  randomNormal,
  relu,
  Sequential,
  subtract,
  type Tensor,
} from '../../lib/index.ts';
import { layerFromConfig } from '../../lib/layers/registry.ts';
import { errorOf } from '../error-of.ts';
import { pathsOf } from '../model/blocks.ts';

const far = (a: Tensor, b: Tensor): number => a.subtract(b).abs().max().item();

/** Two views of an image through one convolution, and what is left between them. */
const views = (options = {}) => {
  const shared = conv2d(3, 3, { padding: 'same', activation: 'tanh' });
  return graph(
    [6, 6, 3],
    (x, apply) => {
      const near = apply(shared, x, { name: 'near' });
      const wide = apply(shared, near);
      const both = apply(concatenate(), [near, wide, apply(subtract({ name: 'left' }), [near, wide])]);
      return apply(add(), [apply(conv2d(4, 1), both), apply(dense(4), apply(globalAveragePooling2d(), both))]);
    },
    options,
  );
};

t.test('its nodes have their places in the tree, and shared layers their parameters once', async t => {
  const model = new Sequential({ inputShape: [6, 6, 3], seed: 1 }).add(views()).add(relu());
  t.same(pathsOf(model), [
    'graph',
    'graph/near',
    'graph/conv2d',
    'graph/left',
    'graph/concatenate',
    'graph/conv2d_1',
    'graph/global_average_pooling2d',
    'graph/dense',
    'graph/add',
    're_lu',
  ]);
  t.equal(model.countParams(), 3 * 3 * 9 + 3 + 9 * 4 + 4 + 9 * 4 + 4);
  t.same(model.getLayer('add').inputShapes, [[6, 6, 4], [4]]);
  const first = new Sequential([views({ name: 'views', trainable: false })]);
  t.equal(first.getLayer('views/near').trainable, false);
  t.same(first.inputShape, [6, 6, 3]);
});

t.test('it comes back from a file as it was', async t => {
  const model = new Sequential({ inputShape: [6, 6, 3], seed: 1 }).add(views());
  const bytes = await encodeModel(model);
  const again = await decodeModel(bytes);
  const x = randomNormal([2, 6, 6, 3], { seed: 1 });
  t.equal(far(await again.predict(x), await model.predict(x)), 0);
  t.equal(again.countParams(), model.countParams());
  t.same(await encodeModel(again), bytes);
  const { nodes, output, inputShape } = views().config as { [name: string]: object[] };
  t.same([inputShape, output], [[6, 6, 3], 'add']);
  t.same(
    nodes!.map(node => ({ ...node, layer: undefined })),
    [
      { name: 'near', layer: undefined, inputs: ['input'] },
      { name: 'conv2d', layer: undefined, sharedWith: 'near', inputs: ['near'] },
      { name: 'left', layer: undefined, inputs: ['near', 'conv2d'] },
      { name: 'concatenate', layer: undefined, inputs: ['near', 'conv2d', 'left'] },
      { name: 'conv2d_1', layer: undefined, inputs: ['concatenate'] },
      { name: 'global_average_pooling2d', layer: undefined, inputs: ['concatenate'] },
      { name: 'dense', layer: undefined, inputs: ['global_average_pooling2d'] },
      { name: 'add', layer: undefined, inputs: ['conv2d_1', 'dense'] },
    ],
  );
  t.equal(graph([2], (x, apply) => apply({ forward: (ops, y) => ops.relu(y) } as Layer, x)).config, undefined);
});

t.test('nodes in any order give the same', async t => {
  const hidden = dense(4, { activation: 'tanh' });
  const made = graphOfNodes({
    inputShape: [4],
    output: 'sum',
    nodes: [
      { name: 'sum', layer: add(), inputs: ['again', 'hidden', 'input'] },
      { name: 'again', layer: hidden, inputs: ['hidden'] },
      { name: 'hidden', layer: hidden, inputs: ['input'] },
    ],
  });
  const described = graph([4], (x, apply) => {
    const y = apply(hidden, x, { name: 'hidden' });
    return apply(add(), [apply(hidden, y, { name: 'again' }), y, x], { name: 'sum' });
  });
  t.same(made.config, described.config);
  const x = randomNormal([3, 4], { seed: 2 });
  const [a, b] = await Promise.all(
    [made, described].map(layer => new Sequential({ inputShape: [4], seed: 3 }).add(layer as Layer).predict(x)),
  );
  t.equal(far(a!, b!), 0);
});

const nodesOf = (nodes: unknown, output: unknown = 'a') =>
  graphOfNodes({ inputShape: [2], nodes, output } as GraphNodes);

t.test('what a list of nodes is refused for', async t => {
  const node = (name: unknown, inputs: unknown = ['input'], layer: unknown = relu()) => ({ name, layer, inputs });
  const cases: [unknown, unknown, string][] = [
    [[], 'a', 'graph: nodes must be a list of { name, layer, inputs }, got []'],
    [[3], 'a', 'graph: nodes[0]: name must be a text without "/" and ":", got undefined'],
    [[node('a/b')], 'a', 'graph: nodes[0]: name must be a text without "/" and ":", got "a/b"'],
    [[node('a', ['input'], 7)], 'a', 'graph: nodes[0]: layer must be a layer, such as conv2d(8, 3), got 7'],
    [[node('a', 'input')], 'a', 'graph: nodes[0]: inputs must be a list of names, got "input"'],
    [[node('a', [])], 'a', 'graph: nodes[0]: inputs must be a list of names, got []'],
    [[node('a', ['input', 'input'])], 'a', 'graph: nodes[0]: "a" takes one input, got 2; join them first, as by add()'],
    [[node('input')], 'input', 'graph: there are two nodes "input"; names must be unique within a graph'],
    [[node('a'), node('a')], 'a', 'graph: there are two nodes "a"; names must be unique within a graph'],
    [
      [node('a', ['hiden']), node('hidden')],
      'a',
      'unknown input of node "a" of graph "hiden": did you mean "hidden"? Known: input, a, hidden',
    ],
    [[node('a')], 'b', 'unknown output of graph "b": did you mean "a"? Known: a'],
    [[node('a')], 'input', 'unknown output of graph "input"; known: a'],
    [[node('a', ['a'])], 'a', 'graph: "a" -> "a" is a circle; no node can need its own output'],
    [
      [node('a', ['b', 'input'], add()), node('b', ['c']), node('c', ['a']), node('d', ['c'])],
      'd',
      'graph: "a" -> "c" -> "b" -> "a" is a circle; no node can need its own output',
    ],
    [
      [node('a'), node('b'), node('c', ['b'])],
      'a',
      'graph: nothing uses the output of "c"; join it to the others, or leave it out',
    ],
  ];
  for (const [nodes, output, message] of cases)
    t.equal(
      errorOf(() => nodesOf(nodes, output)),
      `OptionError: ${message}`,
    );
});

t.test('what a described graph is refused for', async t => {
  let outside: unknown;
  graph([2], (x, apply) => {
    outside = x;
    return apply(relu(), x);
  });
  const foreign = outside as Parameters<Parameters<typeof graph>[1]>[0];
  const cases: [() => unknown, string][] = [
    [() => graph([2], 3 as never), 'OptionError: graph: expected a function (x, apply) => ..., got 3'],
    [
      () => graph([2], (_, apply) => apply(relu(), foreign)),
      'OptionError: graph: apply takes what this graph\'s function or apply itself gave, got { node: "input" }',
    ],
    [
      () => graph([2], () => undefined as never),
      'OptionError: graph: the function must return what apply gave, got undefined',
    ],
    [() => graph([2], x => x), 'OptionError: graph: the function must return what apply gave, got the input itself'],
    [
      () => graph([2], (x, apply) => apply(3 as never, x)),
      'OptionError: graph: what apply is given must be a layer, such as conv2d(8, 3), got 3',
    ],
    [
      () => graph([2], (x, apply) => apply(add() as never, x)),
      'ShapeError: this layer makes one of several: give it a list, such as apply(add(), [a, b])',
    ],
    [
      () => graph([2], (x, apply) => apply(relu() as AnyLayer as never, [x, x])),
      'ShapeError: this layer takes one input, got a list of 2; join them first, as by add() or concatenate()',
    ],
    [
      () => graph([2], (x, apply) => apply(relu({ name: 'a' }), apply(dense(2, { name: 'a' }), x))),
      'OptionError: graph: there are two nodes "a"; names must be unique within a graph',
    ],
    [
      () =>
        graph([2], (x, apply) => {
          apply(dense(3), x);
          return apply(relu(), x);
        }),
      'OptionError: graph: nothing uses the output of "dense"; join it to the others, or leave it out',
    ],
    [
      () => graph([2], (x, apply) => apply(relu(), x), { nam: 'x' } as object),
      'OptionError: unknown option of graph "nam": did you mean "name"? Known: nodes, output, name, inputShape, trainable',
    ],
    [
      () => graph([0], (x, apply) => apply(relu(), x)),
      'OptionError: graph: inputShape must be a list of positive integers, got [0]',
    ],
    [
      () => new Sequential({ inputShape: [3] }).add(graph([2] as number[], (x, apply) => apply(relu(), x))),
      'ShapeError: graph "graph": inputShape [2] contradicts the output of the layer before, [3]; leave inputShape out',
    ],
    [
      () => new Sequential([graph([6, 2], (x, apply) => apply(conv2d(2, 3) as Layer, x))]),
      'ShapeError: conv2d "graph/conv2d": expected an input of [height, width, channels], got [6, 2]',
    ],
  ];
  for (const [program, message] of cases) t.equal(errorOf(program), message);
});

t.test('configs that nobody wrote are refused', async t => {
  const own = { className: 'ReLU', config: {} };
  const cases: [object, string][] = [
    [{ nodes: 3 }, 'FormatError: Graph: nodes must be a list, got 3'],
    [{ nodes: [3] }, 'FormatError: expected a layer with className and config, got undefined'],
    [
      { nodes: [{ name: 'a', sharedWith: 'b', inputs: ['input'] }] },
      'FormatError: Graph: node "a" shares the layer of "b", which is no node before it',
    ],
    [
      { inputShape: [2], output: 'a', nodes: [{ name: 'a', layer: own, inputs: ['a'] }] },
      'OptionError: graph: "a" -> "a" is a circle; no node can need its own output',
    ],
  ];
  for (const [config, message] of cases) {
    const saved = { className: 'Graph', name: 'layer', config: config as { [option: string]: number } };
    t.equal(
      errorOf(() => layerFromConfig(saved)),
      message,
    );
  }
});
