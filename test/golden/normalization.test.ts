/** Networks with normalizations, trained and frozen, against Keras on both backends: see normalization_keras.py. */
import t from 'tap';
import {
  type BackendName,
  decodeModel,
  dense,
  encodeModel,
  type LayerOptionValues,
  type Loss,
  Sequential,
  type Shape,
  sgd,
  tensor,
} from '../../lib/index.ts';
import { layerFromConfig } from '../../lib/layers/registry.ts';
import { readGolden, relativeError } from './golden.ts';
import { uniform } from './inputs.ts';

interface NetworkCase {
  readonly className: string;
  readonly shape: Shape;
  readonly trainable: boolean;
  readonly config: LayerOptionValues;
  readonly losses: readonly number[];
  readonly weights: { readonly [name: string]: readonly number[] };
  readonly output: readonly number[];
}

const { madeBy, steps, examples, rate, cases } = readGolden<{
  readonly madeBy: string;
  readonly steps: number;
  readonly examples: number;
  readonly rate: number;
  readonly cases: readonly NetworkCase[];
}>('normalization-keras.json');

/** The sum of weights times the output, for each row. */
const weightedSum: Loss<'numbers'> = {
  name: 'weightedSum',
  targets: 'numbers',
  forward: (ops, output, weights) => ops.sum(ops.multiply(output, weights), [output.shape.length - 1]),
};

/** The network of a case with the weights that normalization_keras.py gives it. */
async function networkOf(
  { className, shape, trainable, config }: NetworkCase,
  tag: string,
  backend: BackendName,
): Promise<Sequential> {
  const units = shape.at(-1)!;
  const layer = layerFromConfig({ className, name: 'normalized', config });
  const model = new Sequential({ inputShape: shape, backend })
    .add(dense(units, { useBias: false }) as never)
    .add(layer as never) as Sequential;
  const weights = model.layers.flatMap(({ parameters }) =>
    parameters.map(parameter => {
      const isKernel = parameter.name === 'kernel';
      const offset = ['kernel', 'beta', 'moving_mean', 'renorm_mean'].includes(parameter.name) ? 0 : 1;
      const spec = { shape: parameter.shape, scale: isKernel ? 2 : 1, offset };
      return tensor(uniform(`${tag}/${parameter.name}`, spec), parameter.shape);
    }),
  );
  await model.setWeights(weights);
  model.getLayer('normalized').trainable = trainable;
  return model;
}

for (const backend of ['loops', 'simd'] satisfies BackendName[]) {
  t.test(`${backend} and ${madeBy}`, async t => {
    for (const [index, golden] of cases.entries()) {
      const { className, shape, config, trainable } = golden;
      const what = `${className} ${JSON.stringify(config)} on ${JSON.stringify(shape)}${trainable ? '' : ', frozen'}`;
      const tag = `normalization/${className} ${index}`;
      const batch = [examples, ...shape];
      const drawn = (name: string, scale: number, offset: number) =>
        tensor(uniform(`${tag}/${name}`, { shape: batch, scale, offset }), batch);
      const model = await networkOf(golden, tag, backend);
      model.compile({ optimizer: sgd({ learningRate: rate }), loss: weightedSum });
      const losses: number[] = [];
      for (let step = 0; step < steps; step++) {
        const { loss } = await model.trainOnBatch(drawn(`x ${step}`, 4, 1), drawn(`weights ${step}`, 2, 0));
        losses.push(loss!);
      }
      const close = (name: string, got: ArrayLike<number>, expected: readonly number[]) => {
        const error = relativeError(got, expected);
        t.ok(error < 1e-4, `${what}: ${name} is ${error} off`);
      };
      close('the loss', losses, golden.losses);
      const parameters = model.layers.flatMap(layer => layer.parameters);
      const trained = await model.getWeights();
      t.same(
        parameters.map(({ name }) => name),
        Object.keys(golden.weights),
        'Keras has them in the same order',
      );
      for (const [i, { name }] of parameters.entries()) close(name, trained[i]!.data, golden.weights[name]!);
      const x = drawn(`x ${steps}`, 4, 1);
      for (const each of [model, await decodeModel(await encodeModel(model))]) {
        close('the output', (await each.predict(x)).data, golden.output);
      }
    }
  });
}
