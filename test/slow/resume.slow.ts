/** A training that is killed again and again, and put on each time from the last state that it has written. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';

const here = import.meta.dirname;
const loader = join(here, '../typescript-loader.mjs');
const kills = 20;

/** Runs the training until it ends, or kills it some milliseconds behind its n-th save. Returns what it has printed. */
async function train(state: string, killBehind?: { readonly saves: number; readonly milliseconds: number }) {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, ['--import', loader, 'train-and-save.ts', state], { cwd: here, env });
  let output = '';
  let errors = '';
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const saves = output.split('saved').length - 1;
    if (killBehind === undefined || timer !== undefined || saves < killBehind.saves) return;
    timer = setTimeout(() => child.kill('SIGKILL'), killBehind.milliseconds);
  };
  child.stdout.on('data', text => {
    output += text;
    look();
  });
  child.stderr.on('data', text => {
    errors += text;
  });
  look();
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(errors);
  return { isKilled: signal === 'SIGKILL', hash: /^[0-9a-f]{64}$/m.exec(output)?.[0] };
}

t.test(`killed at ${kills} random moments, it ends with the same bits as undisturbed`, async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const expected = await train(join(folder, 'undisturbed'));
  t.match(expected.hash, /^[0-9a-f]{64}$/);
  const state = join(folder, 'killed');
  for (let kill = 0; kill < kills; kill++) {
    // Behind no save it is killed while it starts or reads its state.
    const saves = Math.floor(3 * Math.random());
    const milliseconds = Math.floor((saves === 0 ? 1500 : 150) * Math.random());
    const { isKilled } = await train(state, { saves, milliseconds });
    t.ok(isKilled, `killed ${milliseconds} ms behind ${saves} saves`);
  }
  t.equal((await train(state)).hash, expected.hash);
});
