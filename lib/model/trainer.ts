import type { Backend } from '../backend/backend.ts';
import type { Logs, TrainingModel } from '../callbacks/callback.ts';
import type { History } from '../callbacks/history.ts';
import { checkInputs, checkTargets, type Examples, gather, inOrder } from '../data/examples.ts';
import { describe } from '../describe.ts';
import { DataError, OptionError, ShapeError, StateError } from '../errors.ts';
import { isObject } from '../layers/options.ts';
import { lossOf } from '../losses/losses.ts';
import { metricOf } from '../metrics/metrics.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { optimizerOf } from '../optimizers/registry.ts';
import type { Plan } from '../plan/plan.ts';
import { checkedSeed } from '../random/random.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../shape/shape.ts';
import { Tensor, tensor } from '../tensor/index.ts';
import { evaluate, fit, type Session, trainStep } from './fit.ts';
import type { Network } from './forward.ts';
import { activations, type GradientOptions, gradients, type Inspected, type Named } from './inspect.ts';
import { parametersOf } from './layer-node.ts';
import type { BatchOptions, CompileOptions, FitOptions, TensorLike } from './options.ts';
import { type ProfileRow, profilePlan } from './profile.ts';
import { evaluateProgram, predictProgram, trainProgram } from './program.ts';
import { type Program, Runtime } from './runtime.ts';

export type ProgramKind = 'train' | 'evaluate' | 'predict';

let compilations = 0;

/** What a model does once its layers are settled: it holds the numbers, trains them and predicts with them. */
export class Trainer {
  readonly #model: TrainingModel;
  readonly #network: Network;
  readonly #outputShape: Shape;
  readonly #runtime: Runtime;
  #session: Session | undefined;
  #isFitting = false;
  #history: History | undefined;

  constructor(model: TrainingModel, network: Network, outputShape: Shape, backend: Backend) {
    this.#model = model;
    this.#network = network;
    this.#outputShape = outputShape;
    this.#runtime = new Runtime(backend);
  }

  get backend(): Backend {
    return this.#runtime.backend;
  }

  get memory(): { readonly allocations: number; readonly bytes: number } {
    return this.#runtime.memory;
  }

  get history(): History | undefined {
    return this.#history;
  }

  get optimizer(): Optimizer {
    return this.#compiled('optimizer').compiled.optimizer;
  }

  get steps(): number {
    return this.#session?.steps ?? 0;
  }

  /** Settles optimizer, loss and metrics; the optimizer starts from zero. What was asked for before goes on as it was. */
  compile({ optimizer, loss, metrics = [] }: CompileOptions): void {
    this.#ensureIdle('compile');
    const compiled = {
      id: compilations++,
      optimizer: optimizerOf(optimizer),
      loss: lossOf(loss),
      metrics: metrics.map(metric => metricOf(metric, this.#outputShape)),
    };
    const parameters = new Set(this.#parameters.map(({ name }) => name));
    void this.#runtime.drop(name => !parameters.has(name));
    this.#session = {
      runtime: this.#runtime,
      network: this.#network,
      compiled,
      rowsPerExample: sizeOf(this.#outputShape.slice(0, -1)),
      steps: 0,
    };
  }

  async fit(x: TensorLike, y: TensorLike, options: FitOptions = {}): Promise<History> {
    const session = this.#compiled('fit');
    this.#ensureIdle('fit');
    const settings = {
      batchSize: positive('fit: batchSize', options.batchSize ?? 32),
      epochs: positive('fit: epochs', options.epochs ?? 1),
      initialEpoch: atLeastZero('fit: initialEpoch', options.initialEpoch ?? 0),
      shuffle: options.shuffle ?? true,
      seed: options.seed === undefined ? this.#network.seed : checkedSeed('fit', options.seed),
      verbose: options.verbose ?? 'auto',
      callbacks: options.callbacks ?? [],
    };
    const { train, validation } = this.#split(this.#examples('fit', x, y), options);
    this.#isFitting = true;
    try {
      this.#history = await fit(this.#model, session, train, validation, settings);
      return this.#history;
    } finally {
      this.#isFitting = false;
    }
  }

  async evaluate(x: TensorLike, y: TensorLike, options: BatchOptions = {}): Promise<Logs> {
    const session = this.#compiled('evaluate');
    const batchSize = positive('evaluate: batchSize', options.batchSize ?? 32);
    return evaluate(session, this.#examples('evaluate', x, y), batchSize);
  }

  async trainOnBatch(x: TensorLike, y: TensorLike): Promise<Logs> {
    const session = this.#compiled('trainOnBatch');
    this.#ensureIdle('trainOnBatch');
    const examples = this.#examples('trainOnBatch', x, y);
    return trainStep(session, examples, inOrder(examples.count), 0, examples.count, this.#network.seed);
  }

  async predict(x: TensorLike, options: BatchOptions = {}): Promise<Tensor> {
    const batchSize = positive('predict: batchSize', options.batchSize ?? 32);
    const inputs = toTensor(x);
    checkInputs('predict', inputs, this.#network.inputShape);
    const count = inputs.shape[0]!;
    const rows = inOrder(count);
    const size = sizeOf(this.#outputShape);
    const outputs = new Float32Array(count * size);
    for (let from = 0; from < count; from += batchSize) {
      const batch = Math.min(batchSize, count - from);
      await this.#runtime.run(
        predictProgram(this.#network, batch),
        {
          write: input => gather(inputs, rows, from, batch, input('x')),
          read: output => outputs.set(output('output'), from * size),
        },
        { priority: 'interactive' },
      );
    }
    return new Tensor([count, ...this.#outputShape], 'float32', outputs);
  }

  async getWeights(): Promise<Tensor<Shape, 'float32'>[]> {
    const parameters = this.#parameters;
    const contents = await this.#runtime.read(parameters);
    return parameters.map(({ shape }, i) => new Tensor(shape, 'float32', contents[i] as Float32Array));
  }

  async setWeights(weights: readonly TensorLike[]): Promise<void> {
    const parameters = this.#parameters;
    if (weights.length !== parameters.length) {
      const paths = parameters.map(({ name }) => name).join(', ');
      throw new ShapeError(`setWeights: expected ${parameters.length} tensors (${paths}), got ${weights.length}`);
    }
    const contents = parameters.map((parameter, i) => {
      const { shape, data } = toTensor(weights[i]!);
      if (sameShape(shape, parameter.shape)) return [parameter, Float32Array.from(data)] as const;
      const [expected, given] = [parameter.shape, shape].map(formatShape);
      throw new ShapeError(`setWeights: ${parameter.name} has the shape ${expected}, got ${given}`);
    });
    await this.#runtime.write(contents);
  }

  /** The outputs of layers. Throws as `predict` does, and OptionError for a layer that does not exist. */
  async activations(x: TensorLike, names: readonly string[], { batchSize = 32 }: BatchOptions = {}): Promise<Named> {
    return activations(this.#inspected('activations', batchSize), this.#inputs('activations', x), names);
  }

  /** Gradients with respect to inputs and outputs of layers. Throws as `predict` does, and OptionError. */
  async gradients(x: TensorLike, options: GradientOptions): Promise<Named> {
    if (!isObject(options))
      throw new OptionError(`gradients: expected an object with options, got ${describe(options)}`);
    const model = this.#inspected('gradients', options.batchSize ?? 32);
    return gradients(model, this.#inputs('gradients', x), options);
  }

  #inspected(method: string, batchSize: number): Inspected {
    return { runtime: this.#runtime, network: this.#network, batchSize: positive(`${method}: batchSize`, batchSize) };
  }

  #inputs(method: string, x: TensorLike): Tensor {
    const inputs = toTensor(x);
    checkInputs(method, inputs, this.#network.inputShape);
    return inputs;
  }

  plan(kind: ProgramKind, batchSize: number): Plan {
    return this.#runtime.plan(this.#program(kind, positive('plan: batchSize', batchSize)));
  }

  profile(batchSize: number): Promise<ProfileRow[]> {
    return profilePlan(this.plan('train', batchSize), this.backend);
  }

  dispose(): void {
    this.#runtime.dispose();
  }

  get #parameters() {
    return parametersOf(this.#network.layers).map(({ variable }) => variable);
  }

  #program(kind: ProgramKind, batch: number): Program {
    if (kind === 'predict') return predictProgram(this.#network, batch);
    const { compiled } = this.#compiled('plan');
    return (kind === 'train' ? trainProgram : evaluateProgram)(this.#network, compiled, batch);
  }

  #compiled(method: string): Session {
    if (this.#session !== undefined) return this.#session;
    throw new StateError(
      `${method}: model "${this.#model.name}" is not compiled: call compile({ optimizer, loss }) first`,
    );
  }

  #ensureIdle(method: string): void {
    if (!this.#isFitting) return;
    throw new StateError(`${method}: model "${this.#model.name}" is training: await the running fit() first`);
  }

  #examples(what: string, x: TensorLike, y: TensorLike): Examples {
    const inputs = toTensor(x);
    const targets = toTensor(y);
    checkInputs(what, inputs, this.#network.inputShape);
    const count = inputs.shape[0]!;
    checkTargets(what, targets, count, this.#compiled(what).compiled.loss.targets, this.#outputShape);
    return { count, inputs, targets };
  }

  #split(examples: Examples, options: FitOptions): { train: Examples; validation: Examples | undefined } {
    const { validationData, validationSplit = 0 } = options;
    if (!(validationSplit >= 0 && validationSplit < 1)) {
      throw new OptionError(`fit: validationSplit must be at least 0 and less than 1, got ${validationSplit}`);
    }
    if (validationData !== undefined) {
      if (validationSplit > 0) throw new OptionError('fit: give either validationSplit or validationData, not both');
      return { train: examples, validation: this.#examples('fit: validationData', ...validationData) };
    }
    if (validationSplit === 0) return { train: examples, validation: undefined };
    const trained = Math.floor(examples.count * (1 - validationSplit));
    if (trained === 0 || trained === examples.count) {
      throw new DataError(
        `fit: validationSplit ${validationSplit} of ${examples.count} examples leaves ${trained} to train and ${examples.count - trained} to validate; both need at least one`,
      );
    }
    return { train: part(examples, 0, trained), validation: part(examples, trained, examples.count) };
  }
}

/** The examples from `begin` to before `end`, without a copy. */
function part({ inputs, targets }: Examples, begin: number, end: number): Examples {
  return { count: end - begin, inputs: rowsOf(inputs, begin, end), targets: rowsOf(targets, begin, end) };
}

function rowsOf(whole: Tensor, begin: number, end: number): Tensor {
  const size = sizeOf(whole.shape.slice(1));
  return new Tensor([end - begin, ...whole.shape.slice(1)], whole.dtype, whole.data.subarray(begin * size, end * size));
}

const toTensor = (given: TensorLike): Tensor => (given instanceof Tensor ? given : tensor(given));

function positive(option: string, value: number): number {
  if (!Number.isInteger(value) || value < 1)
    throw new OptionError(`${option} must be a positive integer, got ${value}`);
  return value;
}

function atLeastZero(option: string, value: number): number {
  if (!Number.isInteger(value) || value < 0)
    throw new OptionError(`${option} must be an integer of 0 or more, got ${value}`);
  return value;
}
