import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { type AnyLayer, isMerging, type Layer, type MergingLayer, type ParameterSpec } from '../layers/layer.ts';
import { freeName, snakeCase } from '../layers/names.ts';
import { checkedName, checkedShape, isObject } from '../layers/options.ts';
import type { Place } from '../layers/outcome.ts';
import { originalOf } from '../layers/sharing.ts';
import { Graph } from '../plan/graph.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import { TreeOps } from './forward.ts';
import { factoryName, naming, titleOf } from './layer-names.ts';
import { type Branch, LayerNode } from './layer-node.ts';
import { emitConstraints, emitPenalties } from './penalties.ts';

/** The layers of one model, and those below them. */
export class Tree implements Branch {
  readonly path = '';
  readonly #children: LayerNode<Layer>[] = [];
  readonly #seed: number;
  readonly #owners = new Map<AnyLayer, LayerNode>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  get children(): readonly LayerNode<Layer>[] {
    return this.#children;
  }

  adopt(child: LayerNode<Layer>): void {
    this.#children.push(child);
  }

  /** Puts a layer behind the others. Throws ShapeError or OptionError that names the layer, and changes nothing then. */
  add(layer: Layer, inputShape: Shape, place: Place = {}): LayerNode<Layer> {
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
  #build(layer: Layer, inputShape: Shape, place: Place): LayerNode<Layer> {
    checkLayer(layer);
    if (isMerging(layer)) {
      const { className = 'Lambda' } = layer as MergingLayer;
      throw new ShapeError(`${factoryName(className)}: ${sentence('mergesSeveral', {})}`);
    }
    const graph = new Graph();
    const ops = new TreeOps(graph, {
      training: true,
      random: graph.input('random', [4], 'int32'),
      place: (above, each, inputs, at) => {
        const node = this.#place(above, each, inputs, at);
        above.adopt(node);
        return node;
      },
    });
    const node = this.#place(this, layer, [inputShape], place);
    ops.enter(node, graph.input('x', [2, ...inputShape]));
    emitPenalties(ops);
    emitConstraints(ops, ops.parameters);
    this.adopt(node);
    return node;
  }

  #place<L extends AnyLayer>(above: Branch, layer: L, inputShapes: readonly Shape[], place: Place): LayerNode<L> {
    checkLayer(layer);
    const owner = this.#owners.get(originalOf(layer));
    const name = this.#name(above, layer, place, owner);
    const path = above.path === '' ? name : `${above.path}/${name}`;
    // What is within a frozen composite is frozen with it.
    const isFree = !(above instanceof LayerNode) || above.trainable;
    const trainable = isFree && (place.trainable ?? (isMerging(layer) ? true : (layer.trainable ?? true)));
    const who = titleOf(layer.className ?? 'Lambda', path);
    const node = naming(who, () => {
      const options = { name, path, inputShapes, trainable, owner, seed: this.#seed };
      if (isMerging(layer)) {
        return new LayerNode(layer, { ...options, outputShape: layer.outputShape?.(inputShapes), specs: [] });
      }
      const inputShape = inputShapes[0]!;
      checkInputShape(layer, inputShape);
      const outputShape = declaredShape(layer, inputShape);
      return new LayerNode(layer, { ...options, outputShape, specs: checkedParameters(who, layer, inputShape) });
    });
    if (owner === undefined) this.#owners.set(originalOf(layer), node);
    return node;
  }

  /** The name given, or the automatic one, counted among the layers beside it. */
  #name(above: Branch, layer: AnyLayer, place: Place, owner: LayerNode | undefined): string {
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
  if (!isObject(layer) || (typeof layer['forward'] !== 'function' && typeof layer['merge'] !== 'function')) {
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
  for (const { name, shape, initializer } of specs) {
    checkedShape(`${who}: the shape of ${name}`, shape);
    if (names.has(name)) throw new OptionError(`${who}: two parameters have the name "${name}"; give each its own`);
    naming(`${who}: ${name}`, () => initializer.check?.(shape));
    names.add(name);
  }
  return specs;
}
