/** What is used of Node where this is Node; browsers have none of it, and nothing is imported for it. */
interface NodeProcess {
  readonly versions?: { readonly node?: string };
  readonly env?: { readonly [name: string]: string | undefined };
  getBuiltinModule?<N extends keyof NodeModules>(name: N): NodeModules[N];
}

interface NodeModules {
  readonly 'node:fs': { readFileSync(path: URL): Uint8Array };
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

/** The major version of Node; NaN elsewhere. */
export const nodeVersion = (): number => Number.parseInt(nodeProcess()?.versions?.node ?? '', 10);

/** A variable of the environment; undefined where it is empty, or where there is no environment. */
export const environmentVariable = (name: string): string | undefined => nodeProcess()?.env?.[name] || undefined;
