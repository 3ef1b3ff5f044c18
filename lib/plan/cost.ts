import type { KernelName } from '../../kernels/contract.ts';
import { flops } from '../../kernels/cost.ts';
import { bytesOf } from './memory.ts';
import type { Plan, PlanCall } from './plan.ts';

/** Floating-point operations of a call; a plan's geometry is the one that the contract gives its kernel. */
export function planCallFlops({ kernel, geometry }: Pick<PlanCall, 'kernel' | 'geometry'>): number {
  return (flops as { readonly [K in KernelName]: (geometry: object) => number })[kernel](geometry);
}

/** Floating-point operations of one run of a plan. */
export function planFlops({ calls }: Plan): number {
  return calls.reduce((sum, call) => sum + planCallFlops(call), 0);
}

/** Bytes of a call's operands, each counted once. */
export function planCallBytes({ outputs, inputs }: PlanCall, { buffers }: Plan): number {
  const indices = [...Object.values(outputs), ...Object.values(inputs)];
  return indices.reduce((sum, index) => sum + bytesOf(buffers[index]!), 0);
}
