/** Functional models of Keras with one input and one output, which are graph layers here. */
import { describe } from '../../describe.ts';
import { FormatError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import { inputName } from '../../layers/graph-nodes.ts';
import type { LayerOptionValues } from '../../layers/layer.ts';
import { freeName } from '../../layers/names.ts';
import { isObject } from '../../layers/options.ts';
import type { Shape } from '../../shape/shape.ts';
import { GroupNames } from './names.ts';
import { described } from './objects.ts';
import { inner, type Place } from './places.ts';
import type { Reading } from './read-model.ts';

/** What a call of a layer is given: the output of another call. */
interface TensorOrigin {
  readonly layer: string;
  readonly call: number;
}

/** A layer of the graph, as the file describes it. */
interface GraphLayerJson {
  readonly json: unknown;
  readonly name: string;
  readonly className: string;
  readonly isModel: boolean;
  /** The inputs of each call. */
  readonly calls: readonly (readonly TensorOrigin[])[];
  readonly group: string;
}

/** Merging operations that code such as `x + y` leaves in a graph: they take their inputs one by one. */
const operations = ['Add', 'Subtract', 'Multiply', 'Maximum', 'Minimum'];

/** The graph layer of a Functional model. Throws FormatError for several inputs or outputs, and for what is no graph. */
export function readGraph(
  reading: Reading,
  what: string,
  config: { readonly [option: string]: unknown },
  place: Place,
): { inputShape: Shape; config: LayerOptionValues } {
  const names = new GroupNames();
  const group = inner(place.group);
  const layers = reading.list(`${what}: layers`, config['layers']).map((json): GraphLayerJson => {
    const { className } = described(`${what}: a layer`, json);
    const { name, inbound_nodes: inbound = [] } = isObject(json) ? json : {};
    if (typeof name !== 'string') throw new FormatError(`${what}: a ${className} has no name, but ${describe(name)}`);
    const calls = reading.list(`layer "${name}": inbound_nodes`, inbound).map(node => originsOf(name, node));
    const isModel = ['Sequential', 'Functional', 'Model'].includes(className);
    return { json, name, className, isModel, calls, group: group + names.next(className) };
  });
  const input = only(what, 'input', config['input_layers']);
  const output = only(what, 'output', config['output_layers']);
  const inputLayer = layers.find(({ name }) => name === input.layer);
  if (inputLayer?.className !== 'InputLayer') {
    throw new FormatError(`${what}: its input "${input.layer}" is no InputLayer among its layers`);
  }
  const { batch_shape: batch, batch_input_shape: older } = reading.object(
    what,
    described(what, inputLayer.json).config,
  );
  const inputShape = reading.inputShape(what, batch ?? older);
  const nodes = new NodeNames(what, layers, input.layer);
  const read = layers.filter(layer => layer !== inputLayer).flatMap(layer => nodesOf(reading, layer, nodes, place));
  return { inputShape, config: { inputShape, nodes: read, output: nodes.of(output) } };
}

/** The nodes of a layer: one for each of its calls. */
function nodesOf(reading: Reading, layer: GraphLayerJson, names: NodeNames, place: Place): LayerOptionValues[] {
  const { name, className, calls, json } = layer;
  if (calls.length === 0) throw new FormatError(`layer "${name}" is called nowhere`);
  const first = names.of({ layer: name, call: 0 });
  const { config } = described(`layer "${name}"`, json);
  const named = { ...(isObject(json) ? json : {}), config: { ...(isObject(config) ? config : {}), name: first } };
  const isOperation = isObject(json) && typeof json['module'] === 'string' && json['module'].includes('.ops.');
  if (isOperation && !operations.includes(className)) {
    throw new FormatError(`layer "${name}" is the operation ${className} of keras.ops, which Inkling does not read`);
  }
  const read = isOperation
    ? { className, name: first, config: {} }
    : reading.layer(named, { ...place, group: layer.group });
  return calls.map((inputs, call): LayerOptionValues => {
    const node = { name: names.of({ layer: name, call }), inputs: inputs.map(each => names.of(each)) };
    const { className, config } = read;
    return call === 0 ? { ...node, layer: { className, name: first, config } } : { ...node, sharedWith: first };
  });
}

/** The names of nodes here, by layers and their calls in the file. */
class NodeNames {
  readonly #what: string;
  readonly #names = new Map<string, string>();
  readonly #models = new Set<string>();

  constructor(what: string, layers: readonly GraphLayerJson[], input: string) {
    this.#what = what;
    const taken = new Set([inputName]);
    for (const { name, calls, isModel } of layers) {
      if (isModel) this.#models.add(name);
      if (name === input) {
        this.#names.set(key(name, 0), inputName);
        continue;
      }
      if (this.#names.has(key(name, 0))) throw new FormatError(`${what} has two layers "${name}"`);
      for (const call of calls.keys()) {
        const node = freeName(name, taken);
        taken.add(node);
        this.#names.set(key(name, call), node);
      }
    }
  }

  /** Throws FormatError for a call that the file does not have. */
  of({ layer, call }: TensorOrigin): string {
    // Models within models count the call that made them as the first.
    const shifted = this.#models.has(layer) && !this.#names.has(key(layer, call)) ? call - 1 : call;
    const name = this.#names.get(key(layer, shifted));
    if (name !== undefined) return name;
    throw new FormatError(`${this.#what}: there is no call ${call} of a layer "${layer}"`);
  }
}

const key = (layer: string, call: number): string => `${call}:${layer}`;

/** The single input or output of a graph. */
function only(what: string, kind: 'input' | 'output', given: unknown): TensorOrigin {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const isOne = typeof list[0] === 'string';
  if (!isOne && list.length !== 1) {
    throw new FormatError(`${what} has ${list.length} ${kind}s; models here have one`);
  }
  return originOf(`${what}: its ${kind}`, isOne ? list : list[0]);
}

function originOf(what: string, given: unknown): TensorOrigin {
  const [layer, call, tensor] = Array.isArray(given) ? given : [];
  if (typeof layer !== 'string' || !Number.isSafeInteger(call) || tensor !== 0) {
    throw new FormatError(`${what} must be [name of a layer, number of its call, 0], got ${describe(given)}`);
  }
  return { layer, call };
}

/** What a call of a layer is given: of Keras 3 `{ args, kwargs }`, of Keras 2 a list of `[layer, call, 0, {}]`. */
function originsOf(name: string, node: unknown): readonly TensorOrigin[] {
  const what = `layer "${name}"`;
  if (Array.isArray(node)) {
    const calls = typeof node[0] === 'string' ? [node] : node;
    return calls.map(each => {
      checkArguments(what, isObject(each[3]) ? each[3] : {});
      return originOf(`${what}: an input`, (each as unknown[]).slice(0, 3));
    });
  }
  const { args, kwargs = {} } = isObject(node) ? node : {};
  if (!Array.isArray(args) || !isObject(kwargs)) {
    throw new FormatError(`${what}: inbound_nodes must hold objects with args and kwargs, got ${describe(node)}`);
  }
  checkArguments(what, kwargs);
  const given = args.flat(1) as unknown[];
  return given.map(each => {
    const { class_name: className, config } = isObject(each) ? each : {};
    if (className !== '__keras_tensor__' || !isObject(config)) {
      throw new FormatError(`${what} is called with ${describe(each as Json)}; only outputs of layers can be read`);
    }
    return originOf(`${what}: an input`, config['keras_history']);
  });
}

/** Arguments of calls that say nothing: Keras decides by itself whether a layer trains. */
function checkArguments(what: string, given: { readonly [name: string]: unknown }): void {
  const odd = Object.entries(given).find(([name, value]) => name !== 'training' && value !== null);
  if (odd === undefined) return;
  throw new FormatError(`${what} is called with ${odd[0]} ${describe(odd[1])}, which Inkling does not have`);
}
