/** Writes lib/shape/digit-tables.ts: `npx tsx test/types/generate-digit-tables.ts`. */
import { writeFile } from 'node:fs/promises';

const digits = [...'0123456789'];

/** An interface with an entry for each pair of digits, and one pair of tables for carry 0 and carry 1. */
function withCarry(name: string, comment: string, value: (a: number, b: number, carry: number) => number): string {
  const table = (carry: number) => digits.map(a => row(a, b => value(Number(a), b, carry), '    ')).join('\n');
  return [
    `/** ${comment} */`,
    `export interface ${name} {`,
    ...[0, 1].flatMap(c => [`  '${c}': {`, table(c), '  };']),
    '}',
  ].join('\n');
}

/** Long division by one digit: [quotient digit, remainder] by divisor, remainder so far and next digit. */
function divisionTable(): string {
  const lines = digits.slice(2).flatMap(divisor => [
    `  '${divisor}': {`,
    ...digits.slice(0, Number(divisor)).map(rest => {
      const step = (b: number) => {
        const dividend = Number(rest) * 10 + b;
        return [Math.floor(dividend / Number(divisor)), dividend % Number(divisor)];
      };
      return row(rest, b => step(b).join(''), '    ');
    }),
    '  };',
  ]);
  return [
    '/** [divisor][remainder so far][next digit]: the digit of the quotient and the new remainder. */',
    'export interface DigitDivision {',
    ...lines,
    '}',
  ].join('\n');
}

function row(key: string, value: (b: number) => number | string, indent: string): string {
  return `${indent}'${key}': { ${digits.map(b => `'${b}': '${value(Number(b))}'`).join('; ')} };`;
}

/** The text of lib/shape/digit-tables.ts. */
export function digitTables(): string {
  return `${[
    '// Written by test/types/generate-digit-tables.ts: do not edit.',
    withCarry('SumDigit', '[carry][a][b]: the last digit of a + b + carry.', (a, b, carry) => (a + b + carry) % 10),
    withCarry('SumCarry', '[carry][a][b]: whether a + b + carry has two digits.', (a, b, carry) =>
      a + b + carry > 9 ? 1 : 0,
    ),
    withCarry(
      'DifferenceDigit',
      '[borrow][a][b]: the last digit of 10 + a - b - borrow.',
      (a, b, borrow) => (10 + a - b - borrow) % 10,
    ),
    withCarry('DifferenceBorrow', '[borrow][a][b]: whether a - b - borrow is negative.', (a, b, borrow) =>
      a - b - borrow < 0 ? 1 : 0,
    ),
    divisionTable(),
  ].join('\n\n')}\n`;
}

if (process.argv[1] === import.meta.filename) {
  await writeFile(new URL('../../lib/shape/digit-tables.ts', import.meta.url), digitTables());
}
