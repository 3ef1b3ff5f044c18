import { describe } from '../../describe.ts';
import { OptionError } from '../../errors.ts';
import { isObject } from '../../layers/options.ts';
import { parametersOf } from '../../model/layer-node.ts';
import { Sequential } from '../../model/sequential.ts';
import { unknownName } from '../../nearest-name.ts';
import type { PreparedInput } from '../../plan/graph.ts';
import { sizeOf } from '../../shape/shape.ts';
import { elementwiseCalls, type WriteCall } from './elementwise-calls.ts';
import { HeldValues } from './held-values.ts';
import { imageCalls, writeNormalizeBy, writeResize } from './image-calls.ts';
import { layoutCalls, writeConcat, writeMean } from './layout-calls.ts';
import { elementType, OnnxGraph } from './onnx-graph.ts';
import { type Init, loadProtobuf } from './protobuf.ts';
import type { ValueInfoProto } from './schema.ts';
import { type Composed, type Trace, traceOf } from './trace.ts';

export interface EncodeOnnxOptions {
  /** The version of ONNX's operator set that the file needs: 17 to 21; 18 if left out. */
  readonly opset?: number;
  /** `input` if left out. */
  readonly inputName?: string;
  /** `output` if left out. */
  readonly outputName?: string;
  /**
   * The axes of images that go in and come out: `nhwc`, as the model has them, if left out, or `nchw`, for which the model
   * must take images.
   */
  readonly layout?: 'nhwc' | 'nchw';
  /** Texts by key, for `metadata_props`. */
  readonly metadata?: { readonly [key: string]: string };
}

const optionNames = ['opset', 'inputName', 'outputName', 'layout', 'metadata'];
const [leastOpset, mostOpset] = [17, 21];
/** The version of the file format that belongs to each operator set. */
const irVersions: { readonly [opset: number]: number } = { 17: 8, 18: 8, 19: 9, 20: 9, 21: 10 };
const version = '0.1.0';
const writers: { readonly [kernel: string]: WriteCall } = { ...elementwiseCalls, ...imageCalls, ...layoutCalls };

/**
 * What a model does to predict as the bytes of an ONNX file, for batches of any size: convolutions work on [n, c, h, w], and
 * axes change their order only where they must. Layers that act in training alone are left out, as are the optimizer and
 * all options of training. Throws OptionError, before anything is written, for a model with an operation that ONNX does
 * not have, which it names with its layer, and for options that are none.
 */
export async function encodeOnnx(model: Sequential, given: EncodeOnnxOptions = {}): Promise<Uint8Array> {
  if (!(model instanceof Sequential)) throw new OptionError(`encodeOnnx: expected a model, got ${describe(model)}`);
  const options = checkedEncodeOptions(model, given);
  const { opset, inputName, outputName, metadata } = options;
  const onnx = new OnnxGraph([inputName, outputName]);
  const [trace, other] = [traceOf(model, 2), traceOf(model, 3)];
  const held = new HeldValues(onnx, opset, trace, other);
  await defineConstants(held, trace, model);
  const isTurned = options.layout === 'nchw';
  held.define(trace.x, isTurned ? 'channelsFirst' : 'plain', inputName);
  writeCalls(held, trace);
  const isOfImages = isTurned && trace.output.shape.length === 4;
  nameOutput(onnx, held.get(trace.output, isOfImages ? 'channelsFirst' : 'plain'), outputName);
  const protobuf = await loadProtobuf();
  const { layout } = options;
  const own = { 'inkling.class': 'Sequential', 'inkling.name': model.name, 'inkling.layout': layout };
  const properties = Object.entries({ ...own, ...metadata });
  return protobuf.write({
    irVersion: BigInt(irVersions[opset]!),
    opsetImport: [{ domain: '', version: BigInt(opset) }],
    producerName: 'inkling',
    producerVersion: version,
    metadataProps: properties.map(([key, value]) => ({ key, value })),
    graph: {
      name: model.name,
      node: onnx.protos(),
      initializer: onnx.initializers,
      input: [valueInfo(inputName, trace.x.shape, isTurned)],
      output: [valueInfo(outputName, trace.output.shape, isOfImages)],
    },
  });
}

function checkedEncodeOptions(model: Sequential, given: EncodeOnnxOptions): Required<EncodeOnnxOptions> {
  const known: unknown = given;
  if (!isObject(known)) throw new OptionError(`encodeOnnx: expected an object with options, got ${describe(known)}`);
  for (const name of Object.keys(known)) {
    if (!optionNames.includes(name)) throw unknownName('option of encodeOnnx', name, optionNames);
  }
  const { opset = 18, inputName = 'input', outputName = 'output', layout = 'nhwc', metadata = {} } = given;
  if (!Number.isInteger(opset) || opset < leastOpset || opset > mostOpset) {
    throw new OptionError(
      `encodeOnnx: opset must be an integer from ${leastOpset} to ${mostOpset}, got ${describe(opset)}`,
    );
  }
  for (const [option, name] of Object.entries({ inputName, outputName })) {
    if (typeof name !== 'string' || name === '') {
      throw new OptionError(`encodeOnnx: ${option} must be a text, got ${describe(name)}`);
    }
  }
  if (inputName === outputName) throw new OptionError(`encodeOnnx: input and output have the same name "${inputName}"`);
  if (layout !== 'nhwc' && layout !== 'nchw')
    throw unknownName('layout of encodeOnnx', String(layout), ['nhwc', 'nchw']);
  if (layout === 'nchw' && model.inputShape.length !== 3) {
    throw new OptionError(
      `encodeOnnx: layout 'nchw' is for images, but the model takes inputs of ${describe(model.inputShape)}`,
    );
  }
  const texts: unknown = metadata;
  if (!isObject(texts) || !Object.values(texts).every(value => typeof value === 'string')) {
    throw new OptionError(`encodeOnnx: metadata must hold texts by key, got ${describe(metadata)}`);
  }
  return { opset, inputName, outputName, layout, metadata };
}

/** Weights, and numbers that do not change from run to run. */
async function defineConstants(held: HeldValues, { graph, x }: Trace, model: Sequential): Promise<void> {
  const weights = await model.getWeights();
  const byName = new Map(parametersOf(model.layers).map(({ variable }, i) => [variable.name, weights[i]!]));
  for (const value of graph.values) {
    if (value.viewOf !== undefined || value === x) continue;
    if (value.role === 'variable') {
      held.defineConstant(value, { name: value.name, shape: value.shape, data: byName.get(value.name)!.data });
    } else if (value.role === 'input') {
      const { name, shape } = value;
      held.defineConstant(value, { name, shape, data: preparedNumbers(graph.prepared.get(name)!) });
    }
  }
}

function preparedNumbers({ value, write }: PreparedInput): ArrayLike<number> {
  const size = sizeOf(value.shape);
  const out = value.dtype === 'float32' ? new Float32Array(size) : new Int32Array(size);
  write(out, () => {
    throw new OptionError(`encodeOnnx: "${value.name}" is another number in each run, which ONNX cannot express`);
  });
  return out;
}

function writeCalls(held: HeldValues, { graph, composed }: Trace): void {
  const starts = new Map(composed.map(each => [each.first, each]));
  for (let i = 0; i < graph.calls.length; ) {
    const whole = starts.get(i);
    if (whole !== undefined) {
      held.label = whole.label;
      if (writeComposed(held, whole)) {
        i = whole.end;
        continue;
      }
    }
    const call = graph.calls[i++]!;
    held.label = call.label;
    const write = Object.hasOwn(writers, call.kernel) ? writers[call.kernel] : undefined;
    if (write === undefined) throw held.cannot(`"${call.kernel.replace(/Forward$/, '')}"`);
    write(held, call);
  }
}

/** Whether ONNX has it as a whole in this case. */
function writeComposed(held: HeldValues, composed: Composed): boolean {
  switch (composed.kind) {
    case 'normalizeBy':
      return writeNormalizeBy(held, composed);
    case 'resize':
      return writeResize(held, composed);
    case 'mean':
      return writeMean(held, composed);
    case 'concat':
      return writeConcat(held, composed);
  }
}

/** Gives the output of the graph its name: that of the node that makes it, or else a node of its own. */
function nameOutput(onnx: OnnxGraph, current: string, wanted: string): void {
  const producer = onnx.producer(current);
  if (producer === undefined) {
    onnx.nodes.push({ op: 'Identity', name: 'output', inputs: [current], outputs: [wanted], attributes: {} });
    return;
  }
  producer.outputs.splice(producer.outputs.indexOf(current), 1, wanted);
  for (const { inputs } of onnx.nodes) {
    for (const [i, name] of inputs.entries()) if (name === current) inputs[i] = wanted;
  }
}

function valueInfo(name: string, shape: readonly number[], isTurned: boolean): Init<ValueInfoProto> {
  const [, ...rest] = shape;
  const sizes = isTurned ? [rest[2]!, rest[0]!, rest[1]!] : rest;
  const dim = [
    { value: { case: 'dimParam' as const, value: 'batch' } },
    ...sizes.map(size => ({ value: { case: 'dimValue' as const, value: BigInt(size) } })),
  ];
  return { name, type: { value: { case: 'tensorType', value: { elemType: elementType.float, shape: { dim } } } } };
}
