import { OptionError, ShapeError } from '../errors.ts';
import { RandomStream, randomSeed } from '../random/random.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape, sizeOf } from '../shape/shape.ts';
import { allocate, converted, type DType, type NdArray, type TypedArray } from './dtype.ts';

/** Numbers or booleans in arrays of any depth. */
export type NestedArray = number | boolean | readonly NestedArray[] | TypedArray;

/** A shape whose axes are integers of 0 or more. Throws ShapeError. */
export function checkedTensorShape(what: string, shape: Shape): Shape {
  if (!shape.every(axis => Number.isInteger(axis) && axis >= 0)) {
    throw new ShapeError(`${what}: a shape has integers of 0 or more, got ${formatShape(shape)}`);
  }
  return shape;
}

/** All elements `value`. */
export function full<D extends DType>(shape: Shape, value: number, dtype: D): NdArray<D> {
  const data = allocate(dtype, sizeOf(checkedTensorShape('full', shape)));
  data.fill(converted(value, dtype));
  return { shape: [...shape], dtype, data };
}

/** From nested arrays, whose shape is found, or from flat numbers under a shape given. */
export function fromNested(values: NestedArray, shape: Shape | undefined, dtype: DType | undefined): NdArray {
  if (isTypedArray(values)) return fromTypedArray(values, shape, dtype);
  const found = shapeOf(values);
  const type = dtype ?? (firstElement(values) === true || firstElement(values) === false ? 'bool' : 'float32');
  const data = allocate(type, sizeOf(found));
  const end = flatten(values, found, data, type, 0, []);
  const wanted = shape === undefined ? found : checkedTensorShape('tensor', shape);
  if (sizeOf(wanted) !== end) {
    throw new ShapeError(sentence('fill', { count: end, shape: formatShape(wanted), size: sizeOf(wanted) }));
  }
  return { shape: [...wanted], dtype: type, data };
}

/** Without a copy if the type is that of the array: Float32Array, Int32Array, or Uint8Array as uint8 or bool. */
function fromTypedArray(values: TypedArray, shape: Shape = [values.length], dtype?: DType): NdArray {
  checkedTensorShape('tensor', shape);
  if (sizeOf(shape) !== values.length) {
    throw new ShapeError(sentence('fill', { count: values.length, shape: formatShape(shape), size: sizeOf(shape) }));
  }
  const own = values instanceof Float32Array ? 'float32' : values instanceof Int32Array ? 'int32' : 'uint8';
  const type = dtype ?? own;
  if (type === own) return { shape: [...shape], dtype: type, data: values };
  const data = allocate(type, values.length);
  for (let i = 0; i < data.length; i++) data[i] = converted(values[i]!, type);
  return { shape: [...shape], dtype: type, data };
}

/** start, start + step, ... to before stop. */
export function arange(start: number, stop: number, step: number, dtype: DType): NdArray {
  if (!(Number.isFinite(start) && Number.isFinite(stop) && Number.isFinite(step)) || step === 0) {
    throw new OptionError(`arange: start, stop and step must be finite and step not 0, got ${start}, ${stop}, ${step}`);
  }
  const count = Math.max(0, Math.ceil((stop - start) / step));
  const data = allocate(dtype, count);
  for (let i = 0; i < count; i++) data[i] = converted(start + i * step, dtype);
  return { shape: [count], dtype, data };
}

/** Class numbers [...] -> [..., classes] with 1 at each class and 0 elsewhere. */
export function oneHot(labels: NdArray, classes: number): NdArray<'float32'> {
  if (!Number.isInteger(classes) || classes < 1) {
    throw new OptionError(`oneHot: classes must be a positive integer, got ${classes}`);
  }
  const data = new Float32Array(labels.data.length * classes);
  for (const [i, label] of labels.data.entries()) {
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new OptionError(`oneHot: label ${i} is ${label}, expected an integer from 0 to ${classes - 1}`);
    }
    data[i * classes + label] = 1;
  }
  return { shape: [...labels.shape, classes], dtype: 'float32', data };
}

/** Uniform between `min` and `max`; element i is draw i of the stream, whatever the shape. */
export function uniform(shape: Shape, min: number, max: number, seed = randomSeed()): NdArray<'float32'> {
  const data = new Float32Array(sizeOf(checkedTensorShape('randomUniform', shape)));
  const random = new RandomStream(seed, 'randomUniform');
  for (let i = 0; i < data.length; i++) data[i] = min + (max - min) * random.uniform(i);
  return { shape: [...shape], dtype: 'float32', data };
}

export function normal(shape: Shape, mean: number, stddev: number, seed = randomSeed()): NdArray<'float32'> {
  const data = new Float32Array(sizeOf(checkedTensorShape('randomNormal', shape)));
  const random = new RandomStream(seed, 'randomNormal');
  for (let i = 0; i < data.length; i++) data[i] = mean + stddev * random.normal(i);
  return { shape: [...shape], dtype: 'float32', data };
}

const isTypedArray = (values: NestedArray): values is TypedArray => ArrayBuffer.isView(values);
const isList = (values: NestedArray): values is readonly NestedArray[] | TypedArray =>
  Array.isArray(values) || ArrayBuffer.isView(values);

function shapeOf(values: NestedArray): number[] {
  if (!isList(values)) return [];
  const [first] = values;
  return [values.length, ...(first === undefined ? [] : shapeOf(first))];
}

function firstElement(values: NestedArray | undefined): number | boolean | undefined {
  return values !== undefined && isList(values) ? firstElement(values[0]) : values;
}

/** Writes all numbers of nested arrays from `at` on and returns the place behind. Throws ShapeError for ragged arrays. */
function flatten(
  values: NestedArray,
  shape: Shape,
  data: TypedArray,
  dtype: DType,
  at: number,
  path: readonly number[],
): number {
  const [length, ...inner] = shape;
  const where = path.length === 0 ? 'the values' : `the values at ${formatShape(path)}`;
  if (length === undefined) {
    if (typeof values !== 'number' && typeof values !== 'boolean') {
      throw new ShapeError(
        `tensor: ${where} must be a number, got ${isList(values) ? 'a list' : typeof values}; all rows must have the same shape`,
      );
    }
    data[at] = converted(Number(values), dtype);
    return at + 1;
  }
  if (!isList(values) || values.length !== length) {
    const got = isList(values) ? `${values.length} elements` : 'a number';
    throw new ShapeError(`tensor: ${where} have ${got}, others have ${length}; all rows must have the same shape`);
  }
  for (const [i, value] of values.entries()) at = flatten(value, inner, data, dtype, at, [...path, i]);
  return at;
}
