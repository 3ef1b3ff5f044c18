/** Batch renormalization (Ioffe 2017): training normalizes by the batch, and corrects that by statistics that move slowly. */
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Initializer } from '../initializers/initializers.ts';
import { unknownName } from '../nearest-name.ts';
import type { Value } from '../plan/graph.ts';
import type { Shape } from '../shape/shape.ts';
import type { ParameterSpec, ParameterValues } from './layer.ts';
import { finiteNumber, isObject } from './options.ts';
import type { LayerOps } from './outcome.ts';

/** The bounds of the corrections; none where one is left out. */
export interface RenormClipping {
  /** The least and the largest factor. */
  readonly rmin?: number;
  readonly rmax?: number;
  /** The largest offset, to both sides. */
  readonly dmax?: number;
}

export interface Renormalization {
  readonly axis: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly renormMomentum: number;
  readonly clipping: RenormClipping;
}

/** Throws OptionError for what is no object, for bounds that are not known, and for bounds that contradict each other. */
export function checkedClipping(layer: string, given: unknown): RenormClipping {
  if (!isObject(given)) {
    throw new OptionError(`${layer}: renormClipping must be an object, got ${describe(given)}`);
  }
  const names = ['rmin', 'rmax', 'dmax'];
  for (const [name, bound] of Object.entries(given)) {
    if (!names.includes(name)) throw unknownName(`bound in renormClipping of ${layer}`, name, names);
    finiteNumber(layer, `renormClipping.${name}`, bound as number);
  }
  const { rmin, rmax, dmax } = given as RenormClipping;
  if (rmin !== undefined && rmax !== undefined && rmax < rmin) {
    throw new OptionError(`${layer}: renormClipping.rmax must be at least rmin, got ${rmax} and ${rmin}`);
  }
  if (dmax !== undefined && dmax < 0) {
    throw new OptionError(`${layer}: renormClipping.dmax must be at least 0, got ${dmax}`);
  }
  return given as RenormClipping;
}

/** What it keeps besides the statistics of batch normalization. */
export function renormParameters(shape: Shape, mean: Initializer, variance: Initializer): readonly ParameterSpec[] {
  const stddev: Initializer = {
    name: 'rootOf',
    config: {},
    fill(out, of, random) {
      variance.fill(out, of, random);
      for (const [i, value] of out.entries()) out[i] = Math.sqrt(value);
    },
  };
  return [
    { name: 'moving_stddev', shape, initializer: stddev, trainable: false },
    { name: 'renorm_mean', shape, initializer: mean, trainable: false },
    { name: 'renorm_stddev', shape, initializer: stddev, trainable: false },
  ];
}

/** Emits a training step's normalization, and what moves the statistics, as Keras does. */
export function renormalize(ops: LayerOps, x: Value, parameters: ParameterValues, settings: Renormalization): Value {
  const { axis, epsilon, momentum, renormMomentum, clipping } = settings;
  const { gamma, beta, moving_mean, moving_variance, moving_stddev, renorm_mean, renorm_stddev } = parameters;
  // No gradient flows through mean and variance, so none does through the corrections.
  const { output, mean, variance } = ops.batchNormalization(x, { axis, epsilon });
  const stddev = ops.sqrt(ops.affine(variance, 1, epsilon));
  const {
    rmin = Number.NEGATIVE_INFINITY,
    rmax = Number.POSITIVE_INFINITY,
    dmax = Number.POSITIVE_INFINITY,
  } = clipping;
  const slow = ops.maximum(renorm_stddev!, Math.sqrt(epsilon));
  const r = ops.clip(ops.divide(stddev, slow), rmin, rmax);
  const d = ops.clip(ops.divide(ops.subtract(mean, renorm_mean!), slow), -dmax, dmax);
  const factor = gamma === undefined ? r : ops.multiply(r, gamma);
  const corrected = gamma === undefined ? d : ops.multiply(d, gamma);
  const offset = beta === undefined ? corrected : ops.add(corrected, beta);
  ops.assignMovingAverage(renorm_mean!, mean, renormMomentum);
  ops.assignMovingAverage(renorm_stddev!, stddev, renormMomentum);
  ops.assignMovingAverage(moving_mean!, mean, momentum);
  ops.assignMovingAverage(moving_stddev!, stddev, momentum);
  ops.assign(moving_variance!, ops.relu(ops.affine(ops.square(moving_stddev!), 1, -epsilon)));
  const place = axis < 0 ? axis + x.shape.length : axis;
  if (place === x.shape.length - 1) return ops.scaleShift(output, factor, offset);
  const shape = [x.shape[place]!, ...x.shape.slice(place + 1).map(() => 1)];
  return ops.add(ops.multiply(output, ops.reshape(factor, shape)), ops.reshape(offset, shape));
}
