/** The printer of the backend `loops`: plain loops over typed arrays. */

import { docOf } from './docs.ts';
import { type Assignment, namesIn, readsOf } from './expression.ts';
import type { KernelCode } from './kernel-code.ts';
import { type Pass, type RowStep, rowSteps } from './row-passes.ts';
import { importedFunctions, typescript } from './typescript-expression.ts';

export function loopsFile(codes: readonly KernelCode[]): string {
  const bodies = codes.map(code => ({ code, ...printKernel(code) }));
  const math = importedFunctions(bodies.flatMap(({ values }) => values).map(({ value }) => value));
  const text = bodies.map(({ code, text }) => `${docOf(code)}\n${text}`).join('\n\n');
  const helpers = ['firstLargest', 'largestOf'].filter(name => text.includes(`${name}(`));
  const imports = [
    `import type { KernelFunction } from '../../contract.ts';`,
    math.length === 0 ? '' : `import { ${math.join(', ')} } from '../../math.ts';`,
    text.includes('stridedOffset(') ? `import { stridedOffset } from '../layout.ts';` : '',
    helpers.length === 0 ? '' : `import { ${helpers.join(', ')} } from '../rows.ts';`,
  ];
  return [...imports.filter(line => line !== ''), '', text].join('\n');
}

interface Printed {
  readonly text: string;
  readonly values: readonly Pick<Assignment, 'value'>[];
}

function printKernel(code: KernelCode): Printed {
  if (code.kind === 'rows') return rowsKernel(code);
  const values = code.program;
  const body = code.kind === 'broadcast' ? broadcastBody(code) : elementsBody(code);
  return { text: kernelText(code, body), values };
}

const all = (name: string): string => `${name}All`;

function kernelText(code: KernelCode, body: readonly string[]): string {
  const operands = (names: readonly string[]): string => names.map(name => `${name}: ${all(name)}`).join(', ');
  const inputs = [operands([...code.inputs.keys()]), ...(code.hyper.length > 0 ? ['hyper'] : [])].filter(Boolean);
  const sizes = { elementwise: ['size'], update: ['size'], rows: ['rows', 'columns'] };
  const geometry =
    code.kind === 'broadcast'
      ? '{ size, shape, aStrides, bStrides }'
      : `{ ${[...sizes[code.kind], ...code.options].join(', ')} }`;
  const given = inputs.length === 0 ? '_' : `{ ${inputs.join(', ')} }`;
  return [
    `export const ${code.name}: KernelFunction<'${code.name}'> = (`,
    `{ ${operands([...code.outputs.keys()])} }, ${given}, ${geometry}`,
    `) => {`,
    ...body,
    `};`,
  ].join('\n');
}

/** The lines of a loop's body at place `at`: what is read is loaded first, what was assigned is stored last. */
function elementLines(
  program: readonly Assignment[],
  isLoaded: (name: string) => boolean,
  isStored: (name: string) => boolean,
  at: string,
): string[] {
  const loads = readsOf(program).filter(isLoaded);
  const assigned = program.map(({ name }) => name);
  const isChanged = (name: string) => assigned.includes(name);
  const lines = loads.map(name => `${isChanged(name) ? 'let' : 'const'} ${name} = ${all(name)}[${at}]!;`);
  const known = new Set(loads);
  for (const [index, { name, value }] of program.entries()) {
    const rest = program.slice(index + 1);
    const isReadLater = rest.some(later => namesIn(later.value).includes(name));
    const isLast = !rest.some(later => later.name === name);
    if (isStored(name) && isLast && !isReadLater) {
      lines.push(`${all(name)}[${at}] = ${typescript(value, {})};`);
      known.delete(name);
      continue;
    }
    const declare = known.has(name) ? '' : isLast ? 'const ' : 'let ';
    lines.push(`${declare}${name} = ${typescript(value, {})};`);
    known.add(name);
    if (isStored(name) && isLast) lines.push(`${all(name)}[${at}] = ${name};`);
  }
  return lines;
}

function elementsBody(code: KernelCode): string[] {
  const isOperand = (name: string) => code.inputs.has(name) || code.outputs.has(name);
  const reads = readsOf(code.program);
  const hyper = code.hyper.flatMap((name, i) => (reads.includes(name) ? [`const ${name} = hyper[${i}]!;`] : []));
  const lines = elementLines(code.program, isOperand, name => code.outputs.has(name), 'i');
  return [...hyper, `for (let i = 0; i < size; i++) {`, ...lines, `}`];
}

/** Goes through y along its last axis; along the others the operands' places are computed. */
function broadcastBody(code: KernelCode): string[] {
  const names = new Map([
    ['a', 'aAll[aStart + i * aStep]!'],
    ['b', 'bAll[bStart + i * bStep]!'],
  ]);
  const [line] = code.program;
  return [
    `const last = shape.length - 1;`,
    `const columns = last < 0 ? 1 : shape[last]!;`,
    `const aStep = last < 0 ? 0 : aStrides[last]!;`,
    `const bStep = last < 0 ? 0 : bStrides[last]!;`,
    `for (let start = 0, row = 0; start < size; start += columns, row++) {`,
    `const aStart = stridedOffset(row, shape, aStrides, last);`,
    `const bStart = stridedOffset(row, shape, bStrides, last);`,
    `for (let i = 0; i < columns; i++) yAll[start + i] = ${typescript(line!.value, { names })};`,
    `}`,
  ];
}

function rowsKernel(code: KernelCode): Printed {
  const { steps } = rowSteps(code);
  const perRow = [...code.inputs].filter(([, extent]) => extent === 'perRow').map(([name]) => name);
  const body = [
    `for (let row = 0; row < rows; row++) {`,
    `const start = row * columns;`,
    `const end = start + columns;`,
    ...perRow.map(name => `const ${name} = ${all(name)}[row]!;`),
    ...steps.flatMap(step => rowLines(code, step)),
    `}`,
  ];
  const values = steps.flatMap((step): readonly Pick<Assignment, 'value'>[] =>
    step.kind === 'pass' ? step.items : step.kind === 'row' ? [step] : [],
  );
  return { text: kernelText(code, body), values };
}

function rowLines(code: KernelCode, step: RowStep): string[] {
  if (step.kind === 'row') {
    const value = typescript(step.value, {});
    return [step.isOutput ? `${all(step.name)}[row] = ${value};` : `const ${step.name} = ${value};`];
  }
  if (step.kind === 'search') {
    const search = step.search === 'largest' ? 'largestOf' : 'firstLargest';
    return [`const ${step.name} = ${search}(${all(step.operand)}, start, end);`];
  }
  return passLines(code, step);
}

function passLines(code: KernelCode, { items }: Pass): string[] {
  const sums = items.filter(({ kind }) => kind === 'sum');
  const isMatrix = (name: string) => (code.inputs.get(name) ?? code.outputs.get(name)) === 'matrix';
  const isSum = (name: string) => sums.some(sum => sum.name === name);
  const lines = elementLines(items, isMatrix, name => code.outputs.get(name) === 'matrix', 'i');
  const added = lines.map(line => {
    const [, name, value] = /^const (\w+) = (.+)$/.exec(line) ?? [];
    return name !== undefined && isSum(name) ? `${name} += ${value}` : line;
  });
  return [...sums.map(({ name }) => `let ${name} = 0;`), `for (let i = start; i < end; i++) {`, ...added, `}`];
}
