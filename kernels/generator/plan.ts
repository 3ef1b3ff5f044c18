/** The printers of what the plan needs: the rules of gradients, and the methods of `Ops`. */
import type { BroadcastFormula, ElementwiseFormula, Formula, RowsFormula } from '../formulas/formula.ts';
import { namesIn, parseProgram, readsOf } from './expression.ts';
import { forwardName, inputsOf, type KernelCode, kernelsOf } from './kernel-code.ts';
import { opsCall } from './ops-expression.ts';

type Named = readonly [operation: string, formula: Formula];

export function gradientsFile(formulas: readonly Named[]): string {
  const rules = formulas.flatMap(([operation, formula]) => {
    if (formula.kind === 'update') return [];
    if (formula.kind === 'broadcast') return formula.gradient === undefined ? [] : [composedRule(operation, formula)];
    if (formula.backward !== undefined) return [kernelRule(operation, formula)];
    return formula.kind === 'elementwise' && formula.gradient !== undefined ? [composedRule(operation, formula)] : [];
  });
  const text = rules.join('\n');
  return [
    "import type { KernelName } from '../../../kernels/contract.ts';",
    "import { gradientOps, type Rules, summedTo } from '../gradient-rules.ts';",
    '',
    '/** The rules of the kernels that have formulas. */',
    `export const formulaRules: Rules<${ruleNames(formulas)}> = {`,
    text,
    '};',
    '',
    '/** Kernels whose gradient is 0 wherever there is one. */',
    `export const flatKernels: readonly KernelName[] = [${flatNames(formulas)}];`,
  ].join('\n');
}

const flatNames = (formulas: readonly Named[]): string =>
  formulas
    .flatMap(([operation, formula]) =>
      'isFlat' in formula && formula.isFlat === true ? [`'${forwardName(operation, formula)}'`] : [],
    )
    .join(', ');

const ruleNames = (formulas: readonly Named[]): string =>
  formulas
    .flatMap(([operation, formula]) => {
      const name = forwardName(operation, formula);
      return name.endsWith('Forward') ? [`'${name}'`] : [];
    })
    .join(' | ');

const braces = (names: readonly string[]): string => `{ ${names.join(', ')} }`;

/** What a rule takes from a call: the operands that it reads, and the geometry. */
function takes(names: readonly string[], inputs: readonly string[], outputs: readonly string[], usesGeometry: boolean) {
  const read = (operands: readonly string[]) => operands.filter(name => names.includes(name));
  const [given, made] = [read(inputs), read(outputs)];
  const parts = [
    ...(given.length > 0 ? [`inputs: ${braces(given)}`] : []),
    ...(made.length > 0 ? [`outputs: ${braces(made)}`] : []),
    ...(usesGeometry ? ['geometry'] : []),
  ];
  return parts.length === 0 ? '_' : braces(parts);
}

/** One call of a kernel that computes the gradients of all inputs. */
function kernelRule(operation: string, formula: ElementwiseFormula | RowsFormula): string {
  const [forward, backward] = kernelsOf(operation, formula) as [KernelCode, KernelCode];
  const [inputs, outputs] = [[...forward.inputs.keys()], [...forward.outputs.keys()]];
  const gradients = [...backward.outputs.keys()];
  const shapes = gradients.map(name => `${name}: ${name.slice(1)}.shape`);
  const needed = [...backward.inputs.keys(), ...gradients.map(name => name.slice(1))];
  const incoming = outputs.filter(name => backward.inputs.has(`d${name}`));
  const d = braces(incoming.map(name => `${name}: d${name}`));
  const emit = `graph.emit('${backward.name}', ${braces(shapes)}, ${braces([...backward.inputs.keys()])}, geometry)`;
  return [
    `${forward.name}: (graph, ${takes(needed, inputs, outputs, true)}, ${d}) => {`,
    `const ${braces(gradients)} = ${emit};`,
    `return ${braces(gradients.map(name => `${name.slice(1)}: ${name}`))};`,
    `},`,
  ].join('\n');
}

/** The gradient of each input as other operations. */
function composedRule(operation: string, formula: ElementwiseFormula | BroadcastFormula): string {
  const isBroadcast = formula.kind === 'broadcast';
  const options = isBroadcast ? [] : (formula.options ?? []);
  const inputs = isBroadcast ? ['a', 'b'] : inputsOf(formula);
  const program = parseProgram(formula.gradient!);
  const reads = readsOf(program);
  const lines = program.map(({ name, value }) => {
    const call = opsCall(value, options);
    const operand = name.slice(1);
    return `${operand}: ${isBroadcast ? `summedTo(graph, ${operand}.shape, ${call})` : call}`;
  });
  const needed = [...reads, ...(isBroadcast ? inputs : [])];
  const usesGeometry = program.some(({ value }) => namesIn(value).some(name => options.includes(name)));
  const usesOps = lines.some(line => line.includes('ops.'));
  return [
    `${forwardName(operation, formula)}: (graph, ${takes(needed, inputs, ['y'], usesGeometry)}, { y: dy }) => {`,
    ...(usesOps ? ['const ops = gradientOps(graph);'] : []),
    `return ${braces(lines)};`,
    `},`,
  ].join('\n');
}

export function opsFile(formulas: readonly Named[]): string {
  const methods = formulas.flatMap(([operation, formula]) => {
    if (formula.kind === 'update' || ('isInternal' in formula && formula.isInternal === true)) return [];
    return [`${docs(formula)}\n${method(operation, formula)}`];
  });
  return [
    "import type { Shape } from '../../shape/shape.ts';",
    "import type { Value } from '../graph.ts';",
    "import { Emitter, type Operand } from '../emitter.ts';",
    '',
    '/** The operations that have formulas; `Ops` adds those with a structure of their own. */',
    'export class FormulaOps extends Emitter {',
    methods.join('\n\n'),
    '}',
  ].join('\n');
}

const docs = ({ about }: Formula): string => `/** ${about} */`;

function method(operation: string, formula: Exclude<Formula, { kind: 'update' }>): string {
  const kernel = `'${forwardName(operation, formula)}'`;
  if (formula.kind === 'broadcast') {
    return `${operation}(a: Operand, b: Operand): Value { return this.broadcast(${kernel}, a, b); }`;
  }
  if (formula.kind === 'elementwise') return elementwiseMethod(operation, formula, kernel);
  const inputs = Object.keys(formula.inputs);
  const outputs = Object.entries(formula.outputs);
  const shape = (extent: string): string => `${inputs[0]}.shape${extent === 'perRow' ? '.slice(0, -1)' : ''}`;
  const shapes = outputs.map(([name, extent]) => `${name}: ${shape(extent)}`);
  const type = outputs.length === 1 ? 'Value' : `{ ${outputs.map(([name]) => `${name}: Value`).join('; ')} }`;
  const result = outputs.length === 1 ? `.${outputs[0]![0]}` : '';
  const parameters = inputs.map(name => `${name}: Value`).join(', ');
  return [
    `${operation}(${parameters}): ${type} {`,
    `return this.rows(${kernel}, ${braces(shapes)}, ${braces(inputs)})${result};`,
    `}`,
  ].join('\n');
}

function elementwiseMethod(operation: string, formula: ElementwiseFormula, kernel: string): string {
  const inputs = inputsOf(formula);
  const options = formula.options ?? [];
  const defaults: { readonly [option: string]: number } = formula.defaults ?? {};
  const shape = inputs.length === 0 ? ['shape: Shape'] : [];
  const parameters = [
    ...shape,
    ...inputs.map(name => `${name}: Value`),
    ...options.map(option => `${option}${option in defaults ? ` = ${defaults[option]}` : ': number'}`),
  ];
  return [
    `${operation}(${parameters.join(', ')}): Value {`,
    `return this.elementwise(${kernel}, ${inputs[0] === undefined ? 'shape' : `${inputs[0]}.shape`}, ${inputs.length === 0 ? '{}' : braces(inputs)}, ${options.length === 0 ? '{}' : braces([...options])});`,
    `}`,
  ].join('\n');
}
