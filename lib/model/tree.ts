import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import type { Layer, ParameterSpec } from '../layers/layer.ts';
import { checkedName, checkedShape, isObject } from '../layers/options.ts';
import type { Place } from '../layers/outcome.ts';
import { Graph } from '../plan/graph.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import { TreeOps } from './forward.ts';
import { factoryName, freeName, naming, snakeCase, titleOf } from './layer-names.ts';
import { type Branch, LayerNode } from './layer-node.ts';
import { emitConstraints, emitPenalties } from './penalties.ts';

/** The layers of one model, and those below them. */
export class Tree implements Branch {
  readonly path = '';
  readonly #children: LayerNode[] = [];
  readonly #seed: number;
  readonly #owners = new Map<Layer, LayerNode>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  get children(): readonly LayerNode[] {
    return this.#children;
  }

  adopt(child: LayerNode): void {
    this.#children.push(child);
  }

  /** Puts a layer behind the others. Throws ShapeError or OptionError that names the layer, and changes nothing then. */
  add(layer: Layer, inputShape: Shape, place: Place = {}): LayerNode {
    const owners = new Map(this.#owners);
    try {
      return this.#build(layer, inputShape, place);
    } catch (error) {
      this.#owners.clear();
      for (const [each, owner] of owners) this.#owners.set(each, owner);
      throw error;
    }
  }

  /**
   * Builds the layer and all that it applies, by letting it emit into a graph that is thrown away, with its penalties and
   * constraints, so that those which do not fit are refused now.
   */
  #build(layer: Layer, inputShape: Shape, place: Place): LayerNode {
    const graph = new Graph();
    const ops = new TreeOps(graph, {
      training: true,
      random: graph.input('random', [4], 'int32'),
      place: (above, each, x, at) => {
        const node = this.#place(above, each, x.shape.slice(1), at);
        above.adopt(node);
        return node;
      },
    });
    const node = this.#place(this, layer, inputShape, place);
    ops.enter(node, graph.input('x', [2, ...inputShape]));
    emitPenalties(ops);
    emitConstraints(ops, ops.parameters);
    this.adopt(node);
    return node;
  }

  #place(above: Branch, layer: Layer, inputShape: Shape, place: Place): LayerNode {
    checkLayer(layer);
    const owner = this.#owners.get(layer);
    const name = this.#name(above, layer, place, owner);
    const path = above.path === '' ? name : `${above.path}/${name}`;
    const trainable = place.trainable ?? layer.trainable ?? true;
    const who = titleOf(layer.className ?? 'Lambda', path);
    const node = naming(who, () => {
      checkInputShape(layer, inputShape);
      const outputShape = declaredShape(layer, inputShape);
      const specs = checkedParameters(who, layer, inputShape);
      return new LayerNode(layer, { name, path, inputShape, outputShape, specs, trainable, owner, seed: this.#seed });
    });
    if (owner === undefined) this.#owners.set(layer, node);
    return node;
  }

  /** The name given, or the automatic one, counted among the layers beside it. */
  #name(above: Branch, layer: Layer, place: Place, owner: LayerNode | undefined): string {
    const automatic = snakeCase(layer.className ?? 'Lambda');
    const name = place.name ?? layer.name ?? automatic;
    const taken = new Set(above.children.map(child => child.name));
    if (owner !== undefined || name === automatic) return freeName(name, taken);
    if (taken.has(name)) {
      throw new OptionError(
        `${factoryName(layer.className ?? 'Lambda')} "${name}": another layer has this name already; names must be unique within a model`,
      );
    }
    return name;
  }
}

/** Throws OptionError for what is no layer. */
function checkLayer(layer: unknown): void {
  if (!isObject(layer) || typeof layer['forward'] !== 'function') {
    throw new OptionError(
      `expected a layer: what a function such as dense() gives, an object with a method forward, or a function (ops, x) => ...; got ${describe(layer)}`,
    );
  }
  if (layer['name'] !== undefined) checkedName('layer', layer['name']);
}

/** A layer may repeat the shape of its input, but not contradict. */
function checkInputShape({ inputShape }: Layer, expected: Shape): void {
  if (inputShape === undefined || formatShape(inputShape) === formatShape(expected)) return;
  const shapes = { given: formatShape(inputShape), expected: formatShape(expected) };
  throw new ShapeError(sentence('contradiction', shapes));
}

function declaredShape({ outputShape }: Layer, input: Shape): Shape | undefined {
  return typeof outputShape === 'function' ? outputShape(input) : outputShape;
}

/** What a layer declares for a shape of its input. Throws OptionError for shapes and names that cannot be. */
function checkedParameters(who: string, layer: Layer, inputShape: Shape): readonly ParameterSpec[] {
  const specs = layer.parameters?.(inputShape) ?? [];
  const names = new Set<string>();
  for (const { name, shape } of specs) {
    checkedShape(`${who}: the shape of ${name}`, shape);
    if (names.has(name)) throw new OptionError(`${who}: two parameters have the name "${name}"; give each its own`);
    names.add(name);
  }
  return specs;
}
