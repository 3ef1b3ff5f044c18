/** What the compiler knows of models in files. */
import type { Sequential } from '../model/sequential.ts';
import type { Shape } from '../shape/shape.ts';

/** The address of a model's file, of which the compiler knows the shapes of one input and one output. */
export type ModelFile<In extends Shape = Shape, Out extends Shape = Shape> = string & {
  readonly '~in': In;
  readonly '~out': Out;
};

/**
 * Files of models by the text that `loadModel` is given for them. The declarations that `inkling-types` writes add to it:
 * `interface ModelFiles { './digits.keras': ModelFile<[28, 28, 1], [10]> }`.
 */
export interface ModelFiles {
  /** For the compiler alone: no text is this. */
  readonly '~none'?: never;
}

type Described<F> = F extends ModelFile<infer In, infer Out> ? Sequential<In, Out> : Sequential;

/** The model of a source: its shapes are literal for a file that `inkling-types` has described. */
export type Loaded<S> = S extends ModelFile
  ? Described<S>
  : S extends keyof ModelFiles
    ? Described<ModelFiles[S]>
    : Sequential;
