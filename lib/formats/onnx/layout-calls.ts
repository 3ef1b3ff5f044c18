/** Calls that move, join or reduce elements, and normalizations, as nodes of ONNX. */

import type { TransposeGeometry } from '../../../kernels/geometry.ts';
import {
  type CropGeometry,
  type NormalizationGeometry,
  type ReduceGeometry,
  rowMajorStrides,
} from '../../../kernels/geometry.ts';
import type { Value } from '../../plan/graph.ts';
import type { WriteCall } from './elementwise-calls.ts';
import type { HeldValues, Order } from './held-values.ts';
import { elementType } from './onnx-graph.ts';
import type { Composed } from './trace.ts';

/** Where the axes of images [n, h, w, c] are in [n, c, h, w]. */
const placeInImages = [0, 2, 3, 1];

/** Images stay as they are held; all else is as in the model. */
const orderOf = (held: HeldValues, x: Value): Order => (held.hasChannelsFirst(x) ? 'channelsFirst' : 'plain');

/** The place of an axis in the order in which a value is held. */
const placeOf = (axis: number, order: Order): number => (order === 'plain' ? axis : placeInImages[axis]!);

/** Numbers for each axis, in the order in which a value is held. */
function inOrder<T>(numbers: readonly T[], order: Order): T[] {
  const out = [...numbers];
  for (const [axis, number] of numbers.entries()) out[placeOf(axis, order)] = number;
  return out;
}

/** Which axis of x each axis of the output is. */
function permutationOf(x: Value, { strides, shape }: TransposeGeometry): number[] {
  const dense = rowMajorStrides(x.shape);
  const left = [...x.shape.keys()];
  return strides.map((stride, i) => {
    const at = left.findIndex(axis => dense[axis] === stride && x.shape[axis] === shape[i]);
    return left.splice(at, 1)[0]!;
  });
}

const transpose: WriteCall = (held, { inputs, outputs, geometry }) => {
  const x = inputs['x']!;
  const perm = permutationOf(x, geometry as TransposeGeometry);
  const constant = held.constantOf(x);
  if (constant !== undefined && constant.data.length > 1) {
    const y = held.permuted(constant, x.shape, perm);
    held.define(outputs['y']!, 'plain', y);
    return;
  }
  held.define(outputs['y']!, 'plain', held.node('Transpose', [held.get(x, 'plain')], { perm: { ints: perm } }));
};

/** A node that reduces axes, which are an input, or, before the version given, an attribute. */
function reduced(held: HeldValues, op: string, asInputFrom: number, reduction: Reduction): void {
  const { x, axes, y } = reduction;
  const isKept = y.shape.length === x.shape.length;
  const left = [...x.shape.keys()].filter(axis => !axes.includes(axis)).map(axis => placeInImages[axis]!);
  // The axes that are left must be in the same order as in the model.
  const isInOrder = isKept || left.every((place, i) => i === 0 || place > left[i - 1]!);
  const order = isInOrder ? orderOf(held, x) : 'plain';
  const places = axes.map(axis => placeOf(axis, order)).sort((a, b) => a - b);
  const keepdims = { keepdims: { int: isKept ? 1 : 0 } };
  const output = isKept ? order : 'plain';
  const name = held.get(x, order);
  const node =
    held.opset >= asInputFrom
      ? held.node(op, [name, held.onnx.integers(places)], keepdims)
      : held.node(op, [name], { axes: { ints: places }, ...keepdims });
  held.define(y, output, node);
}

interface Reduction {
  readonly x: Value;
  readonly axes: readonly number[];
  readonly y: Value;
}

const reduction =
  (op: string, asInputFrom: number): WriteCall =>
  (held, { inputs, outputs, geometry }) => {
    const { strides } = geometry as ReduceGeometry;
    const axes = [...strides.keys()].filter(axis => strides[axis] === 0);
    reduced(held, op, asInputFrom, { x: inputs['x']!, axes, y: outputs['y']! });
  };

/** The axes of the batch are repeated by what the rest of the node says. */
const broadcastTo: WriteCall = (held, { inputs, outputs, geometry }) => {
  const [x, y] = [inputs['x']!, outputs['y']!];
  const { shape, strides } = geometry as ReduceGeometry;
  const constant = held.constantOf(x);
  if (constant?.data.length === 1) {
    held.defineConstant(y, { ...constant, name: `${constant.name} ${y.id}`, shape: y.shape });
    return;
  }
  const isRepeated = (axis: number) => strides[axis] === 0 && shape[axis] !== 1;
  if (shape.some((_, axis) => held.isOfBatch(y, axis) && isRepeated(axis))) {
    throw held.cannot('numbers that are repeated for each input of the batch');
  }
  // A gradient gives the sizes without those that are repeated.
  const kept = shape.map((size, axis) => (isRepeated(axis) ? 1 : held.isOfBatch(y, axis) ? -1 : size));
  const same = held.node('Reshape', [held.get(x, 'plain'), held.onnx.integers(kept)]);
  const target = shape.map((size, axis) => (held.isOfBatch(y, axis) ? 1 : size));
  held.define(y, 'plain', held.node('Expand', [same, held.onnx.integers(target)]));
};

const slice: WriteCall = (held, { inputs, outputs, geometry }) => {
  const x = inputs['x']!;
  const { begin, size, shape } = geometry as CropGeometry;
  const order = orderOf(held, x);
  const axes = [...shape.keys()].filter(axis => size[axis] !== shape[axis]);
  if (axes.some(axis => held.isOfBatch(x, axis))) throw held.cannot('a part of the batch');
  const { onnx } = held;
  const bounds = [axes.map(axis => begin[axis]!), axes.map(axis => begin[axis]! + size[axis]!)];
  const places = axes.map(axis => placeOf(axis, order));
  const y = held.node('Slice', [held.get(x, order), ...[...bounds, places].map(list => onnx.integers(list))]);
  held.define(outputs['y']!, order, y);
};

function padded(held: HeldValues, x: Value, y: Value, { shape, begin, size }: CropGeometry, value: number): void {
  const order = orderOf(held, x);
  const behind = shape.map((whole, axis) => whole - begin[axis]! - size[axis]!);
  const pads = held.onnx.integers([...inOrder(begin, order), ...inOrder(behind, order)]);
  held.define(y, order, held.node('Pad', [held.get(x, order), pads, held.onnx.number(value)]));
}

/** x in a box of one number everywhere. */
const insert: WriteCall = (held, { inputs, outputs, geometry }) => {
  const base = held.constantOf(inputs['base']!);
  if (base?.data.length !== 1) throw held.cannot('values that are written into another');
  padded(held, inputs['x']!, outputs['y']!, geometry as CropGeometry, base.data[0]!);
};

/** The axis of a value that has so many elements in front of it and so many behind. */
function axisOf(x: Value, inner: number): number {
  const strides = rowMajorStrides(x.shape);
  return x.shape.findIndex((_, axis) => strides[axis] === inner);
}

const gather: WriteCall = (held, { inputs, outputs, geometry }) => {
  const x = inputs['x']!;
  const axis = axisOf(x, (geometry as { inner: number }).inner);
  const indices = held.get(inputs['indices']!, 'plain');
  held.define(outputs['y']!, 'plain', held.node('Gather', [held.get(x, 'plain'), indices], { axis: { int: axis } }));
};

const place =
  (op: string): WriteCall =>
  (held, { inputs, outputs, geometry }) => {
    const x = inputs['x']!;
    const axis = axisOf(x, (geometry as { inner: number }).inner);
    const places = held.node(op, [held.get(x, 'plain')], { axis: { int: axis }, keepdims: { int: 0 } });
    const y = held.node('Cast', [places], { to: { int: elementType.int32 } });
    held.define(outputs['y']!, 'plain', y);
  };

const alongRows =
  (op: string): WriteCall =>
  (held, { inputs, outputs }) => {
    const x = inputs['x']!;
    const order = orderOf(held, x);
    const axis = placeOf(x.shape.length - 1, order);
    held.define(outputs['y']!, order, held.node(op, [held.get(x, order)], { axis: { int: axis } }));
  };

/** Layer normalization over the last axis is an operation of ONNX; all others are made of smaller ones. */
const normalization: WriteCall = (held, { inputs, outputs, geometry }) => {
  const g = geometry as NormalizationGeometry;
  const [x, y] = [inputs['x']!, outputs['y']!];
  const { outer, rows, groups, width, epsilon, isCentered } = g;
  const isLast = rows === 1 && groups === 1 && width === x.shape.at(-1);
  if (isLast && isCentered) {
    const parameters = [held.get(inputs['gamma']!, 'plain'), held.get(inputs['beta']!, 'plain')];
    const attributes = { axis: { int: -1 }, epsilon: { float: epsilon } };
    held.define(y, 'plain', held.node('LayerNormalization', [held.get(x, 'plain'), ...parameters], attributes));
    return;
  }
  const { onnx } = held;
  const first = held.isOfBatch(x, 0) ? -1 : outer;
  const four = held.node('Reshape', [held.get(x, 'plain'), onnx.integers([first, rows, groups, width])]);
  const mean = (name: string) => meanOver(held, name, [1, 3], true);
  const centred = isCentered ? held.node('Sub', [four, mean(four)]) : four;
  const variance = mean(held.node('Mul', [centred, centred]));
  const deviation = held.node('Sqrt', [held.node('Add', [variance, onnx.number(epsilon)])]);
  const normalized = held.node('Div', [centred, deviation]);
  const parameter = (value: Value) => held.operand(value, 'plain');
  const repeated = (value: Value) =>
    held.constantOf(value)?.data.length === 1
      ? parameter(value)
      : held.node('Reshape', [parameter(value), onnx.integers([1, 1, groups, width])]);
  const scaled = held.node('Mul', [normalized, repeated(inputs['gamma']!)]);
  const shifted = held.node('Add', [scaled, repeated(inputs['beta']!)]);
  held.define(y, 'plain', held.node('Reshape', [shifted, onnx.integers(held.dims(x))]));
};

function meanOver(held: HeldValues, x: string, axes: readonly number[], isKept: boolean): string {
  const keepdims = { keepdims: { int: isKept ? 1 : 0 } };
  if (held.opset < 18) return held.node('ReduceMean', [x], { axes: { ints: axes }, ...keepdims });
  return held.node('ReduceMean', [x, held.onnx.integers(axes)], keepdims);
}

export const layoutCalls: { readonly [kernel: string]: WriteCall } = {
  transposeForward: transpose,
  sumForward: reduction('ReduceSum', 13),
  maxForward: reduction('ReduceMax', 18),
  minForward: reduction('ReduceMin', 18),
  broadcastForward: broadcastTo,
  cropForward: slice,
  padForward: (held, { inputs, outputs, geometry }) =>
    padded(held, inputs['x']!, outputs['y']!, geometry as CropGeometry, 0),
  insertForward: insert,
  gatherForward: gather,
  argmax: place('ArgMax'),
  argmin: place('ArgMin'),
  softmaxForward: alongRows('Softmax'),
  logSoftmaxForward: alongRows('LogSoftmax'),
  normalizationForward: normalization,
};

export function writeMean(held: HeldValues, { x, axes, output }: Composed & { kind: 'mean' }): boolean {
  if (axes.some(axis => held.isOfBatch(x, axis))) return false;
  reduced(held, 'ReduceMean', 18, { x, axes, y: output });
  return true;
}

export function writeConcat(held: HeldValues, { values, axis, output }: Composed & { kind: 'concat' }): boolean {
  const isOfImages = output.shape.length === 4 && values.some(value => held.hasChannelsFirst(value));
  const order: Order = isOfImages ? 'channelsFirst' : 'plain';
  const names = values.map(value => held.get(value, order));
  held.define(output, order, held.node('Concat', names, { axis: { int: placeOf(axis, order) } }));
  return true;
}
