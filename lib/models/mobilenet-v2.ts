import { relu } from '../layers/activation-layers.ts';
import { batchNormalization } from '../layers/batch-normalization.ts';
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { depthwiseConv2d } from '../layers/depthwise-conv2d.ts';
import { dropout } from '../layers/dropout.ts';
import type { Layer } from '../layers/layer.ts';
import { globalAveragePooling2d } from '../layers/pooling2d.ts';
import { rescaling } from '../layers/rescaling.ts';
import { residual } from '../layers/residual.ts';
import type { Sequential } from '../model/sequential.ts';
import type { Plain } from '../shape/literal.ts';
import type { Shape } from '../shape/shape.ts';
import { checkedWidth, type ZooOptions, zooModel } from './zoo.ts';

export interface MobilenetV2Options<I extends Shape = Shape, C extends number = number>
  extends ZooOptions<'mobilenetV2', I, C> {
  /** Scales the filters, as `alpha` does in Keras; 1 if left out. */
  readonly width?: number;
  /** Dropout rate before the last layer; 0 if left out, the paper's code has 0.2. */
  readonly dropout?: number;
}

/** Expansion, filters, number of blocks and strides of the first (Sandler et al. 2018, table 2). */
const stacks = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** Smaller images are not halved by the first convolution, nor by the first stack that would. */
const paperInputSize = 64;

/**
 * MobileNetV2 (Sandler et al. 2018) for pixels from 0 to 255, which it scales to -1 ... 1: blocks that expand the
 * channels, filter each by itself, and project them to few again, with a shortcut past them where sizes stay. Images
 * smaller than 64 pixels are halved three times instead of five. Throws OptionError for options out of range.
 */
export function mobilenetV2<const I extends Shape = readonly [28, 28, 1], const C extends number = 10>(
  options: MobilenetV2Options<I, C> = {},
): Sequential<Plain<I>, [C]> {
  return zooModel('mobilenetV2', options, ['width', 'dropout'], ({ inputShape, classes }) => {
    const width = checkedWidth('mobilenetV2', options.width ?? 1);
    const isSmall = Math.min(inputShape[0]!, inputShape[1]!) < paperInputSize;
    const first = rounded(32 * width);
    let channels = first;
    const blocks = stacks.flatMap(([expansion, filters, count, strides], stack) =>
      Array.from({ length: count }, (_, i) => {
        const output = rounded(Math.floor(filters * width));
        const isHalved = i === 0 && strides === 2 && !(isSmall && stack === 1);
        const layers = invertedResidual({ channels, expansion, filters: output, strides: isHalved ? 2 : 1 });
        const keepsShape = !isHalved && channels === output;
        channels = output;
        return keepsShape ? [residual(layers)] : layers;
      }).flat(),
    );
    return [
      ...[rescaling({ scale: 1 / 127.5, offset: -1 }), ...convolution(first, 3, isSmall ? 1 : 2), ...blocks],
      ...[...convolution(Math.max(1280, rounded(1280 * width)), 1, 1), globalAveragePooling2d()],
      ...[
        ...(options.dropout === undefined ? [] : [dropout(options.dropout)]),
        dense(classes, { activation: 'softmax' }),
      ],
    ];
  });
}

/** A multiple of 8 that is not below 90% of the number, as in the paper's code. */
function rounded(filters: number): number {
  const near = Math.max(8, Math.floor((filters + 4) / 8) * 8);
  return near < 0.9 * filters ? near + 8 : near;
}

/** Expand, filter each channel, project. */
function invertedResidual(block: {
  readonly channels: number;
  readonly expansion: number;
  readonly filters: number;
  readonly strides: number;
}): readonly Layer[] {
  const { channels, expansion, filters, strides } = block;
  return [
    ...(expansion === 1 ? [] : convolution(channels * expansion, 1, 1)),
    depthwiseConv2d(3, { strides, padding: 'same', useBias: false }),
    ...[normalization(), relu({ maxValue: 6 })],
    ...[conv2d(filters, 1, { useBias: false, kernelInitializer: 'heNormal' }), normalization()],
  ];
}

function convolution(filters: number, kernelSize: number, strides: number): readonly Layer[] {
  const layer = conv2d(filters, kernelSize, {
    strides,
    padding: 'same',
    useBias: false,
    kernelInitializer: 'heNormal',
  });
  return [layer, normalization(), relu({ maxValue: 6 })];
}

/** With the constants of the paper's code. */
const normalization = (): Layer => batchNormalization({ momentum: 0.999, epsilon: 1e-3 });
