/** The printer of the backend `simd`: AssemblyScript, of which a file holds the kernels of a family. */
import { docOf } from './docs.ts';
import { type Assignment, conditionsOf, namesIn, readsOf } from './expression.ts';
import type { KernelCode } from './kernel-code.ts';
import { Constants, vector } from './simd-expression.ts';
import { classOf, type Method, type SimdKernel } from './simd-kernel.ts';
import { rowsKernel } from './simd-rows.ts';

export function simdFile(codes: readonly KernelCode[]): string {
  const constants = new Constants();
  const kernels = codes.map(code => ({ code, ...simdKernel(code) }));
  const texts = kernels.map(({ code, text, methods }) =>
    [classText(code, methods, constants), `${docOf(code)}\n${text}`].filter(Boolean).join('\n\n'),
  );
  const body = texts.join('\n\n');
  const imports = [
    ['Elementary', '../elementary'],
    ['Rows', '../rows'],
    ['Vectors', '../vectors'],
  ].filter(([name]) => body.includes(`${name}.`));
  const combine = ['combine', 'combineSingly'].filter(name => body.includes(`${name}<`));
  return [
    ...(combine.length === 0 ? [] : [`import { ${combine.join(', ')} } from '../broadcast';`]),
    ...imports.map(([name, path]) => `import { ${name} } from '${path}';`),
    '',
    constantsText(constants),
    body,
  ].join('\n');
}

const constantsText = ({ values }: Constants): string =>
  values.length === 0 ? '' : `const constants: usize = memory.data<f32>([${values.join(', ')}], 16);\n`;

function classText(code: KernelCode, methods: readonly Method[], constants: Constants): string {
  const isGeneric = code.kind === 'broadcast';
  const texts = methods.map(({ name: method, parameters, value, conditions }) =>
    [
      `@inline`,
      `${isGeneric ? '' : 'static '}${method}(${parameters.map(parameter => `${parameter}: v128`).join(', ')}): v128 {`,
      `return ${vector(value, { constants, conditions })};`,
      `}`,
    ].join('\n'),
  );
  return texts.length === 0 ? '' : `class ${classOf(code)} {\n${texts.join('\n\n')}\n}`;
}

function simdKernel(code: KernelCode): SimdKernel {
  if (code.kind === 'rows') return rowsKernel(code);
  return code.kind === 'broadcast' ? broadcastKernel(code) : elementsKernel(code);
}

/** Generic code goes through the operands: it calls `apply` of the class on the null reference. */
function broadcastKernel(code: KernelCode): SimdKernel {
  const { name, program } = code;
  const numbers = ['a', 'b', 'y', 'axes'].map(operand => `${operand}: usize`);
  const sizes = ['from', 'rows', 'columns', 'aStep', 'bStep'];
  const { value } = program[0]!;
  const isElementary = vector(value, { constants: new Constants(), conditions: new Set() }).includes('Elementary.');
  return {
    text: [
      `export function ${name}(${[...numbers, ...sizes.map(size => `${size}: i32`)].join(', ')}): void {`,
      `${isElementary ? 'combineSingly' : 'combine'}<${classOf(code)}>(a, b, y, axes, ${sizes.join(', ')});`,
      `}`,
    ].join('\n'),
    methods: [{ name: 'apply', parameters: ['a', 'b'], value, conditions: new Set() }],
  };
}

/** Two vectors a turn, all computed before any is stored, so that V8 can fuse them; the last one at a time. */
function elementsKernel(code: KernelCode): SimdKernel {
  const operands =
    code.kind === 'update'
      ? [...code.outputs.keys(), ...code.inputs.keys()]
      : [...code.inputs.keys(), ...code.outputs.keys()];
  const program = named(code.program);
  const reads = readsOf(code.program);
  const numbers = [...code.options, ...code.hyper].filter(name => reads.includes(name));
  const parameters = [
    ...operands.map(name => `${name}: usize`),
    'size: i32',
    ...code.options.map(name => `${name}: f32`),
    ...(code.hyper.length > 0 ? ['hyper: usize'] : []),
  ];
  const splat = (name: string): string => {
    const place = 4 * code.hyper.indexOf(name);
    if (place < 0) return `f32x4.splat(${name})`;
    return place === 0 ? 'v128.load32_splat(hyper)' : `v128.load32_splat(hyper, ${place})`;
  };
  const turn = new Turn(code, program);
  const low = turn.lines('Low', 0);
  const high = turn.lines('High', 16);
  const single = turn.lines('Lanes', 0);
  const advance = (bytes: number): string[] => operands.map(name => `${name} += ${bytes};`);
  return {
    text: [
      `export function ${code.name}(${parameters.join(', ')}): void {`,
      ...numbers.map(name => `const ${name}All = ${splat(name)};`),
      `for (; size >= 8; size -= 8) {`,
      ...low.loads,
      ...high.loads,
      ...low.values.flatMap((line, i) => [line, high.values[i]!]),
      ...turn.outputs.flatMap(({ name, last }) => [
        `v128.store(${name}, ${last}Low);`,
        `v128.store(${name}, ${last}High, 16);`,
      ]),
      ...advance(32),
      `}`,
      `for (; size > 0; size -= 4) {`,
      ...single.loads,
      ...single.values,
      ...turn.outputs.map(({ name, last }) => `Vectors.storeSome(${name}, ${last}Lanes, size);`),
      ...advance(16),
      `}`,
      `}`,
    ].join('\n'),
    methods: program.map(({ method, reads: names, value, conditions }) => ({
      name: method,
      parameters: names,
      value,
      conditions,
    })),
  };
}

/** A line of a program whose value has a name of its own. */
export interface NamedLine extends Assignment {
  readonly method: string;
  readonly reads: readonly string[];
  readonly conditions: ReadonlySet<string>;
}

/** Lines that assign a name again get another method. */
export function named(program: readonly Assignment[]): NamedLine[] {
  const conditions = conditionsOf(program);
  return program.map(({ name, value }, index) => {
    const before = program.slice(0, index).filter(line => line.name === name).length;
    return { name, value, method: before === 0 ? name : `${name}${before + 1}`, reads: namesIn(value), conditions };
  });
}

/** What is done with one vector of each operand. */
class Turn {
  readonly #code: KernelCode;
  readonly #program: readonly NamedLine[];
  readonly outputs: readonly { readonly name: string; readonly last: string }[];

  constructor(code: KernelCode, program: readonly NamedLine[]) {
    this.#code = code;
    this.#program = program;
    // What is only a number has no vector of its own.
    this.outputs = [...code.outputs.keys()].map(name => ({
      name,
      last: program.findLast(line => line.name === name)!.method + (this.#isLoaded(name) ? 'Next' : ''),
    }));
  }

  #isOperand(name: string): boolean {
    return this.#code.inputs.has(name) || this.#code.outputs.has(name);
  }

  #isLoaded(name: string): boolean {
    return this.#isOperand(name) && readsOf(this.#program).includes(name);
  }

  /** `suffix` tells the vectors of a turn apart, `offset` is where they lie. */
  lines(suffix: string, offset: number): { readonly loads: string[]; readonly values: string[] } {
    const place = offset === 0 ? '' : `, ${offset}`;
    const loads = readsOf(this.#program).filter(name => this.#isOperand(name));
    const now = new Map(loads.map(name => [name, `${name}${suffix}`]));
    const values = this.#program.map(({ name, method, reads }) => {
      const parameters = reads.map(read => now.get(read) ?? `${read}All`);
      const local = `${method}${this.#isLoaded(name) ? 'Next' : ''}${suffix}`;
      now.set(name, local);
      return `const ${local} = ${classOf(this.#code)}.${method}(${parameters.join(', ')});`;
    });
    return { loads: loads.map(name => `const ${name}${suffix} = v128.load(${name}${place});`), values };
  }
}
