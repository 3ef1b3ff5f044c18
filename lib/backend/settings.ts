/** What holds for all models of a process: threads, and whether WebAssembly may run as AVX2. */
import { OptionError, StateError } from '../errors.ts';
import { environmentVariable, nodeModule } from './host.ts';

export interface BackendSettings {
  /** Threads of the backend `simd`, this one included; else INKLING_THREADS decides, else the number of cores. */
  readonly threads?: number;
  /** Whether WebAssembly may run as AVX2, on Node 24 and later; else INKLING_REVECTORIZE decides, else true. */
  readonly revectorize?: boolean;
}

/** How many threads, and why there is one only where that is so. */
export interface Threading {
  readonly threads: number;
  readonly reason?: string;
}

let settings: BackendSettings = {};
let settled: Threading | undefined;

/**
 * Settles threads and AVX2 for the whole process; it must be called before the first model is made. None of it changes
 * a bit of any result. Throws OptionError for a number of threads that is none, StateError if it comes too late.
 */
export function configure({ threads, revectorize }: BackendSettings): void {
  if (threads !== undefined && !isCount(threads)) {
    throw new OptionError(`configure: threads must be a positive integer, got ${threads}`);
  }
  if (settled !== undefined) {
    throw new StateError('configure: there is a model already, which has settled the threads; call configure before');
  }
  settings = {
    ...settings,
    ...(threads === undefined ? {} : { threads }),
    ...(revectorize === undefined ? {} : { revectorize }),
  };
}

const isCount = (threads: number): boolean => Number.isInteger(threads) && threads >= 1;

/** The threads of this process, settled when they are asked for first. */
export function threading(): Threading {
  settled ??= threadCount(settings.threads);
  return settled;
}

/** As many as asked for, else INKLING_THREADS, else the number of cores; 1 where memory cannot be shared. */
export function threadCount(asked?: number): Threading {
  const variable = environmentVariable('INKLING_THREADS');
  if (asked === undefined && variable !== undefined && !isCount(Number(variable))) {
    throw new OptionError(`INKLING_THREADS must be a positive integer, got "${variable}"`);
  }
  const wanted = asked ?? (variable === undefined ? undefined : Number(variable));
  if (wanted === 1) return { threads: 1, reason: asked === 1 ? 'configured' : 'INKLING_THREADS is 1' };
  if (!canShare()) return { threads: 1, reason: 'no SharedArrayBuffer: the page is not cross-origin isolated' };
  return { threads: wanted ?? Math.max(1, Math.min(coreCount(), mostThreads)) };
}

/** The cores of this machine. */
export const coreCount = (): number => nodeModule('node:os')?.availableParallelism() ?? navigator.hardwareConcurrency;

const mostThreads = 16;

function canShare(): boolean {
  const { crossOriginIsolated }: { crossOriginIsolated?: boolean } = globalThis as object;
  return typeof SharedArrayBuffer === 'function' && crossOriginIsolated !== false;
}

/** Why WebAssembly must not run as AVX2; undefined if it may. */
export function revectorizeObstacle(): string | undefined {
  if (settings.revectorize !== undefined) return settings.revectorize ? undefined : 'configured';
  return environmentVariable('INKLING_REVECTORIZE') === '0' ? 'INKLING_REVECTORIZE is 0' : undefined;
}
