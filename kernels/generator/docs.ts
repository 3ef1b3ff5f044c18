import type { KernelCode } from './kernel-code.ts';

/** The docstring of a kernel: its formula, and what it is. */
export function docOf({ about, name, formula }: KernelCode): string {
  const lines = formula.split('; ').map(line => ` *     ${line}`);
  if (name.endsWith('Backward')) return ['/**', ...lines, ' */'].join('\n');
  return ['/**', ` * ${about}`, ' *', ...lines, ' */'].join('\n');
}
