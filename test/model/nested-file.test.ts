/** Models of nested models, and of layers of one's own, in files. */
import t from 'tap';
import {
  conv2d,
  decodeModel,
  dense,
  encodeModel,
  flatten,
  type Layer,
  type LayerFactory,
  type LayerNode,
  randomNormal,
  rescaling,
  Sequential,
  sequential,
} from '../../lib/index.ts';
import { rejectionOf } from '../error-of.ts';

/** x + convolution(x), whose options are in its config. */
function residual(filters: number): Layer {
  const inner = conv2d(filters, 3, { padding: 'same' });
  return {
    className: 'Residual',
    config: { filters },
    forward: (ops, x) => ops.add(ops.apply(inner, x), x),
  };
}
const customLayers: { readonly [className: string]: LayerFactory } = {
  Residual: ({ filters, name }) => ({ ...residual(Number(filters)), name: String(name) }),
};

t.test('a nested model with composites comes back as it was', async t => {
  const block = new Sequential({ inputShape: [6, 6, 2] }).add(residual(2)).add(conv2d(3, 3, { activation: 'relu' }));
  const model = new Sequential({ inputShape: [6, 6, 2], seed: 9, name: 'whole' })
    .add(rescaling(1 / 255))
    .add(block)
    .add(sequential(flatten({ inputShape: [4, 4, 3] }), dense(5, { name: 'hidden' })))
    .add(dense(2, { activation: 'softmax' }));
  model.getLayer('hidden').trainable = false;
  model.getLayer('sequential/residual/conv2d').trainable = false;
  const x = randomNormal([3, 6, 6, 2], { seed: 1 }).multiply(255);
  const again = await decodeModel(await encodeModel(model), { customLayers });
  t.same((await again.predict(x)).data, (await model.predict(x)).data);
  const shown = ({ layers }: Sequential): unknown[] => {
    const below = (nodes: readonly LayerNode[]): unknown[] =>
      nodes.flatMap(({ path, className, outputShape, trainable, children }) => [
        [path, className, outputShape, trainable],
        ...below(children),
      ]);
    return below(layers);
  };
  t.same(shown(again), shown(model));
});

t.test('a layer without className or config cannot be saved', async t => {
  const model = new Sequential({ inputShape: [3], seed: 1 }).add((ops, x) => ops.relu(x));
  t.equal(
    await rejectionOf(encodeModel(model)),
    'OptionError: layer "lambda" cannot be saved: give it a className, a config of JSON, and its factory as customLayers when the file is loaded',
  );
});
