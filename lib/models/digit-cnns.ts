/** Small networks for digits, as they stand in tutorials and in many a repository. */
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

export interface ShallowCnnOptions<I extends Shape = Shape, C extends number = number>
  extends ZooOptions<'shallowCnn', I, C> {
  /** Filters of the convolution; 32 if left out. */
  readonly filters?: number;
  /** Units of the dense layers before the last; [128] if left out. */
  readonly units?: readonly number[];
  /** Behind the last layer, `softmax` or `sigmoid`; `softmax` if left out. */
  readonly outputActivation?: 'softmax' | 'sigmoid';
}

/**
 * One convolution of 3x3 with pooling, and dense layers, for pixels from 0 to 255, which it scales to 0 ... 1. With
 * `{ filters: 30, units: [128, 64], outputActivation: 'sigmoid' }` it is another form that is often seen. Throws
 * OptionError for options out of range, ShapeError for an input too small.
 */
export function shallowCnn<const I extends Shape = readonly [28, 28, 1], const C extends number = 10>(
  options: ShallowCnnOptions<I, C> = {},
): Sequential<Plain<I>, [C]> {
  return zooModel('shallowCnn', options, ['filters', 'units', 'outputActivation'], ({ classes }) => {
    const { filters = 32, units = [128], outputActivation = 'softmax' } = options;
    const activation = oneOf('shallowCnn', 'outputActivation', outputActivation, ['softmax', 'sigmoid']);
    const counts = units.map(count => positiveInteger('shallowCnn', 'units', count));
    return [
      ...[rescaling(1 / 255), convolution(positiveInteger('shallowCnn', 'filters', filters), 3, 'valid')],
      ...[maxPooling2d(2), flatten(), ...counts.map(large)],
      dense(classes, { activation }),
    ];
  });
}

export interface PairedCnnOptions<I extends Shape = Shape, C extends number = number>
  extends ZooOptions<'pairedCnn', I, C> {
  /** Scales filters and units: 1 is 32-32-64-64 and 256; 1 if left out. */
  readonly width?: number;
  /** Scales the rates of dropout: 1 is 0.25, 0.25 and 0.5, 0 none; 1 if left out. */
  readonly dropout?: number;
}

/**
 * Two pairs of convolutions, of 5x5 and of 3x3, each with pooling and dropout behind it, and a dense layer, for pixels from
 * 0 to 255, which it scales to 0 ... 1. Throws OptionError for options out of range.
 */
export function pairedCnn<const I extends Shape = readonly [28, 28, 1], const C extends number = 10>(
  options: PairedCnnOptions<I, C> = {},
): Sequential<Plain<I>, [C]> {
  return zooModel('pairedCnn', options, ['width', 'dropout'], ({ classes }) => {
    const width = checkedWidth('pairedCnn', options.width ?? 1);
    const pair = (filters: number, kernelSize: number): Layer[] => [
      ...[0, 1].map(() => convolution(scaled(filters, width), kernelSize, 'same')),
      ...[maxPooling2d({ poolSize: 2, padding: 'same' }), dropout(0.25 * (options.dropout ?? 1))],
    ];
    return [
      ...[rescaling(1 / 255), ...pair(32, 5), ...pair(64, 3), flatten()],
      ...[large(scaled(256, width)), dropout(0.5 * (options.dropout ?? 1)), dense(classes, { activation: 'softmax' })],
    ];
  });
}

export interface StackedCnnOptions<I extends Shape = Shape, C extends number = number>
  extends ZooOptions<'stackedCnn', I, C> {
  /** Scales filters and units: 1 is 32-64-64 and 64; 1 if left out. */
  readonly width?: number;
  /** Dropout rate before the last layer; 0.5 if left out. */
  readonly dropout?: number;
}

/**
 * Three convolutions of 3x3 with padding `same`, pooling behind the first two, and a dense layer with dropout, for pixels
 * from 0 to 255, which it scales to 0 ... 1. Throws OptionError for options out of range.
 */
export function stackedCnn<const I extends Shape = readonly [28, 28, 1], const C extends number = 10>(
  options: StackedCnnOptions<I, C> = {},
): Sequential<Plain<I>, [C]> {
  return zooModel('stackedCnn', options, ['width', 'dropout'], ({ classes }) => {
    const width = checkedWidth('stackedCnn', options.width ?? 1);
    const conv = (filters: number) => convolution(scaled(filters, width), 3, 'same');
    const pool = () => maxPooling2d({ poolSize: 2, padding: 'same' });
    return [
      ...[rescaling(1 / 255), conv(32), pool(), conv(64), pool(), conv(64), flatten()],
      ...[large(scaled(64, width)), dropout(options.dropout ?? 0.5), dense(classes, { activation: 'softmax' })],
    ];
  });
}

const convolution = (filters: number, kernelSize: number, padding: 'same' | 'valid'): Layer =>
  conv2d({ filters, kernelSize, padding, activation: 'relu' });
const large = (units: number): Layer => dense(units, { activation: 'relu' });
