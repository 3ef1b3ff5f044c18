/** Layers under spectral normalization: losses, weights and predictions of three steps are Keras's; files and states hold all. */
import t from 'tap';
import {
  decodeModel,
  decodeState,
  dense,
  encodeModel,
  encodeState,
  flatten,
  type LayerOptionValues,
  Sequential,
  type Shape,
  sgd,
  spectralNormalization,
  tensor,
} from '../../lib/index.ts';
import { layerFromConfig } from '../../lib/layers/registry.ts';
import { errorOf } from '../error-of.ts';
import { readGolden, relativeError } from './golden.ts';
import { uniform } from './inputs.ts';

const { madeBy, cases } = readGolden<{
  readonly madeBy: string;
  readonly cases: readonly {
    readonly className: string;
    readonly config: LayerOptionValues;
    readonly shape: Shape;
    readonly powerIterations: number;
    readonly parameters: { readonly [name: string]: Shape };
    readonly steps: readonly { readonly loss: number; readonly weights: readonly (readonly number[])[] }[];
    readonly prediction: readonly number[];
  }[];
}>('spectral-keras.json');

const tolerance = 5e-6;

for (const backend of ['loops', 'simd'] as const) {
  t.test(`${backend} and ${madeBy}`, async t => {
    for (const [i, { className, config, shape, powerIterations, parameters, steps, prediction }] of cases.entries()) {
      const layer = spectralNormalization(layerFromConfig({ className, config }), { powerIterations });
      const model = new Sequential({ inputShape: shape, backend }).add(layer) as Sequential;
      const drawn = (name: string, of: Shape) => tensor(uniform(`spectral/${i}/${name}`, { shape: of, scale: 2 }), of);
      const isZero = (name: string) => name === 'kernel' && config['kernelInitializer'] === 'zeros';
      const weights = Object.entries(parameters).map(([name, of]) => {
        const given = drawn(name, of);
        return isZero(name) ? tensor(new Float32Array(given.size), of) : given;
      });
      const x = drawn('x', [5, ...shape]);
      const y = drawn('y', [5, ...model.outputShape]);
      model.compile({ optimizer: sgd({ learningRate: 0.1, momentum: 0.5 }), loss: 'mse' });
      await model.setWeights(weights);
      for (const [step, expected] of steps.entries()) {
        const what = `${className} ${i}, step ${step + 1}`;
        const { loss } = await model.trainOnBatch(x, y);
        t.ok(Math.abs(loss / expected.loss - 1) < tolerance, `${what}: loss ${loss}, expected ${expected.loss}`);
        for (const [at, weight] of (await model.getWeights()).entries()) {
          const error = relativeError(weight.data, expected.weights[at]!);
          t.ok(error < tolerance, `${what}: weight ${at} is ${error} off`);
        }
      }
      for (const each of [model, await decodeModel(await encodeModel(model))]) {
        const error = relativeError((await each.predict(x)).data, prediction);
        t.ok(error < tolerance, `${className} ${i}: the prediction is ${error} off`);
      }
    }
  });
}

t.test('a training goes on to the same bits from a state', async t => {
  const x = tensor(uniform('spectral/0/x', { shape: [5, 3], scale: 2 }), [5, 3]);
  const made = () => {
    const model = new Sequential({ inputShape: [3], seed: 4 }).add(spectralNormalization(dense(4)));
    model.compile({ optimizer: sgd({ learningRate: 0.1, momentum: 0.5 }), loss: 'mse' });
    return model;
  };
  const [first, second] = [made(), made()];
  const y = await first.predict(x);
  const targets = tensor(
    Float32Array.from(y.data, each => each + 1),
    [5, 4] as const,
  );
  await first.trainOnBatch(x, targets);
  await second.setState(decodeState(encodeState(await first.getState())));
  await Promise.all([first, second].map(model => model.trainOnBatch(x, targets)));
  const [a, b] = await Promise.all([first.getWeights(), second.getWeights()]);
  t.same(
    b!.map(({ data }) => data),
    a!.map(({ data }) => data),
  );
});

t.test('what cannot be normalized', async t => {
  t.equal(
    String(errorOf(() => new Sequential({ inputShape: [3] }).add(spectralNormalization(flatten())))),
    'OptionError: spectralNormalization: the layer must have a parameter "kernel", as conv2d and dense have, got none',
  );
  t.equal(
    String(errorOf(() => spectralNormalization(3 as never))),
    'OptionError: spectralNormalization: layer must be a layer, such as conv2d(8, 3), got 3',
  );
  t.equal(
    String(errorOf(() => spectralNormalization(dense(3), { powerIterations: 0 }))),
    'OptionError: spectralNormalization: powerIterations must be a positive integer, got 0',
  );
});
