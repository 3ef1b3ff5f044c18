/** docs/keras.md speaks of every public name of Keras 3 in keras-api.json, and what it says is here is here. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import * as inkling from '../../lib/index.ts';
import * as inklingNode from '../../lib/node.ts';

const root = join(import.meta.dirname, '../..');
const { madeBy, ...api }: { readonly madeBy: string } & { readonly [section: string]: readonly string[] } = JSON.parse(
  await readFile(join(root, 'test/golden/keras-api.json'), 'utf8'),
);

/** The rows of the table below each heading: what Keras has, and what is said of it. */
function sections(text: string): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  let rows = new Map<string, string>();
  for (const line of text.split('\n')) {
    const heading = /^## (.+)$/.exec(line)?.[1];
    if (heading !== undefined) {
      rows = new Map();
      found.set(heading, rows);
    }
    const [, names, said] = /^\| (`.+?`) \| (.+) \|$/.exec(line) ?? [];
    for (const [, name = ''] of names?.matchAll(/`([^`]+)`/g) ?? []) rows.set(name, said ?? '');
  }
  return found;
}

const found = sections(await readFile(join(root, 'docs/keras.md'), 'utf8'));
const exported: { readonly [name: string]: unknown } = { ...inklingNode, ...inkling };

/** Whether `conv2d` or `initializers.ones` is there. */
const isExported = (path: string): boolean =>
  path
    .split('.')
    .reduce((from: unknown, name) => (from as { [name: string]: unknown } | undefined)?.[name], exported) !== undefined;

const optionSources = await Promise.all(
  ['options', 'summary'].map(file => readFile(join(root, `lib/model/${file}.ts`), 'utf8')),
);
/** Whether a method takes it: by name in its options, or as the batch itself. */
const isOption = (name: string): boolean =>
  name === 'x' || name === 'y' || optionSources.some(text => new RegExp(`readonly ${name}\\??:`).test(text));

t.test(`docs/keras.md has a row for each name of ${madeBy}`, async t => {
  for (const [section, names] of Object.entries(api)) {
    const rows = found.get(section) ?? new Map();
    t.same(
      names.filter(name => !rows.has(name)),
      [],
      section,
    );
    t.same(
      [...rows.keys()].filter(name => !names.includes(name)),
      [],
      `${section}: names that Keras does not have`,
    );
  }
});

t.test('what the rows say is here is exported', async t => {
  for (const [section, rows] of found) {
    const isThere = section === 'Options' ? isOption : isExported;
    for (const [name, said] of rows) {
      const [, here] = /^`([\w.]+)`/.exec(said) ?? [];
      if (here !== undefined) t.ok(isThere(here), `${section}: ${name} is here as ${here}`);
      else t.match(said, /^no: .{10}/, `${section}: ${name} has a reason`);
    }
  }
});
