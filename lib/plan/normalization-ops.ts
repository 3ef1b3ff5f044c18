import type { NormalizationGeometry } from '../../kernels/geometry.ts';
import { ShapeError } from '../errors.ts';
import { formatShape, type Shape, sizeOf } from '../shape/shape.ts';
import { checkedAxis } from '../tensor/layout.ts';
import { rowGeometry } from './emitter.ts';
import type { Value } from './graph.ts';
import { ImageOps } from './image-ops.ts';

export interface BatchNormalizationValues {
  /** The last if left out. */
  readonly axis?: number;
  readonly epsilon: number;
  /** Of the length of the axis; 1 and 0 if left out. */
  readonly gamma?: Value | undefined;
  readonly beta?: Value | undefined;
}

export interface GivenStatistics extends BatchNormalizationValues {
  readonly mean: Value;
  readonly variance: Value;
}

export interface NormalizedValues {
  readonly output: Value;
  readonly mean: Value;
  readonly variance: Value;
}

/** Normalizations, each one call: see NormalizationGeometry for what it takes the axes of x for. */
export class NormalizationOps extends ImageOps {
  /** Throws ShapeError for an axis that x does not have, and for gamma or beta of another length. */
  batchNormalization(x: Value, { axis = -1, epsilon, gamma, beta }: BatchNormalizationValues): NormalizedValues {
    const at = checkedAxis('batchNormalization', axis, x.shape.length);
    const [rows, groups, width] = around(x.shape, at);
    const geometry = { outer: 1, rows, groups, width, epsilon, isCentered: true };
    const columns = (name: string, value: Value | undefined, otherwise: number) =>
      this.#columns(`batchNormalization: ${name}`, value, otherwise, groups, width);
    const { y, mean, variance } = this.#normalized(x, columns('gamma', gamma, 1), columns('beta', beta, 0), geometry);
    const statistic = (value: Value) => this.graph.view(value, [groups], { stopsGradient: true });
    return { output: y, mean: statistic(mean), variance: statistic(variance) };
  }

  /** The same with a mean and a variance that are given: x gamma / sqrt(variance + epsilon) + what belongs to it. */
  normalizeBy(x: Value, { axis = -1, epsilon, gamma, beta, mean, variance }: GivenStatistics): Value {
    const at = checkedAxis('normalizeBy', axis, x.shape.length);
    for (const [name, value] of Object.entries({ mean, variance, gamma, beta })) {
      if (value !== undefined) expectLength(`normalizeBy: ${name}`, value, x.shape[at]!);
    }
    const scale = this.divide(gamma ?? 1, this.sqrt(this.affine(variance, 1, epsilon)));
    const moved = this.multiply(mean, scale);
    const shift = beta === undefined ? this.negate(moved) : this.subtract(beta, moved);
    const behind = x.shape.slice(at + 1).map(() => 1);
    if (behind.length === 0) return this.scaleShift(x, scale, shift);
    const repeated = (value: Value) => this.reshape(value, [x.shape[at]!, ...behind]);
    return this.add(this.multiply(x, repeated(scale)), repeated(shift));
  }

  /** x scale + shift, both of the length of the last axis. */
  scaleShift(x: Value, scale: Value, shift: Value): Value {
    const geometry = rowGeometry(x);
    for (const [name, value] of Object.entries({ scale, shift })) {
      expectLength(`scaleShift: ${name}`, value, geometry.columns);
    }
    return this.emit('scaleShiftForward', { y: x.shape }, { x, scale, shift }, geometry)['y']!;
  }

  #normalized(x: Value, gamma: Value, beta: Value, geometry: NormalizationGeometry) {
    const statistics = [geometry.outer, geometry.groups];
    const shapes = { y: x.shape, mean: statistics, variance: statistics };
    return this.emit('normalizationForward', shapes, { x, gamma, beta }, geometry) as {
      readonly [N in 'y' | 'mean' | 'variance']: Value;
    };
  }

  /** A number for each group, for each of its columns. */
  #columns(what: string, value: Value | undefined, otherwise: number, groups: number, width: number): Value {
    if (value === undefined) return this.fill([groups * width], otherwise);
    expectLength(what, value, groups);
    if (width === 1) return value;
    return this.broadcastTo(this.reshape(value, [groups, 1]), [groups, width]);
  }
}

/** The elements before an axis, along it, and behind it. */
const around = (shape: Shape, axis: number): readonly [number, number, number] => [
  sizeOf(shape.slice(0, axis)),
  shape[axis]!,
  sizeOf(shape.slice(axis + 1)),
];

function expectLength(what: string, { shape }: Value, length: number): void {
  if (shape.length === 1 && shape[0] === length) return;
  throw new ShapeError(`${what} has the shape ${formatShape(shape)}, expected ${formatShape([length])}`);
}
