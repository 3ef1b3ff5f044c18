/** Every loss: what Keras 3 computes, its gradients by one step of descent from it, and how rows become one number. */
import t, { type Test } from 'tap';
import {
  type ActivationName,
  conv2d,
  dense,
  type Loss,
  losses,
  Sequential,
  sgd,
  sparseCategoricalCrossentropy,
  type Tensor,
  tensor,
} from '../../lib/index.ts';
import { readGolden, relativeError } from './golden.ts';
import { labels, uniform } from './inputs.ts';
import { type TargetsKind, targetsOf } from './targets.ts';

type Form = 'dense' | 'image' | 'extreme';

interface Golden {
  madeBy: string;
  cases: readonly {
    form: Form;
    loss: string;
    options: object;
    targets: TargetsKind;
    activation: ActivationName | 'softplus';
    weighted: boolean;
    value: number;
    weights: readonly (readonly number[])[];
  }[];
  uneven: readonly {
    reduction: 'sumOverBatchSize' | 'mean' | 'sum' | 'meanWithSampleWeight';
    lossWeights: number | null;
    history: readonly number[];
    evaluate: number;
    weights: readonly (readonly number[])[];
  }[];
}

const golden = readGolden<Golden>('losses-keras.json');
/** Outputs of one activation under a loss that goes with another. */
const mismatched = readGolden<Golden>('losses-keras-torch.json');

const tolerance = 2e-5;
const backends = ['loops', 'simd'] as const;

const drawn = (tag: string, shape: readonly number[], scale: number, offset = 0): Tensor =>
  tensor(uniform(tag, { shape, scale, offset }), shape);

const extremes = tensor([
  [0, 1, -1, 2],
  [1e4, -1e4, 0, 3],
  [-1e4, -1e4, 1e4, 1e4],
  [1e4, 1e4, 1e4, 1e4],
  [0, 0, 0, 0],
]);

/** The model with its inputs, as losses_keras.py makes them. */
async function modelOf(form: Form, activation: ActivationName | 'softplus', backend: (typeof backends)[number]) {
  const isImage = form === 'image';
  const model = new Sequential({ inputShape: isImage ? [2, 2, 3] : [form === 'dense' ? 3 : 4], seed: 1, backend });
  const given = activation === 'softplus' ? {} : { activation };
  const built = isImage
    ? model.add(conv2d({ filters: 4, kernelSize: 1, ...given }))
    : model.add(dense({ units: 4, ...given }));
  if (activation === 'softplus') built.add((ops, y) => ops.softplus(y));
  const identity = tensor(
    Float32Array.from({ length: 16 }, (_, i) => Number(i % 5 === 0)),
    [4, 4],
  );
  const kernel = form === 'extreme' ? identity : drawn('loss/kernel 0', isImage ? [1, 1, 3, 4] : [3, 4], 2);
  const bias = form === 'extreme' ? tensor([0, 0, 0, 0]) : drawn('loss/bias 0', [4], 0.5);
  await model.setWeights([kernel, bias]);
  const x = { dense: () => drawn('loss/x', [5, 3], 4), image: () => drawn('loss/images', [5, 2, 2, 3], 4) };
  return { model, x: form === 'extreme' ? extremes : x[form]() };
}

/** The factory of that name, which is the camel case of Keras's. */
function lossOf(name: string, options: object): Loss {
  const factories: { readonly [name: string]: (options: object) => Loss } = losses;
  const made = factories[name];
  if (made === undefined) throw new Error(`there is no ${name} among ${Object.keys(losses).join(', ')}`);
  return made(options);
}

async function closeWeights(test: Test, model: Sequential, expected: readonly (readonly number[])[], what: string) {
  for (const [i, weight] of (await model.getWeights()).entries()) {
    const error = relativeError(weight.data, expected[i]!);
    test.ok(error < tolerance, `${what}: weight ${i} is ${error} off`);
  }
}

function closeTo(test: Test, actual: number, expected: number, what: string) {
  const error = Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-3);
  test.ok(error < tolerance, `${what} is ${actual}, expected ${expected}`);
}

for (const backend of backends) {
  for (const { madeBy, cases } of [golden, mismatched]) {
    t.test(`${backend}, ${madeBy}: losses and a step from them`, async t => {
      for (const { form, loss, options, targets, activation, weighted, value, weights } of cases) {
        const what = `${form} ${loss} ${JSON.stringify(options)} of ${activation} and ${targets}`;
        const { model, x } = await modelOf(form, activation, backend);
        const learningRate = form === 'extreme' ? 1e-5 : 0.5;
        model.compile({ optimizer: sgd({ learningRate }), loss: lossOf(loss, options) });
        const shape = form === 'image' ? [5, 2, 2, 4] : [5, 4];
        const sampleWeight = weighted ? { sampleWeight: drawn('loss/weights', [5], 2, 1.25) } : {};
        const logs = await model.trainOnBatch(x, targetsOf('loss/y', targets, shape), sampleWeight);
        closeTo(t, logs.loss, value, what);
        await closeWeights(t, model, weights, what);
      }
    });
  }
}

t.test('a loss of five lines is that of Keras, with its gradient', async t => {
  const { value, weights } = golden.cases.find(each => JSON.stringify(each.options) === '{"delta":0.4}')!;
  const rounded: Loss<'numbers'> = {
    name: 'rounded',
    targets: 'numbers',
    forward(ops, output, targets) {
      const error = ops.abs(ops.subtract(output, targets));
      const each = ops.where(ops.less(error, 0.4), ops.affine(ops.square(error), 0.5), ops.affine(error, 0.4, -0.08));
      return ops.mean(each, -1);
    },
  };
  for (const backend of backends) {
    const { model, x } = await modelOf('dense', 'linear', backend);
    model.compile({ optimizer: sgd({ learningRate: 0.5 }), loss: rounded });
    closeTo(t, (await model.trainOnBatch(x, targetsOf('loss/y', 'numbers', [5, 4]))).loss, value, backend);
    await closeWeights(t, model, weights, backend);
  }
});

t.test('outputs of 0, 1 and 10,000 give every loss, and its gradient, finite numbers', async t => {
  const kinds: { readonly [loss: string]: readonly [ActivationName, TargetsKind] } = {
    sparseCategoricalCrossentropy: ['softmax', 'classes'],
    categoricalGeneralizedCrossEntropy: ['softmax', 'classes'],
    poisson: ['sigmoid', 'counts'],
  };
  for (const name of Object.keys(losses)) {
    const own = kinds[lossOf(name, {}).name];
    for (const activation of own === undefined ? (['linear', 'softmax', 'sigmoid'] as const) : [own[0]]) {
      for (const backend of backends) {
        const { model, x } = await modelOf('extreme', activation, backend);
        const options = activation === 'linear' && 'fromLogits' in lossOf(name, {}).config! ? { fromLogits: true } : {};
        model.compile({ optimizer: sgd({ learningRate: 1e-9 }), loss: lossOf(name, options) });
        const { loss } = await model.trainOnBatch(x, targetsOf('loss/y', own?.[1] ?? 'oneHot', [5, 4]));
        const numbers = (await model.getWeights()).flatMap(({ data }) => [...data]);
        t.ok([loss, ...numbers].every(Number.isFinite), `${name} of ${activation} on ${backend}: ${loss}, ${numbers}`);
      }
    }
  }
});

t.test(`${golden.madeBy}: reductions over batches of 4, 4 and 2`, async t => {
  const [x, y] = [drawn('uneven/x', [10, 3], 2), tensor(labels('uneven/y', 10, 4))];
  const options = { batchSize: 4, sampleWeight: drawn('uneven/weights', [10], 2, 1.25) };
  for (const { reduction, lossWeights, history, evaluate, weights } of golden.uneven) {
    const model = new Sequential({ inputShape: [3], seed: 1 }).add(dense({ units: 4, activation: 'softmax' }));
    await model.setWeights([drawn('uneven/kernel 0', [3, 4], 2), drawn('uneven/bias 0', [4], 0.5)]);
    const loss = sparseCategoricalCrossentropy({ reduction });
    const compiled = model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss, lossWeights: lossWeights ?? 1 });
    const fitted = await compiled.fit(x, y, { ...options, epochs: 2, shuffle: false, verbose: 0 });
    for (const [epoch, value] of history.entries()) closeTo(t, fitted.history['loss']![epoch]!, value, reduction);
    await closeWeights(t, model as Sequential, weights, reduction);
    closeTo(t, (await compiled.evaluate(x, y, options)).loss, evaluate, `${reduction}, evaluate`);
  }
});
