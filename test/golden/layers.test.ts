/** Layers that are made of operations against Keras: values and gradients on both backends, also once they were saved. */
import t from 'tap';
import {
  type BackendName,
  decodeModel,
  encodeModel,
  type LayerOptionValues,
  type Loss,
  Sequential,
  type Shape,
  tensor,
} from '../../lib/index.ts';
import { layerFromConfig } from '../../lib/layers/registry.ts';
import { readGolden, relativeError } from './golden.ts';
import { sizeOf, uniform } from './inputs.ts';

const { madeBy, cases } = readGolden<{
  readonly madeBy: string;
  readonly cases: readonly {
    readonly className: string;
    readonly config: LayerOptionValues;
    readonly shape: Shape;
    readonly scale: number;
    readonly output: Shape;
    readonly y: readonly number[];
    readonly dx: readonly number[];
  }[];
}>('layers-keras.json');

/** The sum of weights times the output: its gradient is that which layers_keras.py takes. */
const weightedSum: Loss<'numbers'> = {
  name: 'weightedSum',
  targets: 'numbers',
  forward: (ops, output, weights) => ops.sum(ops.multiply(output, weights), [output.shape.length - 1]),
};

for (const backend of ['loops', 'simd'] satisfies BackendName[]) {
  t.test(`${backend} and ${madeBy}`, async t => {
    for (const { className, config, shape, scale, output, y, dx } of cases) {
      const what = `${className} ${JSON.stringify(config)}`;
      const layer = layerFromConfig({ className, name: 'layer', config });
      const model = new Sequential({ inputShape: shape, backend }).add(layer) as Sequential;
      t.same(model.outputShape, output, what);
      const x = tensor(uniform('layers/x', { shape: [2, ...shape], scale }), [2, ...shape]);
      for (const each of [model, await decodeModel(await encodeModel(model))]) {
        const error = relativeError((await each.predict(x)).data, y);
        t.ok(error < 2e-6, `${what}: the output is ${error} off`);
      }
      const drawn = uniform('layers/weights', { shape: [2, sizeOf(output)], scale: 2 });
      const of = { loss: weightedSum, targets: tensor(drawn, [2, ...output]) };
      const { input } = await model.gradients(x, { of });
      const error = relativeError(input.data, dx);
      // Far from 0 the slope of a tangent is the difference of two numbers near to 1.
      t.ok(error < (scale > 4 ? 4e-6 : 2e-6), `${what}: the gradient is ${error} off`);
    }
  });
}
