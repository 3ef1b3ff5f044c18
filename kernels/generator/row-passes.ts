/**
 * Formulas of rows as passes over the columns. What belongs to a row is computed between the passes, once; what belongs
 * to a column is computed in each pass that needs it, unless it is an output, which later passes load again.
 */
import { type Assignment, conditionsOf, type Expression, namesIn, partsOf, withParts } from './expression.ts';
import { reductions } from './functions.ts';
import type { KernelCode } from './kernel-code.ts';

/** A value for each column; `isOutput` is stored. */
export interface ColumnItem extends Assignment {
  readonly kind: 'column';
  readonly isOutput: boolean;
}
/** The sum of a value over the columns. */
export interface SumItem extends Assignment {
  readonly kind: 'sum';
}
export interface Pass {
  readonly kind: 'pass';
  readonly items: readonly (ColumnItem | SumItem)[];
}
/** A number for the row; `isOutput` is stored. */
export interface RowItem extends Assignment {
  readonly kind: 'row';
  readonly isOutput: boolean;
}
/** The largest element of an operand in this row, or where it is. */
export interface SearchItem {
  readonly kind: 'search';
  readonly name: string;
  readonly search: 'largest' | 'argmax';
  readonly operand: string;
}
export type RowStep = Pass | RowItem | SearchItem;
type Item = ColumnItem | SumItem | RowItem | SearchItem;

export interface RowSteps {
  readonly steps: readonly RowStep[];
  /** Names of conditions among the values. */
  readonly conditions: ReadonlySet<string>;
}

export function rowSteps(code: KernelCode): RowSteps {
  const items = new Extraction(code).items;
  const assignments = items.flatMap(item => (item.kind === 'search' ? [] : [item]));
  return { steps: passesOf(items), conditions: conditionsOf(assignments) };
}

/** Turns the lines of a program into items without reductions inside of expressions. */
class Extraction {
  readonly items: Item[] = [];
  readonly #columns: Set<string>;
  readonly #taken: Set<string>;

  constructor(code: KernelCode) {
    const operands = [...code.inputs, ...code.outputs];
    this.#columns = new Set(operands.filter(([, extent]) => extent === 'matrix').map(([name]) => name));
    this.#taken = new Set([...operands.map(([name]) => name), ...code.program.map(({ name }) => name), 'columns']);
    for (const line of code.program) this.#add(line, code.outputs.has(line.name));
  }

  #add({ name, value }: Assignment, isOutput: boolean): void {
    if (!isOutput && value.kind === 'call' && value.name === 'sum') {
      this.items.push({ kind: 'sum', name, value: this.#hoisted(this.#reduced(value.parameters[0]!)) });
      return;
    }
    if (!isOutput && value.kind === 'call' && reductions.includes(value.name) && value.name !== 'mean') {
      this.items.push(searchItem(name, value.name, value.parameters[0]!));
      return;
    }
    const reduced = this.#reduced(value);
    if (this.#isRow(reduced)) {
      this.items.push({ kind: 'row', name, value: reduced, isOutput });
      return;
    }
    this.items.push({ kind: 'column', name, value: this.#hoisted(reduced), isOutput });
    this.#columns.add(name);
  }

  /** Without reductions: each has become an item of its own before. */
  #reduced(value: Expression): Expression {
    if (value.kind !== 'call' || !reductions.includes(value.name)) return withParts(value, part => this.#reduced(part));
    const [parameter] = value.parameters;
    const isMean = value.name === 'mean';
    const name = this.#fresh(isMean ? 'sum' : value.name);
    this.#add({ name, value: { kind: 'call', name: isMean ? 'sum' : value.name, parameters: [parameter!] } }, false);
    const result: Expression = { kind: 'name', name };
    return isMean ? { kind: 'operation', operator: '/', a: result, b: { kind: 'name', name: 'columns' } } : result;
  }

  /** With what belongs to the row computed before, once. */
  #hoisted(value: Expression): Expression {
    if (partsOf(value).length === 0) return value;
    if (!this.#isRow(value)) return withParts(value, part => this.#hoisted(part));
    const name = this.#fresh('ofRow');
    this.items.push({ kind: 'row', name, value, isOutput: false });
    return { kind: 'name', name };
  }

  #isRow(value: Expression): boolean {
    return !namesIn(value).some(name => this.#columns.has(name));
  }

  #fresh(stem: string): string {
    let name = stem;
    for (let count = 2; this.#taken.has(name); count++) name = `${stem}${count}`;
    this.#taken.add(name);
    return name;
  }
}

function searchItem(name: string, search: string, operand: Expression): SearchItem {
  if ((search === 'largest' || search === 'argmax') && operand.kind === 'name') {
    return { kind: 'search', name, search, operand: operand.name };
  }
  throw new Error(`${search} takes an operand, not an expression`);
}

/** As few passes as there can be: a pass ends where something needs one of its sums. */
function passesOf(items: readonly Item[]): RowStep[] {
  const steps: RowStep[] = [];
  const temporaries = new Map(
    items.flatMap(item => (item.kind === 'column' && !item.isOutput ? [[item.name, item]] : [])),
  );
  let pass: (ColumnItem | SumItem)[] = [];
  const end = () => {
    if (pass.length > 0) steps.push({ kind: 'pass', items: pass });
    pass = [];
  };
  const needed = (item: ColumnItem | SumItem): (ColumnItem | SumItem)[] => [
    ...namesIn(item.value).flatMap(name => {
      const temporary = temporaries.get(name);
      return temporary === undefined || pass.includes(temporary) ? [] : needed(temporary);
    }),
    item,
  ];
  for (const item of items) {
    if (item.kind === 'column' && !item.isOutput) continue;
    const reads = item.kind === 'search' ? [item.operand] : needs(item.value, temporaries);
    const isBefore = item.kind === 'row' || item.kind === 'search';
    if (pass.some(({ kind, name }) => reads.includes(name) && (kind === 'sum' || isBefore))) end();
    if (item.kind === 'row' || item.kind === 'search') {
      // What a pass does not need may as well come before it.
      steps.push(item);
    } else {
      for (const one of needed(item)) if (!pass.includes(one)) pass.push(one);
    }
  }
  end();
  return steps;
}

/** All names that a value needs, those of its temporaries included. */
function needs(value: Expression, temporaries: ReadonlyMap<string, ColumnItem>): string[] {
  return namesIn(value).flatMap(name => {
    const temporary = temporaries.get(name);
    return temporary === undefined ? [name] : [name, ...needs(temporary.value, temporaries)];
  });
}
