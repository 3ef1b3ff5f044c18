import { OptionError } from '../errors.ts';
import { truncatedNormal } from '../initializers/initializers.ts';
import type { Value } from '../plan/graph.ts';
import { type Shape, sizeOf } from '../shape/shape.ts';
import { checkedLayer, nestedConfig } from './composite.ts';
import { common, type Layer, type LayerOptions, type OutputOf, type ParameterSpec } from './layer.ts';
import { checkedOptions, positiveInteger } from './options.ts';
import type { LayerOps } from './outcome.ts';

export interface SpectralNormalizationOptions<I extends Shape | undefined = Shape | undefined> extends LayerOptions<I> {
  /** How often a step goes on with the iteration; 1 if left out. */
  readonly powerIterations?: number;
}

/** A layer whose kernel training keeps at a largest singular value of 1. */
export interface SpectralNormalization<L extends Layer, I extends Shape | undefined = undefined> extends Layer {
  readonly inputShape?: I;
  readonly '~out'?: OutputOf<L, this['~in']>;
}

/**
 * The layer, such as `conv2d` or `dense`, whose kernel is divided by its largest singular value at the beginning of each
 * training step, as Keras does (Miyato et al. 2018, algorithm 1). The kernel is taken as a matrix with a column for each place
 * of its last axis. Parameters: those of the layer, which are this layer's own, and `vector_u` [1, columns], which the power
 * iteration goes on from, at first truncatedNormal. Throws OptionError for a layer without a kernel.
 */
export function spectralNormalization<const L extends Layer, const I extends Shape | undefined = undefined>(
  layer: L,
  options: SpectralNormalizationOptions<I> = {},
): SpectralNormalization<L, I> {
  const factory = 'spectralNormalization';
  checkedOptions(factory, options, ['powerIterations']);
  const wrapped: Layer = checkedLayer(`${factory}: layer`, layer);
  const powerIterations = positiveInteger(factory, 'powerIterations', options.powerIterations ?? 1);
  return {
    ...(wrapped.activityRegularizer === undefined ? {} : { activityRegularizer: wrapped.activityRegularizer }),
    ...(wrapped.trainable === undefined ? {} : { trainable: wrapped.trainable }),
    className: 'SpectralNormalization',
    ...common(options),
    ...savedWith(wrapped, powerIterations),
    ...(wrapped.outputShape === undefined ? {} : { outputShape: wrapped.outputShape }),
    parameters(input) {
      const own = wrapped.parameters?.(input) ?? [];
      const columns = kernelOf(factory, own).shape.at(-1)!;
      const initializer = truncatedNormal({ stddev: 0.02 });
      return [...own, { name: 'vector_u', shape: [1, columns], initializer, trainable: false }];
    },
    forward(ops, x, { vector_u: u, ...parameters }) {
      if (ops.training) normalize(ops, parameters['kernel']!, u!, powerIterations);
      return wrapped.forward(ops, x, parameters);
    },
  };
}

function kernelOf(factory: string, specs: readonly ParameterSpec[]): ParameterSpec {
  const kernel = specs.find(({ name }) => name === 'kernel');
  if (kernel !== undefined) return kernel;
  const names = specs.map(({ name }) => name).join(', ');
  throw new OptionError(
    `${factory}: the layer must have a parameter "kernel", as conv2d and dense have, got ${names === '' ? 'none' : names}`,
  );
}

/** Writes the normalized kernel, and the vector that the iteration has come to; a kernel of zeros stays as it is. */
function normalize(ops: LayerOps, kernel: Value, u: Value, iterations: number): void {
  const columns = kernel.shape.at(-1)!;
  const matrix = ops.stopGradient(ops.reshape(kernel, [sizeOf(kernel.shape) / columns, columns]) as Value);
  let [left, right]: [Value, Value] = [u, u];
  for (let i = 0; i < iterations; i++) {
    left = unit(ops, ops.matmul(right, ops.transpose(matrix)) as Value);
    right = unit(ops, ops.matmul(left, matrix) as Value);
  }
  const sigma = ops.sum(ops.multiply(ops.matmul(left, matrix) as Value, right));
  const isZero = ops.equal(ops.max(ops.abs(matrix)), 0);
  const normalized = ops.divide(ops.stopGradient(kernel), ops.where(isZero, 1, sigma)) as Value;
  const next = ops.where(isZero, u, right);
  ops.assign(kernel, normalized);
  ops.assign(u, next);
}

/** A vector [1, n] of the length 1; zeros stay zeros. */
const unit = (ops: LayerOps, x: Value): Value =>
  ops.divide(x, ops.maximum(ops.sqrt(ops.sum(ops.square(x))), leastLength)) as Value;

/** What Keras keeps the length above. */
const leastLength = 1e-7;

/** Left out where the layer cannot be saved. */
function savedWith(layer: Layer, powerIterations: number): Pick<Layer, 'config'> {
  const config = nestedConfig(layer);
  return config === undefined ? {} : { config: { layer: config, powerIterations } };
}
