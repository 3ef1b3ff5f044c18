import type { Backend } from '../backend/backend.ts';
import { type BackendName, chooseBackend } from '../backend/choose.ts';
import type { Logs, TrainingModel, TrainingState } from '../callbacks/callback.ts';
import type { History } from '../callbacks/history.ts';
import type { BatchSourceLike } from '../data/batches.ts';
import { ShapeError, StateError } from '../errors.ts';
import type { Layer } from '../layers/layer.ts';
import { checkedShape } from '../layers/options.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { Plan } from '../plan/plan.ts';
import { checkedSeed, randomSeed } from '../random/random.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape, sameShape } from '../shape/shape.ts';
import type { Tensor } from '../tensor/index.ts';
import type {
  CompileOptions,
  EvaluateOptions,
  FitOptions,
  PredictOptions,
  SequentialOptions,
  TensorLike,
} from './options.ts';
import type { ProfileRow } from './profile.ts';
import { checkInputShape, firstInputShape, type PlacedLayer, placeLayer } from './structure.ts';
import { countParameters, summaryTable } from './summary.ts';
import { type ProgramKind, Trainer } from './trainer.ts';

/** What is there of a `Sequential` at run time; `sequential.ts` gives it the types. */
export class SequentialModel implements TrainingModel {
  readonly name: string;
  readonly seed: number;
  readonly #backend: BackendName | undefined;
  #layers: PlacedLayer[] = [];
  #inputShape: Shape | undefined;
  #trainer: Trainer | undefined;

  /**
   * `new Sequential([layers], options)`, the first layer with `inputShape`, or `new Sequential({ inputShape })` and
   * then `add`. Throws OptionError and ShapeError for layers that do not fit together.
   */
  constructor(layersOrOptions: readonly Layer[] | SequentialOptions = {}, options: SequentialOptions = {}) {
    const given = isLayers(layersOrOptions) ? options : layersOrOptions;
    this.name = given.name ?? 'sequential';
    this.#backend = given.backend;
    this.seed = given.seed === undefined ? randomSeed() : checkedSeed('Sequential', given.seed);
    if (given.inputShape !== undefined) this.#inputShape = checkedShape('Sequential: inputShape', given.inputShape);
    if (isLayers(layersOrOptions)) for (const layer of layersOrOptions) this.add(layer);
  }

  /** Puts a layer on top. Throws ShapeError if it does not fit, StateError once the model has weights. */
  add(layer: Layer): this {
    if (this.#trainer !== undefined) {
      throw new StateError(
        `model "${this.name}" has weights already: add all layers before compile, fit or getWeights`,
      );
    }
    const before = this.#layers.at(-1)?.outputShape ?? this.#inputShape;
    if (before === undefined) this.#inputShape = firstInputShape(layer);
    else checkInputShape(layer, before);
    this.#layers.push(placeLayer(this.#layers, layer, before ?? this.#inputShape!));
    return this;
  }

  /** The layers in their places: names, shapes and parameters. */
  get layers(): readonly PlacedLayer[] {
    return this.#layers;
  }

  /** The shape of one input, without the batch axis. */
  get inputShape(): Shape {
    return this.#built().inputShape;
  }

  /** The shape of one output, without the batch axis. */
  get outputShape(): Shape {
    return this.#built().outputShape;
  }

  /** The optimizer given to `compile`. Throws StateError before that. */
  get optimizer(): Optimizer {
    return this.#ready().optimizer;
  }

  /** The history of the last `fit`. */
  get history(): History | undefined {
    return this.#trainer?.history;
  }

  /** What computes, and with how many threads. */
  get backend(): Backend {
    return this.#ready().backend;
  }

  /** Memory of weights, optimizer and batches: bytes, and how often it was asked of the system. */
  get memory(): { readonly allocations: number; readonly bytes: number } {
    return this.#ready().memory;
  }

  /** Training steps since `compile`. */
  get steps(): number {
    return this.#ready().steps;
  }

  /** Number of parameters. */
  countParams(): number {
    return countParameters(this.#layers).total;
  }

  /** Prints the table of layers, output shapes and parameters that Keras prints. Throws StateError without layers. */
  summary(print: (text: string) => void = console.log): void {
    this.#built();
    print(summaryTable(this.name, this.#layers));
  }

  /** The model itself. Throws ShapeError if its output has another shape. */
  assertOutput(shape: Shape): this {
    const { outputShape } = this.#built();
    if (!sameShape(outputShape, shape)) {
      const output = formatShape(outputShape);
      throw new ShapeError(sentence('assertOutput', { output, asserted: formatShape(shape) }));
    }
    return this;
  }

  /** Settles optimizer, loss and metrics. Throws OptionError for an unknown name; keeps the weights. */
  compile(options: CompileOptions): this {
    this.#ready().compile(options);
    return this;
  }

  async fit(
    x: TensorLike | BatchSourceLike,
    yOrOptions?: TensorLike | FitOptions,
    options?: FitOptions,
  ): Promise<History> {
    return this.#ready().fit(x, yOrOptions, options);
  }

  async evaluate(
    x: TensorLike | BatchSourceLike,
    yOrOptions?: TensorLike | EvaluateOptions,
    options?: EvaluateOptions,
  ): Promise<Logs> {
    return this.#ready().evaluate(x, yOrOptions, options);
  }

  async trainOnBatch(x: TensorLike, y: TensorLike, options?: { readonly sampleWeight?: TensorLike }): Promise<Logs> {
    return this.#ready().trainOnBatch(x, y, options);
  }

  async predict(x: TensorLike, options?: PredictOptions): Promise<Tensor> {
    return this.#ready().predict(x, options);
  }

  async getState(): Promise<TrainingState> {
    return this.#ready().getState();
  }

  async setState(state: TrainingState): Promise<void> {
    return this.#ready().setState(state);
  }

  async getWeights(): Promise<Tensor<Shape, 'float32'>[]> {
    return this.#ready().getWeights();
  }

  async setWeights(weights: readonly TensorLike[]): Promise<void> {
    return this.#ready().setWeights(weights);
  }

  plan(kind: ProgramKind, batchSize: number): Plan {
    return this.#ready().plan(kind, batchSize);
  }

  async profile(batchSize: number): Promise<ProfileRow[]> {
    return this.#ready().profile(batchSize);
  }

  dispose(): void {
    this.#ready().dispose();
  }

  #built(): { inputShape: Shape; outputShape: Shape } {
    const outputShape = this.#layers.at(-1)?.outputShape;
    if (this.#inputShape === undefined || outputShape === undefined) {
      throw new StateError(`model "${this.name}" has no layers: add some first`);
    }
    return { inputShape: this.#inputShape, outputShape };
  }

  #ready(): Trainer {
    if (this.#trainer !== undefined) return this.#trainer;
    const { inputShape, outputShape } = this.#built();
    const network = { layers: this.#layers, inputShape, seed: this.seed };
    this.#trainer = new Trainer(this, network, outputShape, chooseBackend(this.#backend));
    return this.#trainer;
  }
}

const isLayers = (given: readonly Layer[] | SequentialOptions): given is readonly Layer[] => Array.isArray(given);
