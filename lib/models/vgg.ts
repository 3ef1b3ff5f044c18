import { relu } from '../layers/activation-layers.ts';
import { batchNormalization } from '../layers/batch-normalization.ts';
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { dropout } from '../layers/dropout.ts';
import { flatten } from '../layers/flatten.ts';
import type { Layer } from '../layers/layer.ts';
import { positiveInteger } from '../layers/options.ts';
import { maxPooling2d } from '../layers/pooling2d.ts';
import { rescaling } from '../layers/rescaling.ts';
import type { Sequential } from '../model/sequential.ts';
import type { Plain } from '../shape/literal.ts';
import type { Shape } from '../shape/shape.ts';
import { checkedWidth, oneOf, scaled, type ZooOptions, zooModel } from './zoo.ts';

export type VggDepth = 11 | 13 | 16 | 19;

export interface VggOptions<I extends Shape = Shape, C extends number = number> extends ZooOptions<'vgg', I, C> {
  /** Layers with parameters: 11, 13, 16 or 19, the paper's configurations A, B, D and E; 16 if left out. */
  readonly depth?: VggDepth;
  /** Scales the filters: 1 is the paper's 64-128-256-512-512; 1 if left out. */
  readonly width?: number;
  /** Units of the two dense layers before the last; 512 if left out, the paper's are 4096. */
  readonly units?: number;
  /** Whether normalization follows each convolution, which then has no bias; true if left out, the paper has none. */
  readonly batchNormalization?: boolean;
  /** Dropout rate behind the two dense layers; 0.5 if left out. */
  readonly dropout?: number;
}

/** Convolutions of each of the five blocks (Simonyan and Zisserman 2015, table 1). */
const blocks: { readonly [D in VggDepth]: readonly number[] } = {
  11: [1, 1, 2, 2, 2],
  13: [2, 2, 2, 2, 2],
  16: [2, 2, 3, 3, 3],
  19: [2, 2, 4, 4, 4],
};
const filtersOfBlocks = [64, 128, 256, 512, 512];

/**
 * A network in the style of VGG (Simonyan and Zisserman 2015) for pixels from 0 to 255, which it scales to 0 ... 1: five
 * blocks of 3x3 convolutions, each with pooling of 2x2 behind it, two dense layers with dropout, and softmax. Odd sizes
 * are rounded up when they are halved, so that small images go through all blocks. Throws OptionError for options out
 * of range.
 */
export function vgg<const I extends Shape = readonly [28, 28, 1], const C extends number = 10>(
  options: VggOptions<I, C> = {},
): Sequential<Plain<I>, [C]> {
  const own = ['depth', 'width', 'units', 'batchNormalization', 'dropout'];
  return zooModel('vgg', options, own, ({ classes }) => {
    const depth = oneOf('vgg', 'depth', options.depth ?? 16, [11, 13, 16, 19]);
    const width = checkedWidth('vgg', options.width ?? 1);
    const units = positiveInteger('vgg', 'units', options.units ?? 512);
    const isNormalized = options.batchNormalization ?? true;
    const kernelInitializer = 'heNormal';
    const convolution = (filters: number): Layer[] =>
      isNormalized
        ? [conv2d(filters, 3, { padding: 'same', useBias: false, kernelInitializer }), batchNormalization(), relu()]
        : [conv2d(filters, 3, { padding: 'same', activation: 'relu', kernelInitializer })];
    const body = blocks[depth].flatMap((count, block) => [
      ...Array.from({ length: count }, () => convolution(scaled(filtersOfBlocks[block]!, width))).flat(),
      maxPooling2d({ poolSize: 2, padding: 'same' }),
    ]);
    const large = () => [dense(units, { activation: 'relu', kernelInitializer }), dropout(options.dropout ?? 0.5)];
    return [rescaling(1 / 255), ...body, flatten(), ...large(), ...large(), dense(classes, { activation: 'softmax' })];
  });
}
