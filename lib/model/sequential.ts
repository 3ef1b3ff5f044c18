import { type BackendName, chooseBackend } from '../backend/choose.ts';
import type { Results, TrainingModel } from '../callbacks/callback.ts';
import type { History } from '../callbacks/history.ts';
import { OptionError, ShapeError, StateError } from '../errors.ts';
import type { Layer, LayerOptionValues } from '../layers/layer.ts';
import { checkedShape, flag, isObject } from '../layers/options.ts';
import type { LayerOps } from '../layers/outcome.ts';
import type { Loss, TargetKind } from '../losses/loss.ts';
import type { LossName, TargetsOf } from '../losses/registry.ts';
import type { Value } from '../plan/graph.ts';
import { checkedSeed, randomSeed } from '../random/random.ts';
import type { FormatShape, IsRankUnknown, MayEqual, Plain } from '../shape/literal.ts';
import { type Sentence, sentence } from '../shape/sentences.ts';
import { formatShape, type Shape, sameShape } from '../shape/shape.ts';
import { architectureOf, layerConfig } from './architecture.ts';
import { type Disposes, makeDisposable } from './disposable.ts';
import { type LayerPattern, setTrainable } from './freezing.ts';
import { findLayer, type LayerNode, nodesOf } from './layer-node.ts';
import { Model } from './model.ts';
import { checkedModelOptions } from './model-options.ts';
import type { CloneOptions, CompileOptions, SequentialOptions } from './options.ts';
import type { Compiled } from './program.ts';
import type { Addable, AnyForward, Behind, Checked, InputOf, LastOutput } from './stack.ts';
import { countParameters, printSummary, type SummaryOptions } from './summary.ts';
import { type TopologyNode, topologyOf } from './topology.ts';
import { Trainer } from './trainer.ts';
import { Tree } from './tree.ts';

/**
 * A stack of layers, each fed by the one before; it is a layer itself, and brings its layers, not their numbers, into
 * the model that takes it. `In` is the shape of one input and `Out` that of one output, without the batch axis; what
 * the compiler cannot know is `number`, or `Shape` if the number of axes is unknown. `K` says how targets are given,
 * once the model is compiled: class numbers, or numbers like the output.
 */
class Sequential<out In extends Shape = Shape, out Out extends Shape = Shape, out K extends TargetKind = TargetKind>
  extends Model<In, Out, K>
  implements TrainingModel, Layer, Disposes
{
  /** For the compiler alone. */
  declare readonly '~in'?: unknown;
  declare readonly '~out'?: Out;
  declare readonly '~targets'?: K;
  /** The same as `dispose`, for `using model = ...`. */
  declare [Symbol.dispose]: () => void;

  readonly name: string;
  /** Decides the initial weights, and shuffling and dropout where `fit` is given no seed. */
  readonly seed: number;
  readonly #backend: BackendName | undefined;
  readonly #tree: Tree;
  #inputShape: Shape | undefined;
  #trainer: Trainer | undefined;
  #isDisposed = false;

  constructor(layersOrOptions: unknown = {}, options: unknown = {}) {
    super(() => this.#ready());
    const given = checkedModelOptions<SequentialOptions>(
      'Sequential',
      Array.isArray(layersOrOptions) ? options : layersOrOptions,
    );
    this.name = given.name ?? 'sequential';
    this.#backend = given.backend;
    this.seed = given.seed === undefined ? randomSeed() : checkedSeed('Sequential', given.seed);
    this.#tree = new Tree(this.seed);
    if (given.inputShape !== undefined) this.#inputShape = checkedShape('Sequential: inputShape', given.inputShape);
    if (Array.isArray(layersOrOptions)) for (const layer of layersOrOptions) this.#add(layer);
  }

  /**
   * Puts a layer on top: what a function such as `dense` gives, another model, an object with a method `forward`, or a
   * function `(ops, x) => ...`. Throws ShapeError if it does not fit, OptionError if it is no layer, StateError once the
   * model has weights.
   */
  add<L extends Layer | AnyForward, O extends Shape = never>(
    layer: Addable<L, Out, O>,
  ): Sequential<In, Behind<L, Out, O>> {
    this.#add(layer);
    return this as Sequential<In, Shape> as Sequential<In, Behind<L, Out, O>>;
  }

  #add(given: unknown): void {
    this.#ensureAlive();
    if (this.#trainer !== undefined) {
      throw new StateError(
        `model "${this.name}" has weights already: add all layers before compile, fit or getWeights`,
      );
    }
    const layer = (typeof given === 'function' ? { forward: given } : given) as Layer;
    const inputShape = this.layers.at(-1)?.outputShape ?? this.#inputShape ?? layer?.inputShape;
    if (inputShape === undefined && isObject(layer)) throw new OptionError(sentence('firstLayer', {}));
    this.#tree.add(layer, checkedShape('Sequential: inputShape', inputShape ?? []));
    this.#inputShape ??= inputShape;
  }

  /** The Keras class name. */
  get className(): string {
    return 'Sequential';
  }

  /** What rebuilds the model without its weights: its layers with theirs. */
  get config(): LayerOptionValues {
    return { inputShape: [...this.inputShape], layers: this.layers.map(layerConfig) };
  }

  /** What `modelFromJson` makes the model of again, without its weights; `JSON.stringify(model)` writes it. Throws
   * OptionError for a layer without className or config. */
  toJSON(): { readonly className: string; readonly config: LayerOptionValues } {
    return { className: this.className, config: architectureOf(this) };
  }

  /** The layers in their places, each with those below it: names, shapes and parameters. */
  get layers(): readonly LayerNode<Layer>[] {
    return this.#tree.children;
  }

  /** The layer with that path, such as `block1/conv2d`, or with that name where it is the only one. Throws OptionError. */
  getLayer(pathOrName: string): LayerNode {
    return findLayer(this.layers, pathOrName);
  }

  /**
   * Which layers take whose outputs, in the order of computation: the layers without layers below them, and composites where
   * they compute something themselves. Throws StateError without layers.
   */
  topology(): readonly TopologyNode[] {
    const { inputShape } = this.#built();
    return topologyOf({ layers: this.layers, inputShape, seed: this.seed });
  }

  /** The shape of one input, without the batch axis. */
  get inputShape(): In {
    return this.#built().inputShape as In;
  }

  /** The shape of one output, without the batch axis. */
  get outputShape(): Out {
    return this.#built().outputShape as Out;
  }

  /** Emits all layers, where the model is a layer of another. */
  forward(ops: LayerOps, x: Value): Value {
    if (this.#trainer !== undefined) {
      throw new StateError(
        `model "${this.name}" has weights, which another model cannot take along: nest it before compile, fit or getWeights, and copy its weights by setWeights`,
      );
    }
    return this.layers.reduce((y, { layer, name, trainable }) => ops.apply(layer, y, { name, trainable }), x);
  }

  /** Optimizer, loss and metrics that `compile` has settled; undefined before. */
  get compiled(): Compiled | undefined {
    return this.#trainer?.compiled;
  }

  /** The history of the last `fit`. */
  get history(): History | undefined {
    return this.#trainer?.history;
  }

  /**
   * Loss and metrics of the last evaluation, of the last batch that was trained or tested by itself, or of the last epoch
   * of `fit`, with those of its validation: also the metrics whose results are tensors, which logs leave out.
   */
  get results(): Results | undefined {
    return this.#trainer?.results;
  }

  /** Number of parameters. */
  countParams(): number {
    return countParameters(this.layers).total;
  }

  /** Prints the table of layers, output shapes and parameters that Keras prints. Throws StateError without layers. */
  summary(options?: SummaryOptions | ((text: string) => void)): void {
    this.#built();
    printSummary(this.name, this.layers, options);
  }

  /**
   * Freezes layers, and all below them, from the next step on: those with a path or a name, or whose paths fit a pattern,
   * `block1/*` or a regular expression; all if none is given. Throws OptionError if a pattern fits no layer.
   */
  freeze(patterns?: LayerPattern | readonly LayerPattern[]): this {
    setTrainable('freeze', this.layers, patterns, false);
    return this;
  }

  /** Lets layers train again; see `freeze`. */
  unfreeze(patterns?: LayerPattern | readonly LayerPattern[]): this {
    setTrainable('unfreeze', this.layers, patterns, true);
    return this;
  }

  /**
   * A model of the same layers with the same weights, in memory of its own, not compiled. `weights: false` gives it first
   * weights of its own, by its seed. The layers are the same objects: a rate of dropout that is set later counts for both.
   */
  async clone(options: CloneOptions = {}): Promise<Sequential<In, Out>> {
    const { weights = true, ...others } = checkedModelOptions<CloneOptions>('clone', options, [
      'name',
      'seed',
      'backend',
      'weights',
    ]);
    const backend = this.#backend === undefined ? {} : { backend: this.#backend };
    const { name, seed } = this;
    const copy = new Sequential<In, Out>({ name, seed, ...backend, inputShape: this.#built().inputShape, ...others });
    for (const { layer } of this.layers) copy.#add(layer);
    for (const { path, trainable } of nodesOf(this.layers)) copy.getLayer(path).trainable = trainable;
    // Without weights of its own yet, a model has those of its seed.
    const hasSame = this.#trainer === undefined && copy.seed === seed;
    if (flag('clone', 'weights', weights) && !hasSame) await copy.setWeights(await this.getWeights());
    return copy;
  }

  /** The model with its input shape known to the compiler, as of one that was loaded. Throws ShapeError if it has another. */
  assertInput<const S extends Shape>(
    shape: MayEqual<In, S> extends true
      ? S
      : Sentence<'assertInput', { input: FormatShape<In>; asserted: FormatShape<S> }>,
  ): Sequential<Plain<S>, Out, K> {
    const { inputShape } = this.#built();
    if (!sameShape(inputShape, shape as S)) {
      const input = formatShape(inputShape);
      throw new ShapeError(sentence('assertInput', { input, asserted: formatShape(shape as S) }));
    }
    return this as Sequential<Shape, Out, K> as Sequential<Plain<S>, Out, K>;
  }

  /** The model with its output shape known to the compiler. Throws ShapeError if it has another. */
  assertOutput<const S extends Shape>(
    shape: MayEqual<Out, S> extends true
      ? S
      : Sentence<'assertOutput', { output: FormatShape<Out>; asserted: FormatShape<S> }>,
  ): Sequential<In, Plain<S>> {
    const { outputShape } = this.#built();
    if (!sameShape(outputShape, shape as S)) {
      const output = formatShape(outputShape);
      throw new ShapeError(sentence('assertOutput', { output, asserted: formatShape(shape as S) }));
    }
    return this as Sequential<In, Shape> as Sequential<In, Plain<S>>;
  }

  /**
   * Settles optimizer, loss and metrics, and returns the model, whose targets the compiler then checks against the
   * loss. Throws OptionError for an unknown name; keeps the weights.
   */
  compile<const L extends LossName | Loss>(options: CompileOptions<L>): Sequential<In, Out, TargetsOf<L>> {
    this.#ready().compile(options);
    return this as Sequential<In, Out> as Sequential<In, Out, TargetsOf<L>>;
  }

  /** Frees the model's memory, once the run that goes on has ended; the model cannot be used any more. */
  dispose(): void {
    this.#isDisposed = true;
    this.#trainer?.dispose();
  }

  #built(): { inputShape: Shape; outputShape: Shape } {
    const outputShape = this.layers.at(-1)?.outputShape;
    if (this.#inputShape === undefined || outputShape === undefined) {
      throw new StateError(`model "${this.name}" has no layers: add some first`);
    }
    return { inputShape: this.#inputShape, outputShape };
  }

  #ensureAlive(): void {
    if (this.#isDisposed) throw new StateError(`model "${this.name}" is disposed: make a new one`);
  }

  #ready(): Trainer {
    this.#ensureAlive();
    if (this.#trainer !== undefined) return this.#trainer;
    const { inputShape, outputShape } = this.#built();
    const network = { layers: this.layers, inputShape, seed: this.seed };
    this.#trainer = new Trainer(this, network, outputShape, chooseBackend(this.#backend));
    return this.#trainer;
  }
}
makeDisposable(Sequential.prototype);

/** Both forms: a list of layers, the first with `inputShape`, or options and then `add`. */
export interface SequentialConstructor {
  /**
   * `new Sequential([layers], options)`, the first layer with `inputShape`, or `new Sequential({ inputShape })` and
   * then `add`. Throws OptionError and ShapeError for layers that do not fit together.
   */
  new <const L extends readonly Layer[] = [], const I extends Shape = Shape>(
    layersOrOptions?: Checked<L> | SequentialOptions<I>,
    options?: Omit<SequentialOptions, 'inputShape'>,
  ): IsRankUnknown<I> extends true ? Sequential<InputOf<L>, LastOutput<L>> : Sequential<Plain<I>, Plain<I>>;
  readonly prototype: Sequential;
}

// A class cannot infer its own shapes from what its constructor is given; its constructor is given that type here.
const Typed = Sequential as SequentialConstructor;
type Typed<In extends Shape = Shape, Out extends Shape = Shape, K extends TargetKind = TargetKind> = Sequential<
  In,
  Out,
  K
>;

export { Typed as Sequential };

/** A model of these layers, the first with `inputShape`. Throws as `new Sequential` does. */
export function sequential<const L extends readonly Layer[]>(
  ...layers: Checked<L>
): Sequential<InputOf<L>, LastOutput<L>> {
  return new Typed<L>(layers);
}
