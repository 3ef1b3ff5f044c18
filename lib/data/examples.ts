import type { Numbers } from '../backend/backend.ts';
import { DataError, ShapeError } from '../errors.ts';
import type { TargetKind } from '../losses/losses.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../shape/shape.ts';
import type { Tensor } from '../tensor/index.ts';

/** uint8 tensors are pixels: 0 ... 255 become 0 ... 1 while a batch is gathered, rounded as x / 255 in float32. */
const pixelValues = Float32Array.from({ length: 256 }, (_, pixel) => pixel / 255);

/** Inputs and targets, checked once, from which batches are gathered. */
export interface Examples {
  readonly count: number;
  readonly inputs: Tensor;
  readonly targets: Tensor;
}

/** `what` begins every message: `fit`. Throws ShapeError or DataError unless `inputs` is [count, ...shape] with at least one example and finite numbers. */
export function checkInputs(what: string, inputs: Tensor, shape: Shape): void {
  if (!sameShape(inputs.shape.slice(1), shape) || inputs.shape.length === 0) {
    const [count, ...rest] = inputs.shape;
    const mayReshape = count !== undefined && sizeOf(rest) === sizeOf(shape);
    throw new ShapeError(
      sentence('inputs', {
        method: what,
        given: formatShape(inputs.shape),
        input: formatShape(shape),
        expected: batchOf(shape),
        hint: mayReshape ? sentence('inputsHint', { shape: formatShape([count, ...shape]) }) : '',
      }),
    );
  }
  if (inputs.shape[0] === 0)
    throw new DataError(`${what}: the dataset is empty: inputs of shape ${formatShape(inputs.shape)}`);
  checkFinite(what, 'inputs', inputs);
}

/** Throws ShapeError or DataError unless the targets fit the loss, the model's output and the number of inputs. */
export function checkTargets(what: string, targets: Tensor, count: number, kind: TargetKind, output: Shape): void {
  if (targets.shape[0] !== count) {
    throw new ShapeError(sentence('counts', { method: what, count, targets: formatShape(targets.shape) }));
  }
  const expected = kind === 'classes' ? output.slice(0, -1) : output;
  // Keras's form [N, 1] is as good as [N].
  const columns = sameShape(targets.shape.slice(1), [...expected, 1]) && kind === 'classes';
  if (!columns && !sameShape(targets.shape.slice(1), expected)) {
    throw new ShapeError(
      sentence('targets', {
        method: what,
        given: formatShape(targets.shape),
        output: formatShape(output),
        what: kind === 'classes' ? 'class numbers' : 'targets',
        expected: batchOf(expected),
        hint: lossHint(kind, targets, output),
      }),
    );
  }
  if (kind === 'classes') checkClasses(what, targets, output.at(-1)!);
  else checkFinite(what, 'targets', targets);
}

/** [N, 28, 28, 1] */
const batchOf = (shape: Shape): string => `[${['N', ...shape].join(', ')}]`;

/** Both mistakes are common: one-hot targets with the sparse loss, and class numbers with the dense one. */
function lossHint(kind: TargetKind, targets: Tensor, output: Shape): string {
  if (kind === 'classes' && sameShape(targets.shape.slice(1), output)) {
    return sentence('oneHotHint', {});
  }
  if (kind === 'dense' && sameShape(targets.shape.slice(1), output.slice(0, -1))) {
    return sentence('classNumbersHint', {});
  }
  return '';
}

function checkClasses(what: string, targets: Tensor, classes: number): void {
  const { data } = targets;
  for (let i = 0; i < data.length; i++) {
    const label = data[i]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new DataError(
      `${what}: the target at ${place(targets.shape, i)} is ${label}: the model has ${classes} classes, so targets must be integers from 0 to ${classes - 1}`,
    );
  }
}

function checkFinite(what: string, name: string, tensor: Tensor): void {
  if (tensor.dtype !== 'float32') return;
  const { data } = tensor;
  if (isFinite4(data)) return;
  for (let i = 0; i < data.length; i++) {
    // Only NaN and the infinities give NaN here.
    if (data[i]! - data[i]! === 0) continue;
    throw new DataError(
      `${what}: ${name} must be finite numbers, but the one at ${place(tensor.shape, i)} is ${data[i]}; clean the data first`,
    );
  }
}

/** Whether all numbers are finite, in four sums that do not wait for each other: x - x is 0 for those alone. */
function isFinite4(data: Tensor['data']): boolean {
  const end = data.length - (data.length % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < end; i += 4) {
    a += data[i]! - data[i]!;
    b += data[i + 1]! - data[i + 1]!;
    c += data[i + 2]! - data[i + 2]!;
    d += data[i + 3]! - data[i + 3]!;
  }
  for (let i = end; i < data.length; i++) a += data[i]! - data[i]!;
  return a + b + c + d === 0;
}

/** The position of an element of a dense tensor: [3, 0, 5]. */
function place(shape: Shape, index: number): string {
  const position = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    position[axis] = index % shape[axis]!;
    index = Math.floor(index / shape[axis]!);
  }
  return formatShape(position);
}

/** Copies the examples rows[from ... from + count - 1] of a tensor, one after the other, into `out`. */
export function gather(tensor: Tensor, rows: Uint32Array, from: number, count: number, out: Numbers): void {
  const { data, dtype } = tensor;
  const size = data.length / tensor.shape[0]!;
  const pixels = dtype === 'uint8' && out instanceof Float32Array;
  for (let i = 0; i < count; i++) {
    const start = rows[from + i]! * size;
    const end = i * size;
    if (pixels) for (let j = 0; j < size; j++) out[end + j] = pixelValues[data[start + j]!]!;
    else out.set(data.subarray(start, start + size), end);
  }
}

/** 0, 1, 2, ... count - 1. */
export function inOrder(count: number, from = 0): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => from + i);
}
