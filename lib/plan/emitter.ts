import type { KernelName } from '../../kernels/contract.ts';
import { broadcastStrides } from '../../kernels/geometry.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { broadcastShape, formatShape, type Shape, sameShape, sizeOf } from '../shape/shape.ts';
import { type Graph, signatureOf, type Value } from './graph.ts';

/** An operand of arithmetic: a number stands for a tensor that has it everywhere. */
export type Operand = Value | number;

type Values = { readonly [name: string]: Value };
type AnyEmit = (
  kernel: KernelName,
  shapes: { readonly [name: string]: Shape },
  inputs: Values,
  geometry: object,
) => Values;

export interface OpsOptions {
  /** Whether the graph trains: dropout acts only then. */
  readonly training: boolean;
  /** The int32 value [seed, seed, step, step] from which random numbers are drawn; training graphs have it. */
  readonly random?: Value;
}

/** What all operations stand on: emits calls of kernels whose names are known, and checks their operands. */
export class Emitter {
  readonly graph: Graph;
  readonly training: boolean;
  protected readonly random: Value | undefined;

  constructor(graph: Graph, { training, random }: OpsOptions) {
    this.graph = graph;
    this.training = training;
    this.random = random;
  }

  /** A call whose operands have all one shape. */
  protected elementwise(kernel: KernelName, shape: Shape, inputs: Values, options: object): Value {
    for (const [name, value] of Object.entries(inputs)) {
      if (sameShape(value.shape, shape)) continue;
      const [expected, given] = [shape, value.shape].map(formatShape);
      throw new ShapeError(`${operationOf(kernel)}: ${name} has the shape ${given}, expected ${expected}`);
    }
    return this.emit(kernel, { y: shape }, inputs, { size: sizeOf(shape), ...options })['y']!;
  }

  /** A call of two operands that are broadcast as in NumPy. */
  protected broadcast(kernel: KernelName, a: Operand, b: Operand): Value {
    const affine = affineOf(kernel, a, b);
    if (affine !== undefined) {
      const { x, factor, offset } = affine;
      return this.elementwise('affineForward', x.shape, { x }, { factor, offset });
    }
    const [left, right] = [this.#value(a), this.#value(b)];
    const shape = broadcastShape(operationOf(kernel), left.shape, right.shape);
    const geometry = {
      size: sizeOf(shape),
      shape,
      aStrides: broadcastStrides(left.shape, shape),
      bStrides: broadcastStrides(right.shape, shape),
    };
    return this.emit(kernel, { y: shape }, { a: left, b: right }, geometry)['y']!;
  }

  /** A call that works row by row, along the last axis; its inputs have all one shape. */
  protected rows<N extends string>(
    kernel: KernelName,
    shapes: { readonly [name in N]: Shape },
    inputs: Values,
  ): { readonly [name in N]: Value } {
    const [first, ...others] = Object.entries(inputs) as [[string, Value], ...[string, Value][]];
    for (const [name, { shape }] of others) {
      if (sameShape(shape, first[1].shape)) continue;
      const what = `${first[0]} ${formatShape(first[1].shape)} and ${name} ${formatShape(shape)}`;
      throw new ShapeError(`${operationOf(kernel)}: ${what} must have the same shape`);
    }
    // The shapes name the outputs of the kernel.
    return this.emit(kernel, shapes, inputs, rowGeometry(first[1])) as { readonly [name in N]: Value };
  }

  /** A call of a kernel whose name is known only at run time. Throws OptionError for an operand of another type. */
  protected emit(
    kernel: KernelName,
    shapes: { readonly [name: string]: Shape },
    inputs: Values,
    geometry: object,
  ): Values {
    const types = signatureOf(kernel).inputs;
    for (const [name, { dtype }] of Object.entries(inputs)) {
      if (dtype === types[name]) continue;
      throw new OptionError(
        `${operationOf(kernel)}: ${name} is ${dtype}, expected ${types[name]}; use ops.cast before`,
      );
    }
    return (this.graph.emit as AnyEmit).call(this.graph, kernel, shapes, inputs, geometry);
  }

  #value(operand: Operand): Value {
    return typeof operand === 'number' ? this.elementwise('fill', [], {}, { value: operand }) : operand;
  }
}

/** Sums with numbers and products with them need no second operand in memory. */
function affineOf(
  kernel: KernelName,
  a: Operand,
  b: Operand,
): { x: Value; factor: number; offset: number } | undefined {
  const [x, number] = typeof a === 'number' ? [b, a] : [a, b];
  if (typeof x === 'number' || typeof number !== 'number') return undefined;
  switch (kernel) {
    case 'addForward':
      return { x, factor: 1, offset: number };
    case 'subtractForward':
      return typeof a === 'number' ? { x, factor: -1, offset: number } : { x, factor: 1, offset: -number };
    case 'multiplyForward':
      return { x, factor: number, offset: 0 };
    default:
      return undefined;
  }
}

/** The name by which users know a kernel. */
export const operationOf = (kernel: KernelName): string => kernel.replace(/Forward$/, '');

/** The geometry of x as rows along its last axis. */
export function rowGeometry(x: Value): { rows: number; columns: number } {
  const columns = x.shape.at(-1) ?? 1;
  return { rows: sizeOf(x.shape.slice(0, -1)), columns };
}
