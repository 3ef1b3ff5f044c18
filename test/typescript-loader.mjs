/**
 * Lets Node run the tests' TypeScript: types become blanks, so that lines and columns stay and coverage is counted on
 * the sources themselves; `inkling` is the library in lib. For `node --import`.
 */
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { transformSync } from 'amaro';

const entries = {
  inkling: new URL('../lib/index.ts', import.meta.url).href,
  'inkling/formats': new URL('../lib/formats/index.ts', import.meta.url).href,
  'inkling/node': new URL('../lib/node.ts', import.meta.url).href,
};

// Node runs the hooks in a thread of their own, which loads this module once more.
if (isMainThread) register(import.meta.url);

export function resolve(specifier, context, nextResolve) {
  return nextResolve(entries[specifier] ?? specifier, context);
}

export async function load(url, context, nextLoad) {
  if (!/^file:.*\.ts$/.test(url)) return nextLoad(url, context);
  const source = await readFile(fileURLToPath(url), 'utf8');
  return { format: 'module', shortCircuit: true, source: transformSync(source, { mode: 'strip-only' }).code };
}
