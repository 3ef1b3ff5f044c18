import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { relu } from '../layers/activation-layers.ts';
import { batchNormalization } from '../layers/batch-normalization.ts';
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import type { Layer } from '../layers/layer.ts';
import { paddedShortcut } from '../layers/padded-shortcut.ts';
import { globalAveragePooling2d } from '../layers/pooling2d.ts';
import { rescaling } from '../layers/rescaling.ts';
import { residual } from '../layers/residual.ts';
import type { Sequential } from '../model/sequential.ts';
import type { Plain } from '../shape/literal.ts';
import type { Shape } from '../shape/shape.ts';
import { checkedWidth, oneOf, scaled, type ZooOptions, zooModel } from './zoo.ts';

export interface ResnetOptions<I extends Shape = Shape, C extends number = number> extends ZooOptions<'resnet', I, C> {
  /** Layers with parameters, 6n + 2: 20 if left out; the paper's are 20, 32, 44, 56 and 110. */
  readonly depth?: number;
  /**
   * How a shortcut goes where sizes change: `A`, every second pixel and channels of zeros, as in the paper for small images,
   * or `B`, a convolution of 1x1; `A` if left out.
   */
  readonly shortcut?: 'A' | 'B';
  /** Scales the filters: 1 is the paper's 16-32-64; 1 if left out. */
  readonly width?: number;
}

/**
 * A residual network for small images (He, Zhang, Ren and Sun 2016, section 4.2) of pixels from 0 to 255, which it scales
 * to 0 ... 1: a convolution, three stacks of residual blocks of two 3x3 convolutions with normalization, each stack at
 * half the size and twice the filters of the one before, the mean of all pixels, and softmax. Throws OptionError for
 * options out of range.
 */
export function resnet<const I extends Shape = readonly [28, 28, 1], const C extends number = 10>(
  options: ResnetOptions<I, C> = {},
): Sequential<Plain<I>, [C]> {
  return zooModel('resnet', options, ['depth', 'shortcut', 'width'], ({ classes }) => {
    const count = blocksOfStack(options.depth ?? 20);
    const shortcut = oneOf('resnet', 'shortcut', options.shortcut ?? 'A', ['A', 'B']);
    const width = checkedWidth('resnet', options.width ?? 1);
    const stacks = [16, 32, 64].flatMap((filters, stack) =>
      Array.from({ length: count }, (_, i) => block(scaled(filters, width), stack > 0 && i === 0, shortcut)),
    );
    return [
      ...[rescaling(1 / 255), convolution(scaled(16, width), 3, 1), batchNormalization(), relu()],
      ...stacks,
      ...[globalAveragePooling2d(), dense(classes, { activation: 'softmax' })],
    ];
  });
}

function blocksOfStack(depth: unknown): number {
  const count = typeof depth === 'number' ? (depth - 2) / 6 : 0;
  if (Number.isInteger(count) && count >= 1) return count;
  throw new OptionError(`resnet: depth must be 6n + 2, such as 8, 20, 32, 44, 56 or 110, got ${describe(depth)}`);
}

/** Two convolutions and a shortcut past them; where sizes are halved, the shortcut has to follow. */
function block(filters: number, isHalved: boolean, shortcut: 'A' | 'B'): Layer {
  const strides = isHalved ? 2 : 1;
  const layers = [
    ...[convolution(filters, 3, strides), batchNormalization(), relu()],
    ...[convolution(filters, 3, 1), batchNormalization()],
  ];
  if (!isHalved) return residual(layers, { activation: 'relu' });
  const past =
    shortcut === 'A' ? [paddedShortcut({ filters, strides: 2 })] : [convolution(filters, 1, 2), batchNormalization()];
  return residual(layers, { shortcut: past, activation: 'relu' });
}

/** Normalization follows, which brings a bias of its own. */
const convolution = (filters: number, kernelSize: number, strides: number): Layer =>
  conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false, kernelInitializer: 'heNormal' });
