/**
 * Operations that are written once: their formulas, from which `npm run generate` makes the code of every backend. The
 * language is that of generator/expression.ts; the functions that it knows stand in generator/functions.ts.
 */

interface Described {
  /** What the docstrings of the generated code say. */
  readonly about: string;
}

/** Element by element, all operands having as many. */
export interface ElementwiseFormula extends Described {
  readonly kind: 'elementwise';
  /** `x` if left out. */
  readonly inputs?: readonly string[];
  /** Numbers that belong to the operation, such as the slope of leakyRelu: members of its geometry. */
  readonly options?: readonly string[];
  /** The input whose memory the output may take over; the first if left out. */
  readonly inPlace?: string;
  /** Whether `Ops` has a method of its own, which does more than emit this kernel. */
  readonly isInternal?: boolean;
  /** Whether its gradient is 0 wherever there is one, so that none flows through it. */
  readonly isFlat?: boolean;
  /** What options are where they are left out. */
  readonly defaults?: { readonly [option: string]: number };
  /** Assigns y. */
  readonly forward: string;
  /** A kernel of its own: assigns dx (or d and the input's name) from dy, the inputs and y. */
  readonly backward?: string;
  /** The gradient as a formula that is made of other operations; so it has a gradient itself. */
  readonly gradient?: string;
}

/** Element by element, a and b broadcast as in NumPy. */
export interface BroadcastFormula extends Described {
  readonly kind: 'broadcast';
  /** Assigns y. */
  readonly forward: string;
  /** Whether its gradient is 0 wherever there is one. */
  readonly isFlat?: boolean;
  /** Assigns da and db, made of other operations; sums over repeated axes follow by themselves. */
  readonly gradient?: string;
}

/** A matrix has an element for each row and column, `perRow` is one number for each row. */
type RowOperands = { readonly [name: string]: 'matrix' | 'perRow' };

/**
 * Row by row. sum(e) and mean(e) go over the columns of a row, largest(x) and argmax(x) are the largest element and the
 * place of the first one; `columns` is their number. An output may be assigned and used again.
 */
export interface RowsFormula extends Described {
  readonly kind: 'rows';
  readonly inputs: RowOperands;
  readonly outputs: RowOperands;
  readonly forward: string;
  readonly backward?: string;
  /** The input whose memory the output may take over. */
  readonly inPlace?: string;
}

/** An optimizer's step: changes w and the slots from the gradient dw and the hyper-parameters. */
export interface UpdateFormula extends Described {
  readonly kind: 'update';
  readonly slots: readonly string[];
  /** In the order in which the vector `hyper` holds them. */
  readonly hyper: readonly string[];
  /** What the step assigns; w and the slots if left out. */
  readonly outputs?: readonly string[];
  readonly step: string;
}

export type Formula = ElementwiseFormula | BroadcastFormula | RowsFormula | UpdateFormula;
/** The formulas of one file by name: `relu` becomes the kernels reluForward and reluBackward. */
export type Family = { readonly [operation: string]: Formula };
