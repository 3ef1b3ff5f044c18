import { BackendError } from '../errors.ts';
import { unknownName } from '../nearest-name.ts';
import type { Backend } from './backend.ts';
import { environmentVariable } from './host.ts';
import { hasSimd } from './kernels-file.ts';
import { loopsBackend } from './loops.ts';
import { simdBackend } from './simd.ts';

export type BackendName = 'loops' | 'simd';

const backends: { readonly [N in BackendName]: Backend } = { loops: loopsBackend, simd: simdBackend };

/**
 * The backend for a new model: the one named, else that in the environment variable INKLING_BACKEND, else `simd` where
 * it can run, else `loops`. Throws OptionError for an unknown name, BackendError for one that cannot run here.
 */
export function chooseBackend(name: string | undefined = environmentVariable('INKLING_BACKEND')): Backend {
  if (name === undefined) return hasSimd() ? simdBackend : loopsBackend;
  if (!Object.hasOwn(backends, name)) throw unknownName('backend', name, Object.keys(backends));
  if (name === 'simd' && !hasSimd()) {
    throw new BackendError('backend "simd": this engine has no WebAssembly SIMD; use "loops"');
  }
  return backends[name as BackendName];
}
