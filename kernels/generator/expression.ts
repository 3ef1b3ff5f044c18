/**
 * The language of formulas: arithmetic, comparisons, `condition ? a : b` and function calls, as they are written in
 * JavaScript. A program is a list of lines `name = expression`.
 */
export type Operator = '+' | '-' | '*' | '/' | Comparison | '&&' | '||';
export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'negate'; readonly x: Expression }
  | { readonly kind: 'operation'; readonly operator: Operator; readonly a: Expression; readonly b: Expression }
  | { readonly kind: 'select'; readonly condition: Expression; readonly a: Expression; readonly b: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly Expression[] };

export interface Assignment {
  readonly name: string;
  readonly value: Expression;
}

/** From the weakest to the strongest. */
const precedence: readonly (readonly Operator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/'],
];

export function parseProgram(text: string): Assignment[] {
  const lines = text.split('\n').map(line => line.trim());
  return lines.filter(line => line !== '').map(parseLine);
}

function parseLine(line: string): Assignment {
  const [, name, value] = /^(\w+) = (.+)$/.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`expected "name = expression", got "${line}"`);
  return { name, value: new Parser(value).parse() };
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = text.match(/\d[\d.]*(?:e-?\d+)?|\w+|[<>=!]=|&&|\|\||\S/g) ?? [];
  }

  parse(): Expression {
    const expression = this.#select();
    if (this.#next < this.#tokens.length) this.#fail(`unexpected "${this.#tokens[this.#next]}"`);
    return expression;
  }

  #select(): Expression {
    const condition = this.#operation(0);
    if (!this.#takes('?')) return condition;
    const a = this.#select();
    this.#expect(':');
    return { kind: 'select', condition, a, b: this.#select() };
  }

  #operation(level: number): Expression {
    const operators = precedence[level];
    if (operators === undefined) return this.#unary();
    let a = this.#operation(level + 1);
    for (;;) {
      const operator = operators.find(one => this.#takes(one));
      if (operator === undefined) return a;
      a = folded({ kind: 'operation', operator, a, b: this.#operation(level + 1) });
    }
  }

  #unary(): Expression {
    if (!this.#takes('-')) return this.#primary();
    const x = this.#unary();
    return x.kind === 'number' ? { kind: 'number', value: -x.value } : { kind: 'negate', x };
  }

  #primary(): Expression {
    const token = this.#tokens[this.#next++] ?? this.#fail('it ends too early');
    if (token === '(') {
      const inner = this.#select();
      this.#expect(')');
      return inner;
    }
    if (/^\d/.test(token)) return { kind: 'number', value: Number(token) };
    if (!/^\w/.test(token)) this.#fail(`unexpected "${token}"`);
    if (!this.#takes('(')) return { kind: 'name', name: token };
    const parameters = [this.#select()];
    while (this.#takes(',')) parameters.push(this.#select());
    this.#expect(')');
    return { kind: 'call', name: token, parameters };
  }

  #takes(token: string): boolean {
    if (this.#tokens[this.#next] !== token) return false;
    this.#next++;
    return true;
  }

  #expect(token: string): void {
    if (!this.#takes(token)) this.#fail(`expected "${token}"`);
  }

  #fail(reason: string): never {
    throw new Error(`formula "${this.#text}": ${reason}`);
  }
}

/** A sum or product of two numbers is one number. */
function folded(expression: Expression): Expression {
  if (expression.kind !== 'operation') return expression;
  const { operator, a, b } = expression;
  if (a.kind !== 'number' || b.kind !== 'number') return expression;
  const values: { readonly [operator: string]: number } = {
    '+': a.value + b.value,
    '-': a.value - b.value,
    '*': a.value * b.value,
    '/': a.value / b.value,
  };
  const value = values[operator];
  return value === undefined ? expression : { kind: 'number', value };
}

/** The expressions that an expression is made of. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'negate':
      return [expression.x];
    case 'operation':
      return [expression.a, expression.b];
    case 'select':
      return [expression.condition, expression.a, expression.b];
    case 'call':
      return expression.parameters;
    default:
      return [];
  }
}

/** The same expression with its parts replaced. */
export function withParts(expression: Expression, replace: (part: Expression) => Expression): Expression {
  switch (expression.kind) {
    case 'negate':
      return { ...expression, x: replace(expression.x) };
    case 'operation':
      return { ...expression, a: replace(expression.a), b: replace(expression.b) };
    case 'select':
      return {
        ...expression,
        condition: replace(expression.condition),
        a: replace(expression.a),
        b: replace(expression.b),
      };
    case 'call':
      return { ...expression, parameters: expression.parameters.map(replace) };
    default:
      return expression;
  }
}

/** All names that an expression reads, each once, in their order. */
export function namesIn(expression: Expression): string[] {
  const own = expression.kind === 'name' ? [expression.name] : [];
  return [...new Set([...own, ...partsOf(expression).flatMap(namesIn)])];
}

/** The names that a program reads before it has assigned them. */
export function readsOf(program: readonly Assignment[]): string[] {
  const assigned = new Set<string>();
  const reads = new Set<string>();
  for (const { name, value } of program) {
    for (const read of namesIn(value)) if (!assigned.has(read)) reads.add(read);
    assigned.add(name);
  }
  return [...reads];
}

const comparisons: readonly Operator[] = ['<', '<=', '>', '>=', '==', '!='];

/** Whether a value is a condition rather than a number; `conditions` are the names of those that were assigned. */
export function isCondition(expression: Expression, conditions: ReadonlySet<string>): boolean {
  if (expression.kind === 'name') return conditions.has(expression.name);
  if (expression.kind === 'select') return isCondition(expression.a, conditions);
  if (expression.kind !== 'operation') return false;
  return comparisons.includes(expression.operator) || expression.operator === '&&' || expression.operator === '||';
}

/** The names of the conditions that a program assigns. */
export function conditionsOf(program: readonly Assignment[]): Set<string> {
  const conditions = new Set<string>();
  for (const { name, value } of program) if (isCondition(value, conditions)) conditions.add(name);
  return conditions;
}

export const strengthOf = (operator: Operator): number => precedence.findIndex(level => level.includes(operator));
