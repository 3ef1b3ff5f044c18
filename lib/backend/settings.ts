/** What holds for all models of a process: threads, whether WebAssembly may run as AVX2, and where its files are. */
import { describe } from '../describe.ts';
import { OptionError, StateError } from '../errors.ts';
import { unknownName } from '../nearest-name.ts';
import { availableCores } from './cores.ts';
import { environmentVariable, hasEnvironment } from './host.ts';

/** Where a WebAssembly file is: its URL, or the bytes that it has. */
export type WasmLocation = string | { readonly href: string } | ArrayBuffer | ArrayBufferView;

export interface BackendSettings {
  /**
   * Threads of the backend `simd`, this one included, at most 16 or four times the number of cores; else INKLING_THREADS
   * decides, else the number of cores that this process may use, up to 16.
   */
  readonly threads?: number;
  /** Whether WebAssembly may run as AVX2, on Node 24 to 26; else INKLING_REVECTORIZE decides, else true. */
  readonly revectorize?: boolean;
  /**
   * Where the files with the kernels are: `inkling/simd.wasm`, which one thread takes, and `inkling/simd-threads.wasm`.
   * It is needed where a bundler does not take them along by itself.
   */
  readonly wasm?: { readonly simd?: WasmLocation; readonly simdThreads?: WasmLocation };
}

/** How many threads, and why there is one only where that is so. */
export interface Threading {
  readonly threads: number;
  readonly reason?: string;
}

/** A URL, or the bytes of a file. */
export type WasmSource = string | ArrayBuffer | ArrayBufferView;

interface Settings {
  readonly threads?: number;
  readonly revectorize?: boolean;
  readonly wasm: { readonly simd?: WasmSource; readonly simdThreads?: WasmSource };
}

let settings: Settings = { wasm: {} };
let settled: Threading | undefined;

/**
 * Settles threads, AVX2 and where the files of the kernels are, for the whole process; it must be called before the
 * first model is made, and may be called for one after the other. None of it changes a bit of any result. Throws
 * OptionError for what is no such setting or out of its range, StateError if it comes too late.
 */
export function configure(given: BackendSettings): void {
  const { threads, revectorize, wasm } = checkedSettings(given);
  if (settled !== undefined) {
    throw new StateError('configure: there is a model already, which has settled the threads; call configure before');
  }
  settings = {
    ...settings,
    ...(threads === undefined ? {} : { threads }),
    ...(revectorize === undefined ? {} : { revectorize }),
    wasm: { ...settings.wasm, ...wasm },
  };
}

/** The settings that were given; JavaScript may have given anything. */
function checkedSettings(given: unknown): Settings {
  const { threads, revectorize, wasm = {} } = checkedRecord('configure', given, ['threads', 'revectorize', 'wasm']);
  if (revectorize !== undefined && typeof revectorize !== 'boolean') {
    throw new OptionError(`configure: revectorize must be true or false, got ${describe(revectorize)}`);
  }
  const files = Object.entries(checkedRecord('configure: wasm', wasm, ['simd', 'simdThreads']));
  return {
    ...(threads === undefined ? {} : { threads: checkedCount('configure: threads', threads, threads) }),
    ...(revectorize === undefined ? {} : { revectorize }),
    wasm: Object.fromEntries(
      files.filter(([, file]) => file !== undefined).map(([name, file]) => [name, checkedSource(name, file)]),
    ),
  };
}

function checkedRecord(what: string, given: unknown, known: readonly string[]): { readonly [name: string]: unknown } {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new OptionError(`${what} takes an object with ${known.join(', ')}, got ${describe(given)}`);
  }
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw unknownName(`setting of ${what}`, name, known);
  }
  return { ...given };
}

/** Up to how many threads there may be: more than four for each core only wait for each other. */
const mostThreads = (): number => Math.max(16, 4 * availableCores());

function checkedCount(what: string, count: unknown, given: unknown): number {
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1) {
    throw new OptionError(`${what} must be a positive integer, got ${describe(given)}`);
  }
  const [most, cores] = [mostThreads(), availableCores()];
  if (count > most) {
    throw new OptionError(
      `${what} must be at most ${most}, as there are ${cores} cores here, got ${count}; leave it out to take them all`,
    );
  }
  return count;
}

/** A URL as text, or the bytes as they are. Throws OptionError for anything else. */
export function checkedSource(name: string, source: unknown): WasmSource {
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return source;
  const url = typeof source === 'object' && source !== null && 'href' in source ? source.href : source;
  if (typeof url !== 'string') {
    throw new OptionError(`configure: wasm.${name} must be a URL or the bytes of the file, got ${describe(source)}`);
  }
  // Where there is no page, there is nothing that a part of a URL could be added to.
  if (hasEnvironment() && !URL.canParse(url)) {
    throw new OptionError(
      `configure: wasm.${name} must be a whole URL here, got "${url}"; use new URL("${url}", import.meta.url)`,
    );
  }
  return url;
}

/** The threads of this process, settled when they are asked for first. */
export function threading(): Threading {
  settled ??= threadCount(settings.threads);
  return settled;
}

/** As many as asked for, else INKLING_THREADS, else the number of cores; 1 where memory cannot be shared. */
export function threadCount(asked?: number): Threading {
  const variable = environmentVariable('INKLING_THREADS');
  const wanted =
    asked ?? (variable === undefined ? undefined : checkedCount('INKLING_THREADS', Number(variable), variable));
  if (wanted === 1) return { threads: 1, reason: asked === 1 ? 'configured' : 'INKLING_THREADS is 1' };
  if (!canShare()) return { threads: 1, reason: 'no SharedArrayBuffer: the page is not cross-origin isolated' };
  return { threads: wanted ?? Math.min(availableCores(), mostByDefault) };
}

const mostByDefault = 16;

function canShare(): boolean {
  const { crossOriginIsolated }: { crossOriginIsolated?: boolean } = globalThis as object;
  return typeof SharedArrayBuffer === 'function' && crossOriginIsolated !== false;
}

/** Why WebAssembly must not run as AVX2; undefined if it may. */
export function revectorizeObstacle(): string | undefined {
  if (settings.revectorize !== undefined) return settings.revectorize ? undefined : 'configured';
  return environmentVariable('INKLING_REVECTORIZE') === '0' ? 'INKLING_REVECTORIZE is 0' : undefined;
}

/** What was configured for the kernels of memory that is shared or not. */
export const wasmSource = (isShared: boolean): WasmSource | undefined =>
  isShared ? settings.wasm.simdThreads : settings.wasm.simd;
