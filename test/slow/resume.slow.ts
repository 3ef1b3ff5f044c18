/** A training that is killed again and again, and started again each time: it goes on from its backup. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { loadModel, readStateFile } from '../../lib/node.ts';

const here = import.meta.dirname;
const loader = join(here, '../typescript-loader.mjs');
const kills = 20;
const ended = /^weights [0-9a-f]{64} history [0-9a-f]{64}$/m;

/** Runs the training until it ends, or kills it some milliseconds behind its n-th backup. Returns what it ended with, and how long it trained. */
async function train(folder: string, killBehind?: { readonly backups: number; readonly milliseconds: number }) {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, ['--import', loader, 'train-and-save.ts', folder], { cwd: here, env });
  let output = '';
  let errors = '';
  const told: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const backups = output.split('saved').length - 1;
    if (killBehind === undefined || timer !== undefined || backups < killBehind.backups) return;
    timer = setTimeout(() => child.kill('SIGKILL'), killBehind.milliseconds);
  };
  child.stdout.on('data', text => {
    output += text;
    told.push(performance.now());
    look();
  });
  child.stderr.on('data', text => {
    errors += text;
  });
  look();
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(errors);
  const milliseconds = told.at(-1)! - told[0]!;
  return { isKilled: signal === 'SIGKILL', end: ended.exec(output)?.[0], milliseconds };
}

/** Every file that is there under its own name is whole. */
async function checkFiles(folder: string): Promise<number> {
  const files = (await readdir(folder)).filter(file => file.endsWith('.safetensors'));
  for (const file of files) {
    const path = join(folder, file);
    await (file === 'training.safetensors' ? readStateFile(path) : loadModel(path));
  }
  return files.length;
}

t.test(`killed at ${kills} random moments, it ends with the same bits as undisturbed`, async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const expected = await train(join(folder, 'undisturbed'));
  t.match(expected.end, ended);
  // So all kills together take about half of the training.
  const longest = expected.milliseconds / kills;
  const killed = join(folder, 'killed');
  let checked = 0;
  for (let kill = 0; kill < kills; kill++) {
    // Behind no backup it is killed while it starts or reads its backup.
    const backups = Math.floor(4 * Math.random());
    const milliseconds = Math.floor((backups === 0 ? 1000 : longest) * Math.random());
    const { isKilled } = await train(killed, { backups, milliseconds });
    t.ok(isKilled, `killed ${milliseconds} ms behind ${backups} backups`);
    checked += await checkFiles(killed).catch(error => (error.code === 'ENOENT' ? 0 : Promise.reject(error)));
  }
  t.ok(checked > kills, `${checked} files were whole`);
  t.equal((await train(killed)).end, expected.end);
  const logs = ['undisturbed', 'killed'].map(each => readFile(join(folder, each, 'log.csv'), 'utf8'));
  t.equal(await logs[1], await logs[0], 'each epoch is logged once');
  t.same(
    (await readdir(killed)).filter(file => file === 'training.safetensors'),
    [],
    'the backup is gone',
  );
});
