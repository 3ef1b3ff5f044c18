import type { NormalizationGeometry } from '../../kernels/geometry.ts';
import { ShapeError } from '../errors.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../shape/shape.ts';
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

export interface LayerNormalizationValues {
  /** One axis or several; the last if left out. */
  readonly axis?: number | readonly number[];
  readonly epsilon: number;
  /** Of the shape of these axes, in ascending order; 1 and 0 if left out. */
  readonly gamma?: Value | undefined;
  readonly beta?: Value | undefined;
}

export interface GroupNormalizationValues {
  /** Into how many groups the places of the axis are divided; it must divide their number. */
  readonly groups: number;
  /** The last if left out. */
  readonly axis?: number;
  readonly epsilon: number;
  /** Of the length of the axis; 1 and 0 if left out. */
  readonly gamma?: Value | undefined;
  readonly beta?: Value | undefined;
}

export interface RmsNormalizationValues {
  /** One axis or several; the last if left out. */
  readonly axis?: number | readonly number[];
  readonly epsilon: number;
  /** Of the shape of these axes, in ascending order; 1 if left out. */
  readonly scale?: Value | undefined;
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

  /** Over the axes given, for each place of all others by itself. Throws ShapeError for axes that x does not have. */
  layerNormalization(x: Value, { axis, epsilon, gamma, beta }: LayerNormalizationValues): Value {
    return this.#overAxes('layerNormalization', x, axis, { epsilon, isCentered: true, gamma, beta });
  }

  /** x / sqrt(mean of x^2 + epsilon) scale, the mean being taken over the axes given. Throws ShapeError as above. */
  rmsNormalization(x: Value, { axis, epsilon, scale }: RmsNormalizationValues): Value {
    return this.#overAxes('rmsNormalization', x, axis, { epsilon, isCentered: false, gamma: scale, beta: undefined });
  }

  /** Over the places of each group and all other axes but the first. Throws ShapeError for groups that do not divide. */
  groupNormalization(x: Value, { groups, axis = -1, epsilon, gamma, beta }: GroupNormalizationValues): Value {
    const at = checkedAxis('groupNormalization', axis, x.shape.length);
    const [before, length, behind] = around(x.shape, at);
    if (at === 0) throw new ShapeError('groupNormalization: axis 0 is that of the examples; expected another');
    if (length % groups !== 0) {
      throw new ShapeError(`groupNormalization: ${groups} groups do not divide the ${length} places of axis ${axis}`);
    }
    const outer = x.shape[0]!;
    const width = (length / groups) * behind;
    const geometry = { outer, rows: before / outer, groups, width, epsilon, isCentered: true };
    const columns = (name: string, value: Value | undefined, otherwise: number) =>
      this.#columns(`groupNormalization: ${name}`, value, otherwise, length, behind);
    return this.#normalized(x, columns('gamma', gamma, 1), columns('beta', beta, 0), geometry).y;
  }

  /** x scale + shift, both of the length of the last axis. */
  scaleShift(x: Value, scale: Value, shift: Value): Value {
    const geometry = rowGeometry(x);
    for (const [name, value] of Object.entries({ scale, shift })) {
      expectLength(`scaleShift: ${name}`, value, geometry.columns);
    }
    return this.emit('scaleShiftForward', { y: x.shape }, { x, scale, shift }, geometry)['y']!;
  }

  /** Normalizes over axes; gamma and beta are part of the call where these are the last axes. */
  #overAxes(what: string, x: Value, axis: number | readonly number[] = -1, options: OverAxes): Value {
    const axes = (typeof axis === 'number' ? [axis] : axis).map(each => checkedAxis(what, each, x.shape.length));
    if (new Set(axes).size !== axes.length)
      throw new ShapeError(`${what}: the axes ${formatShape(axes)} name one twice`);
    const { epsilon, isCentered, gamma, beta } = options;
    const shape = x.shape.filter((_, place) => axes.includes(place));
    for (const [name, value] of Object.entries({ gamma, beta })) {
      if (value !== undefined) expectShape(`${what}: ${isCentered ? name : 'scale'}`, value, shape);
    }
    const runs = runsOf(x.shape, axes);
    if (runs === undefined) {
      const others = [...x.shape.keys()].filter(place => !axes.includes(place));
      const order = [...others, ...axes.toSorted((a, b) => a - b)];
      const last = axes.map((_, i) => others.length + i);
      const moved = this.#overAxes(what, this.transpose(x, order), last, options);
      return this.transpose(
        moved,
        x.shape.map((_, place) => order.indexOf(place)),
      );
    }
    const geometry = { ...runs, epsilon, isCentered };
    const { rows, groups, width } = geometry;
    const columns = groups * width;
    const flat = (value: Value | undefined, otherwise: number) =>
      value === undefined ? this.fill([columns], otherwise) : this.reshape(value, [columns]);
    if (rows === 1 && groups === 1) return this.#normalized(x, flat(gamma, 1), flat(beta, 0), geometry).y;
    const { y } = this.#normalized(x, flat(undefined, 1), flat(undefined, 0), geometry);
    const repeated = x.shape.map((size, place) => (axes.includes(place) ? size : 1));
    const scaled = gamma === undefined ? y : this.multiply(y, this.reshape(gamma, repeated));
    return beta === undefined ? scaled : this.add(scaled, this.reshape(beta, repeated));
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

interface OverAxes {
  readonly epsilon: number;
  readonly isCentered: boolean;
  readonly gamma: Value | undefined;
  readonly beta: Value | undefined;
}

/**
 * A shape as [outer, rows, groups, width], of which rows and width are the axes that are normalized over; undefined where
 * these lie between others more than twice. Neighbouring axes of one kind are one.
 */
function runsOf(shape: Shape, axes: readonly number[]) {
  const runs: { size: number; isOver: boolean }[] = [{ size: 1, isOver: false }];
  for (const [place, size] of shape.entries()) {
    const isOver = axes.includes(place);
    const last = runs.at(-1)!;
    if (last.isOver === isOver) last.size *= size;
    else if (size !== 1) runs.push({ size, isOver });
  }
  const [outer = 1, rows = 1, groups = 1, width = 1] = runs.map(({ size }) => size);
  if (runs.length > 4) return undefined;
  return runs.length === 2 ? { outer, rows: 1, groups: 1, width: rows } : { outer, rows, groups, width };
}

/** The elements before an axis, along it, and behind it. */
const around = (shape: Shape, axis: number): readonly [number, number, number] => [
  sizeOf(shape.slice(0, axis)),
  shape[axis]!,
  sizeOf(shape.slice(axis + 1)),
];

const expectLength = (what: string, value: Value, length: number): void => expectShape(what, value, [length]);

function expectShape(what: string, { shape }: Value, expected: Shape): void {
  if (sameShape(shape, expected)) return;
  throw new ShapeError(`${what} has the shape ${formatShape(shape)}, expected ${formatShape(expected)}`);
}
