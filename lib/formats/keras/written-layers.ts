/** The layers of a model as Keras has them: one here may be several there, and composites are what they consist of. */
import { describe } from '../../describe.ts';
import { FormatError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import { checkedAxes, placesOf } from '../../layers/axes.ts';
import type { LayerOptionValues } from '../../layers/layer.ts';
import { isObject } from '../../layers/options.ts';
import { layerConfig } from '../../model/architecture.ts';
import type { LayerNode } from '../../model/layer-node.ts';
import type { Tensor } from '../../tensor/index.ts';
import { isKerasLayer, writeOptions } from './layer-configs.ts';
import { kerasOption } from './names.ts';
import { lists } from './weights.ts';
import { wrapper, writeWrapper } from './wrapped-layers.ts';

/** A layer of Keras that stands for one here, or for a part of one. */
export interface WrittenLayer {
  readonly className: string;
  /** Undefined for a layer of the user's own. */
  readonly module: string | undefined;
  /** Without what every layer has. */
  readonly config: { readonly [option: string]: Json };
  /** What the name of the layer ends with, where there are several for one here. */
  readonly suffix: string;
  /** The layer here, where this is the one that has its parameters. */
  readonly node: LayerNode | undefined;
  readonly trainable: boolean;
}

/** The weights of a model by the paths of parameters. */
export type Weights = ReadonlyMap<string, Tensor>;

/** Layers here that are no classes of Keras, with what to do. */
const ours = new Map([
  ['Equalization', 'change the images before they come to the model: Keras itself makes no model with its layer'],
  ['GLU', "use graph() with two convolutions and multiply(), one with the activation 'sigmoid'"],
  ['LocalResponseNormalization', 'use batchNormalization()'],
  ['RandomElastic', 'leave it out of the model that is saved: it acts in training alone'],
]);

/** The layers of Keras, one after the other, that a layer of one input stands for. Throws FormatError if there are none. */
export function writtenLayers(node: LayerNode, weights: Weights): readonly WrittenLayer[] {
  const { className, config } = layerConfig(node);
  const what = `layer "${node.path}"`;
  if (className === 'PaddedShortcut') return paddedShortcut(node, config);
  const advice = ours.get(className);
  if (advice !== undefined)
    throw new FormatError(`${what} is of the class ${className}, which .keras files cannot hold; ${advice}`);
  if (!isKerasLayer(className)) return [ownLayer(node, className, config)];
  if (className === wrapper) return [plain(node, className, writeWrapper(what, config))];
  if (className === 'IntegerLookup') {
    return [plain(node, className, { ...writeOptions(what, className, config), vocabulary_dtype: 'int64' })];
  }
  if (className === 'Normalization') {
    const written = writeOptions(what, className, { ...config, ...statisticsOf(node, config, weights) });
    return [plain(node, className, { ...written, axis: axisList(config['axis'] ?? null) })];
  }
  const { axis, padding } = config;
  if (className === 'LayerNormalization' || className === 'RMSNormalization') {
    // Counted from the front the axes have one order only, and with them what is learned for them.
    const places = placesOf(checkedAxes(className, axis), node.inputShape);
    const counted = places.length === 1 ? axis! : places.map(place => place + 1);
    return [plain(node, className, writeOptions(what, className, { ...config, axis: counted }))];
  }
  if (!isObject(padding) || Array.isArray(padding)) {
    return [plain(node, className, writeOptions(what, className, config))];
  }
  if (!['Conv2D', 'DepthwiseConv2D', 'SeparableConv2D'].includes(className)) {
    throw new FormatError(
      `${what} is a ${className} with the padding ${describe(padding)}, which .keras files cannot hold; use 'same' or 'valid', or zeroPadding2d() in front`,
    );
  }
  const { top, bottom, left, right } = padding as { readonly [side: string]: Json };
  const amounts = {
    padding: [
      [top!, bottom!],
      [left!, right!],
    ],
  } as const;
  const written = writeOptions(what, className, { ...config, padding: 'valid' });
  return [extra(node, 'ZeroPadding2D', amounts, '_padding'), plain(node, className, written)];
}

const plain = (node: LayerNode, className: string, config: WrittenLayer['config']): WrittenLayer => ({
  className,
  module: 'keras.layers',
  config,
  suffix: '',
  node,
  trainable: node.trainable,
});

/** A layer without parameters besides the one that stands for the layer here. */
export const extra = (
  node: LayerNode,
  className: string,
  options: LayerOptionValues,
  suffix: string,
): WrittenLayer => ({
  ...plain(node, className, writeOptions(`layer "${node.path}"`, className, options)),
  suffix,
  node: undefined,
});

/** A layer of the user's own: Keras finds it by its name among its registered classes. */
function ownLayer(node: LayerNode, className: string, config: LayerOptionValues): WrittenLayer {
  if (node.children.length > 0) {
    throw new FormatError(
      `layer "${node.path}" is a ${className}, a composite of your own; .keras files can hold graph(), residual() and branches() in its place`,
    );
  }
  const options = Object.entries(config).map(([option, value]) => [kerasOption(option), value] as const);
  return { ...plain(node, className, Object.fromEntries(options)), module: undefined };
}

/** Every other pixel, and channels of zeros: Keras pads rows and columns alone, so channels take their place for that. */
function paddedShortcut(node: LayerNode, config: LayerOptionValues): readonly WrittenLayer[] {
  const strides = Number(config['strides']);
  const zeros = Number(config['filters']) - node.inputShape.at(-1)!;
  const taken = extra(
    node,
    'AveragePooling2D',
    { poolSize: [1, 1], strides: [strides, strides], padding: 'valid' },
    '',
  );
  if (zeros === 0) return [taken];
  return [
    taken,
    extra(node, 'Permute', { dims: [3, 1, 2] }, '_channels_first'),
    extra(
      node,
      'ZeroPadding2D',
      {
        padding: [
          [0, zeros],
          [0, 0],
        ],
      },
      '_padding',
    ),
    extra(node, 'Permute', { dims: [2, 3, 1] }, '_channels_last'),
  ];
}

const axisList = (axis: Json): Json => (axis === null ? [] : Array.isArray(axis) ? axis : [axis]);

/** The statistics of a normalization as Keras's options: of the shape of its axes, or numbers. */
function statisticsOf(node: LayerNode, { axis = null }: LayerOptionValues, weights: Weights): LayerOptionValues {
  const places = axis === null ? [] : placesOf(checkedAxes('normalization', axis), node.inputShape);
  const kept = places.map(place => node.inputShape[place]!);
  const entries = node.owner.parameters.map(({ name, path }): [string, Json] => {
    const { data } = weights.get(path)!;
    return [name, data.length === 1 ? data[0]! : lists([...data], kept)];
  });
  return Object.fromEntries(entries);
}
