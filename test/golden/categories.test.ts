/** Layers that encode categories against Keras: given and adapted, on both backends, also once they were saved. */
import t from 'tap';
import {
  type AdaptData,
  type BackendName,
  decodeModel,
  encodeModel,
  type Layer,
  type LayerOptionValues,
  Sequential,
  type Shape,
  type Tensor,
  tensor,
} from '../../lib/index.ts';
import { layerFromConfig } from '../../lib/layers/registry.ts';
import { readGolden, relativeError } from './golden.ts';
import { labels, sizeOf, uniform } from './inputs.ts';

const { madeBy, cases } = readGolden<{
  readonly madeBy: string;
  readonly cases: readonly {
    readonly className: string;
    readonly config: LayerOptionValues;
    readonly shape: Shape;
    readonly between: readonly [number, number];
    readonly output: Shape;
    readonly y: readonly number[];
    readonly batched?: readonly number[];
  }[];
}>('categories-keras.json');

/** As categories_keras.py draws them. */
function drawn(tag: string, shape: Shape, [low, high]: readonly [number, number], whole: boolean): Tensor {
  if (!whole) return tensor(uniform(tag, { shape, scale: high - low, offset: (high + low) / 2 }), shape);
  const numbers = labels(tag, sizeOf(shape), high - low + 1);
  return tensor(
    numbers.map(each => each + low),
    shape,
  );
}

const adapted = async (layer: Layer, data: AdaptData): Promise<Layer> =>
  (layer as Layer & { adapt(data: AdaptData): Promise<Layer> }).adapt(data);

for (const backend of ['loops', 'simd'] satisfies BackendName[]) {
  t.test(`${backend} and ${madeBy}`, async t => {
    for (const [i, { className, config, shape, between, output, y, batched }] of cases.entries()) {
      const what = `${className} ${JSON.stringify(config)} of ${shape}`;
      const whole = className !== 'Discretization';
      const x = drawn(`categories/${i}`, [6, ...shape], between, whole);
      const data = drawn(`categories/${i} data`, [23, ...shape], between, whole);
      const made = () => layerFromConfig({ className, name: 'layer', config });
      const expect = async (layer: Layer, expected: readonly number[], way: string) => {
        const model = new Sequential({ inputShape: shape, backend }).add(layer) as Sequential;
        t.same(model.outputShape, output, what);
        for (const each of [model, await decodeModel(await encodeModel(model))]) {
          const error = relativeError((await each.predict(x)).data, expected);
          t.ok(error < 1e-6, `${what}, ${way}: the output is ${error} off`);
        }
      };
      if (batched === undefined) {
        await expect(made(), y, 'given');
        continue;
      }
      const parts = [data.slice([0], [11]), data.slice([11], [9]), data.slice([20], [3])];
      await expect(await adapted(made(), data), y, 'adapted');
      await expect(await adapted(made(), parts), batched, 'adapted in batches');
    }
  });
}
