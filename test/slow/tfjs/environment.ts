/** The real TensorFlow.js, and as much of its types as the tests use. */
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runCommand } from '../../run-command.ts';
import { alone, cache } from '../installed.ts';

export interface TfjsTensor {
  readonly shape: readonly (number | null)[];
  dataSync(): Float32Array;
  dispose(): void;
}

/** What a model is saved as, and loaded from. */
export interface Artifacts {
  readonly modelTopology: object;
  readonly trainingConfig?: object;
  readonly weightSpecs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly weightData: ArrayBuffer;
}

export interface TfjsModel {
  readonly weights: readonly { readonly name: string; readonly originalName: string; readonly shape: number[] }[];
  readonly inputs: readonly TfjsTensor[];
  readonly outputs: readonly TfjsTensor[];
  compile(options: { readonly optimizer: object; readonly loss: string }): void;
  predict(x: TfjsTensor): TfjsTensor;
  trainOnBatch(x: TfjsTensor, y: TfjsTensor): Promise<number>;
  setWeights(weights: readonly TfjsTensor[]): void;
  save(handler: { save: (artifacts: Artifacts) => Promise<object> }, options: object): Promise<unknown>;
  dispose(): void;
}

type Factories<T> = { readonly [factory: string]: (options: object) => T };

export interface Tfjs {
  readonly tensor: (data: Float32Array, shape: readonly (number | null)[]) => TfjsTensor;
  readonly train: { readonly [optimizer: string]: (...options: readonly (number | boolean)[]) => object };
  readonly layers: Factories<object>;
  readonly sequential: (options: { readonly name: string; readonly layers: readonly object[] }) => TfjsModel;
  readonly loadLayersModel: (handler: { load: () => Promise<object> }) => Promise<TfjsModel>;
}

/** The program, or why there is none. */
export type Installed =
  | { readonly tf: Tfjs; readonly missing?: never }
  | { readonly tf?: never; readonly missing: string };

const packages = ['core', 'layers', 'backend-cpu'].map(name => `@tensorflow/tfjs-${name}`);
const version = '4.22.0';
/** What npm says where it reaches no registry. */
const unreachable = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ENOTCACHED)\b/;

/**
 * TensorFlow.js in the folder that INKLING_TFJS names; else in one of its own in node_modules/.cache, into which npm installs it
 * once. Throws where npm cannot, but for want of a registry.
 */
export async function tensorFlow(): Promise<Installed> {
  const given = process.env['INKLING_TFJS'];
  if (given !== undefined && given !== '') return { tf: loadedFrom(given) };
  const folder = join(cache, 'inkling-tfjs');
  try {
    await alone('inkling-tfjs', async () => {
      if (isInstalled(folder)) return;
      await mkdir(folder, { recursive: true });
      const wanted = packages.map(name => `${name}@${version}`);
      const options = ['--no-save', '--no-audit', '--no-fund', '--fetch-retries=0'];
      await runCommand(folder, 'npm', 'install', ...options, '--prefix', folder, ...wanted);
    });
  } catch (error) {
    if (!unreachable.test(String(error))) throw error;
    return { missing: `no TensorFlow.js: npm reaches no registry: ${unreachable.exec(String(error))![0]}` };
  }
  return { tf: loadedFrom(folder) };
}

const requireFrom = (folder: string) => createRequire(join(folder, 'index.js'));

function isInstalled(folder: string): boolean {
  try {
    return packages.every(name => requireFrom(folder)(`${name}/package.json`).version === version);
  } catch {
    return false;
  }
}

function loadedFrom(folder: string): Tfjs {
  const load = requireFrom(folder);
  const [core, layers] = packages.map(name => load(name) as Partial<Tfjs>);
  return { ...core, ...layers } as Tfjs;
}
