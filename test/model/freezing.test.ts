/** Layers frozen and let loose by path, name and pattern, and what the summary shows of it. */
import t from 'tap';
import {
  batchNormalization,
  conv2d,
  dense,
  flatten,
  randomNormal,
  relu,
  residual,
  Sequential,
  type SummaryOptions,
} from '../../lib/index.ts';
import { errorOf } from '../error-of.ts';

const block = (name: string) =>
  residual([conv2d(2, 3, { padding: 'same', name: 'first' }), conv2d(2, 1, { name: 'second' })], { name });
const model = () =>
  new Sequential({ inputShape: [4, 4, 2], seed: 1 })
    .add(block('block1'))
    .add(block('block2'))
    .add(flatten())
    .add(dense(3));

const frozen = ({ layers }: Sequential): string[] => {
  const below = (nodes: readonly Sequential['layers'][number][]): string[] =>
    nodes.flatMap(({ path, trainable, children }) => [
      ...(trainable ? [] : [path]),
      ...below(children as readonly Sequential['layers'][number][]),
    ]);
  return below(layers);
};

t.test('patterns', async t => {
  const cases: [Parameters<Sequential['freeze']>[0], string[]][] = [
    ['block1/first', ['block1/first']],
    ['block1', ['block1', 'block1/first', 'block1/second']],
    ['block1/*', ['block1/first', 'block1/second']],
    ['*/second', ['block1/second', 'block2/second']],
    ['second', ['block1/second', 'block2/second']],
    ['*1', ['block1', 'block1/first', 'block1/second']],
    ['b*k2/f*', ['block2/first']],
    ['**t', ['block1/first', 'block2/first']],
    [/second|dense/, ['block1/second', 'block2/second', 'dense']],
    [/^block1$/g, ['block1', 'block1/first', 'block1/second']],
    [
      ['dense', /1\/f/],
      ['block1/first', 'dense'],
    ],
    [
      undefined,
      ['block1', 'block1/first', 'block1/second', 'block2', 'block2/first', 'block2/second', 'flatten', 'dense'],
    ],
  ];
  for (const [pattern, expected] of cases) {
    const made: Sequential = model();
    t.equal(made.freeze(pattern), made);
    t.same(frozen(made), expected, String(pattern));
    made.unfreeze(pattern);
    t.same(frozen(made), []);
  }
  const made: Sequential = model();
  made.freeze('block1').unfreeze('block1/second');
  t.same(frozen(made), ['block1', 'block1/first']);
});

t.test('what fits nothing is refused, and nothing is changed', async t => {
  const made: Sequential = model();
  const paths = 'block1, block1/first, block1/second, block2, block2/first, block2/second, flatten, dense';
  const cases: [unknown, string][] = [
    ['block3/*', `OptionError: freeze: no layer fits "block3/*"; there are: ${paths}`],
    [/^first/, `OptionError: freeze: no layer fits /^first/; there are: ${paths}`],
    [['dense', 'denze'], `OptionError: freeze: no layer fits "denze"; there are: ${paths}`],
    [
      3,
      'OptionError: freeze: expected the path or name of a layer, a pattern such as "block1/*", a regular expression, or a list of them, got 3',
    ],
    [
      [''],
      'OptionError: freeze: expected the path or name of a layer, a pattern such as "block1/*", a regular expression, or a list of them, got ""',
    ],
  ];
  for (const [pattern, message] of cases) {
    t.equal(
      errorOf(() => made.freeze(pattern as string)),
      message,
    );
    t.same(frozen(made), []);
  }
});

t.test('frozen layers do not learn', async t => {
  const made = model();
  made.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  made.freeze(['block1/*', 'dense']);
  const before = await made.getWeights();
  await made.trainOnBatch(randomNormal([4, 4, 4, 2], { seed: 1 }), randomNormal([4, 3], { seed: 2 }));
  const after = await made.getWeights();
  t.same(
    before.map((weight, i) => weight.subtract(after[i]!).abs().max().item() > 0),
    [false, false, false, false, true, true, true, true, false, false],
  );
});

const textOf = (made: Sequential, options: SummaryOptions): string => {
  let text = '';
  made.summary({
    ...options,
    print: printed => {
      text = printed;
    },
  });
  return text;
};
const cellsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter(line => line.startsWith('│'))
    .map(line =>
      line
        .slice(2, -2)
        .split('│')
        .map((cell, i) => (i === 0 ? cell.trimEnd() : cell.trim())),
    );

t.test('summary shows what trains as Keras does', async t => {
  const inner = new Sequential([conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 3] }), batchNormalization()], {
    name: 'block1',
  });
  const made: Sequential = new Sequential({ inputShape: [8, 8, 3] })
    .add(inner)
    .add(relu())
    .add(flatten())
    .add(dense(3));
  made.freeze('conv2d');
  // What Keras 3.15 prints with show_trainable and expand_nested; it breaks names that are longer than its column.
  t.same(cellsOf(textOf(made, { showTrainable: true })), [
    ['block1 (Sequential)', '(None, 6, 6, 4)', '128', 'Y'],
    ['   └ conv2d (Conv2D)', '(None, 6, 6, 4)', '112', 'N'],
    ['   └ batch_normalization (BatchNormalization)', '(None, 6, 6, 4)', '16', 'Y'],
    ['re_lu (ReLU)', '(None, 6, 6, 4)', '0', '-'],
    ['flatten (Flatten)', '(None, 144)', '0', '-'],
    ['dense (Dense)', '(None, 3)', '435', 'Y'],
  ]);
  t.match(textOf(made, {}), /Trainable params: 443 \(1.73 KB\)\n Non-trainable params: 120 \(480.00 B\)$/);
  made.freeze('block1');
  t.same(cellsOf(textOf(made, { showTrainable: true, expandNested: false }))[0], [
    'block1 (Sequential)',
    '(None, 6, 6, 4)',
    '128',
    'N',
  ]);
  t.same(cellsOf(textOf(made, { layerRange: [/^re/, 'flatten'] })), [
    ['re_lu (ReLU)', '(None, 6, 6, 4)', '0'],
    ['flatten (Flatten)', '(None, 144)', '0'],
  ]);
  t.match(textOf(made, { showTrainable: true }), /┃ Param # ┃ Trainable ┃\n/);
  t.match(textOf(made, { showTrainable: true }), / 435 │ {5}Y {5}│\n/, 'in the middle of its column');
});

t.test('what summary refuses', async t => {
  const made: Sequential = model();
  const cases: [unknown, string][] = [
    [3, 'OptionError: summary: expected an object with options, or a function that prints, got 3'],
    [
      { expand: true },
      'OptionError: unknown option of summary "expand"; known: print, expandNested, showTrainable, layerRange',
    ],
    [{ print: 'x' }, 'OptionError: summary: print must be a function, got "x"'],
    [{ showTrainable: 1 }, 'OptionError: summary: showTrainable must be true or false, got 1'],
    [{ expandNested: 0 }, 'OptionError: summary: expandNested must be true or false, got 0'],
    [{ layerRange: 'dense' }, 'OptionError: summary: layerRange must be [first, last], got "dense"'],
    [
      { layerRange: ['block', 'dense'] },
      'OptionError: unknown first layer of layerRange "block": did you mean "block1"? Known: block1, block2, flatten, dense',
    ],
    [
      { layerRange: ['block1', /x/] },
      'OptionError: unknown last layer of layerRange "/x/"; known: block1, block2, flatten, dense',
    ],
  ];
  for (const [options, message] of cases) {
    t.equal(
      errorOf(() => made.summary(options as SummaryOptions)),
      message,
    );
  }
});
