import { OptionError, ShapeError } from '../errors.ts';
import type { AnyLayer, LayerOptionValues, ParameterSpec } from '../layers/layer.ts';
import { flag } from '../layers/options.ts';
import { unknownName } from '../nearest-name.ts';
import type { VariableSpec } from '../plan/graph.ts';
import { RandomStream } from '../random/random.ts';
import { formatShape, type Shape } from '../shape/shape.ts';

/** A parameter of a layer in its place. */
export interface PlacedParameter extends ParameterSpec {
  /** Unique within the model: `block1/conv2d_1/kernel`. */
  readonly path: string;
  readonly variable: VariableSpec;
  /** The layer that owns it. */
  readonly owner: LayerNode;
}

/** What layers are below of: a layer, or the model itself, whose path is empty. */
export interface Branch {
  readonly path: string;
  /** In the order in which they are first applied. */
  readonly children: readonly LayerNode[];
  adopt(child: LayerNode): void;
}

interface NodeOptions {
  readonly name: string;
  readonly path: string;
  readonly inputShapes: readonly Shape[];
  /** Undefined where `forward` is to tell it. */
  readonly outputShape: Shape | undefined;
  readonly specs: readonly ParameterSpec[];
  readonly trainable: boolean;
  readonly owner: LayerNode | undefined;
  readonly seed: number;
}

/** A layer in its place in a model's tree: named, with its shapes known. */
export class LayerNode<out L extends AnyLayer = AnyLayer> implements Branch {
  readonly layer: L;
  readonly name: string;
  /** The names from the model's own layer down to this one: `block1/conv2d`. */
  readonly path: string;
  /** The shape of one input, without the batch axis; of several, where a merging layer takes them. */
  readonly inputShapes: readonly Shape[];
  /** Parameters of this layer itself; those of layers below it are theirs. */
  readonly parameters: readonly PlacedParameter[];
  /** The first place of the same layer, which owns the parameters: this one, but where a layer is used again. */
  readonly owner: LayerNode;
  readonly #children: LayerNode[] = [];
  #outputShape: Shape | undefined;
  #trainable: boolean;

  constructor(layer: L, { name, path, inputShapes, outputShape, specs, trainable, owner, seed }: NodeOptions) {
    this.layer = layer;
    this.name = name;
    this.path = path;
    this.inputShapes = inputShapes;
    this.#outputShape = outputShape;
    this.#trainable = trainable;
    this.owner = owner ?? this;
    this.parameters =
      owner === undefined ? specs.map(spec => this.#own(spec, seed)) : shared(owner, this.inputShape, specs);
  }

  get children(): readonly LayerNode[] {
    return this.#children;
  }

  /** The shape of one input, without the batch axis; of a merging layer, that of the first. */
  get inputShape(): Shape {
    return this.inputShapes[0] ?? [];
  }

  get className(): string {
    return this.layer.className ?? 'Lambda';
  }

  /** The options of the layer; undefined where it cannot be saved. */
  get config(): LayerOptionValues | undefined {
    return this.layer.config;
  }

  /** The shape of one output, without the batch axis. */
  get outputShape(): Shape {
    return this.#outputShape ?? [];
  }

  /**
   * Whether training changes the layer's parameters; from the next step on. Setting it sets all layers below too. A
   * frozen layer that keeps statistics uses them as they are and moves them no more.
   */
  get trainable(): boolean {
    return this.owner === this ? this.#trainable : this.owner.trainable;
  }

  set trainable(trainable: boolean) {
    flag(`layer "${this.path}"`, 'trainable', trainable);
    this.owner.#trainable = trainable;
    for (const child of this.children) child.trainable = trainable;
  }

  /** Whether it has parameters that `forward` writes and the optimizer does not: moving statistics. */
  get keepsStatistics(): boolean {
    return this.parameters.some(parameter => parameter.trainable === false);
  }

  /** Takes a layer in that its own layer applies. */
  adopt(child: LayerNode): void {
    this.#children.push(child);
  }

  /** Takes what `forward` has given for the shape of the output, unless it is known. */
  settle(outputShape: Shape): void {
    this.#outputShape ??= outputShape;
  }

  #own(spec: ParameterSpec, seed: number): PlacedParameter {
    const { shape, initializer } = spec;
    const path = `${this.path}/${spec.name}`;
    // The first content depends on the seed and on the parameter's own path alone.
    const fill = (out: Float32Array | Int32Array) =>
      initializer.fill(out as Float32Array, shape, new RandomStream(seed, path));
    return { ...spec, path, variable: { name: path, shape, owner: 'layer', fill }, owner: this };
  }
}

/** All layers of a tree, each before those below it. */
export function* nodesOf(layers: readonly LayerNode[]): Generator<LayerNode> {
  for (const layer of layers) {
    yield layer;
    yield* nodesOf(layer.children);
  }
}

/** All parameters of a tree, each once: layer by layer, those of a layer before those below it. */
export function parametersOf(layers: readonly LayerNode[]): PlacedParameter[] {
  const all = [...nodesOf(layers)].flatMap(({ parameters }) => parameters);
  return [...new Map(all.map(parameter => [parameter.path, parameter])).values()];
}

/** The layer with that path, or with that name where it is the only one. Throws OptionError that tells what there is. */
export function findLayer(layers: readonly LayerNode[], pathOrName: string): LayerNode {
  const nodes = [...nodesOf(layers)];
  const named = nodes.filter(({ name }) => name === pathOrName);
  const found = nodes.find(({ path }) => path === pathOrName) ?? (named.length === 1 ? named[0] : undefined);
  if (found !== undefined) return found;
  const paths = (some: readonly LayerNode[]) => some.map(({ path }) => path);
  if (named.length === 0) throw unknownName('layer', String(pathOrName), paths(nodes));
  throw new OptionError(
    `there are ${named.length} layers with the name "${pathOrName}": ${paths(named).join(', ')}; give the path of one`,
  );
}

/** The owner's parameters for another place of the same layer. Throws ShapeError if it needs others there. */
function shared(owner: LayerNode, inputShape: Shape, specs: readonly ParameterSpec[]): readonly PlacedParameter[] {
  const text = (all: readonly ParameterSpec[]) => all.map(({ name, shape }) => name + formatShape(shape)).join(', ');
  if (text(owner.parameters) === text(specs)) return owner.parameters;
  throw new ShapeError(
    `shares its parameters with "${owner.path}", which has ${text(owner.parameters)} for inputs of ${formatShape(owner.inputShape)}, but inputs of ${formatShape(inputShape)} need ${text(specs)}; make a layer of its own for each`,
  );
}
