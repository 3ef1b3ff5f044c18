import { describe } from '../../describe.ts';
import { FormatError, InklingError, OptionError } from '../../errors.ts';
import { bytesOf } from '../../files/bytes.ts';
import { graphOfNodes } from '../../layers/graph.ts';
import { isMerging } from '../../layers/layer.ts';
import { isObject } from '../../layers/options.ts';
import { parametersOf } from '../../model/layer-node.ts';
import { Sequential } from '../../model/sequential.ts';
import { unknownName } from '../../nearest-name.ts';
import type { Shape } from '../../shape/shape.ts';
import { type Tensor, tensor } from '../../tensor/index.ts';
import { inFile } from '../architecture.ts';
import { setWeights } from '../set-weights.ts';
import { folds } from './fold-nodes.ts';
import { convolutions, type Import } from './import-convolutions.ts';
import { elementwise, normalShare } from './import-elementwise.ts';
import { layouts, padded, shapeOf } from './import-layouts.ts';
import { type Computed, type Imported, ImportNode } from './import-node.ts';
import { Importer, inputStep, type Step } from './importer.ts';
import { type ExternalFiles, externalPlace, knownTensor } from './known-tensors.ts';
import { loadProtobuf } from './protobuf.ts';
import type { GraphProto, ModelProto, NodeProto, ValueInfoProto } from './schema.ts';

export interface DecodeOnnxOptions {
  /** Named in error messages. */
  readonly file?: string;
  /**
   * The axes of the images that the file takes: `nchw` or `nhwc`. If left out, `nhwc` where all that takes the input first
   * turns it into `nchw`, as files do that come from Keras or from `encodeOnnx`; else `nchw`. The model takes [h, w, c] in
   * both cases.
   */
  readonly layout?: 'nhwc' | 'nchw';
  /** One input of the model, [h, w, c] for images; needed where the file leaves sizes other than that of the batch open. */
  readonly inputShape?: Shape;
  /**
   * The content of another file by its name, for models that keep their weights in files beside them, as those of
   * `torch.onnx.export` do unless they are told not to. If left out, such a model is refused.
   */
  readonly externalData?: (name: string) => Promise<Uint8Array>;
}

const optionNames = ['file', 'layout', 'inputShape', 'externalData'];
const imports: { readonly [op: string]: Import } = { ...convolutions, ...elementwise, ...layouts };
const opsets = { least: 7, most: 23 };

/**
 * The model that an ONNX file describes, not compiled: layers of Inkling, one after the other, or in a graph layer where the
 * file is no chain. What the file holds as weights trains. Throws FormatError for a file that is damaged, whose weights are in
 * another file, that has more than one input or output, and for an op for which there is no layer, which it names with its
 * node.
 */
export async function decodeOnnx(
  content: ArrayBufferLike | ArrayBufferView,
  given: DecodeOnnxOptions = {},
): Promise<Sequential> {
  const options = checkedDecodeOptions(given);
  const { file } = options;
  const { read } = await loadProtobuf();
  const proto = read(bytesOf('decodeOnnx', content), file);
  const { graph } = proto;
  if (graph === undefined) throw new FormatError(`${file}: this is no ONNX file: it has no graph`);
  try {
    const source = sourceOf(graph, opsetOf(proto, file), { ...toldLayout(proto), ...options });
    const { importer, output } = importNodes(source, await externalFiles(source, options));
    const model = modelOf(source, neededSteps(importer, output.step), output.step, graph.name);
    await setWeights(model.model, weightsOf(model.model, model.steps, file), file);
    return model.model;
  } catch (error) {
    throw error instanceof FormatError ? error : inFile(file, error);
  }
}

/** The layout that `encodeOnnx` has noted. */
function toldLayout({ metadataProps }: ModelProto): { readonly layout?: 'nhwc' | 'nchw' } {
  const layout = metadataProps.find(({ key }) => key === 'inkling.layout')?.value;
  return layout === 'nhwc' || layout === 'nchw' ? { layout } : {};
}

type Checked = DecodeOnnxOptions & { readonly file: string };

function checkedDecodeOptions(given: DecodeOnnxOptions): Checked {
  const known: unknown = given;
  if (!isObject(known)) throw new OptionError(`decodeOnnx: expected an object with options, got ${describe(known)}`);
  for (const name of Object.keys(known)) {
    if (!optionNames.includes(name)) throw unknownName('option of decodeOnnx', name, optionNames);
  }
  const { file = 'model.onnx', layout, inputShape, externalData } = given;
  if (typeof file !== 'string') throw new OptionError(`decodeOnnx: file must be a text, got ${describe(file)}`);
  if (externalData !== undefined && typeof externalData !== 'function') {
    throw new OptionError(`decodeOnnx: externalData must be a function, got ${describe(externalData)}`);
  }
  if (layout !== undefined && layout !== 'nhwc' && layout !== 'nchw') {
    throw unknownName('layout of decodeOnnx', String(layout), ['nhwc', 'nchw']);
  }
  if (
    inputShape !== undefined &&
    !(Array.isArray(inputShape) && inputShape.every(size => Number.isInteger(size) && size > 0))
  ) {
    throw new OptionError(`decodeOnnx: inputShape must be a list of positive integers, got ${describe(inputShape)}`);
  }
  return { ...given, file };
}

function opsetOf({ opsetImport }: ModelProto, file: string): number {
  const found = opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  const version = Number(found?.version ?? 0);
  if (version >= opsets.least && version <= opsets.most) return version;
  const expected = `expected one from ${opsets.least} to ${opsets.most}`;
  throw new FormatError(
    `${file}: needs the operator set ${version} of ONNX, ${expected}; export the model for another one`,
  );
}

/** What the nodes of a file stand on. */
interface Source {
  readonly file: string;
  readonly opset: number;
  /** Those that the output needs, in the order of the file. */
  readonly nodes: readonly NodeProto[];
  readonly graph: GraphProto;
  readonly input: string;
  readonly output: string;
  /** As the model takes it. */
  readonly inputShape: Shape;
  /** The input as the graph has it. */
  readonly computed: Computed;
  readonly batch: number | undefined;
}

function sourceOf(graph: GraphProto, opset: number, options: Checked): Source {
  const { file } = options;
  const held = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !held.has(name));
  const [input, output] = [oneOf(inputs, 'inputs', file), oneOf(graph.output, 'outputs', file)];
  const nodes = neededNodes(graph.node, output.name);
  const [first, ...sizes] = sizesOf(input, file);
  const layout = options.layout ?? (isTurnedAtOnce(nodes, input.name) ? 'nhwc' : 'nchw');
  const isTurned = sizes.length === 3 && layout === 'nchw';
  // [c, h, w] of the graph is [h, w, c] of the model.
  const axes = isTurned ? [2, 0, 1] : sizes.map((_, axis) => axis);
  const inputShape = axes.map((_, place) => sizes[axes.indexOf(place)] ?? options.inputShape?.[place]);
  const known = inputShape.filter(size => size !== undefined);
  const fits =
    options.inputShape === undefined ||
    (options.inputShape.length === known.length && known.every((size, i) => size === options.inputShape?.[i]));
  if (known.length !== sizes.length || known.length === 0 || !fits) {
    const got = `[${inputShape.map(size => size ?? '?').join(', ')}]`;
    throw new FormatError(`${file}: takes inputs of ${got}: pass inputShape with all sizes, such as [224, 224, 3]`);
  }
  const shape = axes.map(axis => known[axis]!);
  const computed: Computed = { kind: 'computed', step: inputStep, shape, axes, isSole: true };
  return {
    file,
    opset,
    nodes,
    graph,
    input: input.name,
    output: output.name,
    inputShape: known,
    computed,
    batch: first,
  };
}

function oneOf(values: readonly ValueInfoProto[], what: string, file: string): ValueInfoProto {
  const [only, ...more] = values;
  if (only !== undefined && more.length === 0) return only;
  const names = values.map(({ name }) => `"${name}"`).join(', ');
  throw new FormatError(`${file}: has ${values.length} ${what} (${names}), expected one; export a model with one`);
}

/** The sizes of a tensor, undefined where the file leaves them open. */
function sizesOf({ name, type }: ValueInfoProto, file: string): (number | undefined)[] {
  const dims = type?.value.case === 'tensorType' ? type.value.value.shape?.dim : undefined;
  if (dims === undefined) throw new FormatError(`${file}: does not tell the shape of its input "${name}"`);
  const sizes = dims.map(({ value }) => (value.case === 'dimValue' ? Number(value.value) : undefined));
  if (sizes.length > 1 && sizes.every(size => size === undefined || (Number.isSafeInteger(size) && size > 0)))
    return sizes;
  throw new FormatError(
    `${file}: has an input "${name}" of the shape [${sizes.map(size => size ?? '?').join(', ')}], expected a batch and sizes of 1 or more`,
  );
}

/** The nodes that an output needs, in the order of the file. */
function neededNodes(nodes: readonly NodeProto[], output: string): readonly NodeProto[] {
  const needed = new Set([output]);
  const kept: NodeProto[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.output.some(name => needed.has(name))) continue;
    kept.push(node);
    for (const name of node.input) if (name !== '') needed.add(name);
  }
  return kept.reverse();
}

/** Ops that leave the axes of images as they are. */
const keepsAxes = ['Cast', 'Identity', 'Mul', 'Add', 'Sub', 'Div', 'Clip'];

/** Whether images are turned from [n, h, w, c] into [n, c, h, w] by all that takes them. */
function isTurnedAtOnce(nodes: readonly NodeProto[], input: string): boolean {
  const names = new Set([input]);
  let isTurned = false;
  for (const { opType, input: inputs, output, attribute } of nodes) {
    if (!inputs.some(name => names.has(name)) || opType === 'Shape') continue;
    if (keepsAxes.includes(opType)) for (const name of output) names.add(name);
    else if (opType === 'Transpose' && attribute[0]?.ints.map(Number).join() === '0,3,1,2') isTurned = true;
    else return false;
  }
  return isTurned;
}

/** The files beside the model that it names; of other folders it can name none. */
async function externalFiles({ file, graph }: Source, { externalData }: Checked): Promise<ExternalFiles> {
  const files = new Map<string, Uint8Array>();
  for (const { file: name } of graph.initializer.flatMap(proto => externalPlace(proto) ?? [])) {
    if (externalData === undefined || files.has(name)) continue;
    if (name === '' || name.startsWith('.') || /[/\\:]/.test(name)) {
      throw new FormatError(`${file}: keeps weights in ${JSON.stringify(name)}, expected the name of a file beside it`);
    }
    files.set(name, await externalData(name));
  }
  return files;
}

function importNodes(source: Source, files: ExternalFiles): { readonly importer: Importer; readonly output: Computed } {
  const { file, nodes, graph, batch, opset } = source;
  const uses = new Map<string, number>();
  for (const name of [
    ...nodes.filter(({ opType }) => opType !== 'Shape').flatMap(({ input }) => input),
    source.output,
  ]) {
    uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  const values = new Map<string, Imported>([[source.input, source.computed]]);
  const wanted = new Set(nodes.flatMap(({ input }) => input));
  for (const proto of graph.initializer) {
    if (!wanted.has(proto.name)) continue;
    const title = `${file}: the tensor "${proto.name}"`;
    values.set(
      proto.name,
      knownTensor(proto, what => new FormatError(`${title} ${what}`), files),
    );
  }
  const importer = new Importer(uses);
  for (const proto of nodes) {
    const inputs = proto.input.map(name => (name === '' ? undefined : values.get(name)));
    const node = new ImportNode(proto, { file, inputs, opset, batch });
    const missing = proto.input.find((name, i) => name !== '' && inputs[i] === undefined);
    if (missing !== undefined) throw node.fail(`takes "${missing}", which nothing before it gives`);
    const [name] = proto.output;
    if (name !== undefined) values.set(name, importedBy(node, proto, importer));
  }
  const output = values.get(source.output);
  if (output?.kind !== 'computed' || output.step === inputStep) {
    throw new FormatError(`${file}: its output "${source.output}" is not that of a layer`);
  }
  return { importer, output: settled(source, importer, output) };
}

/** The output as the model gives it: images as [h, w, c], all else with its axes as in the graph. */
function settled({ file, opset, batch, output: name }: Source, importer: Importer, output: Computed): Computed {
  const node = new ImportNode(outputNode(name), { file, inputs: [output], opset, batch });
  const x = importer.computed(node, 0);
  const isOfImages = x.shape.length === 3 && x.axes[0] === 2;
  return isOfImages ? x : importer.plain(node, x);
}

const outputNode = (name: string): NodeProto => ({
  $typeName: 'onnx.NodeProto',
  input: [name],
  output: [],
  name,
  opType: 'Output',
  domain: '',
  overload: '',
  attribute: [],
  docString: '',
});

function importedBy(node: ImportNode, proto: NodeProto, importer: Importer): Imported {
  if (proto.domain !== '' && proto.domain !== 'ai.onnx') throw node.fail('is no op of ONNX itself, and is not read');
  if (node.op === 'Shape') return shapeOf(node, node.inputs[0] ?? importer.computed(node, 0));
  const isKnown = node.inputs.every(input => input === undefined || input.kind === 'known');
  if (isKnown && Object.hasOwn(folds, node.op)) return folds[node.op]!(node);
  if (node.op === 'Pad') return padded(node, importer);
  const share = ['Erf', 'Add', 'Mul'].includes(node.op) ? normalShare(node, importer) : undefined;
  if (share !== undefined) return share;
  if (!Object.hasOwn(imports, node.op)) {
    throw node.fail('is an op for which there is no layer; replace it before the model is exported');
  }
  return imports[node.op]!(node, importer);
}

/** The steps that an output needs. */
function neededSteps({ steps }: Importer, output: string): readonly Step[] {
  const needed = new Set([output]);
  const kept: Step[] = [];
  for (const step of [...steps.values()].reverse()) {
    if (!needed.has(step.name)) continue;
    kept.push(step);
    for (const input of step.inputs) needed.add(input);
  }
  return kept.reverse();
}

/** A chain of layers, or a graph layer; and the steps by their layers. */
function modelOf({ inputShape }: Source, steps: readonly Step[], output: string, title: string) {
  const name = title.replaceAll(/[/:]/g, '_') || 'model';
  const nodes = steps.map(step => ({ name: step.name, layer: step.make(step.name), inputs: step.inputs }));
  const byLayer = new Map<unknown, Step>(nodes.map(({ layer }, i) => [layer, steps[i]!]));
  const model: Sequential = new Sequential({ name, seed: 0, inputShape });
  const isChain = nodes.every(
    ({ inputs }, i) => inputs.length === 1 && inputs[0] === (nodes[i - 1]?.name ?? inputStep),
  );
  if (isChain) {
    for (const { layer } of nodes) {
      if (isMerging(layer)) throw new InklingError('a chain of layers has none of several inputs');
      model.add(layer);
    }
  } else {
    model.add(graphOfNodes({ name: 'graph', inputShape, nodes, output }));
  }
  return { model, steps: byLayer };
}

/** The numbers of all parameters, in the order of the model. */
function weightsOf(model: Sequential, steps: ReadonlyMap<unknown, Step>, file: string): Tensor[] {
  return parametersOf(model.layers).map(({ owner, name, shape, path }) => {
    const numbers = steps.get(owner.layer)?.numbers()[name];
    if (numbers !== undefined && numbers.length === shape.reduce((size, axis) => size * axis, 1))
      return tensor(numbers, shape);
    throw new FormatError(`${file}: has not as many numbers as the parameter "${path}" of [${shape.join(', ')}] needs`);
  });
}
