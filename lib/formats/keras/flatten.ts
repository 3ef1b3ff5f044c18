/** A model with composites as the graph of Keras's layers that it consists of. */
import { FormatError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import { inputName } from '../../layers/graph-nodes.ts';
import type { LayerOptionValues } from '../../layers/layer.ts';
import { isObject } from '../../layers/options.ts';
import type { LayerNode } from '../../model/layer-node.ts';
import type { Sequential } from '../../model/sequential.ts';
import type { Shape } from '../../shape/shape.ts';
import { classOf } from './names.ts';
import { extra, type Weights, type WrittenLayer, writtenLayers } from './written-layers.ts';

/** A layer's call, counted from 0. */
interface Call {
  readonly layer: GraphLayer;
  readonly call: number;
}

/** What a call of a layer gives. */
export interface GraphTensor extends Call {
  readonly shape: Shape;
}

/** A layer of a Functional model, which may be called several times. */
export interface GraphLayer {
  /** Undefined for the input. */
  readonly written: WrittenLayer | undefined;
  /** What its name is made of. */
  readonly path: string;
  readonly calls: { readonly inputs: readonly GraphTensor[]; readonly isMerging: boolean }[];
}

/** The layers of a model, the input first, and what its last one gives. */
export function graphLayers(
  model: Sequential,
  weights: Weights,
): { readonly layers: readonly GraphLayer[]; readonly output: GraphTensor } {
  // A graph that is the whole model needs no name of its own.
  const isGraph = model.layers.length === 1 && model.layers[0]!.className === 'Graph';
  const flattening = new Flattening(weights, isGraph ? model.layers[0]!.path.length + 1 : 0);
  const input: GraphLayer = { written: undefined, path: 'input_layer', calls: [] };
  flattening.layers.push(input);
  const output = flattening.chain(model.layers, { layer: input, call: 0, shape: model.inputShape });
  return { layers: flattening.layers, output };
}

class Flattening {
  readonly layers: GraphLayer[] = [];
  readonly #weights: Weights;
  /** Letters of paths that are left out of names. */
  readonly #left: number;
  readonly #byOwner = new Map<LayerNode, readonly GraphLayer[]>();

  constructor(weights: Weights, left: number) {
    this.#weights = weights;
    this.#left = left;
  }

  chain(nodes: readonly LayerNode[], input: GraphTensor): GraphTensor {
    return nodes.reduce((x, node) => this.#apply(node, [x]), input);
  }

  #apply(node: LayerNode, inputs: readonly GraphTensor[]): GraphTensor {
    const { className, children } = node;
    const [x] = inputs as readonly [GraphTensor, ...GraphTensor[]];
    const config = node.config ?? {};
    if (className === 'Sequential' || className === 'Augmentation') return this.chain(children, x);
    if (className === 'Graph') return this.#graph(node, config, x);
    if (className === 'Residual') return this.#residual(node, config, x);
    if (className === 'Branches') return this.#branches(node, config, x);
    const isMerging = node.inputShapes.length > 1 || !('forward' in node.layer);
    const layers = this.#byOwner.get(node.owner) ?? this.#written(node);
    this.#byOwner.set(node.owner, layers);
    return layers.reduce((given: readonly GraphTensor[], layer, i) => {
      layer.calls.push({ inputs: given, isMerging });
      const shape = i === layers.length - 1 ? node.outputShape : x.shape;
      return [{ layer, call: layer.calls.length - 1, shape }];
    }, inputs)[0]!;
  }

  #written({ owner }: LayerNode): readonly GraphLayer[] {
    return writtenLayers(owner, this.#weights).map(written => this.#add(owner, written));
  }

  #add(node: LayerNode, written: WrittenLayer): GraphLayer {
    const layer: GraphLayer = { written, path: node.path.slice(this.#left), calls: [] };
    this.layers.push(layer);
    return layer;
  }

  #graph(node: LayerNode, { nodes, output }: LayerOptionValues, x: GraphTensor): GraphTensor {
    const values = new Map<Json, GraphTensor>([[inputName, x]]);
    for (const each of nodes as readonly { readonly [name: string]: Json }[]) {
      const child = node.children.find(({ name }) => name === each['name'])!;
      const inputs = (each['inputs'] as readonly Json[]).map(input => values.get(input)!);
      values.set(each['name']!, this.#apply(child, inputs));
    }
    return values.get(output!)!;
  }

  /** The layers come first below a residual, then what its shortcut is. */
  #residual(node: LayerNode, config: LayerOptionValues, x: GraphTensor): GraphTensor {
    const count = (config['layers'] as readonly Json[]).length;
    const main = this.chain(node.children.slice(0, count), x);
    const side = this.#part(config['shortcut'] ?? [], node.children[count], x);
    return this.#joined(node, config, [side, main]);
  }

  #branches(node: LayerNode, config: LayerOptionValues, x: GraphTensor): GraphTensor {
    let next = 0;
    const outputs = (config['branches'] as readonly Json[]).map(part => {
      const isEmpty = Array.isArray(part) && part.length === 0;
      return this.#part(part, isEmpty ? undefined : node.children[next++], x);
    });
    return this.#joined(node, config, outputs);
  }

  /** Nothing, a layer, or a list of layers that has a place of its own. */
  #part(part: Json, child: LayerNode | undefined, x: GraphTensor): GraphTensor {
    if (child === undefined) return x;
    return Array.isArray(part) ? this.chain(child.children, x) : this.#apply(child, [x]);
  }

  /** The merging layer of a composite, and the activation behind it. */
  #joined(node: LayerNode, config: LayerOptionValues, inputs: readonly GraphTensor[]): GraphTensor {
    const { join, axis, activation } = config;
    const given = isObject(join) ? join : undefined;
    const className = given === undefined ? classOf(String(join)) : String(given['className']);
    const options = (given?.['config'] ?? (axis === undefined ? {} : { axis })) as LayerOptionValues;
    const layer = this.#add(node, extra(node, className, options, '_join'));
    layer.calls.push({ inputs, isMerging: true });
    const joined = { layer, call: 0, shape: node.outputShape };
    if (activation === 'linear') return joined;
    const behind = this.#add(node, extra(node, 'Activation', { activation: activation! }, '_activation'));
    behind.calls.push({ inputs: [joined], isMerging: false });
    return { layer: behind, call: 0, shape: node.outputShape };
  }
}

/**
 * The layers in the order in which Keras counts those of a Functional model (`map_graph`): the longest way to the output
 * first, and among equals the one that is met first on the way back from the output.
 */
export function byDepth(layers: readonly GraphLayer[], output: GraphTensor): readonly GraphLayer[] {
  const met = new Map<GraphLayer, number>();
  const finished: Call[] = [];
  const seen = new Set<string>();
  const numbers = new Map(layers.map((layer, i) => [layer, i]));
  const keyOf = ({ layer, call }: Call) => `${numbers.get(layer)}:${call}`;
  const visit = (node: Call): void => {
    if (seen.has(keyOf(node))) return;
    seen.add(keyOf(node));
    if (!met.has(node.layer)) met.set(node.layer, met.size);
    for (const input of inputsOf(node)) visit(input);
    finished.push(node);
  };
  visit(output);
  const depths = new Map<string, number>();
  const ofLayers = new Map<GraphLayer, number>();
  for (const node of finished.toReversed()) {
    const depth = Math.max(depths.get(keyOf(node)) ?? 0, ofLayers.get(node.layer) ?? 0);
    ofLayers.set(node.layer, depth);
    for (const input of inputsOf(node)) {
      depths.set(keyOf(input), Math.max(depth + 1, depths.get(keyOf(input)) ?? 0));
    }
  }
  const unused = layers.find(layer => !met.has(layer));
  if (unused !== undefined) throw new FormatError(`nothing uses the output of layer "${unused.path}"`);
  return layers.toSorted((a, b) => ofLayers.get(b)! - ofLayers.get(a)! || met.get(a)! - met.get(b)!);
}

const inputsOf = ({ layer, call }: Call): readonly GraphTensor[] => layer.calls[call]?.inputs ?? [];
