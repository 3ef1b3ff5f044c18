/** Arithmetic on number literals against that of JavaScript, and the tables that it looks up. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { compile, declarations, root, userConfig } from './compilers.ts';
import { digitTables } from './generate-digit-tables.ts';

/** Numbers of few digits and of many, as often. */
const natural = fc.integer({ min: 0, max: 9 }).chain(digits => fc.nat(10 ** digits));
const pairs = fc.sample(fc.tuple(natural, natural), { seed: 3, numRuns: 120 });

const operations: { readonly [type: string]: (a: number, b: number) => number | string } = {
  Add: (a, b) => a + b,
  Subtract: (a, b) => (a < b ? 'never' : a - b),
  Multiply: (a, b) => a * b,
  Divide: (a, b) => (b === 0 ? 'number' : Math.floor(a / b)),
  Remainder: (a, b) => (b === 0 ? 'number' : a % b),
};

/** Arguments that are no literal natural numbers give `number`. */
const unknown = ['number', '3 | 4', '2.5', '-1'].flatMap(a =>
  ['Add', 'Subtract', 'Multiply', 'Divide'].flatMap(type => [
    `same<Equal<${type}<${a}, 7>, number>>();`,
    `same<Equal<${type}<7, ${a}>, number>>();`,
  ]),
);

t.test('sums, differences, products, quotients and remainders', async t => {
  const { folder, discard } = await declarations();
  t.teardown(discard);
  const known = Object.entries(operations).flatMap(([type, compute]) =>
    pairs
      .filter(([a, b]) => Number.isSafeInteger(a * b) && a * b < 1e15)
      .map(([a, b]) => `same<Equal<${type}<${a}, ${b}>, ${compute(a, b)}>>();`),
  );
  const less = pairs.map(([a, b]) => `same<Equal<IsLess<${a}, ${b}>, ${a < b}>>();`);
  const program = [
    `import type { ${Object.keys(operations).join(', ')}, IsLess } from './lib/shape/arithmetic.js';`,
    `import { type Equal, same } from ${JSON.stringify(join(import.meta.dirname, 'fixtures/equal.ts'))};`,
    ...known,
    ...less,
    ...unknown,
  ];
  t.ok(program.length > 600, `${program.length} lines`);
  const file = join(folder, 'arithmetic.ts');
  await writeFile(file, program.join('\n'));
  for (const name of ['typescript', 'typescript-5.9'] as const) {
    const { diagnostics } = await compile(name, '-p', await userConfig(folder, [file]), '--pretty', 'false');
    t.same(diagnostics.map(({ line, message }) => `${program[line - 1]} ${message}`).slice(0, 5), [], name);
  }
});

t.test('the tables are those that the generator writes', async t => {
  t.equal(await readFile(join(root, 'lib/shape/digit-tables.ts'), 'utf8'), digitTables());
});
