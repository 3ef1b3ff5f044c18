import type { BackendName } from '../backend/choose.ts';
import { OptionError } from '../errors.ts';
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { dropout } from '../layers/dropout.ts';
import { flatten } from '../layers/flatten.ts';
import type { Layer } from '../layers/layer.ts';
import { localResponseNormalization } from '../layers/local-response-normalization.ts';
import { checkedShape, type PositiveInteger, positiveInteger } from '../layers/options.ts';
import { maxPooling2d } from '../layers/pooling2d.ts';
import { rescaling } from '../layers/rescaling.ts';
import { Sequential } from '../model/sequential.ts';
import type { Plain } from '../shape/literal.ts';
import type { Shape } from '../shape/shape.ts';

export interface AlexnetOptions<I extends Shape = Shape, C extends number = number> {
  /** Scales filters and units: 1 is the paper's 96-256-384-384-256 and 4096-4096; 1 if left out. */
  readonly width?: number;
  /** 10 if left out. */
  readonly classes?: PositiveInteger<'alexnet', 'classes', C>;
  /** [height, width, channels]; [28, 28, 1] if left out. */
  readonly inputShape?: I;
  /** Local response normalization behind the first two convolutions, as in the paper; false if left out. */
  readonly lrn?: boolean;
  /** Pooling windows of 3x3 with strides of 2, as in the paper, instead of 2x2; false if left out. */
  readonly overlappingPooling?: boolean;
  /** Dropout rate behind the two large dense layers; 0.5 if left out. */
  readonly dropout?: number;
  readonly name?: string;
  readonly seed?: number;
  readonly backend?: BackendName;
}

/** Inputs from this size on get the paper's first convolution, 11x11 with strides of 4. */
const paperInputSize = 64;

/**
 * AlexNet (Krizhevsky, Sutskever and Hinton 2012) for small images of pixels from 0 to 255, which it scales to 0 ... 1: five convolutions of 3x3, 5x5, 3x3, 3x3, 3x3 with
 * padding `same`, pooling behind the first, second and fifth, two large dense layers with dropout, and softmax.
 * For inputs of 64 pixels or more the first convolution is the paper's, 11x11 with strides of 4.
 * Throws OptionError for a width, a number of classes or a dropout rate out of range, ShapeError for an input too small.
 */
export function alexnet<const I extends Shape = readonly [28, 28, 1], const C extends number = 10>(
  options: AlexnetOptions<I, C> = {},
): Sequential<Plain<I>, [C]> {
  const { width = 1, lrn = false, overlappingPooling = false } = options;
  if (!(width > 0 && Number.isFinite(width)))
    throw new OptionError(`alexnet: width must be a number greater than 0, got ${width}`);
  const classes = positiveInteger('alexnet', 'classes', options.classes ?? 10);
  const inputShape = checkedShape('alexnet: inputShape', options.inputShape ?? [28, 28, 1]);
  const scaled = (count: number) => Math.max(1, Math.floor(count * width));
  const conv = (filters: number, kernelSize: number) =>
    conv2d({ filters: scaled(filters), kernelSize, padding: 'same', activation: 'relu' });
  const pool = () => (overlappingPooling ? maxPooling2d({ poolSize: 3, strides: 2 }) : maxPooling2d(2));
  const normalized = (): Layer[] => (lrn ? [localResponseNormalization()] : []);
  const first =
    Math.min(inputShape[0] ?? 0, inputShape[1] ?? 0) >= paperInputSize
      ? conv2d({ filters: scaled(96), kernelSize: 11, strides: 4, activation: 'relu' })
      : conv(96, 3);
  const large = () => [dense({ units: scaled(4096), activation: 'relu' }), dropout(options.dropout ?? 0.5)];
  const layers = [
    ...[rescaling(1 / 255), first, ...normalized(), pool()],
    ...[conv(256, 5), ...normalized(), pool()],
    ...[conv(384, 3), conv(384, 3), conv(256, 3), pool()],
    ...[flatten(), ...large(), ...large(), dense({ units: classes, activation: 'softmax' })],
  ];
  const model = new Sequential({
    name: options.name ?? 'alexnet',
    inputShape,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.backend === undefined ? {} : { backend: options.backend }),
  });
  for (const layer of layers) model.add(layer);
  return model as Sequential<Plain<I>, [C]>;
}
