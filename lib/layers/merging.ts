/** Layers that make one value of several; axes are counted as in Keras, with the batch as axis 0. */
import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { sentence } from '../shape/sentences.ts';
import { broadcastShape, formatShape, type Shape, sizeOf } from '../shape/shape.ts';
import { checkedAxis, placeOf } from './axis.ts';
import type { MergingLayer } from './layer.ts';
import type { Broadcasting, Concatenated, Dotted, OfTwo } from './merging-rules.ts';
import { checkedOptions, flag } from './options.ts';
import type { LayerOps } from './outcome.ts';

/** Options that every merging layer takes. */
export interface MergingOptions {
  /** Unique among the layers beside it; automatic if left out. */
  readonly name?: string;
}

/** A layer that broadcasts its inputs together, as NumPy does without the batch axis: [8, 8, 4] and [4] -> [8, 8, 4]. */
export interface ElementwiseMerging<Op extends string> extends MergingLayer {
  readonly '~out'?: Broadcasting<Op, this['~in']>;
}

/** The sum of its inputs. */
export const add = (options: MergingOptions = {}): ElementwiseMerging<'add'> =>
  elementwise('add', 'Add', options, (ops, values) => values.reduce((sum, value) => ops.add(sum, value)));

/** The product of its inputs, element by element. */
export const multiply = (options: MergingOptions = {}): ElementwiseMerging<'multiply'> =>
  elementwise('multiply', 'Multiply', options, (ops, values) =>
    values.reduce((all, value) => ops.multiply(all, value)),
  );

/** The mean of its inputs, element by element. */
export const average = (options: MergingOptions = {}): ElementwiseMerging<'average'> =>
  elementwise('average', 'Average', options, (ops, values) =>
    ops.affine(
      values.reduce((sum, value) => ops.add(sum, value)),
      1 / values.length,
    ),
  );

/** The largest of its inputs, element by element. */
export const maximum = (options: MergingOptions = {}): ElementwiseMerging<'maximum'> =>
  elementwise('maximum', 'Maximum', options, (ops, values) => values.reduce((most, value) => ops.maximum(most, value)));

/** The smallest of its inputs, element by element. */
export const minimum = (options: MergingOptions = {}): ElementwiseMerging<'minimum'> =>
  elementwise('minimum', 'Minimum', options, (ops, values) =>
    values.reduce((least, value) => ops.minimum(least, value)),
  );

/** The first of two inputs minus the second. */
export interface Subtract extends MergingLayer {
  readonly '~out'?: OfTwo<'subtract', this['~in'], Broadcasting<'subtract', this['~in']>>;
}

/** The first of two inputs minus the second. */
export const subtract = (options: MergingOptions = {}): Subtract =>
  elementwise('subtract', 'Subtract', options, (ops, [a, b]) => ops.subtract(a!, b!), 2);

function elementwise(
  factory: string,
  className: string,
  given: MergingOptions,
  join: (ops: Ops, values: readonly Value[]) => Value,
  inputs?: 2,
): Omit<MergingLayer, '~in' | '~out'> {
  const options = checkedMerging(factory, given, []);
  return {
    className,
    ...options,
    config: {},
    outputShape(shapes) {
      checkCount(factory, shapes, inputs);
      return shapes.reduce((all, shape) => broadcastShape(factory, all, shape));
    },
    merge: (ops, values) =>
      join(
        ops,
        values.map(value => withAxes(ops, value, rankOf(values))),
      ),
  };
}

export interface ConcatenateOptions<A extends number = number> extends MergingOptions {
  /** The axis along which the inputs stand one behind the other; -1, the last, if left out. */
  readonly axis?: A;
}

/** Its inputs one behind the other along an axis. */
export interface Concatenate<A extends number> extends MergingLayer {
  readonly '~out'?: Concatenated<this['~in'], A>;
}

/**
 * Its inputs one behind the other along an axis, the last if none is given. Throws OptionError for an axis that is none,
 * or that of the batch; ShapeError if another axis of the inputs differs.
 */
export function concatenate<const A extends number = -1>(given: A | ConcatenateOptions<A> = {}): Concatenate<A> {
  const options = checkedMerging<ConcatenateOptions<A>>('concatenate', given, ['axis'], 'axis');
  const axis = checkedAxis('concatenate', 'axis', options.axis ?? -1);
  const joined = (shapes: readonly Shape[]): Shape => {
    checkCount('concatenate', shapes);
    const [head = []] = shapes;
    const at = placeOf(axis, head);
    if (at === undefined) throw new ShapeError(sentence('concatenateAxis', { axis, input: formatShape(head) }));
    const isAlike = (shape: Shape) =>
      shape.length === head.length && shape.every((size, i) => i === at || size === head[i]);
    const other = shapes.find(shape => !isAlike(shape));
    if (other !== undefined) {
      throw new ShapeError(sentence('concatenate', { a: formatShape(head), b: formatShape(other), axis: at + 1 }));
    }
    return head.map((size, i) => (i === at ? shapes.reduce((sum, shape) => sum + shape[i]!, 0) : size));
  };
  return {
    className: 'Concatenate',
    ...named(options),
    config: { axis },
    outputShape: joined,
    merge: (ops, values) => ops.concat(values, axis),
  };
}

export interface DotOptions<A extends number | readonly [number, number] = number | readonly [number, number]>
  extends MergingOptions {
  /** The axis that is summed over, or one for each of the two inputs. */
  readonly axes: A;
  /** Whether the inputs get the length 1 along these axes first, so that the result is the cosine; false if left out. */
  readonly normalize?: boolean;
}

/** The products of two inputs along an axis of each. */
export interface Dot<A extends number | readonly [number, number]> extends MergingLayer {
  readonly '~out'?: OfTwo<'dot', this['~in'], Dotted<this['~in'], A>>;
}

/**
 * Sums the products of two inputs along an axis of each: [i, k] and [j, k] along -1 -> [i, j]; two vectors give [1].
 * All products are there at once, i j k numbers for each example. Throws OptionError for axes that are none, ShapeError
 * if the inputs differ along them.
 */
export function dot<const A extends number | readonly [number, number]>(given: A | DotOptions<A>): Dot<A> {
  const isAxes = typeof given === 'number' || Array.isArray(given);
  const options = checkedMerging<DotOptions<A>>('dot', isAxes ? { axes: given } : given, ['axes', 'normalize']);
  const axes = checkedAxes(options.axes);
  const normalize = flag('dot', 'normalize', options.normalize ?? false);
  return {
    className: 'Dot',
    ...named(options),
    config: { axes, normalize },
    outputShape(shapes) {
      checkCount('dot', shapes, 2);
      const left = remaining(shapes, axes);
      return left.length === 0 ? [1] : left;
    },
    merge(ops, values) {
      const shapes = values.map(({ shape }) => shape.slice(1));
      const [a, b] = values.map((value, i) => alongLast(ops, value, axes[i]!, normalize));
      const products = ops.multiply(ops.expandDims(a!, 2), ops.expandDims(b!, 1) as Value);
      const left = remaining(shapes, axes);
      return ops.reshape(ops.sum(products, -1), [values[0]!.shape[0]!, ...(left.length === 0 ? [1] : left)]);
    },
  };
}

/** Summed vectors as rows: [batch, others, k], of length 1 if asked for. */
function alongLast(ops: LayerOps, x: Value, axis: number, normalize: boolean): Value {
  const at = axis < 0 ? axis + x.shape.length : axis;
  const order = [...x.shape.keys()].filter(i => i !== at);
  const turned = ops.transpose(x, [...order, at]);
  const length = x.shape[at]!;
  const rows = ops.reshape(turned, [x.shape[0]!, sizeOf(x.shape) / x.shape[0]! / length, length]);
  if (!normalize) return rows;
  const squares = ops.sum(ops.square(rows), -1, true);
  // Keras's least length is 1e-7.
  return ops.divide(rows, ops.sqrt(ops.maximum(squares, 1e-14)));
}

/** The axes that are left of both inputs. Throws ShapeError if there is no such axis, or they differ along it. */
function remaining(shapes: readonly Shape[], axes: readonly [number, number]): Shape {
  const places = shapes.map((shape, i) => {
    const place = placeOf(axes[i]!, shape);
    if (place !== undefined) return place;
    throw new ShapeError(sentence('dotAxis', { axis: axes[i]!, input: formatShape(shape) }));
  });
  const [a = [], b = []] = shapes;
  const [i = 0, j = 0] = places;
  if (a[i] !== b[j]) {
    const sizes = { fromA: a[i]!, fromB: b[j]!, axisA: i + 1, axisB: j + 1 };
    throw new ShapeError(sentence('dot', { a: formatShape(a), b: formatShape(b), ...sizes }));
  }
  return [...a.filter((_, axis) => axis !== i), ...b.filter((_, axis) => axis !== j)];
}

function checkedAxes(given: unknown): readonly [number, number] {
  const [a, b = a, ...more]: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (more.length > 0) throw new OptionError(`dot: axes must be an integer or two of them, got ${describe(given)}`);
  return [checkedAxis('dot', 'axes', a), checkedAxis('dot', 'axes', b)];
}

/** An axis counted with the batch as axis 0. Throws OptionError for that axis, and for what is no integer. */
function checkCount(layer: string, shapes: readonly Shape[], exactly?: 2): void {
  if (exactly === undefined ? shapes.length > 0 : shapes.length === exactly) return;
  const expected = exactly === undefined ? 'at least one input' : 'two inputs';
  throw new ShapeError(sentence('mergeCount', { layer, expected, count: shapes.length }));
}

const rankOf = (values: readonly Value[]): number => Math.max(...values.map(({ shape }) => shape.length));

/** With axes of 1 behind that of the batch, so that the batches lie over each other. */
function withAxes(ops: Ops, x: Value, rank: number): Value {
  const [batch = 0, ...shape] = x.shape;
  if (x.shape.length === rank) return x;
  return ops.reshape(x, [batch, ...new Array<number>(rank - x.shape.length).fill(1), ...shape]);
}

/** Options of a merging layer, which is nowhere the first of a model and learns nothing. */
function checkedMerging<O extends MergingOptions>(
  factory: string,
  given: unknown,
  known: readonly string[],
  shorthand?: string,
): O {
  const options = checkedOptions<O>(factory, given, known, shorthand);
  for (const option of ['inputShape', 'trainable']) {
    if (option in options) throw new OptionError(`${factory}: there is no option ${option}; leave it out`);
  }
  return options;
}

const named = ({ name }: MergingOptions): { name?: string } => (name === undefined ? {} : { name });
