import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { expectedHashes } from '../model/digit-training.ts';
import { runCommand } from '../run-command.ts';

const here = dirname(fileURLToPath(import.meta.url));

for (const version of [22, 24, 26]) {
  t.test(`Node ${version} trains to the same bits, from the built package`, async t => {
    const output = await runCommand(here, 'npx', '-y', '-p', `node@${version}`, 'node', 'print-weight-hash.ts');
    t.equal(output.trim(), `${expectedHashes.loops}\n${expectedHashes.simd}`);
  });
}
