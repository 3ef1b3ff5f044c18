import { relu } from '../layers/activation-layers.ts';
import { batchNormalization } from '../layers/batch-normalization.ts';
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { dropout } from '../layers/dropout.ts';
import { flatten } from '../layers/flatten.ts';
import type { Layer } from '../layers/layer.ts';
import { maxPooling2d } from '../layers/pooling2d.ts';
import { rescaling } from '../layers/rescaling.ts';
import type { Sequential } from '../model/sequential.ts';
import type { Plain } from '../shape/literal.ts';
import type { Shape } from '../shape/shape.ts';
import { checkedWidth, scaled, type ZooOptions, zooModel } from './zoo.ts';

export interface NormalizedCnnOptions<I extends Shape = Shape, C extends number = number>
  extends ZooOptions<'normalizedCnn', I, C> {
  /** Scales the filters: 1 is 32-48-48-96-96; 1 if left out. */
  readonly width?: number;
  /** Dropout rate before the last layer; 0.2 if left out. */
  readonly dropout?: number;
}

/**
 * Five convolutions, each with batch normalization, for pixels from 0 to 255, which it scales to 0 ... 1: one of 5x5, which
 * pooling follows at once, so that the others see a quarter of the pixels; two pairs of 3x3 with pooling in the second of
 * each; and a dense layer. Pooling stands before normalization, which then has a quarter of the numbers to work on. It is
 * the network of examples/record.ts. Throws OptionError for options out of range, ShapeError for an input too small.
 */
export function normalizedCnn<const I extends Shape = readonly [28, 28, 1], const C extends number = 10>(
  options: NormalizedCnnOptions<I, C> = {},
): Sequential<Plain<I>, [C]> {
  return zooModel('normalizedCnn', options, ['width', 'dropout'], ({ classes }) => {
    const width = checkedWidth('normalizedCnn', options.width ?? 1);
    const pair = (filters: number): Layer[] => [
      ...block(scaled(filters, width), 3, 'same'),
      ...block(scaled(filters, width), 3, 'same', [maxPooling2d(2)]),
    ];
    return [
      ...[rescaling(1 / 255), ...block(scaled(32, width), 5, 'valid', [maxPooling2d(2)]), ...pair(48), ...pair(96)],
      ...[flatten(), dropout(options.dropout ?? 0.2), dense(classes, { activation: 'softmax' })],
    ];
  });
}

/** Normalization brings a bias of its own; its averages follow the last fifty batches, not the last hundred of Keras's default. */
const block = (filters: number, kernelSize: number, padding: 'same' | 'valid', pooling: Layer[] = []): Layer[] => [
  conv2d({ filters, kernelSize, padding, useBias: false, kernelInitializer: 'heNormal' }),
  ...[...pooling, batchNormalization({ momentum: 0.98 }), relu()],
];
