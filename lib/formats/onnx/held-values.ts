/** How the values of a traced model are held in an ONNX graph: constants, and tensors in one or in both orders of axes. */
import { rowMajorStrides } from '../../../kernels/geometry.ts';
import { OptionError } from '../../errors.ts';
import { originOf, type Value } from '../../plan/graph.ts';
import { type Shape, sameShape, sizeOf } from '../../shape/shape.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import type { Trace } from './trace.ts';

/** As in the model, or images as ONNX has them: [n, c, h, w]. */
export type Order = 'plain' | 'channelsFirst';

/** Numbers that are known when the file is written; a single one may stand for all. */
export interface Constant {
  readonly name: string;
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

interface Held {
  plain?: string;
  channelsFirst?: string;
  readonly constant?: Constant;
  /** The same elements under the shape of which they are the rows. */
  readonly rows?: Rows;
}

/** A tensor whose last axis is that of a matrix, and whose other axes are the rows of it. */
export interface Rows {
  readonly name: string;
  readonly shape: Shape;
}

/** [n, h, w, c] -> [n, c, h, w] and back, as `perm` of Transpose. */
const toChannelsFirst = [0, 3, 1, 2];
const toPlain = [0, 2, 3, 1];

export class HeldValues {
  readonly onnx: OnnxGraph;
  /** The version of the operator set that the file is for. */
  readonly opset: number;
  /** The layer whose calls are written at the moment. */
  label = '';
  readonly #held = new Map<number, Held>();
  /** The same model for a batch of another size, by which the axes that belong to the batch are known. */
  readonly #other: Trace;
  readonly #uses = new Map<number, number>();

  constructor(onnx: OnnxGraph, opset: number, trace: Trace, other: Trace) {
    this.onnx = onnx;
    this.opset = opset;
    this.#other = other;
    const used = [
      ...trace.graph.calls.flatMap(({ inputs }) => Object.values(inputs)),
      ...trace.graph.values.flatMap(({ viewOf }) => (viewOf === undefined ? [] : [viewOf])),
      trace.output,
    ];
    for (const { id } of used) this.#uses.set(id, (this.#uses.get(id) ?? 0) + 1);
  }

  define(value: Value, order: Order, name: string): void {
    const held = this.#held.get(value.id);
    this.#held.set(value.id, { ...held, [order]: name });
  }

  defineConstant(value: Value, constant: Constant): void {
    this.#held.set(value.id, { constant });
  }

  /** The rows of a matrix, as they are under the shape from which they come. */
  defineRows(value: Value, rows: Rows): void {
    this.#held.set(value.id, { rows });
  }

  rowsOf(value: Value): Rows | undefined {
    return this.#of(value).rows;
  }

  /** Adds a node of the layer that is written. */
  node(...[op, inputs, attributes]: [string, readonly string[], Parameters<OnnxGraph['node']>[3]?]): string {
    return this.onnx.node(op, this.label, inputs, attributes);
  }

  /** Whether one call alone, or the output of the model, takes the value. */
  isUsedOnce(value: Value): boolean {
    return this.#uses.get(value.id) === 1;
  }

  constantOf(value: Value): Constant | undefined {
    return this.#of(value).constant;
  }

  /** Whether images are there as ONNX has them, so that what follows better goes on so. */
  hasChannelsFirst(value: Value): boolean {
    return this.#of(value).channelsFirst !== undefined;
  }

  /** The name of the tensor in that order of axes, turned around if it is not there yet. */
  get(value: Value, order: Order): string {
    const held = this.#of(value);
    const known = held[order];
    if (known !== undefined) return known;
    if (held.constant !== undefined) return this.#constant(value, held.constant, order);
    if (held.rows !== undefined) {
      held.plain = this.node('Reshape', [held.rows.name, this.onnx.integers(this.dims(value))]);
      return this.get(value, order);
    }
    const name =
      order === 'plain'
        ? this.node('Transpose', [held.channelsFirst!], { perm: { ints: toPlain } })
        : this.node('Transpose', [held.plain!], { perm: { ints: toChannelsFirst } });
    held[order] = name;
    return name;
  }

  /** An operand of arithmetic, which is broadcast to four axes if these are to be turned around. */
  operand(value: Value, order: Order): string {
    const constant = this.constantOf(value);
    if (constant === undefined) return this.get(value, order);
    if (constant.data.length === 1) return this.onnx.number(constant.data[0]!);
    if (order === 'plain') return this.#constant(value, constant, order);
    const shape = [...new Array<number>(4 - constant.shape.length).fill(1), ...constant.shape];
    const turned = toChannelsFirst.map(axis => shape[axis]!);
    // Axes of size 1 in front are left out, as they were before.
    return this.permuted(
      constant,
      shape,
      toChannelsFirst,
      turned.slice(
        Math.max(
          0,
          turned.findIndex(n => n !== 1),
        ),
      ),
    );
  }

  /** An initializer with the axes of a constant, taken as `shape`, in another order. */
  permuted(constant: Constant, shape: Shape, order: readonly number[], to?: Shape): string {
    const target = to ?? order.map(axis => shape[axis]!);
    const name = `${constant.name} [${target.join(' ')}] ${order.join('')}`;
    return this.onnx.floats(name, target, () => permute(constant.data, shape, order));
  }

  /** The size of each axis, -1 where it follows from the size of the batch. Throws OptionError if two do. */
  dims(value: Value): number[] {
    const dims = value.shape.map((size, axis) => (this.isOfBatch(value, axis) ? -1 : size));
    if (dims.filter(size => size === -1).length <= 1) return dims;
    throw this.cannot('a shape in which two axes depend on the size of the batch');
  }

  isOfBatch({ id, shape }: Value, axis: number): boolean {
    return this.#other.graph.values[id]!.shape[axis] !== shape[axis];
  }

  cannot(what: string): OptionError {
    return new OptionError(
      `encodeOnnx: layer "${this.label}" needs ${what}, for which ONNX has no operation; leave the layer out, or save the model in another format`,
    );
  }

  #constant(value: Value, { name, shape, data }: Constant, order: Order): string {
    const size = sizeOf(shape);
    if (data.length === 1 && size > 1 && shape.some((_, axis) => this.isOfBatch(value, axis))) {
      throw this.cannot('constant numbers for each input of the batch');
    }
    const whole = data.length === size ? data : new Float32Array(size).fill(data[0]!);
    if (order === 'channelsFirst') return this.permuted({ name, shape, data: whole }, shape, toChannelsFirst);
    return this.onnx.floats(name, shape, () => Float32Array.from(whole));
  }

  #of(value: Value): Held {
    const known = this.#held.get(value.id);
    if (known !== undefined) return known;
    if (value.viewOf === undefined) throw this.cannot(`"${value.name}"`);
    const held = this.#ofView(value, value.viewOf);
    this.#held.set(value.id, held);
    return held;
  }

  #ofView(value: Value, source: Value): Held {
    const held = this.#of(source);
    if (sameShape(value.shape, source.shape)) return held;
    if (held.rows !== undefined && sameShape(value.shape, held.rows.shape)) return { plain: held.rows.name };
    if (held.constant !== undefined) {
      const { name, data } = held.constant;
      return { constant: { name: `${name} [${value.shape.join(' ')}]`, shape: value.shape, data } };
    }
    // Pixels of one channel, and images of one pixel, are in the same order in memory.
    const [, h = 1, w = 1, c = 1] = source.shape;
    const isSame = held.plain === undefined && (h * w === 1 || c === 1);
    const name = isSame ? held.channelsFirst! : this.get(source, 'plain');
    return { plain: this.node('Reshape', [name, this.onnx.integers(this.dims(value))]) };
  }
}

/** Images whose pixels and channels stand in one axis of `value`, and which are there as ONNX has them. */
export function flattenedImages(held: HeldValues, value: Value): Value | undefined {
  const images = originOf(value);
  const isFlat = images.shape.length === 4 && value.shape.length === 2 && value.shape[0] === images.shape[0];
  return isFlat && held.hasChannelsFirst(images) ? images : undefined;
}

/** The elements of `data`, which has that shape, with its axes in another order. */
export function permute(data: ArrayLike<number>, shape: Shape, order: readonly number[]): Float32Array {
  const dense = rowMajorStrides(shape);
  const [sizes, strides] = [order.map(axis => shape[axis]!), order.map(axis => dense[axis]!)];
  const out = new Float32Array(data.length);
  const place = new Array<number>(sizes.length).fill(0);
  for (let i = 0, at = 0; i < out.length; i++) {
    out[i] = data[at]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++place[axis]! < sizes[axis]!) break;
      at -= strides[axis]! * sizes[axis]!;
      place[axis] = 0;
    }
  }
  return out;
}
