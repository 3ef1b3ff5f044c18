import { describe } from '../describe.ts';
import { InklingError, OptionError, ShapeError } from '../errors.ts';
import { type AnyLayer, isMerging } from '../layers/layer.ts';
import type { LayerOps, Operands, Place } from '../layers/outcome.ts';
import { unknownName } from '../nearest-name.ts';
import type { Graph, Value } from '../plan/graph.ts';
import { Ops } from '../plan/ops.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../shape/shape.ts';
import { naming, titleOf } from './layer-names.ts';
import { type Branch, LayerNode, nodesOf, type PlacedParameter } from './layer-node.ts';

export interface TreeOpsOptions {
  readonly training: boolean;
  /** The int32 value [seed, seed, step, step] that dropout draws from; needed where `training` is true. */
  readonly random?: Value;
  /** The paths of the layers that do not train; none if left out. */
  readonly frozen?: ReadonlySet<string>;
  /** The paths of layers whose outputs are to be values of their own, even where a layer gives a view or its input. */
  readonly apart?: ReadonlySet<string>;
  /** Makes the place of a layer that has none yet; only while a tree is built. */
  readonly place?: (above: Branch, layer: AnyLayer, inputs: readonly Shape[], place: Place) => LayerNode;
}

/** A parameter as the value that it is in a graph. */
export interface EmittedParameter {
  readonly value: Value;
  readonly spec: PlacedParameter;
  /** Whether the optimizer changes it. */
  readonly isTrained: boolean;
}

/** What a program emits of a model: its layers, the shape of one input, and the seed of shuffling and dropout. */
export interface Network {
  readonly layers: readonly LayerNode[];
  readonly inputShape: Shape;
  readonly seed: number;
}

/** The paths of the layers that do not train at present. */
export const frozenLayers = (layers: readonly LayerNode[]): ReadonlySet<string> =>
  new Set([...nodesOf(layers)].filter(node => !node.trainable).map(({ path }) => path));

/** What has been emitted of a model. */
export interface EmittedModel {
  readonly output: Value;
  /** In the order of their layers, each once. */
  readonly parameters: readonly EmittedParameter[];
  /** The output of each layer, by its path. */
  readonly activations: ReadonlyMap<string, Value>;
}

/** The operations, and the layers of one tree: walks down the tree while the layers emit. */
export class TreeOps extends Ops {
  declare training: boolean;
  declare protected random: Value | undefined;
  readonly activations = new Map<string, Value>();
  /** What layers have added to the loss. */
  readonly losses: Value[] = [];
  readonly #parameters = new Map<string, EmittedParameter>();
  readonly #place: TreeOpsOptions['place'];
  readonly #frozen: ReadonlySet<string>;
  readonly #apart: ReadonlySet<string>;
  #above: Branch | undefined;
  /** How often each layer has been applied by the layer that emits at the moment. */
  #applied = new Map<AnyLayer, number>();

  constructor(graph: Graph, options: TreeOpsOptions) {
    super(graph, options);
    this.#place = options.place;
    this.#frozen = options.frozen ?? new Set();
    this.#apart = options.apart ?? new Set();
  }

  get parameters(): readonly EmittedParameter[] {
    return [...this.#parameters.values()];
  }

  /** Emits a layer that the one which emits at the moment applies. */
  apply(layer: AnyLayer, x: Operands, place: Place = {}): Value {
    if (isMerging(layer) && isOne(x)) throw new ShapeError(sentence('mergesSeveral', {}));
    if (!(isMerging(layer) || isOne(x))) throw new ShapeError(sentence('takesOne', { count: x.length }));
    const above = this.#above;
    if (above === undefined) throw new InklingError('apply: only a layer that emits can apply others');
    const count = this.#applied.get(layer) ?? 0;
    this.#applied.set(layer, count + 1);
    const node =
      above.children.filter(child => child.layer === layer)[count] ??
      this.#place?.(above, layer, inputShapes(x), place);
    if (node !== undefined) return this.enter(node, x);
    throw new OptionError(
      `layer "${above.path}": forward applies a layer that it did not apply when the model was built; make its layers outside of forward`,
    );
  }

  setting(name: string): Value {
    const node = this.#above instanceof LayerNode ? this.#above : undefined;
    const layer = node === undefined || isMerging(node.layer) ? undefined : node.layer;
    const known = layer?.settings ?? {};
    if (node === undefined || !Object.hasOwn(known, name)) {
      throw unknownName(`setting of layer "${node?.path ?? ''}"`, name, Object.keys(known));
    }
    return this.graph.preparedInput(`${node.path}:${name}`, [1], 'float32', out => {
      out[0] = layer?.settings?.[name] ?? Number.NaN;
    });
  }

  addLoss(penalty: Value): void {
    if (sizeOf(penalty.shape) !== 1) {
      throw new ShapeError(`addLoss: expected a single number, got a value of ${formatShape(penalty.shape)}`);
    }
    this.losses.push(penalty);
  }

  /** Emits a layer in its place. */
  enter(node: LayerNode, x: Operands): Value {
    const outer = { above: this.#above, applied: this.#applied, training: this.training, label: this.graph.label };
    const { random, streams } = this;
    this.#above = node;
    this.#applied = new Map();
    // A frozen layer that keeps statistics uses them as they are; dropout goes on.
    if (node.keepsStatistics && this.#frozen.has(node.path)) this.training = false;
    this.graph.label = node.path;
    const seed = isMerging(node.layer) ? undefined : node.layer.seed;
    const isSeeded = seed !== undefined && random !== undefined;
    if (isSeeded) {
      this.random = this.#seeded(seed);
      this.streams = 0;
    }
    try {
      const values = node.parameters.map(spec => [spec.name, this.#parameter(spec)] as const);
      return naming(titleOf(node.className, node.path), () => {
        const { layer } = node;
        if (isMerging(layer)) return this.#checked(node, x, layer.merge(typed(this), x as readonly Value[]));
        const output: unknown = layer.forward(typed(this), x as Value, Object.fromEntries(values));
        const checked = this.#checked(node, x, output);
        const penalty = layer.activityRegularizer?.penalty(typed(this), checked);
        if (penalty !== undefined) this.addLoss(this.divide(penalty, checked.shape[0]!));
        return checked;
      });
    } finally {
      this.#above = outer.above;
      this.#applied = outer.applied;
      this.training = outer.training;
      this.graph.label = outer.label;
      if (isSeeded) {
        this.random = random;
        this.streams = streams;
      }
    }
  }

  /** What random numbers of a seed are drawn from, in each step others. */
  #seeded(seed: number): Value {
    return this.graph.preparedInput(`random of seed ${seed}`, [4], 'int32', (out, input) => {
      const [, , step0 = 0, step1 = 0] = input('random');
      out.set([seed, Math.floor(seed / 2 ** 32), step0, step1]);
    });
  }

  #parameter(spec: PlacedParameter): Value {
    const value = this.graph.variable(spec.variable);
    const isTrained = spec.trainable !== false && !this.#frozen.has(spec.owner.path);
    this.#parameters.set(spec.path, { value, spec, isTrained });
    return value;
  }

  #checked(node: LayerNode, given: Operands, output: unknown): Value {
    if (!isValue(output)) {
      const who = titleOf(node.className, node.path);
      throw new OptionError(`${who}: forward must return a value, got ${describe(output)}`);
    }
    const [batch = 0, ...shape] = output.shape;
    const x = isOne(given) ? given : given[0]!;
    if (batch !== x.shape[0]) {
      const shapes = `${formatShape(output.shape)} for a batch of ${formatShape(x.shape)}`;
      throw new ShapeError(`forward gives ${shapes}; it must keep the batch axis in front`);
    }
    node.settle(shape);
    if (!sameShape(shape, node.outputShape)) {
      const [given, declared] = [shape, node.outputShape].map(formatShape);
      throw new ShapeError(`forward gives ${given} for one input, but outputShape declares ${declared}`);
    }
    const own = this.#apart.has(node.path) ? this.affine(output, 1) : output;
    this.activations.set(node.path, own);
    return own;
  }
}

const isOne = (x: Operands): x is Value => !Array.isArray(x);

/** The shapes of what a layer is applied to, without the batch axis. */
const inputShapes = (x: Operands): readonly Shape[] => (isOne(x) ? [x] : x).map(({ shape }) => shape.slice(1));

const isValue = (given: unknown): given is Value =>
  typeof given === 'object' && given !== null && 'shape' in given && 'role' in given;

/** Emits all layers of a model, one after the other, for a batch x of its inputs. */
export function emitForward(ops: TreeOps, { layers }: Network, x: Value): EmittedModel {
  const output = layers.reduce((y, node) => ops.enter(node, y), x);
  return { output, parameters: ops.parameters, activations: ops.activations };
}

/** The one place where the operations, which work on any shape, meet the types that follow the shapes. */
export function typed(ops: object): LayerOps {
  return ops as LayerOps;
}
