/** Expressions as AssemblyScript: on vectors of four float32, or on float64 for what belongs to a row. */
import { type Comparison, type Expression, isCondition, type Operator } from './expression.ts';
import { functionOf } from './functions.ts';

/** Numbers that are read from memory, where they fill all lanes by one instruction; see elementary.ts. */
export class Constants {
  readonly values: number[] = [];

  lanes(value: number): string {
    if (value === 0) return 'f32x4.splat(0)';
    const known = this.values.indexOf(value);
    const index = known < 0 ? this.values.push(value) - 1 : known;
    return index === 0 ? 'v128.load32_splat(constants)' : `v128.load32_splat(constants, ${4 * index})`;
  }
}

export interface VectorScope {
  readonly constants: Constants;
  readonly conditions: ReadonlySet<string>;
}

const arithmetic: { readonly [operator: string]: string } = { '+': 'add', '-': 'sub', '*': 'mul', '/': 'div' };
const comparisons: { readonly [C in Comparison]: string } = {
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  '==': 'eq',
  '!=': 'ne',
};

/** A vector; a condition has all bits of the lanes where it holds. */
export function vector(expression: Expression, scope: VectorScope): string {
  const inner = (part: Expression): string => vector(part, scope);
  switch (expression.kind) {
    case 'number':
      return scope.constants.lanes(expression.value);
    case 'name':
      return expression.name;
    case 'negate':
      return `f32x4.neg(${inner(expression.x)})`;
    case 'call':
      return `${functionOf(expression.name).simd}(${expression.parameters.map(inner).join(', ')})`;
    case 'select':
      return select(inner(expression.condition), expression.a, expression.b, inner);
    case 'operation':
      return operation(expression.operator, expression.a, expression.b, scope);
  }
}

const isZero = (expression: Expression): boolean => expression.kind === 'number' && expression.value === 0;

function select(condition: string, a: Expression, b: Expression, inner: (part: Expression) => string): string {
  if (isZero(b)) return `v128.and(${inner(a)}, ${condition})`;
  if (isZero(a)) return `v128.andnot(${inner(b)}, ${condition})`;
  return `v128.bitselect(${inner(a)}, ${inner(b)}, ${condition})`;
}

function operation(operator: Operator, a: Expression, b: Expression, scope: VectorScope): string {
  const [left, right] = [vector(a, scope), vector(b, scope)];
  if (operator === '&&') return `v128.and(${left}, ${right})`;
  if (operator === '||') return `v128.or(${left}, ${right})`;
  if (isCondition(a, scope.conditions)) {
    const differ = `v128.xor(${left}, ${right})`;
    return operator === '!=' ? differ : `v128.not(${differ})`;
  }
  const name = arithmetic[operator] ?? comparisons[operator as Comparison];
  return `f32x4.${name}(${left}, ${right})`;
}

/** A float64 of a row; `nameOf` tells the variable that holds a name. */
export function scalar(expression: Expression, nameOf: (name: string) => string): string {
  const inner = (part: Expression): string => scalar(part, nameOf);
  switch (expression.kind) {
    case 'number':
      return `${expression.value}`;
    case 'name':
      return expression.name === 'columns' ? '(columns as f64)' : nameOf(expression.name);
    case 'negate':
      return `-(${inner(expression.x)})`;
    case 'call':
      return `${rowFunction(expression.name)}(${expression.parameters.map(inner).join(', ')})`;
    case 'select':
      return `(${inner(expression.condition)} ? ${inner(expression.a)} : ${inner(expression.b)})`;
    case 'operation':
      return `(${inner(expression.a)} ${expression.operator} ${inner(expression.b)})`;
  }
}

function rowFunction(name: string): string {
  const found = functionOf(name).simdOfRow;
  if (found === undefined) throw new Error(`${name} of a number that belongs to a row is not known to simd`);
  return found;
}
