/** Nodes that work on numbers which the file holds: what exporters leave of the computation of shapes. */
import { broadcastStrides, rowMajorStrides } from '../../../kernels/geometry.ts';
import { ShapeError } from '../../errors.ts';
import { broadcastShape, type Shape, sizeOf } from '../../shape/shape.ts';
import type { ImportNode } from './import-node.ts';
import { isIntegerType, type Known, known, read, reordered } from './known-tensors.ts';

/** More than any computation of shapes needs: what a file asks for must not take all memory. */
const mostElements = 2 ** 24;

type Fold = (node: ImportNode) => Known;

const arithmetic =
  (compute: (a: number, b: number, areIntegers: boolean) => number): Fold =>
  node => {
    const [a, b] = [node.known(0), node.known(1)];
    const shape = broadcast(node, a.shape, b.shape);
    const areIntegers = a.isInteger && b.isInteger;
    const [left, right] = [a, b].map(each => read(each.data, shape, broadcastStrides(each.shape, shape)));
    return numbers(
      shape,
      Array.from(left!, (value, i) => compute(value, right![i]!, areIntegers)),
      areIntegers,
    );
  };

const mapped =
  (compute: (x: number) => number): Fold =>
  node => {
    const { shape, data, isInteger } = node.known(0);
    return numbers(shape, Array.from(data, compute), isInteger);
  };

const numbers = (shape: Shape, data: number[], isInteger: boolean): Known =>
  known(shape, isInteger ? data : Float32Array.from(data), isInteger);

function broadcast(node: ImportNode, a: Shape, b: Shape): Shape {
  try {
    return limited(node, broadcastShape(node.op, a, b));
  } catch (error) {
    if (error instanceof ShapeError) throw node.fail(`has inputs that do not go together: ${error.message}`);
    throw error;
  }
}

function limited(node: ImportNode, shape: Shape): Shape {
  if (shape.every(size => Number.isSafeInteger(size) && size >= 0) && sizeOf(shape) <= mostElements) return shape;
  throw node.fail(`makes a tensor of the shape [${shape.join(', ')}] of numbers that the file holds`);
}

/** An axis counted from the front. */
export function axisOf(node: ImportNode, axis: number, rank: number): number {
  const place = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(place) && place >= 0 && place < rank) return place;
  throw node.fail(`names the axis ${axis} of a tensor with ${rank} axes`);
}

/** The axes that Squeeze takes away and Unsqueeze brings. */
export function squeezed(node: ImportNode, shape: Shape): Shape {
  const axes = node.integers(1, 'axes');
  if (node.op === 'Squeeze') {
    const gone = axes?.map(axis => axisOf(node, axis, shape.length));
    const left = shape.filter((size, axis) => (gone === undefined ? size !== 1 : !gone.includes(axis)));
    if (gone?.some(axis => shape[axis] !== 1)) throw node.fail('takes an axis away whose size is not 1');
    return left;
  }
  if (axes === undefined) throw node.fail('names no axes');
  const rank = shape.length + axes.length;
  const places = axes.map(axis => axisOf(node, axis, rank));
  if (new Set(places).size !== places.length) throw node.fail('names an axis twice');
  const sizes = shape.values();
  return Array.from({ length: rank }, (_, axis) => (places.includes(axis) ? 1 : (sizes.next().value ?? 1)));
}

/** The sizes that Reshape asks for, with 0 and -1 replaced. */
function reshaped(node: ImportNode): Known {
  const { shape, data, isInteger } = node.known(0);
  const wanted = node.integers(1, 'shape') ?? [];
  const sizes = wanted.map((size, axis) => (size === 0 && node.int('allowzero', 0) === 0 ? (shape[axis] ?? 0) : size));
  const rest = sizeOf(sizes.filter(size => size !== -1));
  const target = sizes.map(size => (size === -1 ? sizeOf(shape) / rest : size));
  if (sizeOf(target) !== sizeOf(shape) || !target.every(Number.isInteger)) {
    throw node.fail(`brings [${shape.join(', ')}] into the shape [${wanted.join(', ')}]`);
  }
  return known(target, data, isInteger);
}

const transposed: Fold = node => {
  const { shape, data, isInteger } = node.known(0);
  const perm = permutation(node, shape.length);
  const target = perm.map(axis => shape[axis]!);
  return known(target, reordered(data, shape, perm), isInteger);
};

/** The order in which Transpose puts the axes. */
export function permutation(node: ImportNode, rank: number): readonly number[] {
  const perm = node.ints('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if (perm.length === rank && perm.every((_, axis) => perm.includes(axis))) return perm;
  throw node.fail(`has the order [${perm.join(', ')}] of ${rank} axes`);
}

const concatenated: Fold = node => {
  const all = node.inputs.map((_, i) => node.known(i));
  const [head] = all;
  if (head === undefined) throw node.fail('has no inputs');
  const axis = axisOf(node, node.int('axis', 0), head.shape.length);
  const isAlike = ({ shape }: Known) =>
    shape.length === head.shape.length && shape.every((size, i) => i === axis || size === head.shape[i]);
  if (!all.every(isAlike)) throw node.fail('joins tensors whose other axes differ');
  const outer = sizeOf(head.shape.slice(0, axis));
  const parts = all.map(({ shape, data }) => ({ data: Array.from(data), length: sizeOf(shape.slice(axis)) }));
  const data = Array.from({ length: outer }, (_, i) =>
    parts.flatMap(part => part.data.slice(i * part.length, (i + 1) * part.length)),
  ).flat();
  const length = all.reduce((sum, { shape }) => sum + shape[axis]!, 0);
  const shape = head.shape.map((size, i) => (i === axis ? length : size));
  return numbers(
    shape,
    data,
    all.every(({ isInteger }) => isInteger),
  );
};

const gathered: Fold = node => {
  const [{ shape, data, isInteger }, indices] = [node.known(0), node.known(1)];
  const axis = axisOf(node, node.int('axis', 0), shape.length);
  const [before, length, behind] = [sizeOf(shape.slice(0, axis)), shape[axis]!, sizeOf(shape.slice(axis + 1))];
  const target = limited(node, [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)]);
  const out: number[] = [];
  for (let outer = 0; outer < before; outer++) {
    for (const index of Array.from(indices.data)) {
      const at = axisOf(node, index, length);
      for (let inner = 0; inner < behind; inner++) out.push(data[(outer * length + at) * behind + inner]!);
    }
  }
  return numbers(target, out, isInteger);
};

const sliced: Fold = node => {
  const { shape, data, isInteger } = node.known(0);
  const ranges = slices(node, shape);
  const dense = rowMajorStrides(shape);
  const sizes = ranges.map(({ count }) => count);
  const strides = ranges.map(({ step }, axis) => dense[axis]! * step);
  const start = ranges.reduce((sum, { begin }, axis) => sum + begin * dense[axis]!, 0);
  return known(sizes, read(data, sizes, strides, start), isInteger);
};

/** What Slice takes of each axis: so many elements from `begin` on, `step` apart. */
export function slices(node: ImportNode, shape: Shape): { begin: number; count: number; step: number }[] {
  const [starts = [], ends = []] = [node.integers(1, 'starts'), node.integers(2, 'ends')];
  const axes = node.integers(3, 'axes') ?? starts.map((_, i) => i);
  const steps = node.integers(4, 'steps') ?? starts.map(() => 1);
  if ([ends, axes, steps].some(list => list.length !== starts.length))
    throw node.fail('has bounds of different lengths');
  const ranges = shape.map(size => ({ begin: 0, count: size, step: 1 }));
  for (const [i, given] of axes.entries()) {
    const axis = axisOf(node, given, shape.length);
    const size = shape[axis]!;
    const step = steps[i]!;
    if (step === 0 || !Number.isInteger(step)) throw node.fail(`has a step of ${step}`);
    const place = (bound: number) => (bound < 0 ? bound + size : bound);
    const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
    const within = (bound: number) => Math.min(Math.max(place(bound), least), most);
    const begin = step > 0 ? within(starts[i]!) : Math.max(0, within(starts[i]!));
    ranges[axis] = { begin, count: Math.max(0, Math.ceil((within(ends[i]!) - begin) / step)), step };
  }
  return ranges;
}

const cast: Fold = node => {
  const { shape, data } = node.known(0);
  const isInteger = isIntegerType(node.int('to', 0));
  if (isInteger === undefined) throw node.fail(`makes elements of the type ${node.int('to', 0)}, which is not read`);
  if (!isInteger && data instanceof Float32Array) return node.known(0);
  return numbers(
    shape,
    Array.from(data, value => (isInteger ? Math.trunc(value) : value)),
    isInteger,
  );
};

const constant: Fold = node => {
  const tensor = node.tensor('value');
  if (tensor !== undefined) return tensor;
  const [ints, floats] = [node.ints('value_ints'), node.floats('value_floats')];
  if (ints !== undefined) return known([ints.length], ints, true);
  if (floats !== undefined) return known([floats.length], Float32Array.from(floats), false);
  if (node.has('value_int')) return known([], [node.int('value_int', 0)], true);
  if (node.has('value_float')) return known([], Float32Array.of(node.float('value_float', 0)), false);
  throw node.fail('holds no numbers');
};

const constantOfShape: Fold = node => {
  const shape = limited(node, Array.from(node.known(0).data));
  const { data, isInteger } = node.tensor('value') ?? known([1], [0], false);
  return numbers(shape, new Array<number>(sizeOf(shape)).fill(data[0] ?? 0), isInteger);
};

const expanded: Fold = node => {
  const { shape, data, isInteger } = node.known(0);
  const target = broadcast(node, shape, Array.from(node.known(1).data));
  return known(target, read(data, target, broadcastStrides(shape, target)), isInteger);
};

const flattened: Fold = node => {
  const { shape, data, isInteger } = node.known(0);
  const axis = node.int('axis', 1);
  const place = axis === shape.length ? axis : axisOf(node, axis, shape.length);
  return known([sizeOf(shape.slice(0, place)), sizeOf(shape.slice(place))], data, isInteger);
};

/** By the name of the op. */
export const folds: { readonly [op: string]: Fold } = {
  Add: arithmetic((a, b) => a + b),
  Sub: arithmetic((a, b) => a - b),
  Mul: arithmetic((a, b) => a * b),
  Div: arithmetic((a, b, areIntegers) => (areIntegers ? Math.trunc(a / b) : a / b)),
  Pow: arithmetic((a, b) => a ** b),
  Neg: mapped(x => -x),
  Abs: mapped(Math.abs),
  Sqrt: mapped(Math.sqrt),
  Exp: mapped(Math.exp),
  Reciprocal: mapped(x => 1 / x),
  Floor: mapped(Math.floor),
  Ceil: mapped(Math.ceil),
  Identity: node => node.known(0),
  Cast: cast,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Concat: concatenated,
  Expand: expanded,
  Flatten: flattened,
  Gather: gathered,
  Reshape: reshaped,
  Slice: sliced,
  Squeeze: node => known(squeezed(node, node.known(0).shape), node.known(0).data, node.known(0).isInteger),
  Transpose: transposed,
  Unsqueeze: node => known(squeezed(node, node.known(0).shape), node.known(0).data, node.known(0).isInteger),
};
