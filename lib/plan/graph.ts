import {
  type Contract,
  contract,
  type GeometryOf,
  type InputName,
  type KernelName,
  type OperandType,
  type OutputName,
  type Signature,
} from '../../kernels/contract.ts';
import type { Shape } from '../shape/shape.ts';

/**
 * Who owns a value's memory. `input`: written before each run. `parameter` and `state` (optimizer slots) outlive the
 * plan. `computed`: written by a kernel of the plan.
 */
export type Role = 'input' | 'parameter' | 'state' | 'computed';

/** A tensor of the graph: a name and a shape (with the batch axis), no numbers. */
export interface Value {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly shape: Shape;
  readonly dtype: OperandType;
  /** Set on a view: the value whose memory this one shares under another shape. */
  readonly viewOf?: Value;
}

/** One kernel call; `label` is the layer it belongs to. */
export interface Call<K extends KernelName = KernelName> {
  readonly kernel: K;
  readonly label: string;
  readonly outputs: { readonly [N in OutputName<K>]: Value };
  readonly inputs: { readonly [N in InputName<K>]: Value };
  readonly geometry: GeometryOf<K>;
}
/** A call of any kernel, for code that treats all calls alike. */
export interface AnyCall {
  readonly kernel: KernelName;
  readonly label: string;
  readonly outputs: { readonly [name: string]: Value };
  readonly inputs: { readonly [name: string]: Value };
  readonly geometry: object;
}

export const signatureOf = (kernel: KernelName): Signature => contract[kernel];

/** The value that owns the memory: a view's origin, or the value itself. */
export function originOf(value: Value): Value {
  return value.viewOf === undefined ? value : originOf(value.viewOf);
}

/** Values and kernel calls in the order in which they are emitted: what a plan is made from. */
export class Graph {
  readonly values: Value[] = [];
  readonly calls: AnyCall[] = [];
  /** The layer (or other part) that emits at the moment. */
  label = '';

  input(name: string, shape: Shape, dtype: OperandType = 'float32'): Value {
    return this.#value(name, 'input', shape, dtype);
  }

  parameter(name: string, shape: Shape): Value {
    return this.#value(name, 'parameter', shape, 'float32');
  }

  state(name: string, shape: Shape): Value {
    return this.#value(name, 'state', shape, 'float32');
  }

  /** A value that a call computes which is made after the graph. */
  temporary(name: string, shape: Shape, dtype: OperandType): Value {
    return this.#value(name, 'computed', shape, dtype);
  }

  /** The same memory under another shape with as many elements. */
  view(of: Value, shape: Shape): Value {
    const value: Value = { ...of, id: this.values.length, shape, viewOf: of };
    this.values.push(value);
    return value;
  }

  /** Emits a call that computes new values of the shapes given, and returns them. */
  emit<K extends KernelName>(
    kernel: K,
    shapes: { readonly [N in OutputName<K>]: Shape },
    inputs: Call<K>['inputs'],
    geometry: GeometryOf<K>,
  ): Call<K>['outputs'] {
    const types: Contract[K]['outputs'] = contract[kernel].outputs;
    const outputs = {} as { [N in OutputName<K>]: Value };
    for (const name of Object.keys(types) as OutputName<K>[]) {
      const dtype = (types as { readonly [name: string]: OperandType })[name]!;
      outputs[name] = this.#value(`${this.label}/${kernel}/${name}`, 'computed', shapes[name], dtype);
    }
    this.calls.push({ kernel, label: this.label, outputs, inputs, geometry: geometry as object });
    return outputs;
  }

  /** Emits a call that changes parameters and optimizer state in place. */
  emitUpdate<K extends Extract<KernelName, `${string}Update`>>(
    kernel: K,
    outputs: Call<K>['outputs'],
    inputs: Call<K>['inputs'],
    geometry: GeometryOf<K>,
  ): void {
    this.calls.push({ kernel, label: this.label, outputs, inputs, geometry: geometry as object });
  }

  #value(name: string, role: Role, shape: Shape, dtype: OperandType): Value {
    const value: Value = { id: this.values.length, name, role, shape, dtype };
    this.values.push(value);
    return value;
  }
}
