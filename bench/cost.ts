import type { KernelName } from '../kernels/contract.ts';
import { flops } from '../kernels/cost.ts';
import type { Plan, PlanCall } from '../lib/plan/plan.ts';

/** Floating-point operations of a call; a plan's geometry is the one that the contract gives its kernel. */
export function planCallFlops({ kernel, geometry }: PlanCall): number {
  return (flops as { readonly [K in KernelName]: (geometry: object) => number })[kernel](geometry);
}

/** Floating-point operations of one run of a plan. */
export function planFlops({ calls }: Plan): number {
  return calls.reduce((sum, call) => sum + planCallFlops(call), 0);
}
