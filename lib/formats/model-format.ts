/** What a format of models in files is, and what its code is given. */
import type { CustomLayers } from '../layers/registry.ts';
import type { Sequential } from '../model/sequential.ts';
import type { Shape } from '../shape/shape.ts';

export type FormatName = 'inkling' | 'keras' | 'keras-h5' | 'onnx' | 'tfjs';

/** What every format's `decode` is given. */
export interface DecodeOptions {
  /** Named in error messages. */
  readonly file: string;
  /** Factories of layers that the user has defined, by class name. */
  readonly customLayers?: CustomLayers;
  /** Whether a model that was compiled when it was saved is compiled again; true if left out. */
  readonly compile?: boolean;
  /** See `decodeModel`. */
  readonly pixels?: boolean;
  /** The shape of one input, for a file that leaves sizes open. */
  readonly inputShape?: Shape;
  /** The content of another file beside this one, for formats of several files. */
  readonly sibling: (name: string) => Promise<Uint8Array>;
}

/** A file in pieces that follow one another, so that weights need not be copied into one. */
export type FileParts = readonly Uint8Array[];

export interface ModelFormat {
  readonly name: FormatName;
  /** What the names of its files end with, the usual one first. */
  readonly endings: readonly string[];
  /** Whether content looks like this format. It may still be damaged. */
  isIn(bytes: Uint8Array, file: string): boolean;
  decode(bytes: Uint8Array, options: DecodeOptions): Promise<Sequential>;
  /** The files by their names; the last one has the name that is given, and names the others. */
  encode(model: Sequential, file: string): Promise<{ readonly [file: string]: FileParts }>;
}
