import { describe } from '../describe.ts';
import { DataError, OptionError, ShapeError } from '../errors.ts';
import type { Loss, TargetKind } from '../losses/loss.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../shape/shape.ts';
import { Tensor, type TypedArray } from '../tensor/index.ts';

/** Inputs, targets and weights, checked once, from which batches are gathered. */
export interface Examples {
  readonly count: number;
  readonly inputs: Tensor;
  readonly targets: Tensor;
  /** One number for each example: [count]. */
  readonly weights?: Tensor;
}

/** `what` begins every message: `fit`. Throws ShapeError or DataError unless `inputs` is [count, ...shape] with at least one example and finite numbers. */
export function checkInputs(what: string, inputs: Tensor, shape: Shape): void {
  checkInputShape(what, inputs.shape, shape);
  if (inputs.shape[0] === 0)
    throw new DataError(`${what}: the dataset is empty: inputs of shape ${formatShape(inputs.shape)}`);
  checkFinite(what, 'inputs', inputs);
}

/** A shape whose first axis holds the examples: so many, or 'N' where that does not matter. */
type ShapeOfExamples = Shape | readonly ['N', ...Shape];

/** Throws ShapeError unless `given` is the shape of examples of `shape`. */
export function checkInputShape(what: string, given: ShapeOfExamples, shape: Shape): void {
  const [count, ...rest] = given as readonly [number?, ...Shape];
  if (count !== undefined && sameShape(rest, shape)) return;
  const mayReshape = count !== undefined && sizeOf(rest) === sizeOf(shape);
  throw new ShapeError(
    sentence('inputs', {
      method: what,
      given: `[${given.join(', ')}]`,
      input: formatShape(shape),
      expected: batchOf(shape),
      hint: mayReshape ? sentence('inputsHint', { shape: formatShape([count, ...shape]) }) : '',
    }),
  );
}

/** What data has to know of a loss: how targets are given, and which class number stands for no class. */
export type LossTargets = Pick<Loss, 'targets' | 'ignoreClass'>;

/** Throws ShapeError or DataError unless the targets fit the loss, the model's output and the number of inputs. */
export function checkTargets(what: string, targets: Tensor, count: number, loss: LossTargets, output: Shape): void {
  if (targets.shape[0] !== count) {
    throw new ShapeError(sentence('counts', { method: what, count, targets: formatShape(targets.shape) }));
  }
  checkTargetShape(what, targets.shape, loss, output);
  if (loss.targets === 'classes') checkClasses(what, targets, output.at(-1)!, loss.ignoreClass);
  else checkFinite(what, 'targets', targets);
}

/** Throws ShapeError unless `shape` is that of targets that fit the loss and the model's output. */
export function checkTargetShape(
  what: string,
  shape: ShapeOfExamples,
  { targets: kind }: LossTargets,
  output: Shape,
): void {
  const expected = kind === 'classes' ? output.slice(0, -1) : output;
  // As in Keras, class numbers may be [N, 1] instead of [N], and the targets of one unit [N] instead of [N, 1].
  const alike = kind === 'classes' ? [...expected, 1] : output.at(-1) === 1 ? output.slice(0, -1) : expected;
  const given = shape.slice(1) as Shape;
  if (sameShape(given, alike) || sameShape(given, expected)) return;
  throw new ShapeError(
    sentence('targets', {
      method: what,
      given: `[${shape.join(', ')}]`,
      output: formatShape(output),
      what: kind === 'classes' ? 'class numbers' : 'targets',
      expected: batchOf(expected),
      hint: lossHint(kind, given, output),
    }),
  );
}

/** [N, 28, 28, 1] */
const batchOf = (shape: Shape): string => `[${['N', ...shape].join(', ')}]`;

/** Both mistakes are common: one-hot targets with the sparse loss, and class numbers with the one for numbers. */
function lossHint(kind: TargetKind, target: Shape, output: Shape): string {
  if (kind === 'classes' && sameShape(target, output)) return sentence('oneHotHint', {});
  if (kind === 'numbers' && sameShape(target, output.slice(0, -1))) return sentence('classNumbersHint', {});
  return '';
}

/** Throws ShapeError or DataError unless `weights` holds a finite number for each of `count` examples: [count]. */
export function checkWeights(what: string, weights: Tensor, count: number): void {
  if (!sameShape(weights.shape, [count])) {
    const given = formatShape(weights.shape);
    throw new ShapeError(`${what} of shape ${given} for ${count} examples: expected one weight for each, [${count}]`);
  }
  checkFinite(what, 'weights', weights);
}

/** Weights for classes by their numbers: `{ 0: 1, 1: 5 }`. A class that is left out has the weight 1. */
export interface ClassWeights {
  readonly [classNumber: number]: number;
}

/**
 * The weight of each example by its class, as Keras takes it: the class number, the largest column of several, or the
 * rounded number of a single one. Throws OptionError for weights that are no numbers or of classes that do not exist,
 * and ShapeError for targets with several classes each.
 */
export function weightsOfClasses(targets: Tensor, kind: TargetKind, output: Shape, given: ClassWeights): Tensor {
  if (output.length !== 1) {
    const shape = formatShape(output);
    throw new ShapeError(
      `fit: classWeight needs one class for each example, but the model's output is ${shape}; use sampleWeight`,
    );
  }
  const columns = output[0]!;
  const classes = Math.max(columns, 2);
  for (const [name, weight] of Object.entries(given)) {
    const isClass = /^\d+$/.test(name) && Number(name) < classes;
    if (isClass && typeof weight === 'number' && Number.isFinite(weight)) continue;
    const expected = `expected finite numbers for the classes 0 to ${classes - 1}`;
    throw new OptionError(`fit: classWeight has ${JSON.stringify(name)}: ${describe(weight)}; ${expected}`);
  }
  const count = targets.shape[0]!;
  const isDense = kind === 'numbers' && columns > 1;
  const classOf = (example: number): number =>
    isDense ? largest(targets.data, example * columns, columns) : Math.round(targets.data[example]!);
  const weights = Float32Array.from({ length: count }, (_, i) => given[classOf(i)] ?? 1);
  return new Tensor([count], 'float32', weights);
}

/** The place of the first largest of `count` numbers. */
function largest(data: Tensor['data'], start: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (data[start + i]! > data[start + best]!) best = i;
  return best;
}

function checkClasses(what: string, targets: Tensor, classes: number, ignored: number | undefined): void {
  const { data } = targets;
  for (let i = 0; i < data.length; i++) {
    const label = data[i]!;
    if ((Number.isInteger(label) && label >= 0 && label < classes) || label === ignored) continue;
    const others = ignored === undefined ? '' : `, or ${ignored}, which is ignored`;
    throw new DataError(
      `${what}: the target at ${place(targets.shape, i)} is ${label}: the model has ${classes} classes, so targets must be integers from 0 to ${classes - 1}${others}`,
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

/** The position of an element of a row-major tensor: [3, 0, 5]. */
function place(shape: Shape, index: number): string {
  const position = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    position[axis] = index % shape[axis]!;
    index = Math.floor(index / shape[axis]!);
  }
  return formatShape(position);
}

/** Copies the examples rows[from ... from + count - 1] of a tensor, one after the other, into `out`. */
export function gather(tensor: Tensor, rows: Uint32Array, from: number, count: number, out: TypedArray): void {
  const { data } = tensor;
  const size = data.length / tensor.shape[0]!;
  for (let i = 0; i < count; i++) {
    const start = rows[from + i]! * size;
    out.set(data.subarray(start, start + size), i * size);
  }
}

/** 0, 1, 2, ... count - 1. */
export function inOrder(count: number, from = 0): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => from + i);
}
