/** Programs: the stages of a plan, as all threads get them and as each of them runs their pieces. */
import type { SimdExports, SimdStage } from '../../../kernels/simd/index.binding.ts';
import { placed } from '../../../kernels/simd/own-scratch.binding.ts';

/** A stage and where the own scratch memory of its pieces lies: that of thread 0, and how many bytes on that of the next. */
export interface ProgramStage {
  readonly pieces: SimdStage;
  readonly scratch: number;
  readonly scratchStep: number;
}

/** The pieces of a stage, ready to run on one thread. A piece throws an Error that names the kernel that has failed. */
export type LoadedStage = readonly (() => void)[];

/** Resolves the names and the addresses in a stage for one thread. */
export function loadStage(
  { pieces, scratch, scratchStep }: ProgramStage,
  wasm: SimdExports,
  thread: number,
): LoadedStage {
  const ownScratch = scratch + thread * scratchStep;
  return pieces.map(piece => {
    const invocations = piece.map(([name, ...numbers]) => {
      return { name, kernel: wasm[name], numbers: placed(numbers, ownScratch) };
    });
    return () => {
      for (const { name, kernel, numbers } of invocations) {
        try {
          kernel(...numbers);
        } catch (cause) {
          throw new Error(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
        }
      }
    };
  });
}
