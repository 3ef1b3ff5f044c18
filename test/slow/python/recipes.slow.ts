/** The programs of documents, run one after the other, each in the folder in which those before it have left their files. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { runCommand } from '../../run-command.ts';
import { pythonWith } from './environment.ts';

const { python = '', missing } = await pythonWith('torch', 'onnx', 'onnxscript', 'onnxruntime', 'safetensors');
const root = new URL('../../../', import.meta.url);

/** The entries of the package, as they are in the sources. */
const entries: { readonly [entry: string]: string } = {
  inkling: 'index',
  'inkling/node': 'node',
  'inkling/formats': 'formats/index',
};

const withSources = (program: string): string =>
  program.replaceAll(
    /from '(inkling[a-z/]*)'/g,
    (_, entry: string) => `from '${new URL(`lib/${entries[entry]}.ts`, root)}'`,
  );

/** Documents with the last line that their programs print, and how many they are. */
const documents: readonly (readonly [file: string, programs: number, last: string])[] = [
  ['onnx.md', 4, '[ 1, 10 ]\n'],
  ['pytorch.md', 3, 'the same\n'],
];

for (const [document, programs, last] of documents) {
  t.test(`the programs of docs/${document} run as they are written`, { skip: missing ?? false }, async t => {
    const folder = await mkdtemp(join(tmpdir(), 'inkling-recipes-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const text = await readFile(new URL(`docs/${document}`, root), 'utf8');
    const blocks = [...text.matchAll(/^```(ts|python)\n(.*?)^```/gms)];
    t.equal(blocks.length, programs);
    const told: string[] = [];
    for (const [i, [, language, program = '']] of blocks.entries()) {
      const file = join(folder, `recipe-${i}.${language === 'ts' ? 'mts' : 'py'}`);
      await writeFile(file, language === 'ts' ? withSources(program) : `${program}\n`);
      const command = language === 'ts' ? [process.execPath, '--import', import.meta.resolve('tsx')] : [python];
      told.push(await runCommand(folder, command[0]!, ...command.slice(1), file));
    }
    t.equal(told.at(-1), last);
  });
}
