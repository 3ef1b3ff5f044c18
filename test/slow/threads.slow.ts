/** Threads: the same bits whatever their number, an end by itself, and no hang when one dies. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { runCommand } from '../run-command.ts';

const here = dirname(fileURLToPath(import.meta.url));
const run = (threads: number, ...args: string[]): Promise<string> =>
  runCommand(here, 'env', `INKLING_THREADS=${threads}`, 'npx', '-y', '-p', 'node@24', 'node', ...args);

t.test('fifty steps with dropout end in the same weights with one, two, three and five threads', async t => {
  const hashes = await Promise.all([1, 2, 3, 5].map(threads => run(threads, 'print-alexnet-hash.ts')));
  t.equal(new Set(hashes).size, 1, hashes.join(' '));
  t.match(hashes[0], /^[0-9a-f]{64}\n$/);
  const plain = await runCommand(
    here,
    ...(['env', 'INKLING_THREADS=2', 'INKLING_REVECTORIZE=0', 'npx', '-y', '-p', 'node@24', 'node'] as const),
    'print-alexnet-hash.ts',
  );
  t.equal(plain, hashes[0], 'and without AVX2');
});
