/** Training with augmentation ends in the same bits, whatever the number of threads. */
import t from 'tap';
import { runCommand } from '../run-command.ts';

t.test('four epochs with changed images and mixed batches, with one, two, three and five threads', async t => {
  const hashes: string[] = [];
  for (const threads of [1, 2, 3, 5]) {
    const command = [
      'env',
      `INKLING_THREADS=${threads}`,
      process.execPath,
      '--import=../typescript-loader.mjs',
    ] as const;
    hashes.push(await runCommand(import.meta.dirname, ...command, 'print-augmented-hash.ts'));
  }
  t.equal(new Set(hashes).size, 1, hashes.join(' '));
  t.match(hashes[0], /^[0-9a-f]{64}\n$/);
});
