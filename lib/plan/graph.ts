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
import { InklingError } from '../errors.ts';
import { formatShape, type Shape, sameShape } from '../shape/shape.ts';

/** Who writes a value. `input`: whoever runs the plan. `variable`: it outlives runs, see VariableSpec. `computed`: a call. */
export type Role = 'input' | 'variable' | 'computed';

/** A tensor that outlives runs: a parameter of a layer, or what training keeps. */
export interface VariableSpec {
  /** Unique within a model: `block1/conv2d/kernel`, `block1/conv2d/kernel:m`. */
  readonly name: string;
  readonly shape: Shape;
  /** `float32` if left out. */
  readonly dtype?: 'float32' | 'int32';
  /** What it belongs to: the model's layers, or their training, which `compile` begins anew. */
  readonly owner: 'layer' | 'training';
  /** Writes the first content; zeros if left out. */
  readonly fill?: (out: Float32Array | Int32Array) => void;
}

/** A tensor of the graph: a name and a shape (with the batch axis), no numbers. */
export interface Value<out S extends Shape = Shape> {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly shape: S;
  readonly dtype: OperandType;
  /** Set on a view: the value whose memory this one shares under another shape. */
  readonly viewOf?: Value;
  /** Set on a view through which no gradient flows, and on views of it. */
  readonly stopsGradient?: true;
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

/** Whether a call writes a variable. */
export const isUpdate = (call: AnyCall): boolean =>
  Object.values(call.outputs).some(output => originOf(output).role === 'variable');

/** Whether two calls must keep their order: one of them writes what the other reads or writes. */
export function conflict(a: AnyCall, b: AnyCall): boolean {
  return writes(a, b) || writes(b, a);
}

/** Whether `a` writes something that `b` reads or writes. */
function writes(a: AnyCall, b: AnyCall): boolean {
  const written = Object.values(a.outputs).map(originOf);
  return [...Object.values(b.inputs), ...Object.values(b.outputs)].some(value => written.includes(originOf(value)));
}

/** An input that is written by itself before each run, such as a number of a layer that may change. */
export interface PreparedInput {
  readonly value: Value;
  /** `input` gives what has been written into the other inputs of the run. */
  readonly write: (out: InputNumbers, input: (name: string) => InputNumbers) => void;
}

export type InputNumbers = Float32Array | Int32Array | Uint8Array;

/** Values and kernel calls in the order in which they are emitted: what a plan is made from. */
export class Graph {
  readonly values: Value[] = [];
  readonly calls: AnyCall[] = [];
  readonly #variables = new Map<string, { readonly value: Value; readonly spec: VariableSpec }>();
  readonly #prepared = new Map<string, PreparedInput>();
  /** The layer (or other part) that emits at the moment. */
  label = '';

  input(name: string, shape: Shape, dtype: OperandType = 'float32'): Value {
    return this.#value(name, 'input', shape, dtype);
  }

  /** The input of that name that is written by itself, the same value each time. */
  preparedInput(name: string, shape: Shape, dtype: OperandType, write: PreparedInput['write']): Value {
    const known = this.#prepared.get(name);
    if (known !== undefined) return known.value;
    const value = this.#value(name, 'input', shape, dtype);
    this.#prepared.set(name, { value, write });
    return value;
  }

  /** All inputs that are written by themselves, by their names. */
  get prepared(): ReadonlyMap<string, PreparedInput> {
    return this.#prepared;
  }

  /** The variable of that name, the same value each time. Throws InklingError if it has another shape or dtype already. */
  variable(spec: VariableSpec): Value {
    const { name, shape, dtype = 'float32' } = spec;
    const known = this.#variables.get(name)?.value;
    if (known === undefined) {
      const value = this.#value(name, 'variable', shape, dtype);
      this.#variables.set(name, { value, spec });
      return value;
    }
    if (sameShape(known.shape, shape) && known.dtype === dtype) return known;
    const [was, now] = [known, { shape, dtype }].map(each => `${each.dtype} ${formatShape(each.shape)}`);
    throw new InklingError(`two variables have the name "${name}": ${was} and ${now}; give them names of their own`);
  }

  /** All variables, in the order in which they were first asked for. */
  get variables(): readonly VariableSpec[] {
    return [...this.#variables.values()].map(({ spec }) => spec);
  }

  /** A value that a fused call computes. */
  temporary(name: string, shape: Shape, dtype: OperandType): Value {
    return this.#value(name, 'computed', shape, dtype);
  }

  /** The same memory under another shape with as many elements. */
  view(of: Value, shape: Shape, options: { readonly stopsGradient?: true } = {}): Value {
    const value: Value = { ...of, ...options, id: this.values.length, shape, viewOf: of };
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

  /** Emits a call whose outputs are variables, which it may read before it writes them. */
  emitUpdate<K extends KernelName>(
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
