import type { Backend } from './backend.ts';
import { loopsBackend } from './loops.ts';

/** The backend for new models. */
export function chooseBackend(): Backend {
  return loopsBackend;
}
