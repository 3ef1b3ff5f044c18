/** ONNX files of Inkling in onnxruntime, and files of PyTorch in Inkling. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { decodeOnnx, encodeOnnx } from '../../../lib/formats/index.ts';
import {
  activation,
  activations,
  adaptiveAveragePooling2d,
  alexnet,
  averagePooling2d,
  batchNormalization,
  branches,
  conv2d,
  conv2dTranspose,
  cropping2d,
  dense,
  depthwiseConv2d,
  flatten,
  globalAveragePooling2d,
  glu,
  groupNormalization,
  type Layer,
  layerNormalization,
  lenet5,
  localResponseNormalization,
  maxPooling2d,
  mobilenetV2,
  normalization,
  paddedShortcut,
  pairedCnn,
  permute,
  prelu,
  randomNormal,
  repeatVector,
  rescaling,
  residual,
  resizing,
  resnet,
  rmsNormalization,
  Sequential,
  separableConv2d,
  shallowCnn,
  stackedCnn,
  type Tensor,
  tensor,
  unitNormalization,
  upSampling2d,
  vgg,
  zeroPadding2d,
} from '../../../lib/index.ts';
import { readMutated } from '../../formats/mutated-onnx.ts';
import { relativeError } from '../../golden/golden.ts';
import { runCommand } from '../../run-command.ts';
import { pythonWith } from './environment.ts';

const { python = '', missing } = await pythonWith('torch', 'onnx', 'onnxruntime');
const program = join(import.meta.dirname, 'onnx_exchange.py');

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
const flat = ({ shape, data }: Tensor): Numbers => ({ shape, data: [...data] });
const tensorOf = ({ shape, data }: Numbers): Tensor => tensor(Float32Array.from(data), shape);

/** A folder that is there for one test. */
async function folderFor(t: { teardown(action: () => Promise<void>): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-onnx-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

const padding = { top: 1, bottom: 0, left: 2, right: 1 };

/** Every kind of layer that a prediction has something of. */
const networks: { readonly [name: string]: () => Sequential } = {
  alexnet: () => alexnet({ width: 0.25 }),
  lenet5: () => lenet5(),
  mobilenet: () => mobilenetV2(),
  paired: () => pairedCnn(),
  resnet: () => resnet({ depth: 20 }),
  shallow: () => shallowCnn(),
  stacked: () => stackedCnn(),
  vgg: () => vgg({ inputShape: [32, 32, 3] }),
  layers: () =>
    new Sequential({ inputShape: [16, 15, 4], seed: 2 })
      .add(rescaling(1 / 3))
      .add(normalization({ mean: [0, 1, 2, 3], variance: [1, 2, 3, 4] }))
      .add(
        residual([conv2d(6, 3, { padding: 'same', strides: 2 })], { shortcut: paddedShortcut(6), activation: 'relu' }),
      )
      .add(
        branches([
          conv2d(4, 1),
          [depthwiseConv2d(3, { padding: 'same', depthMultiplier: 2 }), prelu()],
          conv2d(6, 3, { padding: 'same', groups: 3, dilationRate: 2 }),
        ]),
      )
      .add(
        residual([globalAveragePooling2d({ keepDims: true }), dense(22, { activation: 'sigmoid' })], {
          join: 'multiply',
        }),
      )
      .add(upSampling2d({ size: [2, 3], interpolation: 'bilinear' }))
      .add(resizing(10, 13))
      .add(resizing(7, 9, { interpolation: 'nearest' }))
      .add(conv2dTranspose(6, 3, { strides: 2, padding: 'same' }))
      .add(conv2dTranspose(4, 2, { strides: 3 }))
      .add(
        zeroPadding2d([
          [1, 2],
          [0, 3],
        ]),
      )
      .add(
        cropping2d([
          [2, 1],
          [1, 0],
        ]),
      )
      .add(localResponseNormalization())
      .add(groupNormalization({ groups: 2 }))
      .add(batchNormalization({ axis: 1 }))
      .add(adaptiveAveragePooling2d([5, 6]))
      .add(layerNormalization({ axis: [1, 2] }))
      .add(averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' })),
  vectors: () =>
    new Sequential({ inputShape: [12], seed: 3 })
      .add(dense(16))
      .add(glu())
      .add(unitNormalization())
      .add(repeatVector(3))
      .add(rmsNormalization())
      .add(permute([2, 1]))
      .add(dense(5, { activation: 'tanh' }))
      .add(flatten())
      .add(batchNormalization()),
};

/** Chains of convolutions, activations and pooling with options that are drawn. */
function drawn(number: number): Sequential {
  const random = randomNormal([400], { seed: number }).data;
  let at = 0;
  const one = <T>(...choices: readonly T[]): T => choices[Math.floor(Math.abs(random[at++]! * 1000)) % choices.length]!;
  const model: Sequential = new Sequential({ inputShape: [one(9, 12, 15), one(10, 13), 4], seed: number });
  for (let block = 0; block < 3; block++) {
    const [size, dilationRate] = [[one(1, 2, 3), one(1, 2, 3)], one(1, 2)] as const;
    const strides: readonly [number, number] = dilationRate === 1 ? [one(1, 2), one(1, 2)] : [1, 1];
    const common = {
      kernelSize: size,
      strides,
      dilationRate,
      padding: block === 0 ? one<'same' | typeof padding>('same', padding) : ('same' as const),
    };
    const convolutions: readonly (() => Layer)[] = [
      () => conv2d({ ...common, filters: one(4, 8), groups: one(1, 2, 4), useBias: one(true, false) }),
      () => depthwiseConv2d({ ...common, depthMultiplier: one(1, 2) }),
      () => separableConv2d({ ...common, filters: 8, strides: strides[0] }),
      () => conv2dTranspose({ ...common, filters: 4, dilationRate: 1, padding: one('same', 'valid') }),
    ];
    model.add(one(...convolutions)());
    if (one(true, false)) model.add(batchNormalization());
    model.add(activation(one('relu', 'gelu', 'silu', 'hardSilu', 'elu', 'mish', 'selu', 'softsign', 'leakyRelu')));
    const settings = { poolSize: one(2, 3), strides: one(1, 2), padding: 'same' } as const;
    model.add(one(maxPooling2d(settings), averagePooling2d(settings)));
  }
  model.add(flatten());
  model.add(dense(6, { activation: 'softmax' }));
  return model;
}

t.test('onnxruntime predicts with the files what the models do', { skip: missing ?? false }, async t => {
  const folder = await folderFor(t);
  const all: [string, () => Sequential][] = Object.entries(networks);
  for (let number = 0; number < 40; number++) all.push([`drawn-${number}`, () => drawn(number)]);
  const withOptions: readonly string[] = ['threshold'];
  for (const name of Object.keys(activations).filter(each => !withOptions.includes(each))) {
    all.push([
      `activation-${name}`,
      () => new Sequential({ inputShape: [4, 5, 6], seed: 1 }).add(conv2d(6, 1)).add(activation(name as 'relu')),
    ]);
  }
  const expected = new Map<string, Tensor>();
  for (const [name, make] of all) {
    const model = make();
    const weights: readonly Tensor[] = await model.getWeights();
    await model.setWeights(
      weights.map((each, i) =>
        each.shape.length > 1 ? each : randomNormal(each.shape, { seed: i }).multiply(0.3).abs().add(0.5),
      ),
    );
    const x: Tensor = randomNormal([3, ...model.inputShape], { seed: 5 });
    const y: Tensor = await model.predict(x);
    for (const layout of model.inputShape.length === 3 ? (['nhwc', 'nchw'] as const) : (['nhwc'] as const)) {
      const file = `${name}-${layout}`;
      const turned = (each: Tensor): Tensor =>
        layout === 'nchw' && each.shape.length === 4 ? each.transpose([0, 3, 1, 2]) : each;
      await writeFile(
        join(folder, `${file}.onnx`),
        await encodeOnnx(model, { layout, opset: name.length % 2 === 0 ? 18 : 17 }),
      );
      await writeFile(join(folder, `${file}.json`), JSON.stringify(flat(turned(x))));
      expected.set(file, turned(y));
    }
    model.dispose();
  }
  await runCommand(folder, python, program, 'predict', folder);
  for (const [file, y] of expected) {
    const told: Numbers = JSON.parse(String(await readFile(join(folder, `${file}.out.json`))));
    const error = relativeError(y.data, told.data);
    t.ok(String(told.shape) === String(y.shape) && error < 1e-5, `${file}: ${error}`);
  }
});

t.test('drawn networks of PyTorch predict the same', { skip: missing ?? false }, async t => {
  const folder = await folderFor(t);
  await runCommand(folder, python, program, 'draw', folder, '40');
  const files = (await readdir(folder)).filter(file => file.endsWith('.onnx'));
  t.ok(files.length > 20);
  for (const file of files) {
    const { x, y }: { x: Numbers; y: Numbers } = JSON.parse(
      String(await readFile(join(folder, file.replace('.onnx', '.json')))),
    );
    const model = await decodeOnnx(await readFile(join(folder, file)), { file });
    const predicted: Tensor = await model.predict(tensorOf(x).transpose([0, 2, 3, 1]));
    const error = relativeError(predicted.data, y.data);
    t.ok(error < 1e-5, `${file}: ${error}`);
    model.dispose();
  }
});

t.test('ten thousand mutated files', async t => {
  const { refused, read, slow, wrong } = await readMutated(10_000);
  t.comment(`${refused} refused, ${read} read`);
  t.same([slow, wrong], [[], []]);
});
