import type { KernelName } from '../../kernels/contract.ts';
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

/**
 * Rewrites calls that follow each other into one, where nobody else needs what passes between: a convolution, its bias
 * and relu, and max pooling after them, which then leaves to backward where its maxima were. `kept` are values that
 * must be computed.
 */
export function fuseCalls(graph: Graph, calls: readonly AnyCall[], kept: readonly Value[]): AnyCall[] {
  const convolutions = rewrite(calls, kept, fusedConvolution);
  const pooled = rewrite(convolutions, kept, (call, readersOf) => fusedPooling(graph, call, readersOf));
  return rewrite(pooled, kept, fusedGradient);
}

/** All calls that read a value; none where it must be kept, so that nobody fuses it away. */
type ReadersOf = (value: Value | undefined) => readonly AnyCall[];
/** For each call that changes what takes its place: another one, or nothing. */
type Fusion = ReadonlyMap<AnyCall, AnyCall | undefined>;

function rewrite(
  calls: readonly AnyCall[],
  kept: readonly Value[],
  find: (call: AnyCall, readersOf: ReadersOf) => Fusion | undefined,
): AnyCall[] {
  const readers = new Map<Value, AnyCall[]>();
  for (const call of calls) {
    for (const input of new Set(Object.values(call.inputs).map(originOf))) {
      readers.set(input, [...(readers.get(input) ?? []), call]);
    }
  }
  for (const value of kept) readers.delete(originOf(value));
  const readersOf: ReadersOf = value => (value === undefined ? [] : (readers.get(value) ?? []));
  const changes = new Map(calls.flatMap(call => [...(find(call, readersOf) ?? [])]));
  return calls.flatMap(call => {
    const now = changes.has(call) ? changes.get(call) : call;
    return now === undefined ? [] : [now];
  });
}

/** The only reader, if there is but one and it is of that kernel. */
function soleReader(readers: readonly AnyCall[], kernel: KernelName): AnyCall | undefined {
  return readers.length === 1 && readers[0]!.kernel === kernel ? readers[0] : undefined;
}

/** Convolution, bias and relu. */
function fusedConvolution(call: AnyCall, readersOf: ReadersOf): Fusion | undefined {
  if (call.kernel !== 'conv2dForward') return undefined;
  const bias = soleReader(readersOf(call.outputs['y']), 'biasForward');
  const relu = bias && soleReader(readersOf(bias.outputs['y']), 'reluForward');
  if (bias === undefined || relu === undefined) return undefined;
  const inputs = { ...call.inputs, b: bias.inputs['b']! };
  const fused: AnyCall = { ...call, kernel: 'conv2dBiasRelu', inputs, outputs: relu.outputs };
  return new Map([
    [call, fused],
    [bias, undefined],
    [relu, undefined],
  ]);
}

/** conv2dBiasRelu and max pooling; in training the gradients of pooling and relu too. */
function fusedPooling(graph: Graph, call: AnyCall, readersOf: ReadersOf): Fusion | undefined {
  if (call.kernel !== 'conv2dBiasRelu') return undefined;
  const readers = readersOf(call.outputs['y']);
  const forward = readers.find(({ kernel }) => kernel === 'maxPool2dForward');
  if (forward === undefined) return undefined;
  const { y } = forward.outputs;
  const backward = readers.find(({ kernel }) => kernel === 'maxPool2dBackward');
  const relu = backward && soleReader(readersOf(backward.outputs['dx']), 'reluBackward');
  const known = [forward, ...(backward === undefined || relu === undefined ? [] : [backward, relu])];
  if (readers.some(reader => !known.includes(reader))) return undefined;
  const remembers = backward !== undefined;
  const where = graph.temporary(`${call.label}/where`, remembers ? y!.shape : [0], 'int32');
  const geometry = { conv: call.geometry, pool: forward.geometry, remembers };
  const outputs = { y: y!, where };
  const changes = new Map<AnyCall, AnyCall | undefined>([
    [call, { ...call, kernel: 'conv2dBiasReluMaxPool2d', outputs, geometry }],
    [forward, undefined],
  ]);
  if (backward !== undefined && relu !== undefined) {
    const inputs = { dy: backward.inputs['dy']!, where };
    changes.set(backward, { ...backward, kernel: 'maxPool2dWhereBackward', inputs, outputs: relu.outputs });
    changes.set(relu, undefined);
  }
  return changes;
}

/** The gradients of pooling, bias and filters, where the input needs none: in the first layer. */
function fusedGradient(call: AnyCall, readersOf: ReadersOf): Fusion | undefined {
  if (call.kernel !== 'maxPool2dWhereBackward') return undefined;
  const readers = readersOf(call.outputs['dx']);
  const bias = readers.find(({ kernel }) => kernel === 'biasBackward');
  const filter = readers.find(({ kernel }) => kernel === 'conv2dBackwardFilter');
  if (readers.length !== 2 || bias === undefined || filter === undefined) return undefined;
  const fused: AnyCall = {
    kernel: 'conv2dMaxPool2dBackwardFilter',
    label: filter.label,
    outputs: { dw: filter.outputs['dw']!, db: bias.outputs['db']! },
    inputs: { x: filter.inputs['x']!, ...call.inputs },
    geometry: { conv: filter.geometry, pool: call.geometry, remembers: true },
  };
  return new Map([
    [call, fused],
    [bias, undefined],
    [filter, undefined],
  ]);
}
