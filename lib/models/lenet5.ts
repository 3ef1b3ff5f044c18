import type { ActivationName } from '../layers/activation-option.ts';
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { flatten } from '../layers/flatten.ts';
import { averagePooling2d } from '../layers/pooling2d.ts';
import { rescaling } from '../layers/rescaling.ts';
import type { Sequential } from '../model/sequential.ts';
import type { Plain } from '../shape/literal.ts';
import type { Shape } from '../shape/shape.ts';
import { type ZooOptions, zooModel } from './zoo.ts';

export interface Lenet5Options<I extends Shape = Shape, C extends number = number> extends ZooOptions<'lenet5', I, C> {
  /** Behind convolutions and dense layers; `tanh`, as in the paper, if left out. */
  readonly activation?: ActivationName;
}

/** Images up to this size are padded by the first convolution: the paper's have 28 pixels in a frame of 32. */
const unpaddedSize = 32;

/**
 * LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998, section II.B) for pixels from 0 to 255, which it scales to 0 ... 1:
 * convolutions of 5x5 with 6 and 16 filters, each with mean pooling behind it, dense layers of 120 and 84, and softmax. As is usual
 * today, all channels are connected, pooling has no parameters, and no Gaussian connections follow. Throws OptionError
 * for options out of range, ShapeError for an input too small.
 */
export function lenet5<const I extends Shape = readonly [28, 28, 1], const C extends number = 10>(
  options: Lenet5Options<I, C> = {},
): Sequential<Plain<I>, [C]> {
  return zooModel('lenet5', options, ['activation'], ({ inputShape, classes }) => {
    const { activation = 'tanh' } = options;
    const padding = Math.min(inputShape[0]!, inputShape[1]!) < unpaddedSize ? 'same' : 'valid';
    return [
      rescaling(1 / 255),
      ...[conv2d(6, 5, { padding, activation }), averagePooling2d(2)],
      ...[conv2d(16, 5, { activation }), averagePooling2d(2), flatten()],
      ...[dense(120, { activation }), dense(84, { activation }), dense(classes, { activation: 'softmax' })],
    ];
  });
}
