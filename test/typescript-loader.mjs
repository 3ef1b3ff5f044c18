/**
 * Lets Node run the tests' TypeScript: types become blanks, so that lines and columns stay and coverage is counted on
 * the sources themselves; `inkling` is the library in lib. For `node --import`.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

const entries = {
  inkling: new URL('../lib/index.ts', import.meta.url).href,
  'inkling/formats': new URL('../lib/formats/index.ts', import.meta.url).href,
  'inkling/node': new URL('../lib/node.ts', import.meta.url).href,
  'inkling-studio': new URL('../studio/report/index.ts', import.meta.url).href,
};

// Node runs the hooks in a thread of their own, which loads this module once more.
if (isMainThread) register(import.meta.url);

export function resolve(specifier, context, nextResolve) {
  return nextResolve(entries[specifier] ?? specifier, context);
}

export async function load(url, context, nextLoad) {
  if (!/^file:.*\.ts$/.test(url)) return nextLoad(url, context);
  const source = await readFile(fileURLToPath(url), 'utf8');
  return { format: 'module', shortCircuit: true, source: await withoutTypes(url, source) };
}

/** Every test file is a process of its own, and most of them load the whole library: what is there already is not made again. */
const kept = new URL('../.tap/without-types/', import.meta.url);
const hashOf = text => createHash('sha256').update(text).digest('hex');

async function withoutTypes(url, source) {
  const end = `//${hashOf(source)}`;
  const file = new URL(`${hashOf(url)}.js`, kept);
  const before = await readFile(file, 'utf8').catch(() => '');
  if (before.endsWith(end)) return before.slice(0, -end.length);
  const { transformSync } = await import('amaro');
  const { code } = transformSync(source, { mode: 'strip-only' });
  // Written beside and renamed, since other processes read it.
  const partial = new URL(`${file.href}.${process.pid}`);
  await mkdir(kept, { recursive: true });
  await writeFile(partial, code + end);
  await rename(partial, file);
  return code;
}
