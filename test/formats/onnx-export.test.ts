/** ONNX files that Inkling writes: that they hold what they should. test/slow compares what onnxruntime predicts with them. */
import t from 'tap';
import { decodeOnnx } from '../../lib/formats/onnx/decode-onnx.ts';
import { type EncodeOnnxOptions, encodeOnnx } from '../../lib/formats/onnx/encode-onnx.ts';
import { loadProtobuf } from '../../lib/formats/onnx/protobuf.ts';
import {
  activation,
  averagePooling2d,
  batchNormalization,
  branches,
  conv2d,
  conv2dTranspose,
  dense,
  depthwiseConv2d,
  dropout,
  flatten,
  gaussianNoise,
  globalAveragePooling2d,
  globalMaxPooling2d,
  layerNormalization,
  localResponseNormalization,
  maxPooling2d,
  type Ops,
  permute,
  prelu,
  randomFlip,
  randomNormal,
  relu,
  rescaling,
  reshape,
  residual,
  Sequential,
  separableConv2d,
  softmax,
  type Tensor,
  upSampling2d,
  type Value,
  zeroPadding2d,
} from '../../lib/index.ts';
import { rejectionOf } from '../error-of.ts';
import { relativeError } from '../golden/golden.ts';

const padding = { top: 1, bottom: 0, left: 2, right: 1 };
const conv = (filters: number, strides = 1) =>
  conv2d({ filters, kernelSize: 3, strides, padding: 'same', useBias: false });

/** Networks that come back from their files. */
const networks = {
  classifier: () =>
    new Sequential({ inputShape: [13, 11, 3], seed: 1 })
      .add(rescaling(1 / 255))
      .add(randomFlip())
      .add(conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }))
      .add(batchNormalization())
      .add(relu({ maxValue: 6 }))
      .add(maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }))
      .add(localResponseNormalization({ depthRadius: 1, alpha: 0.5 }))
      .add(dropout(0.4))
      .add(flatten())
      .add(gaussianNoise(0.1))
      .add(dense(6, { activation: 'gelu' }))
      .add(batchNormalization())
      .add(dense(4))
      .add(softmax()),
  residual: () =>
    new Sequential({ inputShape: [8, 8, 4], seed: 2 })
      .add(
        residual([conv(6, 2), batchNormalization(), relu(), conv(6), batchNormalization()], {
          shortcut: [conv(6, 2), batchNormalization()],
          activation: 'relu',
        }),
      )
      .add(
        branches([
          conv2d(4, 1),
          [depthwiseConv2d({ kernelSize: 3, padding: 'same', depthMultiplier: 2 }), prelu({ sharedAxes: [1, 2] })],
          [separableConv2d({ filters: 5, kernelSize: 5, padding: 'same' }), activation('mish')],
          conv2d({ filters: 6, kernelSize: 3, padding: 'same', groups: 3, dilationRate: 2 }),
        ]),
      )
      .add(
        residual([globalAveragePooling2d({ keepDims: true }), conv2d(27, 1, { activation: 'sigmoid' })], {
          join: 'multiply',
        }),
      )
      .add(globalMaxPooling2d()),
  images: () =>
    new Sequential({ inputShape: [7, 9, 2], seed: 3 })
      .add(conv2d({ filters: 3, kernelSize: [2, 3], strides: [1, 2], padding, activation: 'hardSilu' }))
      .add(upSampling2d({ size: [2, 3], interpolation: 'bilinear' }))
      .add(conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'elu' }))
      .add(
        zeroPadding2d([
          [1, 2],
          [0, 3],
        ]),
      )
      .add(averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' })),
  vectors: () =>
    new Sequential({ inputShape: [12], seed: 4 })
      .add(dense(16, { activation: 'silu' }))
      .add(reshape([4, 4]))
      .add(permute([2, 1]))
      .add(layerNormalization())
      .add(dense(3, { activation: 'tanh' })),
};

/** All parameters other than at first. */
async function moved<M extends Sequential>(model: M): Promise<M> {
  const weights: readonly Tensor[] = await model.getWeights();
  await model.setWeights(weights.map((each, i) => randomNormal(each.shape, { seed: i }).multiply(0.3).abs().add(0.1)));
  return model;
}

for (const [name, make] of Object.entries(networks)) {
  t.test(`${name}: what is written comes back`, async t => {
    const model: Sequential = await moved(make());
    const x: Tensor = randomNormal([2, ...model.inputShape], { seed: 9 });
    const expected = await model.predict(x);
    const layouts = model.inputShape.length === 3 ? (['nhwc', 'nchw'] as const) : (['nhwc'] as const);
    for (const layout of layouts) {
      for (const opset of [17, 18, 21]) {
        const copy = await decodeOnnx(await encodeOnnx(model, { layout, opset }));
        t.same(copy.inputShape, model.inputShape);
        const predicted: Tensor = await copy.predict(x);
        t.same(predicted.shape, expected.shape, `${layout} ${opset}`);
        t.ok(relativeError(predicted.data, [...expected.data]) < 1e-5, `${layout} ${opset}`);
      }
    }
  });
}

/** What a file says, in the names of ONNX. */
async function contentOf(model: Sequential, options: EncodeOnnxOptions = {}) {
  const { read } = await loadProtobuf();
  return read(await encodeOnnx(model, options), 'file');
}

t.test('axes change their order at the borders alone', async t => {
  const opsOf = async (model: Sequential, layout: 'nhwc' | 'nchw') =>
    (await contentOf(model, { layout })).graph!.node.map(({ opType }) => opType);
  const classifier = ['Mul', 'Conv', 'Relu', 'BatchNormalization', 'Clip', 'MaxPool', 'LRN', 'Flatten', 'Gemm'];
  const gelu = ['Mul', 'Erf', 'Add', 'Mul', 'Mul'];
  const end = ['BatchNormalization', 'Gemm', 'Softmax'];
  t.same(await opsOf(networks.classifier(), 'nchw'), [...classifier, ...gelu, ...end]);
  const ops = await opsOf(networks.residual(), 'nhwc');
  t.equal(ops.filter(op => op === 'Transpose').length, 1, 'only the input is turned');
  t.equal((await opsOf(networks.residual(), 'nchw')).filter(op => op === 'Transpose').length, 0);
  t.equal((await opsOf(networks.images(), 'nchw')).filter(op => op === 'Transpose').length, 0);
});

t.test('a file tells what it is, and what goes in and out', async t => {
  const options = { inputName: 'pixels', outputName: 'classes', layout: 'nchw', metadata: { labels: 'a b' } } as const;
  const { producerName, producerVersion, opsetImport, metadataProps, graph } = await contentOf(
    networks.classifier(),
    options,
  );
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
  t.same([producerName, producerVersion], ['inkling', manifest.version]);
  t.same(
    opsetImport.map(({ domain, version }) => [domain, version]),
    [['', 18n]],
  );
  t.same(
    metadataProps.map(({ key, value }) => [key, value]),
    [
      ['inkling.class', 'Sequential'],
      ['inkling.name', 'sequential'],
      ['inkling.layout', 'nchw'],
      ['labels', 'a b'],
    ],
  );
  const shapeOf = ({ name, type }: NonNullable<typeof graph>['input'][number]) => {
    const dims = type?.value.case === 'tensorType' ? type.value.value.shape!.dim : [];
    return [name, ...dims.map(({ value }) => value.value)];
  };
  t.same(graph!.input.map(shapeOf), [['pixels', 'batch', 3n, 13n, 11n]]);
  t.same(graph!.output.map(shapeOf), [['classes', 'batch', 4n]]);
  const names = graph!.node.flatMap(({ output }) => output);
  t.equal(new Set(names).size, names.length);
  t.ok(names.includes('conv2d/Conv'), 'nodes are named by their layers');
});

t.test('what ONNX cannot express is refused by the name of its layer', async t => {
  const model = new Sequential({ inputShape: [4, 4, 1] }).add(conv2d(2, 1)).add({
    name: 'moved',
    forward: (ops: Ops, x: Value) => {
      const still = [1, 0, 0, 0, 1, 0];
      const matrix = ops.constant({
        shape: [6, x.shape[0]!],
        data: still.flatMap(n => new Array(x.shape[0]!).fill(n)),
      });
      return ops.resample(x, matrix, { size: [4, 4] });
    },
  });
  t.equal(
    await rejectionOf(encodeOnnx(model)),
    'OptionError: encodeOnnx: layer "moved" needs "resample", for which ONNX has no operation; leave the layer out, or save the model in another format',
  );
});

t.test('options that are none are refused', async t => {
  const model: Sequential = networks.vectors();
  const messages: readonly [unknown, string][] = [
    [{ opset: 16 }, 'encodeOnnx: opset must be an integer from 17 to 21, got 16'],
    [{ inputName: '' }, 'encodeOnnx: inputName must be a text, got ""'],
    [{ inputName: 'x', outputName: 'x' }, 'encodeOnnx: input and output have the same name "x"'],
    [{ layout: 'nchw' }, "encodeOnnx: layout 'nchw' is for images, but the model takes inputs of [12]"],
    [{ layout: 'hwc' }, 'unknown layout of encodeOnnx "hwc": did you mean "nhwc"? Known: nhwc, nchw'],
    [{ metadata: { a: 1 } }, 'encodeOnnx: metadata must hold texts by key, got { a: 1 }'],
    [
      { opsets: 17 },
      'unknown option of encodeOnnx "opsets": did you mean "opset"? Known: opset, inputName, outputName, layout, metadata',
    ],
    [null, 'encodeOnnx: expected an object with options, got null'],
  ];
  for (const [options, message] of messages) {
    t.equal(await rejectionOf(encodeOnnx(model, options as EncodeOnnxOptions)), `OptionError: ${message}`);
  }
  const none: unknown = 'model';
  t.equal(await rejectionOf(encodeOnnx(none as Sequential)), 'OptionError: encodeOnnx: expected a model, got "model"');
});

t.test('a file tells how it takes images, where its ops do not', async t => {
  const model = new Sequential({ inputShape: [3, 5, 2], seed: 1 }).add(relu()).add(flatten()).add(dense(2));
  const x = randomNormal([2, 3, 5, 2], { seed: 1 });
  const expected = await model.predict(x);
  for (const layout of ['nhwc', 'nchw'] as const) {
    const again = await decodeOnnx(await encodeOnnx(model, { layout }));
    t.ok(relativeError((await again.predict(x)).data, [...expected.data]) < 1e-6, layout);
  }
});
