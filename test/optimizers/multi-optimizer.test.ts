import t from 'tap';
import {
  adam,
  adamw,
  decodeState,
  encodeState,
  multiOptimizer,
  muon,
  type Optimizer,
  optimizerFromConfig,
  sgd,
} from '../../lib/index.ts';
import { errorOf, rejectionOf } from '../error-of.ts';
import { givenGradients, numbersOf, shapes, trainSteps } from './given-gradients.ts';

const names = Object.keys(shapes);
const steps = 6;

/** The parameters behind some steps, by their names. */
async function trained(optimizer: Optimizer, backend: 'loops' | 'simd' = 'loops') {
  const model = await givenGradients(optimizer, backend);
  await trainSteps(model, 0, steps);
  const numbers = (await model.getWeights()).map(({ data }) => data);
  return { model, byName: Object.fromEntries(names.map((name, i) => [name, numbers[i]!])) };
}

const makers: { readonly [name: string]: () => Optimizer } = {
  adam: () => adam({ learningRate: 0.01, amsgrad: true }),
  adamw: () => adamw({ learningRate: 0.02, weightDecay: 0.1, excludeFromWeightDecay: ['filters'] }),
  sgd: () => sgd({ learningRate: 0.1, momentum: 0.9 }),
  muon: () => muon({ learningRate: 0.02 }),
};

for (const backend of ['loops', 'simd'] as const) {
  t.test(`${backend}: each parameter goes the way that it goes with its optimizer alone`, async t => {
    const multi = multiOptimizer({
      defaultOptimizer: makers['adam']!(),
      optimizerMap: [
        ['second', makers['muon']!()],
        [/filters|bias/, makers['adamw']!()],
        ['scale', makers['sgd']!()],
      ],
    });
    const whose = { kernel: 'adam', second: 'muon', filters: 'adamw', bias: 'adamw', scale: 'sgd' } as const;
    const { byName } = await trained(multi, backend);
    for (const [name, maker] of Object.entries(whose)) {
      t.same(byName[name], (await trained(makers[maker]!(), backend)).byName[name], `${name} by ${maker}`);
    }
  });
}

t.test('it is made again of its config, and goes on from its state to the same bits', async t => {
  const make = () =>
    multiOptimizer({
      defaultOptimizer: makers['adam']!(),
      optimizerMap: [[/second/i, makers['sgd']!()]],
      clipNorm: 0.5,
      gradientAccumulationSteps: 2,
      useEma: true,
    });
  const { className, config } = make();
  const again = optimizerFromConfig(JSON.parse(JSON.stringify({ className, config })));
  t.same(again.config, config);
  const whole = await trained(make());
  const resumed = await givenGradients(again);
  await trainSteps(resumed, 0, 3);
  const state = decodeState(encodeState(await resumed.getState()));
  const last = await givenGradients(make());
  await last.setState(state);
  await trainSteps(last, 3, steps);
  t.strictSame(await numbersOf(last), await numbersOf(whole.model));
});

t.test('rates are set on the optimizers', async t => {
  const head = sgd({ learningRate: 0.1 });
  const multi = multiOptimizer({ defaultOptimizer: 'adam', optimizerMap: new Map([['second', head]]) });
  t.same([multi.learningRate, multi.optimizers.length], [0.001, 2]);
  const model = await givenGradients(multi);
  const before = (await model.getWeights())[names.indexOf('second')]!.data;
  head.learningRate = 0;
  await trainSteps(model, 3, 6);
  t.same((await model.getWeights())[names.indexOf('second')]!.data, before);
  t.equal(
    errorOf(() => {
      multi.learningRate = 1;
    }),
    'OptionError: multiOptimizer: there are 2 rates; set that of one of its optimizers',
  );
});

t.test('what does not fit', async t => {
  const make = (options: object) => () =>
    multiOptimizer({ defaultOptimizer: adam(), optimizerMap: [['a', sgd()]], ...options });
  const inner = multiOptimizer({ defaultOptimizer: adam(), optimizerMap: [['a', sgd()]] });
  const faults: [() => unknown, string][] = [
    [
      make({ optimizerMap: { a: 'sgd' } }),
      `multiOptimizer: optimizerMap must be pairs of a pattern and an optimizer, such as [['head', sgd()]], got { a: "sgd" }`,
    ],
    [
      make({ optimizerMap: [[3, sgd()]] }),
      "multiOptimizer: optimizerMap must be a list of texts or regular expressions, such as ['bias', /norm/], got [3]",
    ],
    [
      make({ rate: 3 }),
      'unknown option of multiOptimizer "rate"; known: defaultOptimizer, optimizerMap, clipValue, clipNorm, globalClipNorm, gradientAccumulationSteps, useEma, emaMomentum, emaOverwriteFrequency',
    ],
    [make({ defaultOptimizer: inner }), 'multiOptimizer: one of its optimizers is a multiOptimizer itself'],
    [
      make({ defaultOptimizer: adam({ clipNorm: 1 }) }),
      'multiOptimizer: adam has clipNorm, which concerns the gradients of all parameters; give it to multiOptimizer instead',
    ],
  ];
  for (const [action, message] of faults) t.equal(errorOf(action), `OptionError: ${message}`);
  const both = multiOptimizer({
    defaultOptimizer: 'adam',
    optimizerMap: [
      ['second', 'sgd'],
      [/sec/, 'sgd'],
    ],
  });
  t.equal(
    await rejectionOf(trained(both)),
    'OptionError: multiOptimizer: the parameter "weighted/second" fits several patterns of optimizerMap: second, /sec/; give each parameter to one optimizer',
  );
  t.equal(
    errorOf(() => optimizerFromConfig({ className: 'MultiOptimizer', config: { optimizerMap: [['a', 3]] } })),
    'FormatError: MultiOptimizer: expected an optimizer with className and config, got 3',
  );
  t.equal(
    errorOf(() => inner.setState!({ optimizers: [{}] })),
    'FormatError: the training state: optimizer: expected the states of 2 optimizers, got [{}]',
  );
  const [first, second] = [adam(), sgd()];
  const pair = multiOptimizer({ defaultOptimizer: first, optimizerMap: [['second', second]] });
  const states = pair.getState!() as { readonly optimizers: readonly object[] };
  const odd = {
    optimizers: [
      { ...states.optimizers[0], learningRate: 0.5 },
      { ...states.optimizers[1], learningRate: -1 },
    ],
  };
  t.match(
    errorOf(() => pair.setState!(odd)),
    /^(Format|Option)Error: /,
  );
  t.same([first.learningRate, second.learningRate], [0.001, 0.01], 'all of it or nothing');
});
