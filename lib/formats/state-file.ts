import type { TrainingState } from '../callbacks/callback.ts';
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { decodeInklingFile, encodeInklingFile } from './inkling-file.ts';

const format = 'inkling-state';
const version = 1;

/** A training state as the bytes of a safetensors file: the only form that it has on disk. */
export function encodeState(state: TrainingState): Uint8Array {
  if (typeof state !== 'object' || state === null || typeof state.tensors !== 'object') {
    throw new OptionError(`encodeState: expected what getState gives, got ${describe(state)}`);
  }
  return encodeInklingFile({ format, version, tensors: state.tensors, values: state.values });
}

/** The state that `encodeState` wrote; `file` is named in messages. Throws FormatError for a file that holds none. */
export function decodeState(content: ArrayBufferLike | ArrayBufferView, file = 'state'): TrainingState {
  const { tensors, values } = decodeInklingFile(content, { format, version }, file);
  return { tensors, values };
}
