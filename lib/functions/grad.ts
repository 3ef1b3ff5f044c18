import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { differentiate } from '../plan/differentiate.ts';
import type { Value } from '../plan/graph.ts';
import { Ops as Operations } from '../plan/ops.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { formatShape, type Shape, sizeOf } from '../shape/shape.ts';

/** A function of values, composed of operations. */
export type ValueFunction<A extends readonly Value[] = readonly Value[], R = Value> = (ops: Ops, ...inputs: A) => R;

export interface GradOptions<I extends number = number> {
  /** With respect to which input, counted from 0; the first if left out. */
  readonly argument?: I;
}

/** The gradient with respect to one of the inputs: a value of the input's shape. */
type GradientValue<A extends readonly Value[], I extends number> =
  A[I] extends Value<infer S extends Shape> ? Value<S> : Value;

/**
 * The function that gives the gradient of `f`, which must give a single number, with respect to its first input or to
 * `argument`. It is itself a function of values: of `compileFunction`, of layers, or of `grad` again. Throws ShapeError
 * if `f` gives more than one number, InklingError where an operation has no gradient.
 */
export function grad<A extends readonly Value[], const I extends number = 0>(
  f: ValueFunction<A, Value>,
  { argument }: GradOptions<I> = {},
): ValueFunction<A, GradientValue<A, I>> {
  if (typeof f !== 'function') throw new OptionError(`grad: expected a function (ops, x) => ..., got ${describe(f)}`);
  const index: number = argument ?? 0;
  return (ops, ...inputs) => {
    const source = inputs[index];
    if (source === undefined) {
      throw new OptionError(`grad: argument must be an integer from 0 to ${inputs.length - 1}, got ${describe(index)}`);
    }
    const { graph } = operationsOf(ops);
    // A value of its own, so that nothing counts but what the function itself makes of its input.
    const own = ops.affine(source, 1);
    const given = inputs.map((input, i) => (i === index ? own : input)) as readonly Value[] as A;
    const number = f(ops, ...given);
    if (sizeOf(number.shape) !== 1) {
      throw new ShapeError(
        `grad: the function gives ${formatShape(number.shape)}, expected a single number; take its sum or mean`,
      );
    }
    const [gradient] = differentiate(graph, number, [own]);
    return gradient as GradientValue<A, I>;
  };
}

/** The operations behind their types. */
function operationsOf(ops: object): Operations {
  if (ops instanceof Operations) return ops;
  throw new OptionError('grad: call the function that it gives with the operations of a layer or of compileFunction');
}
