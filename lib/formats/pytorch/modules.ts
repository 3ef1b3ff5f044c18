import { OptionError } from '../../errors.ts';
import { type LayerNode, nodesOf, type PlacedParameter } from '../../model/layer-node.ts';
import { formatShape, type Shape, sizeOf } from '../../shape/shape.ts';
import { flattenedInputs } from './flattened.ts';
import { type Layout, reshaped, transposed, unchanged } from './layout.ts';

/** The order in which the PyTorch program flattens images. */
export type FlattenOrder = 'channelsFirst' | 'channelsLast';

/** A tensor of a module: a parameter of a layer in another layout, or a number that the layer does without. */
export type ModuleTensor = { readonly name: string } & (
  | { readonly path: string; readonly layout: Layout }
  | { readonly constant: number; readonly shape: Shape }
);

/** What a layer, or a part of it, is in PyTorch. */
export interface PyTorchModule {
  /** The path of the layer; `path/depthwise` and `path/pointwise` for the two convolutions of a separable one. */
  readonly key: string;
  readonly tensors: readonly ModuleTensor[];
}

/** A module of a layer, whose key is the path of the layer and `part`. */
interface Part {
  readonly part?: string;
  readonly tensors: readonly ModuleTensor[];
}

/** The parameters of a layer by name, and the shape of images that were flattened in front of it. */
interface Given {
  readonly node: LayerNode;
  readonly parameters: ReadonlyMap<string, PlacedParameter>;
  readonly flattened: Shape | undefined;
}

/** The modules that hold the parameters of each layer. Throws OptionError for a layer that PyTorch has no module for. */
export function modulesOf(layers: readonly LayerNode[], flattenOrder: FlattenOrder): PyTorchModule[] {
  const owners = [...nodesOf(layers)].filter(node => node.owner === node && node.parameters.length > 0);
  const flattened = flattenOrder === 'channelsLast' ? new Map<LayerNode, Shape>() : flattenedInputs(layers);
  return owners.flatMap(node => {
    const parameters = new Map(node.parameters.map(each => [each.name, each]));
    const parts = Object.hasOwn(kinds, node.className) ? kinds[node.className]! : () => undefined;
    const found = parts({ node, parameters, flattened: flattened.get(node) });
    if (found === undefined) throw noModule(node);
    return found.map(({ part, tensors }) => ({
      key: part === undefined ? node.path : `${node.path}/${part}`,
      tensors,
    }));
  });
}

function noModule({ path, className, parameters }: LayerNode): OptionError {
  const names = parameters.map(({ name, shape }) => name + formatShape(shape)).join(', ');
  return new OptionError(
    `layer "${path}" (${className}) has ${names}, which no module of PyTorch holds so: take the layer out of the model, or use encodeModel for all of it`,
  );
}

/** The modules of layers by class name; undefined for parameters that no module has. */
const kinds: { readonly [className: string]: (given: Given) => readonly Part[] | undefined } = {
  Conv2D: convolution,
  // [R, S, out, in] -> [in, out, R, S]: both are the gradient of a convolution with that kernel.
  Conv2DTranspose: convolution,
  DepthwiseConv2D: ({ parameters }) => [
    { tensors: [of('weight', parameters.get('kernel')!, depthwise), ...biasOf(parameters)] },
  ],
  SeparableConv2D: ({ parameters }) => [
    { part: 'depthwise', tensors: [of('weight', parameters.get('depthwise_kernel')!, depthwise)] },
    {
      part: 'pointwise',
      tensors: [of('weight', parameters.get('pointwise_kernel')!, filtersFirst), ...biasOf(parameters)],
    },
  ],
  Dense: ({ parameters, flattened }) => [
    { tensors: [of('weight', parameters.get('kernel')!, shape => linear(shape, flattened)), ...biasOf(parameters)] },
  ],
  BatchNormalization(given) {
    if (given.parameters.has('renorm_mean')) return undefined;
    const affine = scaled(given);
    const order = vector(given.flattened);
    const statistics = [
      of('running_mean', given.parameters.get('moving_mean')!, order),
      of('running_var', given.parameters.get('moving_variance')!, order),
    ];
    return affine && [{ tensors: [...affine, ...statistics] }];
  },
  GroupNormalization: affineAlone,
  LayerNormalization: affineAlone,
  RMSNormalization: ({ parameters }) => {
    const scale = parameters.get('scale')!;
    return scale.shape.length === 1 ? [{ tensors: [of('weight', scale, unchanged)] }] : undefined;
  },
  PReLU({ parameters }) {
    const alpha = parameters.get('alpha')!;
    // PyTorch has one slope, or one for each channel.
    const isOfChannels = alpha.shape.slice(0, -1).every(size => size === 1);
    const slopes = (shape: Shape) => reshaped(unchanged(shape), [sizeOf(shape)]);
    return isOfChannels ? [{ tensors: [of('weight', alpha, slopes)] }] : undefined;
  },
};

const of = (name: string, { path, shape }: PlacedParameter, layout: (shape: Shape) => Layout): ModuleTensor => ({
  name,
  path,
  layout: layout(shape),
});

function convolution({ parameters }: Given): readonly Part[] {
  return [{ tensors: [of('weight', parameters.get('kernel')!, filtersFirst), ...biasOf(parameters)] }];
}

function biasOf(parameters: ReadonlyMap<string, PlacedParameter>): ModuleTensor[] {
  const bias = parameters.get('bias');
  return bias === undefined ? [] : [of('bias', bias, unchanged)];
}

function affineAlone(given: Given): readonly Part[] | undefined {
  const affine = scaled(given);
  return affine && [{ tensors: affine }];
}

/**
 * `weight` and `bias` of a normalization. PyTorch has both or none, so the one that the layer does without is ones or
 * zeros. Undefined for parameters over axes that PyTorch's do not have.
 */
function scaled({ parameters, flattened }: Given): readonly ModuleTensor[] | undefined {
  const [gamma, beta] = [parameters.get('gamma'), parameters.get('beta')];
  const there = gamma ?? beta;
  if (there === undefined) return [];
  const { shape } = there;
  if (shape.length !== 1 && shape.length !== 3) return undefined;
  // Of images, [H, W, C] -> [C, H, W].
  const layout = shape.length === 3 ? (all: Shape) => transposed(all, [2, 0, 1]) : vector(flattened);
  return [
    gamma === undefined ? { name: 'weight', constant: 1, shape: layout(shape).shape } : of('weight', gamma, layout),
    beta === undefined ? { name: 'bias', constant: 0, shape: layout(shape).shape } : of('bias', beta, layout),
  ];
}

/** [R, S, C, K] -> [K, C, R, S]. */
const filtersFirst = (shape: Shape): Layout => transposed(shape, [3, 2, 0, 1]);

/** [R, S, C, M] -> [C M, 1, R, S], a convolution of C groups. */
function depthwise(shape: Shape): Layout {
  const [height = 1, width = 1, channels = 1, multiplier = 1] = shape;
  return reshaped(transposed(shape, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
}

/** [I, U] -> [U, I]; behind a flatten, the inputs go from the order [H, W, C] to [C, H, W]. */
function linear([inputs = 1, units = 1]: Shape, flattened: Shape | undefined): Layout {
  if (flattened === undefined) return transposed([inputs, units], [1, 0]);
  return reshaped(transposed([...flattened, units], [3, 2, 0, 1]), [units, inputs]);
}

/** A number for each feature; behind a flatten, from the order [H, W, C] to [C, H, W]. */
const vector =
  (flattened: Shape | undefined) =>
  (shape: Shape): Layout =>
    flattened === undefined ? unchanged(shape) : reshaped(transposed(flattened, [2, 0, 1]), shape);
