/** A layer of ten lines that the library does not have: it trains as its equal in Keras does, and is saved. */
import t from 'tap';
import {
  adam,
  type BackendName,
  conv2d,
  decodeModel,
  dense,
  encodeModel,
  initializers,
  type Layer,
  type LayerFactory,
  Sequential,
  type Shape,
  tensor,
} from '../../lib/index.ts';
import { readGolden, relativeError } from './golden.ts';
import { labels, uniform } from './inputs.ts';

const golden = readGolden<{
  readonly madeBy: string;
  readonly shapes: readonly Shape[];
  readonly predicted: readonly number[];
  readonly losses: readonly number[];
  readonly power: number;
}>('custom-layer-keras.json');

/** [height, width, channels] -> [channels]. */
interface GeneralizedMeanPooling extends Layer {
  readonly '~out'?: this['~in'] extends readonly [number, number, infer C extends number] ? [C] : 'expected an image';
}

interface PoolingOptions {
  readonly power?: number;
  readonly name?: string;
}

/** The mean of all pixels to a power that is learned (Radenović et al. 2019, equation 3): 1 gives the mean, much the maximum. */
const generalizedMeanPooling = ({ power = 3, ...options }: PoolingOptions = {}): GeneralizedMeanPooling => ({
  className: 'GeneralizedMeanPooling',
  ...options,
  config: { power },
  parameters: () => [{ name: 'p', shape: [1], initializer: initializers.constant({ value: power }) }],
  forward: (ops, x, { p }) => ops.pow(ops.mean(ops.pow(ops.maximum(x, 1e-6), p!), [1, 2]), ops.divide(1, p!)),
});

for (const backend of ['loops', 'simd'] satisfies BackendName[]) {
  t.test(`${backend} and ${golden.madeBy}`, async t => {
    const model: Sequential<[6, 6, 2], [3]> = new Sequential({ inputShape: [6, 6, 2], backend })
      .add(conv2d(4, 3, { activation: 'relu' }))
      .add(generalizedMeanPooling())
      .add(dense(3, { activation: 'softmax' }));
    const weights = golden.shapes.map((shape, i) => tensor(uniform(`custom/${i}`, { shape }), shape));
    weights[2] = tensor([3]);
    await model.setWeights(weights);
    const x = tensor(uniform('custom/x', { shape: [8, 6, 6, 2], scale: 4 }), [8, 6, 6, 2]);
    const y = tensor(labels('custom/y', 8, 3), [8], 'int32');
    const off = relativeError((await model.predict(x)).data, golden.predicted);
    t.ok(off < 1e-5, `outputs are ${off} off`);
    model.compile({ optimizer: adam({ learningRate: 0.05 }), loss: 'sparseCategoricalCrossentropy' });
    const { history } = await model.fit(x, y, { batchSize: 8, epochs: 10, shuffle: false, verbose: 0 });
    const losses = history['loss']!;
    t.ok(relativeError(losses, golden.losses) < 1e-4, `losses ${losses}, expected ${golden.losses}`);
    const power = (await model.getWeights())[2]!.data[0]!;
    t.ok(Math.abs(power - golden.power) < 1e-3, `power ${power}, expected ${golden.power}`);

    const factory: LayerFactory = ({ power: saved, name }) =>
      generalizedMeanPooling({ power: Number(saved), name: String(name) });
    const again = await decodeModel(await encodeModel(model as Sequential), {
      customLayers: { GeneralizedMeanPooling: factory },
    });
    const apart = relativeError((await again.predict(x)).data, [...(await model.predict(x)).data]);
    t.ok(apart < 1e-5, `what comes back from a file is ${apart} off`);
  });
}
