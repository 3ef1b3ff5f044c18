/** A normalization, what is added to it and the relu behind become one call, and what belongs to them in backward. */
import type { FusionName, GeometryOf } from '../../kernels/contract.ts';
import { type AnyCall, originOf, type Value } from './graph.ts';
import { type Find, type Fusion, type ReadersOf, readsOnlyAs, rewrite, soleReader, soleSum } from './rewrite.ts';

/** See fuseCalls. */
export function fuseNormalizations(
  calls: AnyCall[],
  kept: readonly Value[],
  fusions: ReadonlySet<FusionName>,
): AnyCall[] {
  const has = (...names: readonly FusionName[]) => names.every(name => fusions.has(name));
  let fused = calls;
  // Backward first, while the calls of forward still stand by themselves.
  if (has('normalizationReluBackward')) fused = rewrite(fused, kept, reluGradient);
  if (has('normalizationAddReluBackward')) fused = rewrite(fused, kept, sumGradient);
  if (has('normalizationRelu')) fused = rewrite(fused, kept, normalizedRelu);
  if (has('normalizationAdd', 'normalizationAddRelu')) fused = rewrite(fused, kept, normalizedSum);
  return fused;
}

/** Normalization and relu. */
function normalizedRelu(call: AnyCall, readersOf: ReadersOf): readonly Fusion[] {
  if (call.kernel !== 'normalizationForward') return [];
  const y = call.outputs['y'];
  const relu = soleReader(readersOf, y, 'reluForward', 'x') ?? soleReader(readersOf, y, 'thresholdedReluForward', 'x');
  const most = relu && mostOf(relu);
  if (relu === undefined || most === undefined) return [];
  const outputs = { ...call.outputs, y: relu.outputs['y']! };
  const by: AnyCall = { ...call, kernel: 'normalizationRelu', outputs, geometry: { ...call.geometry, most } };
  return [{ replaces: [call, relu], by: [by], at: call }];
}

/** What a relu gives at most; undefined for what is none, and for one with a slope or with another threshold than 0. */
function mostOf({ kernel, geometry }: AnyCall): number | undefined {
  if (kernel === 'reluForward' || kernel === 'reluBackward') return Number.POSITIVE_INFINITY;
  if (kernel !== 'thresholdedReluForward' && kernel !== 'thresholdedReluBackward') return undefined;
  const { alpha, threshold, maxValue } = geometry as GeometryOf<'thresholdedReluForward'>;
  return alpha === 0 && threshold === 0 ? maxValue : undefined;
}

/** Normalization and a sum with something of the same shape; relu too, if there is one. */
function normalizedSum(call: AnyCall, readersOf: ReadersOf): readonly Fusion[] {
  if (call.kernel !== 'normalizationForward') return [];
  const sum = soleSum(readersOf, call.outputs['y']!);
  if (sum === undefined) return [];
  const { add, relu, other } = sum;
  const kernel = relu === undefined ? 'normalizationAdd' : 'normalizationAddRelu';
  const outputs = { ...call.outputs, y: (relu ?? add).outputs['y']! };
  const by: AnyCall = { ...call, kernel, inputs: { ...call.inputs, other }, outputs };
  return [{ replaces: [call, add, ...(relu === undefined ? [] : [relu])], by: [by], at: call }];
}

/** The gradients of a relu right behind a normalization, and of that. */
const reluGradient: Find = (call, readersOf, everyReaderOf) => {
  const backward = backwardOf(call, everyReaderOf);
  if (backward === undefined) return [];
  const y = call.outputs['y']!;
  const relu = everyReaderOf(y).find(({ kernel }) => kernel === 'reluForward' || kernel === 'thresholdedReluForward');
  const most = relu && mostOf(relu);
  if (relu === undefined || most === undefined || !readsOnlyAs(relu, 'x', y)) return [];
  // The gradient of a plain relu reads its output, that of one with a largest output its operand.
  const mask =
    relu.kernel === 'reluForward'
      ? maskBefore(backward, relu.outputs['y']!, 'reluBackward', 'y', everyReaderOf)
      : maskBefore(backward, y, 'thresholdedReluBackward', 'x', everyReaderOf);
  if (mask === undefined || mostOf(mask) !== most) return [];
  if (soleReader(readersOf, mask.outputs['dx'], 'normalizationBackward', 'dy') !== backward) return [];
  const inputs = { ...backward.inputs, dy: mask.inputs['dy']!, beta: call.inputs['beta']! };
  const geometry = { ...backward.geometry, most };
  const by: AnyCall = { ...backward, kernel: 'normalizationReluBackward', inputs, geometry };
  return [{ replaces: [mask, backward], by: [by], at: backward }];
};

/** The gradients of a relu behind a sum with a normalization, and of that; others may read the gradient of the sum. */
const sumGradient: Find = (call, _, everyReaderOf) => {
  const backward = backwardOf(call, everyReaderOf);
  if (backward === undefined) return [];
  const sums = everyReaderOf(call.outputs['y']!).filter(({ kernel }) => kernel === 'addForward');
  const relus = sums.flatMap(add => everyReaderOf(add.outputs['y']!)).filter(({ kernel }) => kernel === 'reluForward');
  const masks = relus.map(relu => maskBefore(backward, relu.outputs['y']!, 'reluBackward', 'y', everyReaderOf));
  const mask = masks.find(each => each !== undefined);
  if (mask === undefined) return [];
  const inputs = { ...backward.inputs, ...mask.inputs };
  const outputs = { dother: mask.outputs['dx']!, ...backward.outputs };
  const by: AnyCall = { ...backward, kernel: 'normalizationAddReluBackward', inputs, outputs };
  return [{ replaces: [mask, backward], by: [by], at: mask }];
};

type EveryReaderOf = Parameters<Find>[2];

/** The call that computes the gradients of a normalization. */
function backwardOf(call: AnyCall, everyReaderOf: EveryReaderOf): AnyCall | undefined {
  if (call.kernel !== 'normalizationForward') return undefined;
  return everyReaderOf(call.outputs['mean']!).find(({ kernel }) => kernel === 'normalizationBackward');
}

/** The gradient of a relu, which reads a value as that operand, if it is what the gradient of the normalization reads. */
function maskBefore(
  backward: AnyCall,
  value: Value,
  kernel: 'reluBackward' | 'thresholdedReluBackward',
  operand: 'x' | 'y',
  everyReaderOf: EveryReaderOf,
): AnyCall | undefined {
  const mask = everyReaderOf(value).find(
    call => call.kernel === kernel && call.outputs['dx'] === originOf(backward.inputs['dy']!),
  );
  if (mask === undefined || !readsOnlyAs(mask, operand, value)) return undefined;
  return readsOnlyAs(backward, 'dy', mask.outputs['dx']!) ? mask : undefined;
}
