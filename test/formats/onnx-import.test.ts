/** Models from ONNX files of other programs, whose predictions onnxruntime and whose losses PyTorch has computed. */
import { readFile } from 'node:fs/promises';
import t from 'tap';
import { loadModel } from '../../lib/formats/index.ts';
import { decodeOnnx } from '../../lib/formats/onnx/decode-onnx.ts';
import { decodeModel, encodeModel, losses, type Sequential, sgd, type Tensor, tensor } from '../../lib/index.ts';
import { relativeError } from '../golden/golden.ts';

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
interface Predicted {
  readonly file: string;
  readonly x: Numbers;
  readonly y: Numbers;
}
interface FineTuned {
  readonly file: string;
  readonly x: Numbers;
  readonly labels: readonly number[];
  readonly losses: readonly number[];
}

const folder = new URL('../golden/formats/onnx/', import.meta.url);
const bytesOf = (file: string) => readFile(new URL(file, folder));
const goldenOf = async <T>(file: string): Promise<T> => JSON.parse(String(await bytesOf(file)));

/** Images as models take them; only Keras's files have them so. */
const imagesOf = ({ shape, data }: Numbers, file: string): Tensor => {
  const given: Tensor = tensor(Float32Array.from(data), shape);
  return file.startsWith('keras') ? given : given.transpose([0, 2, 3, 1]);
};

t.test('files of PyTorch, of Keras and of the model zoo predict what onnxruntime does', async t => {
  const cases = await goldenOf<readonly Predicted[]>('predictions.json');
  t.equal(cases.length, 9);
  for (const { file, x, y } of cases) {
    const model = await loadModel(await bytesOf(file), { file });
    const predicted: Tensor = await model.predict(imagesOf(x, file));
    t.same(predicted.shape, y.shape, file);
    t.ok(relativeError(predicted.data, y.data) < 1e-5, `${file}: ${relativeError(predicted.data, y.data)}`);
    const again = await decodeModel(await encodeModel(model));
    t.same((await again.predict(imagesOf(x, file))).data, predicted.data, `${file}: saved and loaded`);
  }
});

t.test('operations that exporters write seldom predict what they do in onnxruntime', async t => {
  for (const { file, x, y } of await goldenOf<readonly Predicted[]>('ops.json')) {
    const model = await decodeOnnx(await bytesOf(file), { file });
    const predicted: Tensor = await model.predict(imagesOf(x, file));
    t.same(predicted.shape, y.shape, file);
    t.ok(relativeError(predicted.data, y.data) < 1e-5, `${file}: ${relativeError(predicted.data, y.data)}`);
  }
});

t.test('training goes on from an imported network as it does in PyTorch', async t => {
  const { file, x, labels, losses: expectedLosses } = await goldenOf<FineTuned>('fine-tuned.json');
  const model = await decodeOnnx(await bytesOf(file), { file });
  const loss = losses.sparseCategoricalCrossentropy({ fromLogits: true });
  model.compile({ optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }), loss });
  const { history } = await model.fit(imagesOf(x, file), tensor(labels), { batchSize: 8, epochs: 20, verbose: 0 });
  for (const [step, expected] of expectedLosses.entries()) {
    t.ok(
      Math.abs(history['loss']![step]! / expected - 1) < 1e-4,
      `step ${step}: ${history['loss']![step]} and ${expected}`,
    );
  }
});

const layersOf = (model: Sequential): readonly string[] => model.layers.map(({ className }) => className);

t.test('what a file holds becomes standard layers', async t => {
  const simple = [
    'Conv2D',
    'ReLU',
    'MaxPooling2D',
    'Conv2D',
    'LeakyReLU',
    'ZeroPadding2D',
    'AveragePooling2D',
    'Flatten',
  ];
  const dense = ['Dense', 'Activation', 'Dense', 'Softmax'];
  for (const exporter of ['script', 'dynamo']) {
    t.same(layersOf(await decodeOnnx(await bytesOf(`torch-${exporter}-simple.onnx`))), [...simple, ...dense], exporter);
  }
  const zoo = await decodeOnnx(await bytesOf('zoo-mnist.onnx'));
  const pooled = ['Conv2D', 'ReLU', 'MaxPooling2D'];
  t.same(layersOf(zoo), [...pooled, ...pooled, 'Flatten', 'Dense']);
  t.same(zoo.inputShape, [28, 28, 1]);
  t.match(zoo.layers[0]!.config, { padding: 'same', useBias: true }, 'the bias and the padding are parts of the layer');
  t.equal(zoo.countParams(), 5994);
  const keras = await decodeOnnx(await bytesOf('keras-torch.onnx'));
  t.same(keras.inputShape, [12, 10, 3]);
  t.equal(keras.getLayer('graph/maxpool').config!['padding'], 'same', 'pixels at the edge are no layer');
});
