/** The printer of the bindings of `simd`: with which numbers the functions of simd.ts are called. */
import type { KernelCode } from './kernel-code.ts';

export function bindingsFile(codes: readonly KernelCode[]): string {
  return [
    "import type { Bindings } from '../stages.binding.ts';",
    "import { forAxes } from '../axes.binding.ts';",
    "import { broadcastStage, elementStage, rowStage } from '../formulas.binding.ts';",
    '',
    `export const formulaBindings: Bindings<${codes.map(({ name }) => `'${name}'`).join(' | ')}> = {`,
    ...codes.map(code => `${code.name}: ${binding(code)},`),
    '};',
    '',
    '/** Scratch memory of what broadcasts. */',
    'export const broadcastScratch = {',
    ...codes.flatMap(({ name, kind }) => (kind === 'broadcast' ? [`${name}: forAxes,`] : [])),
    '};',
  ].join('\n');
}

const braces = (names: readonly string[]): string => `{ ${names.join(', ')} }`;

function binding(code: KernelCode): string {
  const { name, kind, inputs, outputs, options, hyper } = code;
  const given = [...inputs.keys(), ...(hyper.length > 0 ? ['hyper'] : [])];
  const takes = (geometry: string): string =>
    braces([
      ...(given.length > 0 ? [`inputs: ${braces(given)}`] : []),
      `outputs: ${braces([...outputs.keys()])}`,
      geometry,
      'pieces',
    ]);
  if (kind === 'broadcast') {
    return `(${takes('geometry')}) => [broadcastStage('${name}', a, b, y, geometry, pieces)]`;
  }
  if (kind === 'rows') {
    const operands = [...inputs, ...outputs].map(([operand, extent]) => `[${operand}, '${extent}']`);
    return `(${takes('geometry')}) => [rowStage('${name}', [${operands.join(', ')}], geometry, pieces)]`;
  }
  const operands = kind === 'update' ? [...outputs.keys(), ...inputs.keys()] : [...inputs.keys(), ...outputs.keys()];
  const numbers = [...options, ...(hyper.length > 0 ? ['hyper'] : [])];
  const parameters = [`'${name}'`, `[${operands.join(', ')}]`, 'size', 'pieces', ...numbers];
  return `(${takes(`geometry: ${braces(['size', ...options])}`)}) => [elementStage(${parameters.join(', ')})]`;
}
