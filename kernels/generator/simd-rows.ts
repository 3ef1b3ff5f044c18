/** Formulas of rows in AssemblyScript: vectors begin at the first column, so that a row's result does not depend on where it lies. */
import { namesIn, readsOf } from './expression.ts';
import type { KernelCode } from './kernel-code.ts';
import { type Pass, type RowStep, rowSteps, type SearchItem } from './row-passes.ts';
import { scalar } from './simd-expression.ts';
import { classOf, type Method, type SimdKernel } from './simd-kernel.ts';

export function rowsKernel(code: KernelCode): SimdKernel {
  const { steps, conditions } = rowSteps(code);
  const methods: Method[] = [];
  const operands = [...code.inputs, ...code.outputs];
  const names = new RowNames(code, steps);
  const perRow = [...code.inputs].filter(([, extent]) => extent === 'perRow').map(([name]) => name);
  const parameters = [...operands.map(([name]) => `${name}: usize`), 'rows: i32', 'columns: i32'];
  const hasPass = steps.some(({ kind }) => kind === 'pass');
  const hasMatrix = operands.some(([, extent]) => extent === 'matrix');
  return {
    text: [
      `export function ${code.name}(${parameters.join(', ')}): void {`,
      ...(hasMatrix ? [`const bytes = (columns as usize) << 2;`] : []),
      ...(hasPass ? [`const whole = bytes & ~15;`, `const rest = columns & 3;`] : []),
      ...(steps.some(step => step.kind === 'pass' && step.items.some(({ kind }) => kind === 'sum'))
        ? [`const last = Vectors.firstLanes(rest);`]
        : []),
      `for (; rows > 0; rows--) {`,
      ...perRow.map(name => `const ${names.ofRow(name)} = load<f32>(${name}) as f64;`),
      ...steps.flatMap(step => stepLines(code, step, names, conditions, methods)),
      ...operands.map(([name, extent]) => `${name} += ${extent === 'matrix' ? 'bytes' : '4'};`),
      `}`,
      `}`,
    ].join('\n'),
    methods,
  };
}

/** Names of local variables: a parameter is where an operand lies, so what it holds has another name. */
class RowNames {
  readonly #code: KernelCode;
  readonly #splats = new Set<string>();
  readonly isOfRow: (name: string) => boolean;

  constructor(code: KernelCode, steps: readonly RowStep[]) {
    this.#code = code;
    const computed = steps.flatMap(step =>
      step.kind === 'pass' ? step.items.filter(({ kind }) => kind === 'sum').map(({ name }) => name) : [step.name],
    );
    this.isOfRow = name => computed.includes(name) || code.inputs.get(name) === 'perRow' || name === 'columns';
  }

  ofRow(name: string): string {
    return this.#code.inputs.has(name) ? `${name}Now` : name;
  }

  /** The lines that fill vectors with the numbers of the row which have none yet. */
  splats(names: readonly string[]): string[] {
    const fresh = [...new Set(names)].filter(name => this.isOfRow(name) && !this.#splats.has(name));
    for (const name of fresh) this.#splats.add(name);
    return fresh.map(name => `const ${name}All = f32x4.splat(${this.ofRow(name)} as f32);`);
  }
}

function stepLines(
  code: KernelCode,
  step: RowStep,
  names: RowNames,
  conditions: ReadonlySet<string>,
  methods: Method[],
): string[] {
  if (step.kind === 'search') return [searchLine(step)];
  if (step.kind === 'pass') return passLines(code, step, names, conditions, methods);
  const value = scalar(step.value, name => names.ofRow(name));
  return [step.isOutput ? `store<f32>(${step.name}, ${value} as f32);` : `const ${step.name}: f64 = ${value};`];
}

const searchLine = ({ name, search, operand }: SearchItem): string =>
  search === 'largest'
    ? `const ${name} = Rows.largest(${operand}, columns) as f64;`
    : `const ${name} = Rows.firstLargest(${operand}, columns) as f64;`;

function passLines(
  code: KernelCode,
  { items }: Pass,
  names: RowNames,
  conditions: ReadonlySet<string>,
  methods: Method[],
): string[] {
  const isMatrix = (name: string) => (code.inputs.get(name) ?? code.outputs.get(name)) === 'matrix';
  const loads = readsOf(items).filter(isMatrix);
  const now = new Map(loads.map(name => [name, `${name}Lanes`]));
  const value = (name: string): string => now.get(name) ?? `${name}All`;
  const sums = items.filter(({ kind }) => kind === 'sum');
  const body: string[] = loads.map(name => `const ${name}Lanes = v128.load(${name} + at);`);
  const [main, tail] = [[...body], [...body]];
  for (const item of items) {
    const isPlain = item.value.kind === 'name';
    const reads = namesIn(item.value);
    const method = isPlain ? undefined : methodFor(item.name, methods);
    if (method !== undefined) methods.push({ name: method, parameters: reads, value: item.value, conditions });
    const result =
      method === undefined ? value(reads[0]!) : `${classOf(code)}.${method}(${reads.map(value).join(', ')})`;
    if (item.kind === 'sum') {
      main.push(`${item.name}Pairs = Vectors.addTo(${item.name}Pairs, ${result});`);
      tail.push(`${item.name}Pairs = Vectors.addTo(${item.name}Pairs, v128.and(${result}, last));`);
      continue;
    }
    const local = `${method ?? item.name}${loads.includes(item.name) ? 'Next' : 'Lanes'}`;
    now.set(item.name, local);
    for (const lines of [main, tail]) lines.push(`const ${local} = ${result};`);
    if (!item.isOutput) continue;
    main.push(`v128.store(${item.name} + at, ${local});`);
    tail.push(`Vectors.storeSome(${item.name} + at, ${local}, rest);`);
  }
  return [
    ...names.splats(items.flatMap(({ value }) => namesIn(value))),
    ...sums.map(({ name }) => `let ${name}Pairs = f64x2.splat(0);`),
    `for (let at: usize = 0; at < whole; at += 16) {`,
    ...main,
    `}`,
    `if (rest > 0) {`,
    `const at = whole;`,
    ...tail,
    `}`,
    ...sums.map(({ name }) => `const ${name} = Vectors.total(${name}Pairs);`),
  ];
}

/** A name that no method of the class has yet. */
function methodFor(name: string, methods: readonly Method[]): string {
  let free = name;
  for (let count = 2; methods.some(method => method.name === free); count++) free = `${name}${count}`;
  return free;
}
