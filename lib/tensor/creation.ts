import { describe } from '../describe.ts';
import { DataError, OptionError, ShapeError } from '../errors.ts';
import { RandomStream, randomSeed } from '../random/random.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape, sizeOf } from '../shape/shape.ts';
import { checkedFinite, checkedNumber, checkedOptions, checkedShape } from './arguments.ts';
import {
  allocate,
  checkedDType,
  checkInt32,
  converted,
  convertedArray,
  type DType,
  isSourceArray,
  type NdArray,
  type SourceArray,
  sameMemory,
  sourceType,
  type TypedArray,
} from './dtype.ts';

/** Numbers or booleans in arrays of any depth. */
export type NestedArray = number | boolean | readonly NestedArray[] | SourceArray;

/** Nested deeper, a list is taken for one that holds itself. */
const mostAxes = 100;

/** All elements `value`; `what` is the function that the user has called. */
export function full<D extends DType>(what: string, shape: Shape, value: number, dtype: D): NdArray<D> {
  const data = allocate(what, dtype, checkedShape(what, shape));
  data.fill(converted(checkedNumber(what, 'value', value), dtype));
  return { shape: [...shape], dtype, data };
}

/** From nested arrays, whose shape is found, or from flat numbers under a shape given. */
export function fromNested(values: NestedArray, shape: Shape | undefined, dtype: DType | undefined): NdArray {
  if (shape !== undefined) checkedShape('tensor', shape);
  if (dtype !== undefined) checkedDType(dtype);
  if (isSourceArray(values)) return fromSourceArray(values, shape, dtype);
  const found = shapeOf(values);
  const type = dtype ?? (typeof firstElement(values) === 'boolean' ? 'bool' : 'float32');
  const data = allocate('tensor', type, found);
  const end = flatten(values, found, data, type, 0, []);
  const wanted = shape ?? found;
  checkFilled(end, wanted);
  return { shape: [...wanted], dtype: type, data };
}

/** Without a copy if the array is one of its dtype, else converted; int32 must hold all elements unless it was asked for. */
function fromSourceArray(values: SourceArray, shape: Shape = [values.length], dtype?: DType): NdArray {
  checkFilled(values.length, shape);
  const type = dtype ?? sourceType(values);
  const same = dtype === 'bool' ? undefined : sameMemory(values, type);
  if (same !== undefined) return { shape: [...shape], dtype: type, data: same };
  if (dtype === undefined && type === 'int32') checkInt32(values);
  return { shape: [...shape], dtype: type, data: convertedArray(values, shape, type) };
}

function checkFilled(count: number, shape: Shape): void {
  const size = sizeOf(shape);
  if (size !== count) throw new ShapeError(sentence('fill', { count, shape: formatShape(shape), size }));
}

/** start, start + step, ... to before stop. */
export function arange(start: number, stop: number, step: number, dtype: DType): NdArray {
  if (!(Number.isFinite(start) && Number.isFinite(stop) && Number.isFinite(step)) || step === 0) {
    const given = [start, stop, step].map(describe).join(', ');
    throw new OptionError(`arange: start, stop and step must be finite numbers and step not 0, got ${given}`);
  }
  const count = Math.max(0, Math.ceil((stop - start) / step));
  const data = allocate('arange', dtype, [count]);
  for (let i = 0; i < count; i++) data[i] = converted(start + i * step, dtype);
  return { shape: [count], dtype, data };
}

/** Class numbers [...] -> [..., classes] with 1 at each class and 0 elsewhere. */
export function oneHot(labels: NdArray, classes: number): NdArray<'float32'> {
  if (!Number.isInteger(classes) || classes < 1) {
    throw new OptionError(`oneHot: classes must be a positive integer, got ${describe(classes)}`);
  }
  const shape = [...labels.shape, classes];
  const data = allocate('oneHot', 'float32', shape);
  for (const [i, label] of labels.data.entries()) {
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new OptionError(`oneHot: label ${i} is ${label}, expected an integer from 0 to ${classes - 1}`);
    }
    data[i * classes + label] = 1;
  }
  return { shape, dtype: 'float32', data };
}

/** Options of random tensors: two numbers that say where they lie, and the seed. */
type Distribution<First extends string, Second extends string> = {
  readonly [name in First | Second | 'seed']?: number | undefined;
};

/** Uniform between `min` and `max`; element i is draw i of the stream, whatever the shape. */
export function uniform(shape: Shape, options: Distribution<'min', 'max'>): NdArray<'float32'> {
  const { min = 0, max = 1, seed = randomSeed() } = checkedOptions('randomUniform', options);
  const data = allocate('randomUniform', 'float32', checkedShape('randomUniform', shape));
  const range = checkedFinite('randomUniform', 'max', max) - checkedFinite('randomUniform', 'min', min);
  const random = new RandomStream(seed, 'randomUniform');
  for (let i = 0; i < data.length; i++) data[i] = min + range * random.uniform(i);
  return { shape: [...shape], dtype: 'float32', data };
}

/** Normal with that mean and standard deviation; element i is draw i of the stream, whatever the shape. */
export function normal(shape: Shape, options: Distribution<'mean', 'stddev'>): NdArray<'float32'> {
  const { mean = 0, stddev = 1, seed = randomSeed() } = checkedOptions('randomNormal', options);
  const data = allocate('randomNormal', 'float32', checkedShape('randomNormal', shape));
  checkedFinite('randomNormal', 'mean', mean);
  checkedFinite('randomNormal', 'stddev', stddev);
  const random = new RandomStream(seed, 'randomNormal');
  for (let i = 0; i < data.length; i++) data[i] = mean + stddev * random.normal(i);
  return { shape: [...shape], dtype: 'float32', data };
}

/** What stands at some depth of nested arrays; a bigint comes from a BigInt64Array. */
type Nested = NestedArray | bigint;

const isList = (values: Nested | undefined): values is readonly NestedArray[] | SourceArray =>
  Array.isArray(values) || isSourceArray(values);

const isElement = (value: Nested | undefined): value is number | boolean | bigint =>
  typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint';

function shapeOf(values: Nested | undefined, depth = 0): number[] {
  if (!isList(values)) return [];
  if (depth === mostAxes) throw new ShapeError(`tensor: the values are nested more than ${mostAxes} deep`);
  return [values.length, ...shapeOf(values[0], depth + 1)];
}

function firstElement(values: Nested | undefined): Nested | undefined {
  return isList(values) ? firstElement(values[0]) : values;
}

/** Writes all numbers of nested arrays from `at` on and returns the place behind. Throws ShapeError for ragged arrays. */
function flatten(
  values: Nested | undefined,
  shape: Shape,
  data: TypedArray,
  dtype: DType,
  at: number,
  path: readonly number[],
): number {
  const [length, ...inner] = shape;
  if (length === undefined) {
    if (!isElement(values))
      throw isList(values) ? ragged(path, 'are a list, others are numbers') : noNumber(path, values);
    data[at] = converted(Number(values), dtype);
    return at + 1;
  }
  if (!isList(values))
    throw isElement(values) ? ragged(path, 'are a number, others are lists') : noNumber(path, values);
  if (values.length !== length) throw ragged(path, `have ${values.length} elements, others have ${length}`);
  for (let i = 0; i < length; i++) {
    const value: Nested | undefined = values[i];
    // The usual element first: it needs no path.
    if (typeof value === 'number' && inner.length === 0) data[at++] = converted(value, dtype);
    else at = flatten(value, inner, data, dtype, at, [...path, i]);
  }
  return at;
}

const ragged = (path: readonly number[], what: string): ShapeError =>
  new ShapeError(`tensor: the values at ${formatShape(path)} ${what}; all rows must have the same shape`);

function noNumber(path: readonly number[], value: unknown): DataError {
  const [what, expected] =
    path.length === 0
      ? ['the values', 'numbers, booleans, lists of them or a typed array']
      : [`the value at ${formatShape(path)}`, 'a number or a boolean'];
  return new DataError(`tensor: ${what} must be ${expected}, got ${describe(value)}`);
}
