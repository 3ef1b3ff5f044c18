/** ONNX files that are damaged, or made to do harm: each is a FormatError, soon, and takes no memory. */
import t from 'tap';
import { decodeOnnx } from '../../lib/formats/onnx/decode-onnx.ts';
import { type Init, loadProtobuf } from '../../lib/formats/onnx/protobuf.ts';
import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto } from '../../lib/formats/onnx/schema.ts';
import { type Tensor, zeros } from '../../lib/index.ts';
import { rejectionOf } from '../error-of.ts';
import { readMutated } from './mutated-onnx.ts';

const { write } = await loadProtobuf();

const valueInfo = (name: string, sizes: readonly (number | string)[]): Init<GraphProto>['input'] => [
  {
    name,
    type: {
      value: {
        case: 'tensorType',
        value: {
          elemType: 1,
          shape: {
            dim: sizes.map(size => ({
              value:
                typeof size === 'number'
                  ? { case: 'dimValue' as const, value: BigInt(size) }
                  : { case: 'dimParam' as const, value: size },
            })),
          },
        },
      },
    },
  },
];
const floats = (name: string, dims: readonly number[], data: readonly number[]): Init<TensorProto> => ({
  name,
  dims: dims.map(BigInt),
  dataType: 1,
  floatData: data,
});
const integers = (name: string, data: readonly number[]): Init<TensorProto> => ({
  name,
  dims: [BigInt(data.length)],
  dataType: 7,
  int64Data: data.map(BigInt),
});
const ints = (name: string, values: readonly number[]): Init<AttributeProto> => ({
  name,
  type: 7,
  ints: values.map(BigInt),
});
const int = (name: string, value: number): Init<AttributeProto> => ({ name, type: 2, i: BigInt(value) });
const node = (
  opType: string,
  input: readonly string[],
  attribute: readonly Init<AttributeProto>[] = [],
): Init<NodeProto> => ({
  opType,
  name: opType.toLowerCase(),
  input,
  output: ['y'],
  attribute,
});

interface Parts {
  readonly nodes: readonly Init<NodeProto>[];
  readonly tensors?: readonly Init<TensorProto>[];
  readonly shape?: readonly (number | string)[];
  readonly graph?: Init<GraphProto>;
  readonly model?: Init<ModelProto>;
}

/** A file with such nodes from x to y. */
const fileOf = ({ nodes, tensors = [], shape = ['n', 2, 4, 4], graph = {}, model = {} }: Parts): Uint8Array =>
  write({
    irVersion: 8n,
    opsetImport: [{ domain: '', version: 18n }],
    graph: {
      node: nodes,
      initializer: tensors,
      input: valueInfo('x', shape)!,
      output: valueInfo('y', ['n', 3])!,
      ...graph,
    },
    ...model,
  });

const relu = node('Relu', ['x']);
const filters = floats('w', [1, 2, 1, 1], [1, 2]);
const refusals: readonly [string, Parts, string][] = [
  [
    'an op without a layer',
    { nodes: [node('Einsum', ['x'])] },
    'node "einsum" (Einsum) is an op for which there is no layer; replace it before the model is exported',
  ],
  [
    'an op of others',
    { nodes: [{ ...relu, domain: 'com.microsoft' }] },
    'node "relu" (com.microsoft.Relu) is no op of ONNX itself, and is not read',
  ],
  [
    'an input that nothing gives',
    { nodes: [node('Relu', ['z'])] },
    'node "relu" (Relu) takes "z", which nothing before it gives',
  ],
  ['no input', { nodes: [node('Relu', [])] }, 'node "relu" (Relu) needs its input 0'],
  ['a circle', { nodes: [node('Add', ['x', 'y'])] }, 'node "add" (Add) takes "y", which nothing before it gives'],
  [
    'two outputs',
    { nodes: [relu], graph: { output: [{ name: 'y' }, { name: 'z' }] } },
    'has 2 outputs ("y", "z"), expected one; export a model with one',
  ],
  [
    'an output that nothing gives',
    { nodes: [], graph: { output: [{ name: 'z' }] } },
    'its output "z" is not that of a layer',
  ],
  [
    'sizes that are open',
    { nodes: [relu], shape: ['n', 3, 'h', 'w'] },
    'takes inputs of [?, ?, 3]: pass inputShape with all sizes, such as [224, 224, 3]',
  ],
  [
    'sizes of nothing',
    { nodes: [relu], shape: ['n', 0] },
    'has an input "x" of the shape [?, 0], expected a batch and sizes of 1 or more',
  ],
  [
    'an operator set of tomorrow',
    { nodes: [relu], model: { opsetImport: [{ domain: '', version: 99n }] } },
    'needs the operator set 99 of ONNX, expected one from 7 to 23; export the model for another one',
  ],
  [
    'filters of other images',
    { nodes: [node('Conv', ['x', 'w'])], tensors: [floats('w', [1, 3, 1, 1], [1, 2, 3])] },
    'node "conv" (Conv) has 1 groups and filters of [1, 3, 1, 1] for images with 2 channels',
  ],
  [
    'filters that are computed',
    { nodes: [node('Conv', ['x', 'x'])] },
    'node "conv" (Conv) needs numbers that the file holds as input 1, got the output of a layer',
  ],
  [
    'a window that does not fit',
    { nodes: [node('MaxPool', ['x'], [ints('kernel_shape', [9, 9])])] },
    'node "maxpool" (MaxPool) has a window larger than its input of [4, 4]',
  ],
  [
    'pads below zero',
    { nodes: [node('Conv', ['x', 'w'], [ints('pads', [-1, 0, 0, 0])])], tensors: [filters] },
    'node "conv" (Conv) has pads [-1, 0, 0, 0], expected four numbers from 0 to 65536',
  ],
  [
    'images without end',
    {
      nodes: [{ ...node('Pad', ['x', 'p']), output: ['z'] }, node('Relu', ['z'])],
      tensors: [integers('p', [0, 0, 2 ** 43, 0, 0, 0, 0, 0])],
    },
    `node "pad" (Pad) makes [2, ${2 ** 43 + 4}, 4] of each input, which no tensor can hold`,
  ],
  [
    'a window without end',
    { nodes: [node('MaxPool', ['x'], [ints('kernel_shape', [2 ** 40, 1]), ints('pads', [2 ** 40, 0, 0, 0])])] },
    `node "maxpool" (MaxPool) has kernel_shape [${2 ** 40}, 1], expected two numbers from 1 to 65536`,
  ],
  [
    'an attribute of another type',
    { nodes: [node('Conv', ['x', 'w'], [ints('group', [1])])], tensors: [filters] },
    'node "conv" (Conv) has an attribute "group" of another type than it should be',
  ],
  [
    'a batch that is not in front',
    { nodes: [node('Reshape', ['x', 's'])], tensors: [integers('s', [2, -1])] },
    'node "reshape" (Reshape) brings [batch, 2, 4, 4] into the shape [2, -1]; the batch must stay in front',
  ],
  [
    'a batch that moves',
    { nodes: [node('Transpose', ['x'])] },
    'node "transpose" (Transpose) moves the axis of the batch',
  ],
  [
    'a tensor with too few numbers',
    { nodes: [node('Conv', ['x', 'w'])], tensors: [floats('w', [1, 2, 1, 1], [1])] },
    'the tensor "w" has not as many elements as its shape [1, 2, 1, 1] of float needs',
  ],
  [
    'a tensor without end',
    { nodes: [node('Conv', ['x', 'w'])], tensors: [floats('w', [2 ** 40, 2 ** 40], [1])] },
    `the tensor "w" has not as many elements as its shape [${2 ** 40}, ${2 ** 40}] of float needs`,
  ],
  [
    'numbers without end',
    {
      nodes: [{ ...node('ConstantOfShape', ['s']), output: ['c'] }, node('Add', ['x', 'c'])],
      tensors: [integers('s', [2 ** 40])],
    },
    `node "constantofshape" (ConstantOfShape) makes a tensor of the shape [${2 ** 40}] of numbers that the file holds`,
  ],
  [
    'numbers for each pixel',
    { nodes: [node('Add', ['x', 'b'])], tensors: [floats('b', [4, 4], new Array(16).fill(1))] },
    'node "add" (Add) combines [2, 4, 4] with numbers of [4, 4]; only one for each channel is read',
  ],
  [
    'a quotient of layers',
    { nodes: [node('Div', ['x', 'x'])] },
    'node "div" (Div) divides the output of one layer by that of another, for which there is no layer',
  ],
  [
    'an axis that is not there',
    { nodes: [node('Softmax', ['x'], [int('axis', 7)])] },
    'node "softmax" (Softmax) names the axis 7 of a tensor with 4 axes',
  ],
];

t.test('what cannot be read is refused by the name of its node', async t => {
  for (const [what, parts, message] of refusals) {
    t.equal(await rejectionOf(decodeOnnx(fileOf(parts), { file: 'm.onnx' })), `FormatError: m.onnx: ${message}`, what);
  }
});

t.test('what is no ONNX file is refused', async t => {
  const none = 'FormatError: m.onnx: this is no ONNX file';
  const options = { file: 'm.onnx' };
  t.equal(await rejectionOf(decodeOnnx(new Uint8Array(0), options)), `${none}: it has no graph`);
  const text = new TextEncoder().encode('<html>');
  t.equal(await rejectionOf(decodeOnnx(text, options)), `${none}, or it is damaged`);
});

t.test('weights in another file are taken from beside the model, or refused', async t => {
  const outside = (location: string): Init<TensorProto> => ({
    name: 'w',
    dims: [1n, 2n, 1n, 1n],
    dataType: 1,
    dataLocation: 1,
    externalData: [
      { key: 'location', value: location },
      { key: 'offset', value: '4' },
      { key: 'length', value: '8' },
    ],
  });
  const bytes = (location: string) => fileOf({ nodes: [node('Conv', ['x', 'w'])], tensors: [outside(location)] });
  t.equal(
    await rejectionOf(decodeOnnx(bytes('m.data'))),
    'FormatError: model.onnx: the tensor "w" is in "m.data", which was not given: save the model in one file, as by external_data=False in torch.onnx.export, or pass externalData',
  );
  for (const location of ['../secret', '/etc/passwd', 'a\\b', 'C:x', '']) {
    t.equal(
      await rejectionOf(decodeOnnx(bytes(location), { externalData: async () => new Uint8Array(12) })),
      `FormatError: model.onnx: keeps weights in ${JSON.stringify(location)}, expected the name of a file beside it`,
    );
  }
  t.equal(
    await rejectionOf(decodeOnnx(bytes('m.data'), { externalData: async () => new Uint8Array(11) })),
    'FormatError: model.onnx: the tensor "w" takes the bytes 4 to 12 of "m.data", which has 11',
  );
  const content = new Uint8Array(Float32Array.of(7, 3, 4).buffer);
  const model = await decodeOnnx(bytes('m.data'), { externalData: async () => content });
  const [kernel] = (await model.getWeights()) as readonly Tensor[];
  t.same(kernel!.toArray(), [[[[3], [4]]]]);
});

t.test('a mutated file gives a model or a FormatError', async t => {
  const { refused, read, slow, wrong } = await readMutated(300);
  t.comment(`${refused} refused, ${read} read`);
  t.ok(refused > 50 && read > 50);
  t.same([slow, wrong], [[], []]);
});

t.test('a long chain is read', async t => {
  const chain = Array.from({ length: 2000 }, (_, i) => ({
    ...relu,
    input: [i === 0 ? 'x' : `y${i}`],
    output: [i === 1999 ? 'y' : `y${i + 1}`],
  }));
  const model = await decodeOnnx(fileOf({ nodes: chain }));
  t.equal(model.layers.length, 2000);
  const x: Tensor = zeros([1, 4, 4, 2]);
  t.same((await model.predict(x)).shape, [1, 4, 4, 2]);
});
