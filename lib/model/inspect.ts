/** What a model computes on its way: the outputs of its layers, and gradients with respect to them. */
import { checkTargets, gather, inOrder } from '../data/examples.ts';
import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { flag, isObject } from '../layers/options.ts';
import { classesOf, type Loss, targetShape } from '../losses/loss.ts';
import { type LossName, lossOf } from '../losses/registry.ts';
import { differentiate } from '../plan/differentiate.ts';
import { fuseLosses } from '../plan/fusion.ts';
import { type AnyCall, Graph, originOf, type Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { formatShape, type Shape, sameShape, sizeOf } from '../shape/shape.ts';
import { Tensor, tensor } from '../tensor/index.ts';
import { emitForward, type Network, TreeOps, typed } from './forward.ts';
import { findLayer } from './layer-node.ts';
import type { TensorLike } from './options.ts';
import type { ProgramGraph, Runtime } from './runtime.ts';

/**
 * What the gradient is taken of: a class of the output, a loss, or a function that gives one number for each example. The
 * class is one for all examples, or one for each: [N]. With `logits` it is what softmax or sigmoid, if the model ends with
 * one, make the output of: where a probability is all but 1 its own gradient is all but 0.
 */
export type GradientOf =
  | { readonly class: number | TensorLike; readonly logits?: boolean }
  | { readonly loss: LossName | Loss; readonly targets: TensorLike }
  | ((ops: Ops, output: Value) => Value);

export interface GradientOptions<N extends string = string> {
  readonly of: GradientOf;
  /** `input`, and the paths or names of layers, whose outputs are meant; `input` alone if left out. */
  readonly at?: readonly N[];
  /** 32 if left out. */
  readonly batchSize?: number;
}

/** Tensors by the names that were asked for, with the examples along the first axis. */
export type Named<N extends string = string> = { readonly [K in N]: Tensor<Shape, 'float32'> };

/** A model as its programs see it. */
export interface Inspected {
  readonly runtime: Runtime;
  readonly network: Network;
  readonly batchSize: number;
}

/** The outputs of layers for all inputs, which have been checked. Throws OptionError for a layer that does not exist. */
export function activations(model: Inspected, inputs: Tensor, names: readonly string[]): Promise<Named> {
  const { layers, inputShape } = model.network;
  if (!Array.isArray(names)) throw new OptionError(`activations: expected a list of layers, got ${describe(names)}`);
  const nodes = names.map(name => findLayer(layers, name));
  const emit = (examples: number): ProgramGraph => {
    const graph = new Graph();
    const x = graph.input('x', [examples, ...inputShape]);
    const emitted = emitForward(new TreeOps(graph, { training: false }), model.network, x);
    const outputs = names.map((name, i) => [name, emitted.activations.get(nodes[i]!.path)!] as const);
    return { graph, inputs: { x }, outputs: Object.fromEntries(outputs) };
  };
  const shapes = new Map(names.map((name, i) => [name, nodes[i]!.outputShape]));
  return inBatches(model, { key: `activations ${JSON.stringify(names)}`, emit }, { x: inputs }, shapes);
}

/** The gradients for all inputs, which have been checked. Throws OptionError, ShapeError and DataError. */
export function gradients(model: Inspected, inputs: Tensor, options: GradientOptions): Promise<Named> {
  const { network } = model;
  const { at = ['input'] } = options;
  if (!Array.isArray(at))
    throw new OptionError(`gradients: at must be a list of layers or 'input', got ${describe(at)}`);
  const nodes = at.map(name => (name === 'input' ? undefined : findLayer(network.layers, name)));
  const of = numberOf(options.of, network.layers.at(-1)!.outputShape, inputs.shape[0]!);
  const apart = new Set(nodes.flatMap(node => (node === undefined ? [] : [node.path])));
  const emit = (examples: number): ProgramGraph => {
    const graph = new Graph();
    const x = graph.input('x', [examples, ...network.inputShape]);
    const ops = new TreeOps(graph, { training: false, apart });
    const { output, activations } = emitForward(ops, network, x);
    const { number, targets } = of.emit(graph, ops, output);
    const sources = nodes.map(node => (node === undefined ? x : activations.get(node.path)!));
    const found = differentiate(graph, number, sources);
    const outputs = Object.fromEntries(at.map((name, i) => [name, found[i]!]));
    return { graph, inputs: { x, ...(targets === undefined ? {} : { targets }) }, outputs };
  };
  const shapes = new Map(at.map((name, i) => [name, nodes[i]?.outputShape ?? network.inputShape]));
  const key = `gradients of ${of.key} at ${JSON.stringify(at)}`;
  return inBatches(model, { key, emit }, { x: inputs, ...of.inputs }, shapes);
}

/** One number for a batch, the sum of those of its examples, so that the gradient of each example is its own. */
interface NumberOf {
  readonly key: string;
  /** What it is fed besides the inputs. */
  readonly inputs: { readonly targets?: Tensor };
  emit(graph: Graph, ops: TreeOps, output: Value): { readonly number: Value; readonly targets?: Value };
}

function numberOf(of: GradientOf, outputShape: Shape, count: number): NumberOf {
  if (typeof of === 'function') return numberOfFunction(of);
  if (isObject(of) && 'class' in of) return numberOfClass(of, outputShape, count);
  if (isObject(of) && 'loss' in of) return numberOfLoss(of, outputShape, count);
  throw new OptionError(
    `gradients: of must be { class }, { loss, targets } or a function (ops, output) => ..., got ${describe(of)}`,
  );
}

function numberOfClass(
  of: { readonly class: number | TensorLike; readonly logits?: boolean },
  outputShape: Shape,
  count: number,
): NumberOf {
  const logits = flag('gradients', 'logits', of.logits ?? false);
  const classes = outputShape.at(-1) ?? 1;
  const columns = (ops: TreeOps, output: Value) => (logits ? logitsBehind(ops, output) : output);
  const known = logits ? 'logit' : 'class';
  if (typeof of.class !== 'number') {
    const given = of.class instanceof Tensor ? of.class : tensor(of.class);
    const emit = (graph: Graph, ops: TreeOps, output: Value) => {
      const targets = graph.input('targets', [output.shape[0]!], 'int32');
      return { number: ops.sum(ops.multiply(columns(ops, output), ops.oneHot(targets, classes))), targets };
    };
    return { key: `${known} of each`, inputs: { targets: checkedClasses(given, outputShape, count) }, emit };
  }
  const index = checkedClass(of.class, classes);
  const emit = (_: Graph, ops: TreeOps, output: Value) => {
    const front = output.shape.slice(0, -1);
    const column = ops.slice(columns(ops, output), [...front.map(() => 0), index], [...front, 1]);
    return { number: ops.sum(column) };
  };
  return { key: `${known} ${index}`, inputs: {}, emit };
}

function checkedClass(index: number, classes: number): number {
  if (Number.isInteger(index) && index >= 0 && index < classes) return index;
  throw new OptionError(`gradients: class must be an integer from 0 to ${classes - 1}, got ${describe(index)}`);
}

/** One class for each example, of an output [N, classes]. */
function checkedClasses(given: Tensor, outputShape: Shape, count: number): Tensor {
  const classes = outputShape.at(-1) ?? 1;
  if (outputShape.length !== 1 || !sameShape(given.shape, [count])) {
    const [got, output] = [given.shape, ['N', ...outputShape]].map(shape => `[${shape.join(', ')}]`);
    throw new ShapeError(
      `gradients: class of shape ${got} for ${count} examples and an output of ${output}: expected one number, or, for an output of [N, classes], one for each example, [${count}]`,
    );
  }
  for (const each of given.data) checkedClass(each, classes);
  return given;
}

const outputActivations: readonly string[] = ['softmaxForward', 'sigmoidForward'];

/** What softmax or sigmoid made the output of, or the output itself where it comes from neither. */
function logitsBehind(ops: TreeOps, output: Value): Value {
  const { calls } = ops.graph;
  const makerOf = (value: Value) => calls.find(({ outputs }) => Object.values(outputs).includes(originOf(value)));
  const maker = makerOf(output);
  if (maker === undefined) return output;
  const isLogits = (call: AnyCall) => outputActivations.includes(call.kernel);
  if (isLogits(maker)) return ops.reshape(maker.inputs['x']!, output.shape);
  const before = maker.kernel === 'affineForward' ? makerOf(maker.inputs['x']!) : undefined;
  if (before?.label !== maker.label || !isLogits(before)) return output;
  throw new OptionError(
    `gradients: the logits do not depend on the output of "${maker.label}", which is made of them; leave it out of at`,
  );
}

function numberOfLoss(
  of: { readonly loss: LossName | Loss; readonly targets: TensorLike },
  outputShape: Shape,
  count: number,
): NumberOf {
  const loss = lossOf(of.loss);
  const targets = of.targets instanceof Tensor ? of.targets : tensor(of.targets);
  checkTargets('gradients', targets, count, loss, outputShape);
  const emit = (graph: Graph, ops: TreeOps, output: Value) => {
    const isClasses = loss.targets === 'classes';
    const shape = [output.shape[0]!, ...targetShape(loss, outputShape)];
    const given = graph.input('targets', shape, isClasses ? 'int32' : 'float32');
    const number = ops.sum(
      loss.forward(typed(ops), output, isClasses ? ops.oneHot(given, classesOf(loss, outputShape)) : given),
    );
    fuseLosses(graph, number);
    return { number, targets: given };
  };
  return { key: `loss ${identityOf(loss.forward)}`, inputs: { targets }, emit };
}

function numberOfFunction(of: (ops: Ops, output: Value) => Value): NumberOf {
  const emit = (_: Graph, ops: TreeOps, output: Value) => {
    const rows = of(typed(ops), output);
    if (sizeOf(rows.shape) !== output.shape[0]) {
      throw new ShapeError(
        `gradients: of gives ${formatShape(rows.shape)} for ${output.shape[0]} examples; it must give one number for each`,
      );
    }
    return { number: ops.sum(rows) };
  };
  return { key: `function ${identityOf(of)}`, inputs: {}, emit };
}

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

/** A number of its own for each function, so that programs with different functions have different keys. */
export function identityOf(given: object): number {
  const known = identities.get(given) ?? ++lastIdentity;
  identities.set(given, known);
  return known;
}

/** Runs a program on all inputs, batch by batch, and joins its outputs, of those shapes for each example. */
async function inBatches(
  { runtime, batchSize }: Inspected,
  program: { readonly key: string; emit(examples: number): ProgramGraph },
  inputs: { readonly x: Tensor; readonly [name: string]: Tensor },
  shapes: ReadonlyMap<string, Shape>,
): Promise<Named> {
  const count = inputs.x.shape[0]!;
  const rows = inOrder(count);
  const joined = [...shapes].map(([name, shape]) => {
    const size = sizeOf(shape);
    return { name, size, shape: [count, ...shape], data: new Float32Array(count * size) };
  });
  for (let from = 0; from < count; from += batchSize) {
    const batch = Math.min(batchSize, count - from);
    const io = {
      write(input: (name: string) => Float32Array | Int32Array) {
        for (const [name, given] of Object.entries(inputs)) gather(given, rows, from, batch, input(name));
      },
      read(output: (name: string) => Float32Array) {
        for (const { name, size, data } of joined) data.set(output(name), from * size);
      },
    };
    await runtime.run({ ...program, batch }, io, { priority: 'interactive' });
  }
  return Object.fromEntries(joined.map(({ name, shape, data }) => [name, new Tensor(shape, 'float32', data)]));
}
