import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import t from 'tap';

const root = join(import.meta.dirname, '../..');

/** Every module that a module loads, itself included, and every package or built-in that they name. */
async function loadedBy(entry: string): Promise<{ files: Set<string>; packages: Set<string> }> {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = async (file: string): Promise<void> => {
    if (files.has(file)) return;
    files.add(file);
    const source = await readFile(file, 'utf8');
    for (const [, specifier = ''] of source.matchAll(/^(?:import|export)\s(?:[^;'=]*\sfrom\s)?'([^']+)';/gm)) {
      if (specifier.startsWith('.')) await visit(join(dirname(file), specifier));
      else packages.add(specifier);
    }
  };
  await visit(join(root, entry));
  return { files, packages };
}

t.test('the core needs nothing but the language: no package, no module of Node', async t => {
  const { files, packages } = await loadedBy('lib/index.ts');
  t.ok(files.size > 50, `${files.size} modules`);
  t.same([...packages], []);
});

t.test('the entry for Node needs modules of Node alone', async t => {
  const { packages } = await loadedBy('lib/node.ts');
  t.same(
    [...packages].filter(name => !name.startsWith('node:')),
    [],
  );
});

t.test('kernels know nothing of the library above them', async t => {
  const { files } = await loadedBy('kernels/loops/index.ts');
  t.same(
    [...files].map(file => relative(root, file)).filter(file => !file.startsWith('kernels/')),
    [],
  );
});
