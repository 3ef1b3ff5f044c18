import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { compile, declarations, userConfig } from './compilers.ts';

/** Without comments and without texts. */
const codeOf = (declaration: string): string =>
  declaration.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '').replace(/'[^'\n]*'|`[^`]*`|"[^"\n]*"/g, "''");

const disposing = `import { dense, Sequential } from 'inkling';
export function units(): readonly number[] {
  using model = new Sequential({ inputShape: [2] }).add(dense(3));
  const disposable: Disposable = model;
  return disposable === model ? model.outputShape : [];
}
`;

t.test('no declaration that is shipped says `any`, and none needs more than the language', async t => {
  const { folder, discard } = await declarations();
  t.teardown(discard);
  const files = (await readdir(folder, { recursive: true })).filter(file => file.endsWith('.d.ts'));
  t.ok(files.length > 50, `${files.length} declarations`);
  const codes = await Promise.all(files.map(async file => codeOf(await readFile(join(folder, file), 'utf8'))));
  const where = (sign: RegExp) => files.filter((_, i) => sign.test(codes[i]!));
  t.same(where(/\bany\b/), [], 'any');
  t.same(where(/<reference /), [], 'references');
  const entries = ['lib/index.d.ts', 'lib/node.d.ts'].map(file => join(folder, file));
  // Where the compiler knows `using`, models can be used with it.
  const using = join(folder, 'using.ts');
  await writeFile(using, disposing);
  const variants: [string[], object][] = [
    [entries, {}],
    [
      [...entries, using],
      {
        module: 'esnext',
        moduleResolution: 'bundler',
        strict: false,
        lib: ['es2022', 'dom', 'esnext.disposable'],
      },
    ],
  ];
  for (const name of ['typescript', 'typescript-5.9', 'typescript-5.7'] as const) {
    for (const [files, options] of variants) {
      // The declarations are checked, those of the language are not.
      const checked = { ...options, skipLibCheck: false, skipDefaultLibCheck: true };
      const { output } = await compile(name, '-p', await userConfig(folder, files, checked), '--pretty', 'false');
      t.equal(output, '', `${name} ${JSON.stringify(options)}`);
    }
  }
});
