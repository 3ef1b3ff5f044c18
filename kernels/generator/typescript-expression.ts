/** Expressions as TypeScript on numbers: float64, which is rounded where it is stored. */
import { type Expression, strengthOf } from './expression.ts';
import { functionOf } from './functions.ts';

export interface Scope {
  /** What stands for a name; the name itself if left out. */
  readonly names?: ReadonlyMap<string, string>;
}

const selectStrength = -1;
const unaryStrength = 10;

export function typescript(expression: Expression, scope: Scope): string {
  return print(expression, scope, selectStrength);
}

function print(expression: Expression, scope: Scope, strength: number): string {
  switch (expression.kind) {
    case 'number':
      return numberText(expression.value, strength);
    case 'name':
      return scope.names?.get(expression.name) ?? expression.name;
    case 'negate':
      return `-${print(expression.x, scope, unaryStrength)}`;
    case 'call':
      return `${functionOf(expression.name).loops}(${expression.parameters.map(x => typescript(x, scope)).join(', ')})`;
    case 'select': {
      const { condition, a, b } = expression;
      const text = `${print(condition, scope, 0)} ? ${print(a, scope, selectStrength)} : ${print(b, scope, selectStrength)}`;
      return strength > selectStrength ? `(${text})` : text;
    }
    case 'operation': {
      const own = strengthOf(expression.operator);
      const operator = strictOperator(expression.operator);
      const text = `${print(expression.a, scope, own)} ${operator} ${print(expression.b, scope, own + 1)}`;
      return own < strength ? `(${text})` : text;
    }
  }
}

const strictOperator = (operator: string): string =>
  operator === '==' || operator === '!=' ? `${operator}=` : operator;
const numberText = (value: number, strength: number): string =>
  value < 0 && strength > selectStrength ? `(${value})` : `${value}`;

/** The functions of kernels/math.ts that expressions call. */
export function importedFunctions(expressions: readonly Expression[]): string[] {
  const names = expressions.flatMap(calledFunctions).map(name => functionOf(name).loops);
  return [...new Set(names.filter(name => !name.includes('.')))].sort();
}

export function calledFunctions(expression: Expression): string[] {
  switch (expression.kind) {
    case 'call':
      return [expression.name, ...expression.parameters.flatMap(calledFunctions)];
    case 'negate':
      return calledFunctions(expression.x);
    case 'operation':
      return [expression.a, expression.b].flatMap(calledFunctions);
    case 'select':
      return [expression.condition, expression.a, expression.b].flatMap(calledFunctions);
    default:
      return [];
  }
}
