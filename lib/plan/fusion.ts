import { type AnyCall, type Graph, originOf, type Value } from './graph.ts';

/** Output activation -> cross-entropy on probabilities -> the kernel that does both on the logits. */
const fusedLosses = {
  softmaxForward: { loss: 'crossEntropyForward', fused: 'softmaxCrossEntropyForward' },
  sigmoidForward: { loss: 'binaryCrossEntropyForward', fused: 'sigmoidBinaryCrossEntropyForward' },
} as const;

/**
 * Rewrites the calls of a forward graph: a softmax that feeds a cross-entropy, and a sigmoid that feeds a binary
 * cross-entropy, become one call on the logits. It is faster and keeps its digits where a probability rounds to 0
 * or 1. The fused call computes the probabilities too, under the value that the activation had.
 */
export function fuseLosses(graph: Graph): void {
  for (const activation of [...graph.calls]) {
    const pattern = fusedLosses[activation.kernel as keyof typeof fusedLosses];
    if (pattern === undefined) continue;
    const probabilities = activation.outputs.y!;
    const readers = graph.calls.filter(call => readsFrom(call, probabilities.id));
    const loss = readers[0];
    if (loss?.kernel !== pattern.loss || originOf(loss.inputs.x!) !== probabilities) continue;
    const fused: AnyCall = {
      kernel: pattern.fused,
      label: loss.label,
      outputs: { loss: loss.outputs.loss!, probabilities },
      inputs: { logits: activation.inputs.x!, targets: loss.inputs.targets! },
      geometry: loss.geometry,
    };
    graph.calls[graph.calls.indexOf(loss)] = fused;
    graph.calls.splice(graph.calls.indexOf(activation), 1);
  }
}

function readsFrom(call: AnyCall, id: number): boolean {
  return Object.values(call.inputs).some(input => originOf(input).id === id);
}

/** The only call that reads a value, unless it is one of those that must be kept. */
type SoleReader = (value: Value | undefined) => AnyCall | undefined;

/**
 * Rewrites calls that follow each other into one, where nobody else needs what passes between them: a convolution, its
 * bias and relu; the gradients of max pooling and of the relu before it. `kept` are values that must be computed.
 */
export function fuseCalls(calls: readonly AnyCall[], kept: readonly Value[]): AnyCall[] {
  const readers = new Map<Value, AnyCall[]>();
  for (const call of calls) {
    for (const input of new Set(Object.values(call.inputs).map(originOf))) {
      readers.set(input, [...(readers.get(input) ?? []), call]);
    }
  }
  const needed = new Set(kept.map(originOf));
  const soleReader: SoleReader = value => {
    const all = value === undefined || needed.has(value) ? [] : readers.get(value);
    return all?.length === 1 ? all[0] : undefined;
  };
  const replaced = new Map<AnyCall, AnyCall>();
  const dropped = new Set<AnyCall>();
  for (const call of calls) {
    const fusion = fusedConvolution(call, soleReader) ?? fusedPooling(call, soleReader);
    if (fusion === undefined) continue;
    replaced.set(call, fusion.call);
    for (const part of fusion.parts) dropped.add(part);
  }
  return calls.filter(call => !dropped.has(call)).map(call => replaced.get(call) ?? call);
}

/** A call that takes the place of another one, and of those that followed it. */
interface Fusion {
  readonly call: AnyCall;
  readonly parts: readonly AnyCall[];
}

function fusedConvolution(call: AnyCall, soleReader: SoleReader): Fusion | undefined {
  if (call.kernel !== 'conv2dForward') return undefined;
  const bias = soleReader(call.outputs['y']);
  if (bias?.kernel !== 'biasForward') return undefined;
  const relu = soleReader(bias.outputs['y']);
  if (relu?.kernel !== 'reluForward') return undefined;
  const inputs = { ...call.inputs, b: bias.inputs['b']! };
  return { call: { ...call, kernel: 'conv2dBiasRelu', inputs, outputs: relu.outputs }, parts: [bias, relu] };
}

function fusedPooling(call: AnyCall, soleReader: SoleReader): Fusion | undefined {
  if (call.kernel !== 'maxPool2dBackward') return undefined;
  const relu = soleReader(call.outputs['dx']);
  if (relu?.kernel !== 'reluBackward' || originOf(relu.inputs['y']!) !== originOf(call.inputs['x']!)) return undefined;
  return { call: { ...call, kernel: 'maxPool2dReluBackward', outputs: relu.outputs }, parts: [relu] };
}
