/** Regularizers and constraints against Keras: losses, weights behind each of three steps, and evaluation. */
import t from 'tap';
import {
  type BackendName,
  decodeModel,
  encodeModel,
  LambdaCallback,
  type LayerOptionValues,
  Sequential,
  type Shape,
  sgd,
  type Tensor,
  tensor,
} from '../../lib/index.ts';
import { layerFromConfig } from '../../lib/layers/registry.ts';
import { readGolden, relativeError } from './golden.ts';
import { labels, uniform } from './inputs.ts';

interface PenaltyCase {
  readonly name: string;
  readonly shape: Shape;
  readonly layers: readonly { readonly className: string; readonly config: LayerOptionValues }[];
  readonly optimizer: { readonly [option: string]: number | boolean };
  readonly loss: number;
  readonly steps: readonly (readonly (readonly number[])[])[];
  readonly evaluated: number;
}

const { madeBy, cases } = readGolden<{ readonly madeBy: string; readonly cases: readonly PenaltyCase[] }>(
  'penalties-keras.json',
);

/** The network of a case, with the weights that penalties_keras.py draws. */
async function network({ name, shape, layers }: PenaltyCase, backend: BackendName): Promise<Sequential> {
  const model = new Sequential({ inputShape: shape, backend }) as Sequential;
  for (const { className, config } of layers) {
    const { trainable, ...options } = config as LayerOptionValues & { readonly trainable?: boolean };
    const layer = layerFromConfig({ className, name: `layer${model.layers.length}`, config: options });
    model.add(trainable === undefined ? layer : { ...layer, trainable });
  }
  const first = (await model.getWeights()).map((weight, i) => {
    const scale = weight.shape.length > 1 ? 1 : 0.5;
    return tensor(uniform(`penalties/${name} ${i}`, { shape: weight.shape, scale }), weight.shape) as Tensor;
  });
  await model.setWeights(first);
  return model;
}

for (const backend of ['loops', 'simd'] satisfies BackendName[]) {
  t.test(`${backend} and ${madeBy}`, async t => {
    for (const each of cases) {
      const x = tensor(uniform('penalties/x', { shape: [10, ...each.shape], scale: 2 }), [10, ...each.shape]);
      const y = tensor(labels('penalties/y', 10, 3), [10]);
      const model = await network(each, backend);
      const compile = (one: Sequential) =>
        one.compile({
          optimizer: sgd({ learningRate: 0.25, ...each.optimizer }),
          loss: 'sparseCategoricalCrossentropy',
        });
      compile(model);
      const steps: (readonly Tensor[])[] = [];
      const keep = new LambdaCallback({
        onTrainBatchEnd: async () => {
          steps.push(await model.getWeights());
        },
      });
      const { history } = await model.fit(x, y, { batchSize: 4, shuffle: false, verbose: 0, callbacks: [keep] });
      t.ok(
        Math.abs(history['loss']![0]! / each.loss - 1) < 2e-6,
        `${each.name}: ${history['loss']} is not ${each.loss}`,
      );
      t.equal(steps.length, each.steps.length);
      for (const [step, weights] of each.steps.entries()) {
        const error = Math.max(...weights.map((expected, i) => relativeError(steps[step]![i]!.data, expected)));
        t.ok(error < 5e-6, `${each.name}: weights are ${error} off behind step ${step + 1}`);
      }
      // What is loaded again has its penalties, too; a file does not say what is frozen.
      const copies = each.layers.some(({ config }) => 'trainable' in config)
        ? [model]
        : [model, await decodeModel(await encodeModel(model))];
      for (const one of copies) {
        compile(one);
        const { loss } = await one.evaluate(x, y, { batchSize: 4 });
        t.ok(Math.abs(loss / each.evaluated - 1) < 2e-6, `${each.name}: ${loss} is not ${each.evaluated}`);
      }
    }
  });
}
