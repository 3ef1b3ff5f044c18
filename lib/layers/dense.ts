import { ShapeError } from '../errors.ts';
import { type InitializerLike, initializer, initializerConfig } from '../initializers/initializers.ts';
import { formatShape, sizeOf } from '../shape/shape.ts';
import { type ActivationName, applyActivation, checkedActivation } from './activations.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';
import { positiveInteger } from './options.ts';

export interface DenseOptions extends LayerOptions {
  /** Number of outputs. */
  readonly units: number;
  readonly activation?: ActivationName;
  readonly useBias?: boolean;
  /** glorotUniform if left out. */
  readonly kernelInitializer?: InitializerLike;
  /** zeros if left out. */
  readonly biasInitializer?: InitializerLike;
}

/**
 * Fully connected layer over the last axis: [..., features] -> [..., units]. Parameters: `kernel` of
 * [features, units] and `bias` of [units]. Throws OptionError for an option out of range.
 */
export function dense(given: number | DenseOptions): Layer {
  const options = typeof given === 'number' ? { units: given } : given;
  const units = positiveInteger('dense', 'units', options.units);
  const activation = checkedActivation(options.activation ?? 'linear');
  const useBias = options.useBias ?? true;
  const kernelInitializer = initializer(options.kernelInitializer ?? 'glorotUniform');
  const biasInitializer = initializer(options.biasInitializer ?? 'zeros');
  return {
    className: 'Dense',
    ...common(options),
    config: {
      units,
      activation,
      useBias,
      kernelInitializer: initializerConfig(kernelInitializer),
      biasInitializer: initializerConfig(biasInitializer),
    },
    outputShape(input) {
      if (input.length === 0) throw new ShapeError(`expected an input of [..., features], got ${formatShape(input)}`);
      return [...input.slice(0, -1), units];
    },
    parameters(input) {
      const kernel = { name: 'kernel', shape: [input.at(-1)!, units], initializer: kernelInitializer };
      return useBias ? [kernel, { name: 'bias', shape: [units], initializer: biasInitializer }] : [kernel];
    },
    forward(ops, x, { kernel, bias }) {
      const features = x.shape.at(-1)!;
      const rows = sizeOf(x.shape) / features;
      const y = ops.matmul(ops.reshape(x, [rows, features]), kernel!);
      const shaped = ops.reshape(bias === undefined ? y : ops.bias(y, bias), [...x.shape.slice(0, -1), units]);
      return applyActivation(ops, activation, shaped);
    },
  };
}
