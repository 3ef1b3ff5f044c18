import type { Backend, Executable, Memory } from '../backend/backend.ts';
import { ShapeError, StateError } from '../errors.ts';
import { layoutState, type Plan } from '../plan/plan.ts';
import { RandomStream } from '../random/random.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../shape/shape.ts';
import { Tensor } from '../tensor/index.ts';
import { isDue, nextTask } from './event-loop.ts';
import { type Compiled, evaluatePlan, type ProgramOptions, predictPlan, slotPath, trainPlan } from './program.ts';
import type { PlacedLayer, PlacedParameter } from './structure.ts';

let lastRun: Promise<unknown> = Promise.resolve();

export type ProgramKind = 'train' | 'evaluate' | 'predict';

/** A model's numbers and the plans that work on them: one arena, and one plan for each kind and batch size. */
export class Runtime {
  readonly backend: Backend;
  readonly #layers: readonly PlacedLayer[];
  readonly #inputShape: Shape;
  readonly #parameters: readonly PlacedParameter[];
  readonly #memory: Memory;
  readonly #executables = new Map<string, Executable>();
  #stateOffsets: Map<string, number>;
  #compiled: Compiled | undefined;
  #isRunning = false;
  /** Training steps so far; optimizers and dropout count with it. */
  steps = 0;

  /** Lays out the parameters and draws their first values: each depends on the seed and its own path alone. */
  constructor(layers: readonly PlacedLayer[], inputShape: Shape, seed: number, backend: Backend) {
    this.backend = backend;
    this.#layers = layers;
    this.#inputShape = inputShape;
    this.#parameters = layers.flatMap(layer => layer.parameters);
    const state = layoutState(this.#parameters.map(({ path, shape }) => ({ name: path, shape })));
    this.#stateOffsets = state.offsets;
    this.#memory = backend.createMemory(state.bytes);
    for (const { path, shape, initializer } of this.#parameters) {
      initializer.fill(this.#state(path, shape), shape, new RandomStream(seed, path));
    }
  }

  get memory(): { readonly allocations: number; readonly bytes: number } {
    return this.#memory;
  }

  /** Takes over optimizer, loss and metrics; the optimizer starts from zero. Throws StateError during a step. */
  compile(compiled: Compiled): void {
    this.#ensureIdle('compile');
    const slots = this.#parameters
      .filter(({ trainable }) => trainable !== false)
      .flatMap(({ path, shape }) => compiled.optimizer.slots.map(slot => ({ name: slotPath(path, slot), shape })));
    const parameters = this.#parameters.map(({ path, shape }) => ({ name: path, shape }));
    const state = layoutState([...parameters, ...slots]);
    this.#stateOffsets = state.offsets;
    this.#memory.resizeState(state.bytes);
    for (const { name, shape } of slots) this.#state(name, shape).fill(0);
    this.#compiled = compiled;
    this.steps = 0;
    for (const key of this.#executables.keys()) {
      if (!key.startsWith('predict')) this.#executables.delete(key);
    }
  }

  /** Copies of all parameters, layer by layer in the order of their declaration. */
  getWeights(): Tensor<Shape, 'float32'>[] {
    return this.#parameters.map(({ path, shape }) => new Tensor(shape, 'float32', this.#state(path, shape).slice()));
  }

  /** Throws ShapeError, and changes nothing, unless there is one tensor of the right shape for each parameter. */
  setWeights(weights: readonly Tensor[]): void {
    this.#ensureIdle('setWeights');
    if (weights.length !== this.#parameters.length) {
      const paths = this.#parameters.map(({ path }) => path).join(', ');
      throw new ShapeError(`setWeights: expected ${this.#parameters.length} tensors (${paths}), got ${weights.length}`);
    }
    for (const [i, { path, shape }] of this.#parameters.entries()) {
      const given = weights[i]!.shape;
      if (sameShape(given, shape)) continue;
      throw new ShapeError(`setWeights: ${path} has the shape ${formatShape(shape)}, got ${formatShape(given)}`);
    }
    for (const [i, { path, shape }] of this.#parameters.entries()) this.#state(path, shape).set(weights[i]!.data);
  }

  #ensureIdle(method: string): void {
    if (!this.#isRunning) return;
    throw new StateError(`${method}: the model is in the middle of a step; await what runs, or use a callback of fit`);
  }

  /**
   * Runs one plan: `write` fills its inputs, `read` takes its outputs. Runs follow each other, whoever asks and of
   * whichever model, since models share threads and runs of one model its memory; in between and within, others get
   * their turn in the event loop.
   */
  async run<T>(
    kind: ProgramKind,
    batch: number,
    write: (e: Executable) => void,
    read: (e: Executable) => T,
  ): Promise<T> {
    const result = lastRun.then(async () => {
      // Preparing takes time in which `compile` may change everything; from `write` to `read` it may not.
      let executable = this.#executable(kind, batch);
      while (!executable.isPrepared) {
        await executable.prepare();
        executable = this.#executable(kind, batch);
      }
      this.#isRunning = true;
      try {
        write(executable);
        for (const step of executable.steps) {
          while (!step()) await nextTask();
          if (isDue()) await nextTask();
        }
        return read(executable);
      } finally {
        this.#isRunning = false;
      }
    });
    // One run that fails must not stop those that wait.
    lastRun = result.then(nothing, nothing);
    return result;
  }

  #executable(kind: ProgramKind, batch: number): Executable {
    const key = `${kind} ${batch}`;
    let executable = this.#executables.get(key);
    if (executable === undefined) {
      executable = this.#memory.bind(this.plan(kind, batch));
      this.#executables.set(key, executable);
    }
    return executable;
  }

  /** The plan for a batch of that many examples. */
  plan(kind: ProgramKind, batch: number): Plan {
    const options: ProgramOptions = {
      layers: this.#layers,
      inputShape: this.#inputShape,
      batch,
      stateOffsets: this.#stateOffsets,
      scratchBytes: call => this.backend.scratchBytes(call),
    };
    if (kind === 'predict') return predictPlan(options);
    const compiled = this.#compiled!;
    return kind === 'train' ? trainPlan(options, compiled) : evaluatePlan(options, compiled);
  }

  #state(path: string, shape: Shape): Float32Array {
    return this.#memory.state(this.#stateOffsets.get(path)!, sizeOf(shape));
  }
}

function nothing(): void {}
