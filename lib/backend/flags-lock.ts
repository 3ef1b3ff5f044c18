/**
 * V8's flags hold for all threads of a process. Where Inkling runs in several Workers, one may set them while another
 * makes an instance of kernels: V8 then lays out the instance by the flags of that moment, and code that was compiled
 * under others would write beyond its end. So flags are set in `exclusive` turns, and instances of kernels whose code
 * counts its calls, as that of the baseline compiler does, are made in `shared` ones.
 */

const name = 'inkling: flags of V8';
/** Milliseconds until it asks again: waiting in the lock's own queue would not keep a process alive. */
const pause = 2;

/** Whether there are locks that hold among all threads of the process: Node has them from version 24.5 on. */
export const hasLocks = (): boolean => typeof globalThis.navigator?.locks?.request === 'function';

/** The outcome of `run`, once it has had its turn. */
export async function withFlagsLocked<T>(mode: LockMode, run: () => T | Promise<T>): Promise<T> {
  for (;;) {
    const outcome = await navigator.locks.request(name, { mode, ifAvailable: true }, async lock =>
      lock === null ? undefined : { result: await run() },
    );
    if (outcome !== undefined) return outcome.result;
    await new Promise(resolve => setTimeout(resolve, pause));
  }
}
