import type { FusionName } from '../../kernels/contract.ts';
import { foldScales } from './fold-scale.ts';
import { fuseNormalizations } from './fuse-normalization.ts';
import { type AnyCall, type Graph, originOf, type Value } from './graph.ts';
import {
  applied,
  type Fusion,
  isSound,
  type ReadersOf,
  readsFrom,
  readsOnlyAs,
  rewrite,
  soleReader,
  soleSum,
} from './rewrite.ts';

/** Output activation -> cross-entropy on probabilities -> the op that does both on the logits. */
const lossesOnLogits = {
  softmaxForward: { loss: 'crossEntropyForward', fused: 'softmaxCrossEntropyForward' },
  sigmoidForward: { loss: 'binaryCrossEntropyForward', fused: 'sigmoidBinaryCrossEntropyForward' },
} as const;

/**
 * Rewrites the calls of a forward graph: a softmax that feeds a cross-entropy, and a sigmoid that feeds a binary
 * cross-entropy, become one call on the logits. It is faster and keeps its digits where a probability rounds to 0
 * or 1. The fused call computes the probabilities too, under the value that the activation had, for metrics. Where
 * `loss` depends on the probabilities in another way as well, the pair stays: their gradient would be lost.
 */
export function fuseLosses(graph: Graph, loss: Value): void {
  for (const activation of [...graph.calls]) {
    const pattern = lossesOnLogits[activation.kernel as keyof typeof lossesOnLogits];
    if (pattern === undefined) continue;
    const probabilities = activation.outputs['y']!;
    const readers = graph.calls.filter(call => readsFrom(call, probabilities));
    const entropy = readers.find(call => call.kernel === pattern.loss && readsOnlyAs(call, 'x', probabilities));
    if (entropy === undefined || leadsTo(graph.calls, probabilities, loss, entropy)) continue;
    const by: AnyCall = {
      kernel: pattern.fused,
      label: entropy.label,
      outputs: { loss: entropy.outputs['loss']!, probabilities },
      inputs: { logits: activation.inputs['x']!, targets: entropy.inputs['targets']! },
      geometry: entropy.geometry,
    };
    const replaces = [activation, entropy];
    const fusion = [entropy, activation]
      .map(at => ({ replaces, by: [by], at }))
      .find(each => isSound(graph.calls, each));
    if (fusion !== undefined) graph.calls.splice(0, graph.calls.length, ...applied(graph.calls, [fusion]));
  }
}

/** Whether `target` depends on `source` by another way than through the call `except`. */
function leadsTo(calls: readonly AnyCall[], source: Value, target: Value, except: AnyCall): boolean {
  const reached = new Set<Value>([source]);
  for (const call of calls) {
    if (call === except || !Object.values(call.inputs).some(input => reached.has(originOf(input)))) continue;
    for (const output of Object.values(call.outputs)) reached.add(originOf(output));
  }
  return reached.has(originOf(target));
}

/**
 * Rewrites calls that follow each other into one, where the backend has it and nobody else needs what passes between: a
 * cast of bytes and their scaling, a convolution, its bias and relu, and max pooling after them, which then leaves to
 * backward where its maxima were; a normalization, what is added to it, and relu.
 * `kept` are values that must be computed.
 */
export function fuseCalls(
  graph: Graph,
  calls: readonly AnyCall[],
  kept: readonly Value[],
  fusions: ReadonlySet<FusionName>,
): AnyCall[] {
  let fused = foldScales(graph, [...calls], kept);
  fused = fuseNormalizations(fused, kept, fusions);
  if (fusions.has('castFromUint8Affine')) fused = rewrite(fused, kept, scaledCast);
  if (fusions.has('conv2dBiasAdd') && fusions.has('conv2dBiasAddRelu')) fused = rewrite(fused, kept, convolutionSum);
  if (fusions.has('conv2dBiasRelu')) fused = rewrite(fused, kept, fusedConvolution);
  if (fusions.has('conv2dBias')) fused = rewrite(fused, kept, convolutionBias);
  if (fusions.has('conv2dBiasReluMaxPool2d') && fusions.has('maxPool2dWhereBackward')) {
    fused = rewrite(fused, kept, (call, readersOf) => fusedPooling(graph, call, readersOf));
  }
  if (fusions.has('conv2dMaxPool2dBackwardFilter')) fused = rewrite(fused, kept, fusedGradient);
  return fused;
}

/** Bytes that are scaled: pixels as floats. */
function scaledCast(call: AnyCall, readersOf: ReadersOf): readonly Fusion[] {
  if (call.kernel !== 'castFromUint8') return [];
  const affine = soleReader(readersOf, call.outputs['y'], 'affineForward', 'x');
  if (affine === undefined) return [];
  const by: AnyCall = { ...affine, kernel: 'castFromUint8Affine', inputs: call.inputs };
  return [{ replaces: [call, affine], by: [by], at: affine }];
}

/** Convolution, bias and relu. */
function fusedConvolution(call: AnyCall, readersOf: ReadersOf): readonly Fusion[] {
  if (call.kernel !== 'conv2dForward') return [];
  const bias = soleReader(readersOf, call.outputs['y'], 'biasForward', 'x');
  const relu = bias && soleReader(readersOf, bias.outputs['y'], 'reluForward', 'x');
  if (bias === undefined || relu === undefined) return [];
  const inputs = { ...call.inputs, b: bias.inputs['b']! };
  const by: AnyCall = { ...call, kernel: 'conv2dBiasRelu', inputs, outputs: relu.outputs };
  return [{ replaces: [call, bias, relu], by: [by], at: call }];
}

/** Convolution and bias. */
function convolutionBias(call: AnyCall, readersOf: ReadersOf): readonly Fusion[] {
  if (call.kernel !== 'conv2dForward') return [];
  const bias = soleReader(readersOf, call.outputs['y'], 'biasForward', 'x');
  if (bias === undefined) return [];
  const inputs = { ...call.inputs, b: bias.inputs['b']! };
  const by: AnyCall = { ...call, kernel: 'conv2dBias', inputs, outputs: bias.outputs };
  return [{ replaces: [call, bias], by: [by], at: call }];
}

/** Convolution, bias, and a sum with something of the same shape; relu too, if there is one. */
function convolutionSum(call: AnyCall, readersOf: ReadersOf): readonly Fusion[] {
  if (call.kernel !== 'conv2dForward') return [];
  const bias = soleReader(readersOf, call.outputs['y'], 'biasForward', 'x');
  const sum = bias && soleSum(readersOf, bias.outputs['y']!);
  if (sum === undefined) return [];
  const inputs = { ...call.inputs, b: bias!.inputs['b']!, other: sum.other };
  const { add, relu } = sum;
  const kernel = relu === undefined ? 'conv2dBiasAdd' : 'conv2dBiasAddRelu';
  const by: AnyCall = { ...call, kernel, inputs, outputs: (relu ?? add).outputs };
  return [{ replaces: [call, bias!, add, ...(relu === undefined ? [] : [relu])], by: [by], at: call }];
}

/** conv2dBiasRelu and max pooling; in training the gradients of pooling and relu too. */
function fusedPooling(graph: Graph, call: AnyCall, readersOf: ReadersOf): readonly Fusion[] {
  if (call.kernel !== 'conv2dBiasRelu') return [];
  const relued = originOf(call.outputs['y']!);
  const readers = readersOf(relued);
  const forward = readers?.find(({ kernel }) => kernel === 'maxPool2dForward');
  if (readers === undefined || forward === undefined || !readsOnlyAs(forward, 'x', relued)) return [];
  const { y } = forward.outputs;
  const backward = readers.find(({ kernel }) => kernel === 'maxPool2dBackward');
  const relu = backward && soleReader(readersOf, backward.outputs['dx'], 'reluBackward', 'dy');
  const isGradient =
    backward !== undefined &&
    relu !== undefined &&
    readsOnlyAs(backward, 'x', relued) &&
    originOf(backward.inputs['y']!) === originOf(y!) &&
    originOf(relu.inputs['y']!) === relued;
  const known = isGradient ? [forward, backward, relu] : [forward];
  if (readers.some(reader => !known.includes(reader))) return [];
  const where = graph.temporary(`${call.label}/where`, isGradient ? y!.shape : [0], 'int32');
  const geometry = { conv: call.geometry, pool: forward.geometry, remembers: isGradient };
  const by: AnyCall = { ...call, kernel: 'conv2dBiasReluMaxPool2d', outputs: { y: y!, where }, geometry };
  const pooling = { replaces: [call, forward], by: [by], at: call };
  if (!isGradient) return [pooling];
  const inputs = { dy: backward.inputs['dy']!, where };
  const gradient: AnyCall = { ...backward, kernel: 'maxPool2dWhereBackward', inputs, outputs: relu.outputs };
  return [pooling, { replaces: [backward, relu], by: [gradient], at: backward }];
}

/** The gradients of pooling, bias and filters, where the input needs none: in the first layer. */
function fusedGradient(call: AnyCall, readersOf: ReadersOf): readonly Fusion[] {
  if (call.kernel !== 'maxPool2dWhereBackward') return [];
  const dx = originOf(call.outputs['dx']!);
  const readers = readersOf(dx) ?? [];
  const bias = readers.find(({ kernel }) => kernel === 'biasBackward');
  const filter = readers.find(({ kernel }) => kernel === 'conv2dBackwardFilter');
  if (readers.length !== 2 || bias === undefined || filter === undefined) return [];
  if (!readsOnlyAs(bias, 'dy', dx) || !readsOnlyAs(filter, 'dy', dx)) return [];
  const by: AnyCall = {
    kernel: 'conv2dMaxPool2dBackwardFilter',
    label: filter.label,
    outputs: { dw: filter.outputs['dw']!, db: bias.outputs['db']! },
    inputs: { x: filter.inputs['x']!, ...call.inputs },
    geometry: { conv: filter.geometry, pool: call.geometry, remembers: true },
  };
  return [{ replaces: [call, bias, filter], by: [by], at: filter }];
}
