import { type AnyCall, type Graph, originOf } from './graph.ts';

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
