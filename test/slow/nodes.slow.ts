import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { expectedHash } from '../model/digit-training.ts';

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));

for (const version of [22, 24, 26]) {
  t.test(`Node ${version} trains to the same bits, from the built package`, async t => {
    const script = join(here, 'print-weight-hash.ts');
    const { stdout } = await run('npx', ['-y', '-p', `node@${version}`, 'node', script], { env: { ...process.env, NODE_OPTIONS: '' } });
    t.equal(stdout.trim(), expectedHash);
  });
}
