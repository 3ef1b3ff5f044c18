/** The printers of what is said of the kernels: their entries in the contract, and what they cost. */
import { docOf } from './docs.ts';
import { type Assignment, type Expression, partsOf } from './expression.ts';
import { functionOf, reductions } from './functions.ts';
import type { KernelCode } from './kernel-code.ts';

const header = "import { type ElementsGeometry, f32, kernel, type RowsGeometry } from '../signature.ts';";

export function contractFile(codes: readonly KernelCode[]): string {
  const updates = codes.filter(({ hyper }) => hyper.length > 0);
  return [
    header,
    "import type { BroadcastGeometry } from '../geometry.ts';",
    '',
    'export const formulaContract = {',
    ...codes.map(code => `${docOf(code)}\n${code.name}: ${entry(code)},`),
    '} as const;',
    '',
    '/** What the vector `hyper` of an update holds, in this order. */',
    'export const hyperNames = {',
    ...updates.map(({ name, hyper }) => `${name}: [${hyper.map(quoted).join(', ')}],`),
    '} as const;',
  ].join('\n');
}

const quoted = (text: string): string => `'${text}'`;
const types = (names: Iterable<string>): string => `{ ${[...names].map(name => `${name}: f32`).join(', ')} }`;
const geometries = {
  elementwise: 'ElementsGeometry',
  update: 'ElementsGeometry',
  rows: 'RowsGeometry',
  broadcast: 'BroadcastGeometry',
};

function entry({ kind, outputs, inputs, hyper, options, inPlace }: KernelCode): string {
  const given = [...inputs.keys(), ...(hyper.length > 0 ? ['hyper'] : [])];
  const members = options.map(option => `readonly ${option}: number`).join('; ');
  const geometry = geometries[kind] + (members === '' ? '' : ` & { ${members} }`);
  const over = inPlace === undefined ? '' : `, '${inPlace}'`;
  return `kernel<${geometry}>()(${types(outputs.keys())}, ${given.length === 0 ? '{}' : types(given)}${over})`;
}

export function costFile(codes: readonly KernelCode[]): string {
  return [
    "import type { ElementsGeometry, RowsGeometry } from '../signature.ts';",
    '',
    'const perElement = (count: number) => ({ size }: Pick<ElementsGeometry, "size">): number => count * size;',
    'const perEntry = (count: number) => ({ rows, columns }: RowsGeometry): number => count * rows * columns;',
    '',
    '/** Floating-point operations, counted in the formulas. */',
    'export const formulaFlops = {',
    ...codes.map(code => `${code.name}: ${code.kind === 'rows' ? 'perEntry' : 'perElement'}(${countOf(code)}),`),
    '};',
  ].join('\n');
}

/** Operations for an element, or for an entry of a matrix: what belongs to a row is little beside its columns. */
function countOf({ kind, program, inputs, outputs }: KernelCode): number {
  const ofColumns = new Set([...inputs, ...outputs].filter(([, extent]) => extent !== 'perRow').map(([name]) => name));
  const count = (expression: Expression): { readonly operations: number; readonly isOfColumn: boolean } => {
    const parts = partsOf(expression).map(count);
    const isOfColumn =
      kind !== 'rows' ||
      parts.some(part => part.isOfColumn) ||
      (expression.kind === 'name' && ofColumns.has(expression.name));
    const operations = parts.reduce((sum, part) => sum + part.operations, 0);
    if (expression.kind === 'call' && reductions.includes(expression.name)) {
      return { operations: operations + 1, isOfColumn: false };
    }
    return { operations: operations + (isOfColumn ? ownCost(expression) : 0), isOfColumn };
  };
  return program.reduce((sum, { name, value }: Assignment) => {
    const { operations, isOfColumn } = count(value);
    if (isOfColumn) ofColumns.add(name);
    return sum + operations;
  }, 0);
}

function ownCost(expression: Expression): number {
  if (expression.kind === 'call') return functionOf(expression.name).cost;
  return expression.kind === 'operation' || expression.kind === 'negate' ? 1 : 0;
}
