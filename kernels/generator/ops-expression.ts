/** Gradients that are made of other operations: expressions as calls of `Ops`. */
import type { Comparison, Expression, Operator } from './expression.ts';

const operations: { readonly [O in Exclude<Operator, '&&' | '||'>]: string } = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '<': 'less',
  '<=': 'lessEqual',
  '>': 'greater',
  '>=': 'greaterEqual',
  '==': 'equal',
  '!=': 'notEqual',
} satisfies { readonly [C in Comparison | '+' | '-' | '*' | '/']: string };

export function opsCall(expression: Expression, options: readonly string[]): string {
  const inner = (part: Expression): string => opsCall(part, options);
  const call = (name: string, parts: readonly Expression[]): string => `ops.${name}(${parts.map(inner).join(', ')})`;
  switch (expression.kind) {
    case 'number':
      return `${expression.value}`;
    case 'name':
      return options.includes(expression.name) ? `geometry.${expression.name}` : expression.name;
    case 'negate':
      return call('negate', [expression.x]);
    case 'call':
      return call(expression.name, expression.parameters);
    case 'select':
      return call('where', [expression.condition, expression.a, expression.b]);
    case 'operation':
      if (expression.operator === '&&') return call('multiply', [expression.a, expression.b]);
      if (expression.operator === '||') return call('maximum', [expression.a, expression.b]);
      return call(operations[expression.operator], [expression.a, expression.b]);
  }
}
