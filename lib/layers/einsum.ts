/** The equation of an `einsumDense` layer, and the product that it stands for. */
import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape, sizeOf } from '../shape/shape.ts';

/** Letters for axes; an ellipsis stands for axes that input and output have alike, at the left the batch axis among them. */
export interface Equation {
  readonly text: string;
  readonly input: readonly string[];
  readonly kernel: readonly string[];
  readonly output: readonly string[];
  readonly ellipsis: 'none' | 'left' | 'right';
}

const forms = [
  { ellipsis: 'none', form: /^([a-z]+),([a-z]+)->([a-z]+)$/i },
  { ellipsis: 'left', form: /^\.\.\.([a-z]+),([a-z]+)->\.\.\.([a-z]+)$/i },
  { ellipsis: 'right', form: /^([a-z]{2,})\.\.\.,([a-z]+)->([a-z]+)\.\.\.$/i },
] as const;

/** Throws OptionError for a text that is no equation of a layer. */
export function parsedEquation(layer: string, text: unknown): Equation {
  const fail = (why: string): never => {
    throw new OptionError(`${layer}: equation ${why}, got ${describe(text)}`);
  };
  if (typeof text !== 'string') return fail('must be a text such as "abc,cd->abd"');
  const found = forms.map(({ ellipsis, form }) => ({ ellipsis, match: form.exec(text) })).find(each => each.match);
  if (found?.match == null) return fail('must have the form "abc,cd->abd", "...a,ab->...b" or "ab...,bc->ac..."');
  const [input, kernel, output] = found.match.slice(1, 4).map(letters => [...letters]) as [
    string[],
    string[],
    string[],
  ];
  if ([input, kernel, output].some(letters => new Set(letters).size < letters.length)) {
    fail('must not name an axis twice in the input, the kernel or the output');
  }
  if (!kernel.every(letter => input.includes(letter) || output.includes(letter))) {
    fail('must have each axis of the kernel in the input or in the output');
  }
  if (!output.every(letter => input.includes(letter) || kernel.includes(letter))) {
    fail('must have each axis of the output in the input or in the kernel');
  }
  const isBatchKept = found.ellipsis === 'left' || (input[0] === output[0] && !kernel.includes(input[0]!));
  if (!isBatchKept) fail('must begin with the batch axis in the input and in the output, and without it in the kernel');
  return { text, input, kernel, output, ellipsis: found.ellipsis };
}

/** The axes of one input and one output, without the batch axis, by name; elided ones are `0`, `1`, ... */
export function axesFor({ text, input, output, ellipsis }: Equation, example: Shape) {
  const named = ellipsis === 'left' ? input : input.slice(1);
  const elided = Array.from({ length: Math.max(0, example.length - named.length) }, (_, i) => String(i));
  if (example.length < named.length || (ellipsis === 'none' && elided.length > 0)) {
    throw new ShapeError(sentence('einsumInput', { equation: text, input: formatShape(example) }));
  }
  const own = ellipsis === 'left' ? output : output.slice(1);
  const around = (letters: readonly string[]) =>
    ellipsis === 'right' ? [...letters, ...elided] : [...elided, ...letters];
  return { input: around(named), output: around(own), own, elided };
}

interface Operand {
  readonly value: Value;
  /** The name of each axis. */
  readonly axes: readonly string[];
}

/**
 * The product of x and a kernel, summed over all axes that the output does not have. Axes that all three have are gone through
 * one by one, the others make one matrix product.
 */
export function einsum(ops: Ops, x: Operand, kernel: Operand, output: readonly string[]): Value {
  const alone = x.axes.filter(axis => !kernel.axes.includes(axis) && !output.includes(axis));
  const summed =
    alone.length === 0
      ? x.value
      : ops.sum(
          x.value,
          alone.map(axis => x.axes.indexOf(axis)),
        );
  const left: Operand = { value: summed, axes: x.axes.filter(axis => !alone.includes(axis)) };
  const shared = kernel.axes.filter(axis => left.axes.includes(axis) && output.includes(axis));
  const inner = kernel.axes.filter(axis => left.axes.includes(axis) && !output.includes(axis));
  const rows = left.axes.filter(axis => !kernel.axes.includes(axis));
  const columns = kernel.axes.filter(axis => !left.axes.includes(axis));
  const [a, b] = [matrices(ops, left, shared, rows, inner), matrices(ops, kernel, shared, inner, columns)];
  const count = a.shape[0]!;
  const at = (value: Value, i: number): Value =>
    ops.reshape(ops.slice(value, [i, 0, 0], [1, ...value.shape.slice(1)]), value.shape.slice(1));
  const products = Array.from({ length: count }, (_, i) => ops.matmul(at(a, i), at(b, i)) as Value);
  const size = (axis: string) => {
    const from = left.axes.includes(axis) ? left : kernel;
    return from.value.shape[from.axes.indexOf(axis)]!;
  };
  const made = [...shared, ...rows, ...columns];
  return ordered(ops, { value: ops.reshape(ops.concat(products, 0), made.map(size)), axes: made }, output);
}

/** [shared axes, rows, columns], three axes altogether. */
function matrices(
  ops: Ops,
  operand: Operand,
  shared: readonly string[],
  rows: readonly string[],
  columns: readonly string[],
): Value {
  const value = ordered(ops, operand, [...shared, ...rows, ...columns]);
  const [from, to] = [shared.length, shared.length + rows.length];
  return ops.reshape(value, [
    sizeOf(value.shape.slice(0, from)),
    sizeOf(value.shape.slice(from, to)),
    sizeOf(value.shape.slice(to)),
  ]);
}

const ordered = (ops: Ops, { value, axes }: Operand, wanted: readonly string[]): Value =>
  axes.every((axis, i) => axis === wanted[i])
    ? value
    : ops.transpose(
        value,
        wanted.map(axis => axes.indexOf(axis)),
      );
