import { broadcastStrides, rowMajorStrides } from '../../kernels/geometry.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { sentence } from '../shape/sentences.ts';
import { broadcastShape, formatShape, type Shape, sameShape, sizeOf } from '../shape/shape.ts';
import { checkedAxis } from '../tensor/layout.ts';
import type { Operand } from './emitter.ts';
import { FormulaOps } from './generated/ops.ts';
import type { Value } from './graph.ts';

/** The operations that put elements to other places. They have the names and the parameters of those of tensors. */
export class LayoutOps extends FormulaOps {
  /** The same elements under another shape, in which one axis may be -1 and takes what is left. */
  reshape(x: Value, shape: Shape): Value {
    const size = sizeOf(x.shape);
    const free = shape.filter(axis => axis === -1).length;
    const known = sizeOf(shape.filter(axis => axis !== -1));
    if (free > 1 || !shape.every(axis => Number.isInteger(axis) && axis >= -1)) {
      throw new ShapeError(`reshape: a shape has integers of 0 or more and at most one -1, got ${formatShape(shape)}`);
    }
    if (free === 1 ? known === 0 || size % known !== 0 : known !== size) {
      const target = free === 1 ? formatShape(shape) : `${formatShape(shape)} with ${known}`;
      throw new ShapeError(sentence('tensorReshape', { shape: formatShape(x.shape), size, target }));
    }
    return this.graph.view(
      x,
      shape.map(axis => (axis === -1 ? size / known : axis)),
    );
  }

  /** A new axis of size 1. */
  expandDims(x: Value, axis: number): Value {
    const at = checkedAxis('expandDims', axis, x.shape.length + 1);
    return this.graph.view(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
  }

  /** Without the axes given, which must have size 1; without all such axes if none are given. */
  squeeze(x: Value, axes?: readonly number[]): Value {
    const gone = axes?.map(axis => checkedAxis('squeeze', axis, x.shape.length));
    for (const axis of gone ?? []) {
      const length = x.shape[axis]!;
      if (length !== 1) throw new ShapeError(sentence('squeeze', { axis, shape: formatShape(x.shape), length }));
    }
    const isKept = (length: number, axis: number) => (gone === undefined ? length !== 1 : !gone.includes(axis));
    return this.graph.view(x, x.shape.filter(isKept));
  }

  /** The axes in another order; reversed if none is given. */
  transpose(x: Value, permutation?: readonly number[]): Value {
    const rank = x.shape.length;
    const order = permutation?.map(axis => checkedAxis('transpose', axis, rank)) ?? x.shape.map((_, i) => rank - 1 - i);
    if (order.length !== rank || new Set(order).size !== rank) {
      throw new ShapeError(sentence('permutation', { permutation: formatShape(order), rank }));
    }
    const dense = rowMajorStrides(x.shape);
    const shape = order.map(axis => x.shape[axis]!);
    const strides = order.map(axis => dense[axis]!);
    return this.emit('transposeForward', { y: shape }, { x }, { size: sizeOf(shape), shape, strides })['y']!;
  }

  /**
   * The box that begins at `begin`, counted from the end where it is negative, and has `size` elements along each axis;
   * -1, or a size left out, takes the rest of the axis. Axes that `begin` leaves out are taken whole.
   */
  slice(x: Value, begin: readonly number[], size: readonly number[] = []): Value {
    const { shape } = x;
    if (begin.length > shape.length || size.length > shape.length) {
      const given = { begin: formatShape(begin), size: formatShape(size) };
      throw new ShapeError(sentence('sliceRank', { shape: formatShape(shape), rank: shape.length, ...given }));
    }
    const from = shape.map((length, axis) => firstOfSlice(axis, length, begin[axis] ?? 0));
    const box = shape.map((length, axis) => ((size[axis] ?? -1) === -1 ? length - from[axis]! : size[axis]!));
    for (const [axis, count] of box.entries()) {
      const length = shape[axis]!;
      if (Number.isInteger(count) && count >= 0 && from[axis]! + count <= length) continue;
      throw new ShapeError(sentence('slice', { axis, length, count, begin: begin[axis] ?? 0 }));
    }
    return this.crop(x, from, box);
  }

  /** Adds elements of `value` before and after each axis: one [before, after] for each. */
  pad(x: Value, padding: readonly (readonly [number, number])[], value = 0): Value {
    if (padding.length !== x.shape.length) {
      throw new ShapeError(sentence('padRank', { rank: x.shape.length, count: padding.length }));
    }
    for (const [before, after] of padding) {
      if (Number.isInteger(before) && Number.isInteger(after) && before >= 0 && after >= 0) continue;
      throw new OptionError(`pad: amounts must be integers of 0 or more, got [${before}, ${after}]`);
    }
    const shape = x.shape.map((length, axis) => length + padding[axis]![0] + padding[axis]![1]);
    const begin = padding.map(([before]) => before);
    if (value === 0) return this.emit('padForward', { y: shape }, { x }, { shape, begin, size: x.shape })['y']!;
    return this.insert(this.fill(shape, value), x, begin);
  }

  /** Repeats along axes of size 1, and along new axes in front, until the shape is the one given. */
  broadcastTo(x: Value, shape: Shape): Value {
    if (sameShape(x.shape, shape)) return x;
    const missing = shape.length - x.shape.length;
    if (missing < 0 || !x.shape.every((length, axis) => length === 1 || length === shape[axis + missing])) {
      throw new ShapeError(sentence('broadcastTo', { shape: formatShape(x.shape), target: formatShape(shape) }));
    }
    const strides = broadcastStrides(x.shape, shape);
    const geometry = { size: sizeOf(shape), reducedSize: sizeOf(x.shape), shape, strides };
    return this.emit('broadcastForward', { y: shape }, { x }, geometry)['y']!;
  }

  /** Values one behind the other along an axis; their other axes must agree. */
  concat(values: readonly Value[], axis = 0): Value {
    const [head, ...others] = values;
    if (head === undefined) throw new OptionError('concat: expected at least one value, got an empty list');
    const along = checkedAxis('concat', axis, head.shape.length);
    for (const { shape } of others) {
      if (shape.length === head.shape.length && shape.every((length, i) => i === along || length === head.shape[i])) {
        continue;
      }
      throw new ShapeError(sentence('concat', { b: formatShape(shape), a: formatShape(head.shape), axis: along }));
    }
    if (others.length === 0) return head;
    const total = values.reduce((sum, { shape }) => sum + shape[along]!, 0);
    const behind = total - head.shape[along]!;
    let place = head.shape[along]!;
    let whole = this.pad(
      head,
      head.shape.map((_, i): [number, number] => [0, i === along ? behind : 0]),
    );
    for (const value of others) {
      const at = place;
      whole = this.insert(
        whole,
        value,
        value.shape.map((_, i) => (i === along ? at : 0)),
      );
      place += value.shape[along]!;
    }
    return whole;
  }

  /** The parts of x along an axis: so many of one size, or one for each size given. */
  split(x: Value, parts: number | readonly number[], axis = 0): Value[] {
    const along = checkedAxis('split', axis, x.shape.length);
    const length = x.shape[along]!;
    const sizes = typeof parts === 'number' ? new Array<number>(parts).fill(length / parts) : parts;
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (total !== length || !sizes.every(size => Number.isInteger(size) && size >= 0)) {
      const wanted = typeof parts === 'number' ? `${parts} equal parts` : `parts of ${formatShape(parts)}`;
      throw new ShapeError(`split: axis ${along} of ${formatShape(x.shape)} cannot be divided into ${wanted}`);
    }
    let place = 0;
    return sizes.map(size => {
      const begin = x.shape.map((_, i) => (i === along ? place : 0));
      place += size;
      return this.crop(
        x,
        begin,
        x.shape.map((whole, i) => (i === along ? size : whole)),
      );
    });
  }

  /** Values of one shape along a new axis. */
  stack(values: readonly Value[], axis = 0): Value {
    const [head] = values;
    if (head === undefined) throw new OptionError('stack: expected at least one value, got an empty list');
    const at = checkedAxis('stack', axis, head.shape.length + 1);
    for (const { shape } of values) {
      if (sameShape(shape, head.shape)) continue;
      throw new ShapeError(sentence('stack', { b: formatShape(shape), a: formatShape(head.shape) }));
    }
    return this.concat(
      values.map(value => this.expandDims(value, at)),
      at,
    );
  }

  /** The places along an axis that int32 `indices` name: its axes take the place of that axis. Zeros where there is none. */
  gather(x: Value, indices: Value, axis = 0): Value {
    const along = checkedAxis('gather', axis, x.shape.length);
    const [before, behind] = [x.shape.slice(0, along), x.shape.slice(along + 1)];
    const geometry = {
      outer: sizeOf(before),
      length: x.shape[along]!,
      inner: sizeOf(behind),
      count: sizeOf(indices.shape),
    };
    const shape = [...before, ...indices.shape, ...behind];
    return this.emit('gatherForward', { y: shape }, { x, indices }, geometry)['y']!;
  }

  /** The sum of x for each of `count` groups, to which int32 `indices`, of the shape of x, assign its elements: [count]. */
  segmentSum(x: Value, indices: Value, count: number): Value {
    if (!sameShape(x.shape, indices.shape)) {
      const shapes = [x, indices].map(({ shape }) => formatShape(shape));
      throw new ShapeError(`segmentSum: x ${shapes[0]} and indices ${shapes[1]} must have the same shape`);
    }
    const geometry = { outer: 1, length: count, inner: 1, count: sizeOf(x.shape) };
    return this.emit('gatherBackward', { dx: [count] }, { dy: x, indices }, geometry)['dx']!;
  }

  /** int32 class numbers [...] -> [..., classes]; a row of zeros for a number that is no class. */
  oneHot(labels: Value, classes: number): Value {
    const shape = [...labels.shape, classes];
    return this.emit('oneHot', { y: shape }, { labels }, { rows: sizeOf(labels.shape), columns: classes })['y']!;
  }

  /** a where the condition is not 0, else b, all three broadcast as in NumPy. */
  where(condition: Value, a: Operand, b: Operand): Value {
    const shapes = [a, b].flatMap(value => (typeof value === 'number' ? [] : [value.shape]));
    const shape = shapes.reduce((all, each) => broadcastShape('where', all, each), condition.shape);
    const whole = (value: Operand) =>
      typeof value === 'number' ? this.fill(shape, value) : this.broadcastTo(value, shape);
    const inputs = { condition: whole(condition), a: whole(a), b: whole(b) };
    return this.elementwise('whereForward', shape, inputs, {});
  }

  /** The elements as another type: to int32 they are cut toward zero. Neither int32 nor uint8 carries a gradient. */
  cast(x: Value, dtype: 'float32' | 'int32'): Value {
    if (x.dtype === dtype) return x;
    if (dtype === 'float32') {
      return this.elementwise(x.dtype === 'uint8' ? 'castFromUint8' : 'castFromInt32', x.shape, { x }, {});
    }
    if (dtype !== 'int32') throw new OptionError(`cast: expected float32 or int32, got ${String(dtype)}`);
    const floats = x.dtype === 'uint8' ? this.cast(x, 'float32') : x;
    return this.elementwise('castToInt32', x.shape, { x: floats }, {});
  }

  /** The same numbers, through which no gradient flows. */
  stopGradient(x: Value): Value {
    return this.graph.view(x, x.shape, { stopsGradient: true });
  }

  protected crop(x: Value, begin: readonly number[], size: readonly number[]): Value {
    return this.emit('cropForward', { y: size }, { x }, { shape: x.shape, begin, size })['y']!;
  }

  /** `base` with x in the box that begins at `begin`. */
  protected insert(base: Value, x: Value, begin: readonly number[]): Value {
    const geometry = { shape: base.shape, begin, size: x.shape };
    return this.emit('insertForward', { y: base.shape }, { base, x }, geometry)['y']!;
  }
}

/** The place that a beginning names; one behind the last element begins an empty slice. */
function firstOfSlice(axis: number, length: number, begin: number): number {
  if (Number.isInteger(begin) && begin >= -length && begin <= length) return begin < 0 ? begin + length : begin;
  throw new ShapeError(sentence('sliceBegin', { axis, length, begin }));
}
