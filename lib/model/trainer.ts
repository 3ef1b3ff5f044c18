import type { Backend } from '../backend/backend.ts';
import type { Callback, Logs, Results, TrainingModel, TrainingState } from '../callbacks/callback.ts';
import type { History } from '../callbacks/history.ts';
import type { Batch, Feed, InputBatch } from '../data/batches.ts';
import { checkInputs } from '../data/examples.ts';
import { describe } from '../describe.ts';
import { OptionError, ShapeError, StateError } from '../errors.ts';
import { type Optimizer, optimizerState, restoreOptimizer } from '../optimizers/optimizer.ts';
import type { VariableSpec } from '../plan/graph.ts';
import type { Plan } from '../plan/plan.ts';
import { formatShape, type Shape, sameShape } from '../shape/shape.ts';
import { Tensor } from '../tensor/index.ts';
import type { Accumulator } from './accumulator.ts';
import { swappedBack, takeAverages } from './averages.ts';
import { compiledFrom } from './compiled.ts';
import { evaluateGiven, testOnBatch, trainOnBatch } from './evaluation.ts';
import { Fit } from './fit.ts';
import { fitSettings } from './fit-settings.ts';
import type { Network } from './forward.ts';
import * as given from './given.ts';
import { activations, type GradientOptions, gradients, type Inspected, type Named } from './inspect.ts';
import { nodesOf, parametersOf } from './layer-node.ts';
import type {
  BatchOptions,
  BatchWeightOptions,
  CompileOptions,
  EvaluateOptions,
  FitOptions,
  PredictOptions,
  SourcePredictOptions,
  TensorLike,
  TrainOnBatchOptions,
} from './options.ts';
import { type ParameterGradientOptions, parameterGradients } from './parameter-gradients.ts';
import { predictBatches, predictGiven, predictOnBatch } from './prediction.ts';
import { Predictions } from './predictions.ts';
import { type ProfileRow, profilePlan } from './profile.ts';
import { type Compiled, evaluateProgram, predictProgram, trainProgram } from './program.ts';
import { type Program, Runtime } from './runtime.ts';
import { countSteps, type Session } from './session.ts';
import { StepRecorder } from './step-recorder.ts';
import * as saved from './training-state.ts';
import { readVariables, trainingVariables, writtenVariables } from './variables.ts';

export type ProgramKind = 'train' | 'evaluate' | 'predict';

/** What a model does once its layers are settled: it holds the numbers, trains them and predicts with them. */
export class Trainer {
  readonly #model: TrainingModel;
  readonly #network: Network;
  readonly #outputShape: Shape;
  readonly #runtime: Runtime;
  readonly #predictions: Predictions;
  #seed: number;
  #session: Session | undefined;
  #fit: Fit | undefined;
  #interrupted: saved.SavedFit | undefined;
  #history: History | undefined;
  #results: Results | undefined;
  #hasWarned = false;
  /** Whether a `fit` is about to begin that reads a state first. */
  #isRestoring = false;

  constructor(model: TrainingModel, network: Network, outputShape: Shape, backend: Backend) {
    this.#model = model;
    this.#network = network;
    this.#outputShape = outputShape;
    this.#seed = network.seed;
    this.#runtime = new Runtime(backend);
    this.#predictions = new Predictions(this.#runtime, network, outputShape);
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

  get results(): Results | undefined {
    return this.#results;
  }

  get optimizer(): Optimizer {
    return this.#compiled('optimizer').compiled.optimizer;
  }

  get steps(): number {
    return this.#session?.steps ?? 0;
  }

  get compiled(): Compiled | undefined {
    return this.#session?.compiled;
  }

  /** Settles optimizer, loss and metrics; the optimizer starts from zero. What was asked for before goes on as it was. */
  compile(options: CompileOptions): void {
    this.#ensureIdle('compile');
    const compiled = compiledFrom(options, this.#outputShape);
    const parameters = new Set(this.#parameters.map(({ name }) => name));
    void this.#runtime.drop(name => !parameters.has(name));
    this.#interrupted = undefined;
    this.#session = {
      runtime: this.#runtime,
      network: this.#network,
      compiled,
      asked: 0,
      steps: 0,
    };
    countSteps(this.#session, 0);
  }

  async fit(
    x: TensorLike | given.SourceLike,
    yOrOptions?: TensorLike | FitOptions,
    more?: FitOptions,
  ): Promise<History> {
    const session = this.#compiled('fit');
    this.#ensureIdle('fit');
    const [y, options] = given.isSource<Batch>(x)
      ? [undefined, given.checkedOptions('fit', (yOrOptions ?? more) as FitOptions | undefined)]
      : [yOrOptions as TensorLike | undefined, given.checkedOptions('fit', more)];
    const data = given.fitData(this.#expected('fit'), x, y, options);
    const keepers = options.resume === true ? [] : given.checkedCallbacks(options.callbacks);
    const finders = keepers.filter(({ findState }) => findState !== undefined);
    let isFound = false;
    if (finders.length > 0) {
      this.#isRestoring = true;
      try {
        isFound = await this.#restore(finders);
      } finally {
        this.#isRestoring = false;
      }
    }
    const resumed = this.#resumed(isFound ? { ...options, resume: true } : options);
    const settings = fitSettings(options, data, resumed?.record, this.#seed);
    const marks = {
      step: (feed: Feed) => this.#warnOfPixels(feed),
      finish: () => takeAverages(session),
      results: (results: Results) => {
        this.#results = results;
      },
      recorder: () => new StepRecorder(session, this.#variables),
    };
    const fit = new Fit(this.#model, session, data, settings, resumed, marks);
    if (resumed !== undefined) {
      saved.checkRecord(settings, resumed.record, resumed.position);
      saved.checkCallbacks(fit.keepers, resumed.callbacks);
    }
    this.#fit = fit;
    try {
      const restore = () => saved.restoreCallbacks(fit.keepers, resumed?.callbacks ?? []);
      this.#history = await fit.run(restore);
      return this.#history;
    } finally {
      this.#interrupted = this.#savedFit(fit);
      this.#fit = undefined;
    }
  }

  async evaluate(
    x: TensorLike | given.SourceLike,
    yOrOptions?: TensorLike | EvaluateOptions,
    more?: EvaluateOptions,
  ): Promise<Logs> {
    const session = this.#compiled('evaluate');
    return this.#told(await evaluateGiven(session, this.#expected('evaluate'), x, yOrOptions, more));
  }

  async testOnBatch(...rest: given.BatchGiven<BatchWeightOptions>): Promise<Logs> {
    const session = this.#compiled('testOnBatch');
    return this.#told(await testOnBatch(session, this.#expected('testOnBatch'), ...rest));
  }

  async trainOnBatch(...rest: given.BatchGiven<TrainOnBatchOptions>): Promise<Logs> {
    const session = this.#compiled('trainOnBatch');
    this.#ensureIdle('trainOnBatch');
    return this.#told(await trainOnBatch(session, this.#expected('trainOnBatch'), this.#seed, ...rest));
  }

  #told({ logs, results }: Accumulator): Logs {
    this.#results = results;
    return logs;
  }

  /** Throws, or rejects, if something does not fit. */
  predict(x: TensorLike | given.SourceLike<InputBatch>, options?: PredictOptions): Promise<Tensor> {
    return predictGiven(this.#predictions, x, options);
  }

  predictBatches(x: TensorLike | given.SourceLike<InputBatch>, options?: SourcePredictOptions): AsyncGenerator<Tensor> {
    return predictBatches('predictBatches', this.#predictions, x, options);
  }

  predictOnBatch(x: TensorLike): Promise<Tensor> {
    return predictOnBatch(this.#predictions, x);
  }

  async getWeights(): Promise<Tensor<Shape, 'float32'>[]> {
    const parameters = this.#parameters;
    const contents = await this.#runtime.read(parameters);
    return parameters.map(({ shape }, i) => new Tensor(shape, 'float32', contents[i] as Float32Array));
  }

  async setWeights(weights: readonly TensorLike[]): Promise<void> {
    const parameters = this.#parameters;
    if (!Array.isArray(weights) || weights.length !== parameters.length) {
      const paths = parameters.map(({ name }) => name).join(', ');
      const got = Array.isArray(weights) ? weights.length : describe(weights);
      throw new ShapeError(`setWeights: expected ${parameters.length} tensors (${paths}), got ${got}`);
    }
    const contents = parameters.map((parameter, i) => {
      const { shape, data } = given.toTensor(weights[i]!);
      // A tensor never changes: what is no tensor yet may do so until it is written.
      const isFixed = weights[i] instanceof Tensor && data instanceof Float32Array;
      if (sameShape(shape, parameter.shape)) return [parameter, isFixed ? data : Float32Array.from(data)] as const;
      const [expected, got] = [parameter.shape, shape].map(formatShape);
      throw new ShapeError(`setWeights: ${parameter.name} has the shape ${expected}, got ${got}`);
    });
    await this.#runtime.write(contents);
  }

  /** Everything that training needs to go on; during a step, as it will be behind that step. */
  getState(): Promise<TrainingState> {
    return new Promise((resolve, reject) => {
      const capture = () => void this.#state().then(resolve, reject);
      if (this.#fit === undefined) capture();
      else this.#fit.betweenSteps(capture);
    });
  }

  /** Captures what is not in variables at once, and asks for the variables in the same turn. */
  async #state(): Promise<TrainingState> {
    const session = this.#session;
    const optimizer = session?.compiled.optimizer;
    const { tensors, values } = saved.packValues({
      seed: this.#seed,
      steps: session?.asked ?? 0,
      optimizer: optimizer && { name: optimizer.name, settings: optimizerState(optimizer) },
      fit: this.#fit === undefined ? this.#interrupted : this.#savedFit(this.#fit),
    });
    const swapped = this.#fit?.swapped ?? [];
    const variables = swappedBack(await readVariables(this.#runtime, this.#variables), swapped);
    return { tensors: { ...variables, ...tensors }, values };
  }

  /** Takes over a state. Throws OptionError, ShapeError or FormatError, and changes nothing, for one that does not fit. */
  async setState(state: TrainingState): Promise<void> {
    this.#ensureIdle('setState');
    await this.#takeOver(state);
  }

  async #takeOver(state: TrainingState): Promise<void> {
    if (typeof state !== 'object' || state === null || typeof state.tensors !== 'object') {
      throw new OptionError(`setState: expected what getState gives, got ${describe(state)}`);
    }
    const { seed, steps, optimizer, fit } = saved.unpackValues(state);
    const session = this.#session;
    const [was, is] = [optimizer?.name, session?.compiled.optimizer.name];
    if (was !== undefined && was !== is) {
      const here = is === undefined ? 'the model is not compiled' : `the model is compiled with ${is}`;
      throw new OptionError(`setState: the state is that of a training with ${was}, but ${here}`);
    }
    const written = writtenVariables(this.#variables, state.tensors);
    if (session !== undefined) {
      if (optimizer !== undefined) restoreOptimizer(session.compiled.optimizer, optimizer.settings);
      countSteps(session, steps);
      session.steps = steps;
    }
    this.#seed = seed;
    this.#interrupted = fit;
    await this.#runtime.write(written);
  }

  /** The outputs of layers. Throws as `predict` does, and OptionError for a layer that does not exist. */
  async activations(x: TensorLike, names: readonly string[], options?: BatchOptions): Promise<Named> {
    const { batchSize = 32 } = given.checkedOptions('activations', options);
    return activations(this.#inspected('activations', batchSize), this.#inputs('activations', x), names);
  }

  /** Gradients with respect to inputs and outputs of layers. Throws as `predict` does, and OptionError. */
  async gradients(x: TensorLike, options: GradientOptions): Promise<Named> {
    if (typeof options !== 'object' || options === null) {
      throw new OptionError(`gradients: expected an object with options, got ${describe(options)}`);
    }
    const model = this.#inspected('gradients', options.batchSize ?? 32);
    return gradients(model, this.#inputs('gradients', x), options);
  }

  /** The mean gradients of the parameters. Throws as `predict` does, and OptionError. */
  async parameterGradients(x: TensorLike, options: ParameterGradientOptions): Promise<Named> {
    if (typeof options !== 'object' || options === null) {
      throw new OptionError(`parameterGradients: expected an object with options, got ${describe(options)}`);
    }
    const model = this.#inspected('parameterGradients', options.batchSize ?? 32);
    return parameterGradients(model, this.#inputs('parameterGradients', x), options);
  }

  #inspected(method: string, batchSize: number): Inspected {
    const size = given.positive(`${method}: batchSize`, batchSize);
    return { runtime: this.#runtime, network: this.#network, batchSize: size };
  }

  #inputs(method: string, x: TensorLike): Tensor {
    const inputs = given.toTensor(x);
    checkInputs(method, inputs, this.#network.inputShape);
    return inputs;
  }

  plan(kind: ProgramKind, batchSize: number): Plan {
    return this.#runtime.plan(this.#program(kind, given.positive('plan: batchSize', batchSize)));
  }

  profile(batchSize: number): Promise<ProfileRow[]> {
    return profilePlan(this.plan('train', batchSize), this.backend);
  }

  dispose(): void {
    this.#runtime.dispose();
  }

  get #parameters(): VariableSpec[] {
    return parametersOf(this.#network.layers).map(({ variable }) => variable);
  }

  /** Parameters, and what training keeps for them. */
  get #variables(): VariableSpec[] {
    const parameters = parametersOf(this.#network.layers);
    const trainable = parameters.filter(parameter => parameter.trainable !== false);
    const training = this.#session === undefined ? [] : trainingVariables(this.#session.compiled.optimizer, trainable);
    return [...parameters.map(({ variable }) => variable), ...training];
  }

  #program(kind: ProgramKind, count: number): Program {
    const form = { count, inputType: 'float32', weighted: false } as const;
    if (kind === 'predict') return predictProgram(this.#network, form);
    const { compiled } = this.#compiled('plan');
    if (kind === 'evaluate') return evaluateProgram(this.#network, compiled, form);
    return trainProgram(this.#network, compiled, form, { changes: true, overwrites: false });
  }

  /** The training that `fit` is to go on with, if it is asked to. */
  #resumed({ resume = false }: Partial<FitOptions>): saved.SavedFit | undefined {
    if (!given.flag('fit: resume', resume)) return undefined;
    if (this.#interrupted !== undefined) return this.#interrupted;
    throw new StateError(
      'fit: there is no training to resume: give setState a state that getState gave while fit was running, or leave resume out',
    );
  }

  #savedFit(fit: Fit): saved.SavedFit {
    return { record: fit.record, position: fit.position, callbacks: saved.keptCallbacks(fit.keepers) };
  }

  /** Takes over the state that a callback has kept of the training. */
  async #restore(finders: readonly Callback[]): Promise<boolean> {
    for (const finder of finders) {
      const state = await finder.findState?.();
      if (state === undefined) continue;
      await this.#takeOver(state);
      return true;
    }
    return false;
  }

  /** Says once that images are not scaled, for that is most often forgotten. */
  #warnOfPixels({ inputType }: Feed): void {
    if (this.#hasWarned || inputType !== 'uint8' || this.#network.inputShape.length !== 3) return;
    const nodes = [...nodesOf(this.#network.layers)];
    if (nodes.some(({ className }) => className === 'Rescaling' || className === 'Normalization')) return;
    this.#hasWarned = true;
    console.warn(
      `model "${this.#model.name}": fit is given uint8 images, and no layer scales them: pixels are 0 to 255; add rescaling(1 / 255) as the first layer`,
    );
  }

  #compiled(method: string): Session {
    if (this.#session !== undefined) return this.#session;
    throw new StateError(
      `${method}: model "${this.#model.name}" is not compiled: call compile({ optimizer, loss }) first`,
    );
  }

  #expected(method: string): given.Expected {
    const { loss } = this.#compiled(method).compiled;
    return { inputShape: this.#network.inputShape, outputShape: this.#outputShape, loss };
  }

  #ensureIdle(method: string): void {
    if (this.#fit === undefined && !this.#isRestoring) return;
    throw new StateError(`${method}: model "${this.#model.name}" is training: await the running fit() first`);
  }
}
