/** docs/formats.md: its table says of every layer what becomes of it in each format, as a model that has it shows. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { layerClasses } from '../../lib/layers/registry.ts';
import { formats, waysOf } from './layers-in-formats.ts';

const text = await readFile(join(import.meta.dirname, '../../docs/formats.md'), 'utf8');

t.test('the table of layers', async t => {
  const [, table = ''] = /## Layers\n([\s\S]*?)\n## /.exec(text)!;
  const said = new Map<string, readonly string[]>();
  for (const [, names = '', cells = ''] of table.matchAll(/^\| (`[^|]+`) \| (.+) \|$/gm)) {
    const ways = cells.split(' | ').slice(0, formats.length);
    for (const [, name = ''] of names.matchAll(/`(\w+)`/g)) {
      t.notOk(said.has(name), `${name} has one row`);
      said.set(name, ways);
    }
  }
  t.same([...said.keys()].toSorted(), [...new Set([...layerClasses, 'Sequential'])].toSorted());
  for (const [name, ways] of said) t.same(await waysOf(name), ways, name);
});
