/** Writes lib/backend/thread/source.ts, the text that threads run: `npm run generate:threads`. */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transformSync } from 'amaro';

const root = join(import.meta.dirname, '../..');
const target = join(root, 'lib/backend/thread/source.ts');

/** Each after those that it imports. */
const modules = [
  'kernels/simd/own-scratch.binding.ts',
  'lib/backend/thread/control.ts',
  'lib/backend/thread/program.ts',
  'lib/backend/thread/thread.ts',
  'lib/backend/thread/entry.ts',
];

/** A module as lines of a script: without types, comments, imports and exports. */
async function scriptOf(path: string): Promise<string> {
  const { code } = transformSync(await readFile(join(root, path), 'utf8'), { mode: 'strip-only' });
  return code
    .replaceAll(/^import [^;]*;\n/gm, '')
    .replaceAll(/^export (?=(?:const|function|class) )/gm, '')
    .replaceAll(/^ *\/\*\*[\s\S]*?\*\/\n/gm, '')
    .replaceAll(/^ *\/\/.*\n/gm, '')
    .replaceAll(/^[ ;]+\n/gm, '\n');
}

const formatted = (script: string): string =>
  execFileSync('node', [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'format', '--stdin-file-path=thread.js'], {
    cwd: root,
    input: script,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });

/** The text of lib/backend/thread/source.ts. */
export async function threadSourceModule(): Promise<string> {
  const scripts = await Promise.all(modules.map(scriptOf));
  const script = formatted(`'use strict';\n(() => {\n${scripts.join('\n')}\n})();\n`);
  return [
    '// Written by test/backend/generate-thread-source.ts: do not edit.',
    `/** What a thread runs: ${modules.map(path => path.split('/').at(-1)).join(', ')}, without types, as one script. */`,
    `export const threadSource = \`\n${script.replaceAll(/[\\`]|\$\{/g, '\\$&')}\`;`,
    '',
  ].join('\n');
}

if (process.argv[1] === import.meta.filename) await writeFile(target, await threadSourceModule());
