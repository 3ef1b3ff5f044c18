import type { Backend, Executable, Memory, Numbers } from '../backend/backend.ts';
import { NoRoomError } from '../backend/heap.ts';
import type { Priority } from '../backend/scheduler.ts';
import { BackendError, StateError } from '../errors.ts';
import type { Graph, PreparedInput, Value, VariableSpec } from '../plan/graph.ts';
import { makePlan, type Plan } from '../plan/plan.ts';

/** What a program emits: a graph, and the values that are written before a run and read behind it. */
export interface ProgramGraph {
  readonly graph: Graph;
  readonly inputs: { readonly [name: string]: Value };
  readonly outputs: { readonly [name: string]: Value };
}

/** What a model can be asked to run. All that it depends on is captured when it is made. */
export interface Program {
  /** Programs with the same key emit the same graph for the same batch size. */
  readonly key: string;
  /** Number of examples. */
  readonly batch: number;
  emit(batch: number): ProgramGraph;
}

export interface RunIo<T> {
  /** Fills the inputs, each of which `input` gives by its name. */
  write(input: (name: string) => Numbers): void;
  /** Takes the outputs, which are valid until it returns; `names` are those of all. */
  read(output: (name: string) => Numbers, names: readonly string[]): T;
}

export interface RunOptions {
  /** `background` if left out. */
  readonly priority?: Priority;
  /** A run that has not begun rejects with the signal's reason once it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

interface Loaded {
  readonly executable: Executable;
  readonly variables: readonly VariableSpec[];
  /** The inputs that are written by themselves. */
  readonly prepared: ReadonlyMap<string, PreparedInput>;
  /** The names of the outputs. */
  readonly outputs: readonly string[];
}

/**
 * So many plans are kept: full and last batches of training, evaluation and prediction, and some more. The least
 * recently used one goes first.
 */
const mostLoaded = 16;

/** A model's numbers on its backend, and the plans that work on them. */
export class Runtime {
  readonly backend: Backend;
  readonly #memory: Memory;
  /** By program and batch size; the one that was used last is the last. */
  readonly #loaded = new Map<string, Loaded>();
  #latest: { readonly program: Program; readonly key: string; readonly loaded: Loaded } | undefined;
  /** The variables that the memory has. */
  readonly #variables = new Set<string>();
  /** Why the content of the variables cannot be relied on. */
  #damage: string | undefined;
  #isDisposed = false;

  constructor(backend: Backend) {
    this.backend = backend;
    this.#memory = backend.createMemory();
  }

  get memory(): { readonly allocations: number; readonly bytes: number } {
    const { allocations, bytes } = this.#memory;
    return { allocations, bytes };
  }

  /**
   * Runs a program: `write` fills its inputs, `read` takes its outputs. Runs of one model follow one another in the order
   * in which they are asked for. Throws BackendError if it fails: if variables may have changed by then, nothing but
   * `write` and `drop` works until all variables have been written.
   */
  run<T>(program: Program, io: RunIo<T>, options: RunOptions = {}): Promise<T> {
    return this.#turn(options, () => this.#run(program, io));
  }

  async #run<T>(program: Program, { write, read }: RunIo<T>): Promise<T> {
    this.#ensureWhole();
    const { executable, prepared, outputs: names } = this.#ready(program) ?? (await this.#load(program));
    const input = (name: string) => executable.input(name);
    write(input);
    for (const [name, each] of prepared) each.write(input(name), input);
    try {
      await executable.run();
    } catch (error) {
      throw this.#failed(error, executable.hasUpdated);
    }
    const outputs = await executable.outputs();
    return read(name => outputs[name]!, names);
  }

  /** Copies of variables, in the order given. Those that are new get their first content. */
  read(variables: readonly VariableSpec[]): Promise<Numbers[]> {
    return this.#turn({}, async () => {
      this.#ensureWhole();
      await this.#declare(variables);
      return Promise.all(variables.map(({ name }) => this.#memory.read(name)));
    });
  }

  /** Replaces the content of variables. Once all variables are written, a model whose run has failed can be used again. */
  write(contents: readonly (readonly [VariableSpec, Numbers])[]): Promise<void> {
    return this.#turn({}, async () => {
      const missing = contents.map(([spec]) => spec).filter(({ name }) => !this.#variables.has(name));
      await this.#memory.declare(missing);
      for (const { name } of missing) this.#variables.add(name);
      for (const [{ name }, content] of contents) await this.#memory.write(name, content);
      const written = new Set(contents.map(([{ name }]) => name));
      if ([...this.#variables].every(name => written.has(name))) this.#damage = undefined;
    });
  }

  /** Forgets the variables for which `isDropped` says so, and all plans that use them. */
  drop(isDropped: (name: string) => boolean): Promise<void> {
    return this.#turn({}, async () => {
      const names = [...this.#variables].filter(isDropped);
      for (const [key, { executable, variables }] of this.#loaded) {
        if (!variables.some(({ name }) => names.includes(name))) continue;
        executable.dispose();
        this.#loaded.delete(key);
        this.#latest = undefined;
      }
      this.#memory.drop(names);
      for (const name of names) this.#variables.delete(name);
    });
  }

  /** The plan of a program. */
  plan(program: Program): Plan {
    return planOf(program.emit(program.batch), this.backend);
  }

  /** Frees everything, at once or as soon as the run that goes on has ended. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    const free = async () => this.#memory.dispose();
    void this.backend.scheduler.schedule(free, { priority: 'background', owner: this });
  }

  #turn<T>({ priority = 'background', signal }: RunOptions, turn: () => Promise<T>): Promise<T> {
    if (this.#isDisposed) return Promise.reject(new StateError('the model is disposed: make a new one'));
    return this.backend.scheduler.schedule(turn, { priority, owner: this, signal });
  }

  #ensureWhole(): void {
    if (this.#damage === undefined) return;
    throw new StateError(
      `a run has failed while it changed the model's numbers (${this.#damage}): set its state again, or compile it and set its weights`,
    );
  }

  #failed(error: unknown, hasUpdated: boolean): BackendError {
    const reason = error instanceof Error ? error.message : String(error);
    if (hasUpdated) this.#damage = reason;
    if (error instanceof BackendError) return error;
    return new BackendError(`${this.backend.name}: a run has failed: ${reason}`, { cause: error });
  }

  /** The plan of the program that has run last, if it can run as it is. */
  #ready(program: Program): Loaded | undefined {
    const latest = this.#latest;
    return latest?.program === program && latest.loaded.executable.isPrepared ? latest.loaded : undefined;
  }

  /** The program's plan, prepared. */
  async #load(program: Program): Promise<Loaded> {
    const key = `${program.key} ${program.batch}`;
    const loaded = this.#loaded.get(key) ?? (await this.#made(program));
    if (this.#latest?.key !== key) {
      this.#loaded.delete(key);
      this.#loaded.set(key, loaded);
    }
    this.#latest = { program, key, loaded };
    try {
      await loaded.executable.prepare();
    } catch (error) {
      loaded.executable.dispose();
      this.#loaded.delete(key);
      this.#latest = undefined;
      throw error instanceof NoRoomError ? this.#tooLarge(program, error) : error;
    }
    if (this.#loaded.size > mostLoaded) this.#unloadOldest();
    return loaded;
  }

  #unloadOldest(): void {
    const [oldest] = this.#loaded.keys();
    this.#loaded.get(oldest!)!.executable.dispose();
    this.#loaded.delete(oldest!);
  }

  async #made(program: Program): Promise<Loaded> {
    const emitted = program.emit(program.batch);
    const { variables, prepared } = emitted.graph;
    await this.#declare(variables);
    const outputs = Object.keys(emitted.outputs);
    return { executable: this.#memory.load(planOf(emitted, this.backend)), variables, prepared, outputs };
  }

  /** Makes the variables that are not there yet, with their first content. */
  async #declare(variables: readonly VariableSpec[]): Promise<void> {
    const missing = variables.filter(({ name }) => !this.#variables.has(name));
    if (missing.length === 0) return;
    await this.#memory.declare(missing);
    for (const { name, shape, dtype = 'float32', fill } of missing) {
      if (fill !== undefined) {
        const size = shape.reduce((product, axis) => product * axis, 1);
        const content = dtype === 'float32' ? new Float32Array(size) : new Int32Array(size);
        fill(content);
        await this.#memory.write(name, content);
      }
      this.#variables.add(name);
    }
  }

  /** The error for a batch whose work memory does not fit, with the largest one that would. */
  #tooLarge(program: Program, cause: NoRoomError): BackendError {
    const bytesFor = (batch: number) => this.#memory.workBytes(planOf(program.emit(batch), this.backend));
    const room = cause.limitBytes - (this.#memory.bytes - cause.neededBytes);
    let [fits, fails] = [0, program.batch];
    while (fails - fits > 1) {
      const middle = Math.floor((fits + fails) / 2);
      if (bytesFor(middle) <= room) fits = middle;
      else fails = middle;
    }
    const advice = fits > 0 ? `the largest batch that fits has about ${fits} examples` : 'not even one example fits';
    const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
    return new BackendError(
      `${this.backend.name}: a batch of ${program.batch} examples needs ${megabytes(cause.neededBytes)} of work memory, but ${megabytes(room)} of ${megabytes(cause.limitBytes)} are left; ${advice}`,
      { cause },
    );
  }
}

function planOf({ graph, inputs, outputs }: ProgramGraph, { fusions }: Backend): Plan {
  const prepared = Object.fromEntries([...graph.prepared].map(([name, { value }]) => [name, value]));
  return makePlan(graph, { inputs: { ...inputs, ...prepared }, outputs, fusions });
}
