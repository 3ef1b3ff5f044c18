import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { dropout } from '../layers/dropout.ts';
import { flatten } from '../layers/flatten.ts';
import type { Layer } from '../layers/layer.ts';
import { localResponseNormalization } from '../layers/local-response-normalization.ts';
import { maxPooling2d } from '../layers/pooling2d.ts';
import { rescaling } from '../layers/rescaling.ts';
import type { Sequential } from '../model/sequential.ts';
import type { Plain } from '../shape/literal.ts';
import type { Shape } from '../shape/shape.ts';
import { checkedWidth, scaled, type ZooOptions, zooModel } from './zoo.ts';

export interface AlexnetOptions<I extends Shape = Shape, C extends number = number>
  extends ZooOptions<'alexnet', I, C> {
  /** Scales filters and units: 1 is the paper's 96-256-384-384-256 and 4096-4096; 1 if left out. */
  readonly width?: number;
  /** Local response normalization behind the first two convolutions, as in the paper; false if left out. */
  readonly lrn?: boolean;
  /** Pooling windows of 3x3 with strides of 2, as in the paper, instead of 2x2; false if left out. */
  readonly overlappingPooling?: boolean;
  /** Dropout rate behind the two large dense layers; 0.5 if left out. */
  readonly dropout?: number;
}

/** Inputs from this size on get the paper's first convolution, 11x11 with strides of 4. */
const paperInputSize = 64;

/**
 * AlexNet (Krizhevsky, Sutskever and Hinton 2012) for small images of pixels from 0 to 255, which it scales to 0 ... 1:
 * five convolutions of 3x3, 5x5, 3x3, 3x3, 3x3 with padding `same`, pooling behind the first, second and fifth, two large
 * dense layers with dropout, and softmax. For inputs of 64 pixels or more the first convolution is the paper's, 11x11
 * with strides of 4. Throws OptionError for a width, a number of classes or a dropout rate out of range, ShapeError for
 * an input too small.
 */
export function alexnet<const I extends Shape = readonly [28, 28, 1], const C extends number = 10>(
  options: AlexnetOptions<I, C> = {},
): Sequential<Plain<I>, [C]> {
  return zooModel('alexnet', options, ['width', 'lrn', 'overlappingPooling', 'dropout'], ({ inputShape, classes }) => {
    const { lrn = false, overlappingPooling = false } = options;
    const width = checkedWidth('alexnet', options.width ?? 1);
    const conv = (filters: number, kernelSize: number) =>
      conv2d({ filters: scaled(filters, width), kernelSize, padding: 'same', activation: 'relu' });
    const pool = () => (overlappingPooling ? maxPooling2d({ poolSize: 3, strides: 2 }) : maxPooling2d(2));
    const normalized = (): Layer[] => (lrn ? [localResponseNormalization()] : []);
    const first =
      Math.min(inputShape[0]!, inputShape[1]!) >= paperInputSize
        ? conv2d({ filters: scaled(96, width), kernelSize: 11, strides: 4, activation: 'relu' })
        : conv(96, 3);
    const large = () => [dense(scaled(4096, width), { activation: 'relu' }), dropout(options.dropout ?? 0.5)];
    return [
      ...[rescaling(1 / 255), first, ...normalized(), pool()],
      ...[conv(256, 5), ...normalized(), pool()],
      ...[conv(384, 3), conv(384, 3), conv(256, 3), pool()],
      ...[flatten(), ...large(), ...large(), dense(classes, { activation: 'softmax' })],
    ];
  });
}
