/** From a formula to the kernels it stands for: their operands in order, and the programs that compute them. */
import type { BroadcastFormula, ElementwiseFormula, Formula, RowsFormula, UpdateFormula } from '../formulas/formula.ts';
import { type Assignment, parseProgram, readsOf } from './expression.ts';

/** What belongs to a column of a row, to a row, or to an element. */
export type Extent = 'element' | 'matrix' | 'perRow';

export interface KernelCode {
  readonly name: string;
  readonly kind: Formula['kind'];
  readonly about: string;
  readonly inputs: ReadonlyMap<string, Extent>;
  readonly outputs: ReadonlyMap<string, Extent>;
  /** Numbers of the geometry. */
  readonly options: readonly string[];
  /** Numbers of the vector `hyper`, in its order. */
  readonly hyper: readonly string[];
  readonly inPlace: string | undefined;
  readonly program: readonly Assignment[];
  /** The program as it was written. */
  readonly formula: string;
}

/** A program and its text, in one line. */
const written = (text: string): Pick<KernelCode, 'program' | 'formula'> => ({
  program: parseProgram(text),
  formula: text
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean)
    .join('; '),
});

export function kernelsOf(operation: string, formula: Formula): KernelCode[] {
  switch (formula.kind) {
    case 'elementwise':
      return elementwiseKernels(operation, formula);
    case 'broadcast':
      return [broadcastKernel(operation, formula)];
    case 'rows':
      return rowsKernels(operation, formula);
    case 'update':
      return [updateKernel(operation, formula)];
  }
}

/** Kernels with a gradient end in `Forward`. */
export function forwardName(operation: string, formula: Formula): string {
  if (formula.kind === 'update') return `${operation}Update`;
  return gradientText(formula) === undefined ? operation : `${operation}Forward`;
}

export function gradientText(formula: Exclude<Formula, UpdateFormula>): string | undefined {
  const { backward, gradient } = formula as { backward?: string; gradient?: string };
  return backward ?? gradient;
}

export const inputsOf = (formula: ElementwiseFormula): readonly string[] => formula.inputs ?? ['x'];
export const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const extents = (names: readonly string[], extent: Extent = 'element'): Map<string, Extent> =>
  new Map(names.map(name => [name, extent]));

/** Those of the operands that a program reads. */
const readBy = (program: readonly Assignment[], operands: ReadonlyMap<string, Extent>): Map<string, Extent> => {
  const reads = readsOf(program);
  return new Map([...operands].filter(([name]) => reads.includes(name)));
};

function elementwiseKernels(operation: string, formula: ElementwiseFormula): KernelCode[] {
  const { about, options = [] } = formula;
  const inputs = inputsOf(formula);
  const common = { kind: formula.kind, about, hyper: [] };
  const forward: KernelCode = {
    ...common,
    name: forwardName(operation, formula),
    inputs: extents(inputs),
    outputs: extents(['y']),
    options,
    inPlace: formula.inPlace ?? inputs[0],
    ...written(formula.forward),
  };
  if (formula.backward === undefined) return [forward];
  const program = parseProgram(formula.backward);
  const reads = readsOf(program);
  const gradients = gradientsOf(inputs, program);
  const backward: KernelCode = {
    ...common,
    name: `${operation}Backward`,
    inputs: readBy(program, extents(['dy', ...inputs, 'y'])),
    outputs: extents(gradients),
    // The geometry of forward serves backward too.
    options: options.filter(option => reads.includes(option)),
    inPlace: gradients.length === 1 ? 'dy' : undefined,
    ...written(formula.backward),
  };
  return [forward, backward];
}

const gradientsOf = (inputs: readonly string[], program: readonly Assignment[]): string[] =>
  inputs.map(name => `d${name}`).filter(gradient => program.some(({ name }) => name === gradient));

function broadcastKernel(operation: string, formula: BroadcastFormula): KernelCode {
  return {
    name: forwardName(operation, formula),
    kind: formula.kind,
    about: formula.about,
    inputs: extents(['a', 'b']),
    outputs: extents(['y']),
    options: [],
    hyper: [],
    inPlace: undefined,
    ...written(formula.forward),
  };
}

function rowsKernels(operation: string, formula: RowsFormula): KernelCode[] {
  const { about, inPlace } = formula;
  const inputs = new Map<string, Extent>(Object.entries(formula.inputs));
  const outputs = new Map<string, Extent>(Object.entries(formula.outputs));
  const common = { kind: formula.kind, about, options: [], hyper: [] };
  const forward: KernelCode = {
    ...common,
    name: forwardName(operation, formula),
    inputs,
    outputs,
    inPlace,
    ...written(formula.forward),
  };
  if (formula.backward === undefined) return [forward];
  const program = parseProgram(formula.backward);
  const gradients = new Map([...outputs].map(([name, extent]) => [`d${name}`, extent]));
  const backward: KernelCode = {
    ...common,
    name: `${operation}Backward`,
    inputs: readBy(program, new Map([...gradients, ...inputs, ...outputs])),
    outputs: extents(gradientsOf([...inputs.keys()], program), 'matrix'),
    inPlace: inPlace === undefined ? undefined : 'dy',
    ...written(formula.backward),
  };
  return [forward, backward];
}

function updateKernel(operation: string, formula: UpdateFormula): KernelCode {
  return {
    name: forwardName(operation, formula),
    kind: formula.kind,
    about: formula.about,
    inputs: extents(['dw']),
    outputs: extents(formula.outputs ?? ['w', ...formula.slots]),
    options: [],
    hyper: formula.hyper,
    inPlace: undefined,
    ...written(formula.step),
  };
}
