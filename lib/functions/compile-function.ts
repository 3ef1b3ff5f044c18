import { type BackendName, chooseBackend } from '../backend/choose.ts';
import { describe } from '../describe.ts';
import { OptionError, StateError } from '../errors.ts';
import { type Disposes, makeDisposable } from '../model/disposable.ts';
import { typed } from '../model/forward.ts';
import { type Program, Runtime } from '../model/runtime.ts';
import { Graph, type Value } from '../plan/graph.ts';
import { Ops as Operations } from '../plan/ops.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import { type DType, Tensor } from '../tensor/index.ts';
import type { ValueFunction } from './grad.ts';

/** Tensors of the shapes of values. */
type Given<A extends readonly Value[]> = {
  readonly [I in keyof A]: A[I] extends Value<infer S extends Shape> ? Tensor<S, DType> : Tensor;
};
type Result<R> =
  R extends Value<infer S extends Shape>
    ? Tensor<S, 'float32' | 'int32'>
    : { -readonly [I in keyof R]: R[I] extends Value<infer S extends Shape> ? Tensor<S, 'float32' | 'int32'> : never };

export interface CompileFunctionOptions {
  /** `simd` (WebAssembly) or `loops`; else what models take. */
  readonly backend?: BackendName;
}

/** A function of tensors, made of one of values. */
export interface CompiledFunction<A extends readonly Value[], R> extends Disposes {
  /**
   * Runs the function. Each combination of shapes and types is compiled once; the sixteen that were used last are kept.
   * Throws OptionError for what are no tensors, and what the function throws for shapes that do not fit.
   */
  (...inputs: Given<A>): Promise<Result<R>>;
  /** Frees its memory. */
  dispose(): void;
}

/** What is remembered of a function for inputs of certain shapes and types: what it gives. */
interface Outcome {
  readonly isList: boolean;
  readonly values: readonly { readonly shape: Shape; readonly dtype: Value['dtype'] }[];
}
/** Outcomes are found again by emitting; only so many are kept. */
const mostOutcomes = 256;

/**
 * Makes a function of values one of tensors: `const f = compileFunction((ops, a, b) => ops.matmul(a, b))`, then
 * `await f(x, y)`. It may give one value or a list of them. float32, int32 and uint8 tensors are taken as they are, bool
 * as 0 and 1 of float32. Throws OptionError for what is no function.
 */
export function compileFunction<const A extends readonly Value[], const R extends Value | readonly Value[]>(
  f: ValueFunction<A, R>,
  options: CompileFunctionOptions = {},
): CompiledFunction<A, R> {
  if (typeof f !== 'function') {
    throw new OptionError(`compileFunction: expected a function (ops, x) => ..., got ${describe(f)}`);
  }
  const machine = new FunctionRuntime(f as ValueFunction<readonly Value[], unknown>, options);
  const compiled = Object.assign((...inputs: Given<A>) => machine.run(inputs) as Promise<Result<R>>, {
    dispose: () => machine.dispose(),
  });
  makeDisposable(compiled);
  return compiled as CompiledFunction<A, R>;
}

/** A function, the plans that were made of it, and their memory. */
class FunctionRuntime {
  readonly #f: ValueFunction<readonly Value[], unknown>;
  readonly #backend: BackendName | undefined;
  readonly #outcomes = new Map<string, Outcome>();
  #runtime: Runtime | undefined;
  #isDisposed = false;

  constructor(f: ValueFunction<readonly Value[], unknown>, { backend }: CompileFunctionOptions) {
    this.#f = f;
    this.#backend = backend;
  }

  async run(given: readonly unknown[]): Promise<unknown> {
    if (this.#isDisposed) throw new StateError('compileFunction: the function is disposed: make a new one');
    const inputs = given.map(checkedInput);
    const program = this.#program(inputs);
    this.#runtime ??= new Runtime(chooseBackend(this.#backend));
    const write = (input: (name: string) => Float32Array | Int32Array | Uint8Array) => {
      for (const [i, { data }] of inputs.entries()) input(`${i}`).set(data);
    };
    const tensors = await this.#runtime.run(
      program,
      {
        write,
        read: output =>
          this.#outcome(program).values.map(({ shape, dtype }, i) => new Tensor(shape, dtype, output(`${i}`).slice())),
      },
      { priority: 'interactive' },
    );
    return this.#outcome(program).isList ? tensors : tensors[0];
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#runtime?.dispose();
  }

  #program(inputs: readonly Tensor[]): Program {
    const key = inputs.map(({ shape, dtype }) => dtype + formatShape(shape)).join(' ');
    const emit = () => {
      const graph = new Graph();
      const values = inputs.map(({ shape, dtype }, i) =>
        graph.input(`${i}`, shape, dtype === 'bool' ? 'float32' : dtype),
      );
      const given = this.#f(typed(new Operations(graph, { training: false })), ...values);
      const outputs: readonly Value[] = Array.isArray(given) ? given : [given];
      for (const output of outputs) checkOutput(output);
      this.#remember(key, {
        isList: Array.isArray(given),
        values: outputs.map(({ shape, dtype }) => ({ shape, dtype })),
      });
      return {
        graph,
        inputs: Object.fromEntries(values.map((value, i) => [`${i}`, value])),
        outputs: Object.fromEntries(outputs.map((value, i) => [`${i}`, value])),
      };
    };
    return { key, batch: 1, emit };
  }

  #outcome(program: Program): Outcome {
    if (!this.#outcomes.has(program.key)) program.emit(program.batch);
    return this.#outcomes.get(program.key)!;
  }

  #remember(key: string, outcome: Outcome): void {
    this.#outcomes.set(key, outcome);
    for (const oldest of this.#outcomes.keys()) {
      if (this.#outcomes.size <= mostOutcomes) return;
      this.#outcomes.delete(oldest);
    }
  }
}

function checkedInput(given: unknown, place: number): Tensor {
  if (given instanceof Tensor) return given;
  throw new OptionError(`compileFunction: input ${place} must be a tensor, got ${describe(given)}`);
}

function checkOutput(given: unknown): void {
  if (typeof given === 'object' && given !== null && 'role' in given) return;
  throw new OptionError(`compileFunction: the function must give a value or a list of values, got ${describe(given)}`);
}
