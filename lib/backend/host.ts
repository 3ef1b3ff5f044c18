import { hasLocks } from './flags-lock.ts';

/** What is used of Node where this is Node; browsers have none of it, and nothing is imported for it. */
interface NodeProcess {
  readonly versions?: { readonly [name: string]: string | undefined };
  readonly config?: { readonly variables?: { readonly [name: string]: unknown } };
  readonly env?: { readonly [name: string]: string | undefined };
  readonly execArgv?: readonly string[];
  getBuiltinModule?<N extends keyof NodeModules>(name: N): NodeModules[N];
}

interface NodeModules {
  readonly 'node:fs': {
    readFileSync(path: URL): Uint8Array;
    readFileSync(path: string, encoding: 'utf8'): string;
  };
  readonly 'node:os': { availableParallelism(): number };
  readonly 'node:v8': { setFlagsFromString(flags: string): void };
  readonly 'node:worker_threads': { readonly Worker: new (source: string, options: object) => WorkerLike };
}

/** What is used of a worker, in Node and in browsers. */
export interface WorkerLike {
  postMessage(message: object): void;
  unref?(): void;
  terminate(): void;
  on?(event: 'message' | 'error' | 'exit', listener: (value: unknown) => void): void;
  onmessage?: (event: { readonly data: unknown }) => void;
  onerror?: (event: { readonly message?: string }) => void;
}

const nodeProcess = (): NodeProcess | undefined => (globalThis as { process?: NodeProcess }).process;

/** A module of Node; undefined elsewhere. */
export function nodeModule<N extends keyof NodeModules>(name: N): NodeModules[N] | undefined {
  return nodeProcess()?.getBuiltinModule?.(name);
}

/** A variable of the environment; undefined where it is empty, or where there is no environment. */
export const environmentVariable = (name: string): string | undefined => nodeProcess()?.env?.[name] || undefined;

/** Whether there is an environment, whose variables a message may name. */
export const hasEnvironment = (): boolean => nodeModule('node:os') !== undefined;

/** What runs this program, as far as it decides how WebAssembly may be compiled. */
export interface Host {
  /** `Node`, another engine that resembles it, or `a browser`. */
  readonly engine: string;
  /** The major version of Node; NaN elsewhere. */
  readonly version: number;
  /** Whether V8 was built with the fusion of WebAssembly's vectors: other builds print an error at its flag. */
  readonly hasRevectorize: boolean;
  /** Whether threads can keep apart what must not happen while another one has set flags. */
  readonly hasLocks: boolean;
  /** A flag about WebAssembly's compilers that Node was started with. */
  readonly webAssemblyFlag: string | undefined;
  /** Sets a flag of V8, for the whole process. */
  setFlag(flag: string): void;
}

/** Engines that say they are Node besides their own name. */
const resembling = { bun: 'Bun', deno: 'Deno', electron: 'Electron', nw: 'NW.js' } as const;

export function thisHost(): Host {
  const { versions = {}, config, execArgv = [] } = nodeProcess() ?? {};
  const other = Object.entries(resembling).find(([name]) => versions[name] !== undefined)?.[1];
  const flags = [...execArgv, ...(environmentVariable('NODE_OPTIONS') ?? '').split(/\s+/)];
  return {
    engine: other ?? (hasEnvironment() ? 'Node' : 'a browser'),
    version: Number.parseInt(versions['node'] ?? '', 10),
    // Node's own record of how it was built, for x64 except on macOS.
    hasRevectorize: config?.variables?.['v8_enable_wasm_simd256_revec'] === 1,
    hasLocks: hasLocks(),
    webAssemblyFlag: flags.find(flag => /^--?.*(wasm|liftoff|turbo)/.test(flag)),
    // Loaded no earlier: it takes three milliseconds.
    setFlag: flag => nodeModule('node:v8')?.setFlagsFromString(flag),
  };
}
