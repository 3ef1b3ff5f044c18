/** What an entry of the contract is made of. */

export type OperandType = 'float32' | 'int32' | 'uint8';
export type Operands = { readonly [name: string]: OperandType };

export interface Signature<O extends Operands = Operands, I extends Operands = Operands, G = object> {
  readonly outputs: O;
  readonly inputs: I;
  /** The input whose memory the output may take over when nobody reads that input afterwards. */
  readonly inPlace?: string;
  /** Carries the geometry's type; never set. */
  readonly geometry?: G;
}

/** Elementwise kernels: `size` elements. */
export interface ElementsGeometry {
  readonly size: number;
}
/** A matrix of `rows` x `columns`, the last axis being the columns (channels, classes or features). */
export interface RowsGeometry {
  readonly rows: number;
  readonly columns: number;
}

export const f32 = 'float32';
export const i32 = 'int32';
export const u8 = 'uint8';

/** An entry with a geometry of type G. */
export const kernel =
  <G extends object>() =>
  <const O extends Operands, const I extends Operands>(
    outputs: O,
    inputs: I,
    inPlace?: keyof I & string,
  ): Signature<O, I, G> =>
    inPlace === undefined ? { outputs, inputs } : { outputs, inputs, inPlace };
