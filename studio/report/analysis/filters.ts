import type { LayerNode, Sequential } from 'inkling';
import { largestOf } from './colours.ts';
import { convolutionsOf, parametersByPath } from './layers.ts';

/** The filters of one convolution. */
export interface LayerFilters {
  /** The path of the layer. */
  readonly layer: string;
  readonly className: string;
  /** How many there are. */
  readonly count: number;
  /** Height and width of one. */
  readonly height: number;
  readonly width: number;
  /** Input channels of one filter; 1 where each filter sees one channel alone. */
  readonly channels: number;
  /** The weight of a filter at a place of an input channel. */
  weight(filter: number, row: number, column: number, channel: number): number;
  /** The largest absolute weight of the layer. */
  readonly largest: number;
}

/** The filters of all convolutions of a model, in its order; of separable ones, those of the depthwise part. */
export async function convolutionFilters(model: Sequential): Promise<readonly LayerFilters[]> {
  const weights = await parametersByPath(model);
  return convolutionsOf(model).flatMap(node => {
    const kernel = node.parameters.find(({ name }) => name === 'depthwise_kernel' || name === 'kernel');
    const values = kernel && weights.get(kernel.path);
    return kernel === undefined || values === undefined ? [] : [filtersOf(node, kernel.shape, values)];
  });
}

function filtersOf({ path, className }: LayerNode, shape: readonly number[], values: Float32Array): LayerFilters {
  const [height = 0, width = 0, third = 0, fourth = 0] = shape;
  const isDepthwise = className === 'DepthwiseConv2D' || className === 'SeparableConv2D';
  const isTransposed = className === 'Conv2DTranspose';
  const [channels, count] = isDepthwise ? [1, third * fourth] : isTransposed ? [fourth, third] : [third, fourth];
  const weight = (filter: number, row: number, column: number, channel: number): number => {
    const last = isDepthwise ? filter : isTransposed ? filter * fourth + channel : channel * fourth + filter;
    return values[(row * width + column) * third * fourth + last]!;
  };
  return { layer: path, className, count, height, width, channels, weight, largest: largestOf(values) };
}
