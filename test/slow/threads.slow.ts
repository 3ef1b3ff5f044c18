/** Threads: the same bits whatever their number and whatever becomes of them, and an end by itself. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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

t.test('workers that each have threads of their own train to the same bits', async t => {
  const [expected, hashes] = [await run(1, 'print-alexnet-hash.ts'), await run(2, 'print-hash-of-workers.ts')];
  t.equal(hashes, `${expected}${expected}`);
});

t.test('a thread that ends at any moment: the same bits, or an error that says why', async t => {
  const expected = await run(1, 'print-alexnet-hash.ts');
  const given = [];
  for (const delay of [0, 3, 17, 40, 71, 130]) given.push(await run(3, 'print-hash-without-thread.ts', String(delay)));
  const error = 'BackendError: simd: a thread ended with code 1 in the middle of an update\n';
  t.same(
    given.filter(line => line !== expected && line !== error),
    [],
  );
  t.ok(given.includes(expected));
});

t.test('a process that was stopped for 21 seconds goes on to the same bits', async t => {
  const expected = await run(1, 'print-alexnet-hash.ts');
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, ['--import=../typescript-loader.mjs', 'print-alexnet-hash.ts'], {
    cwd: here,
    env: { ...env, INKLING_THREADS: '3' },
  });
  let output = '';
  child.stdout.on('data', text => {
    output += text;
  });
  const ended = once(child, 'close');
  await once(child.stderr, 'data');
  child.kill('SIGSTOP');
  await new Promise(resolve => setTimeout(resolve, 21_000));
  t.equal(output, '', 'it was stopped while it trained');
  child.kill('SIGCONT');
  await ended;
  t.equal(output, expected);
});
