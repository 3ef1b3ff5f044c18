import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { promisify } from 'node:util';
import type { RunFacts } from './reported-run.ts';

const run = promisify(execFile);
/** Git answers at once, or not at all where a folder is far away. */
const patience = 5000;

/** Versions, machine and git commit, for a report: `{ ...await runEnvironment() }`. `folder` is that of the program. */
export async function runEnvironment(folder: string = process.cwd()): Promise<Pick<RunFacts, 'versions' | 'commit'>> {
  const [inkling, commit] = await Promise.all([inklingVersion(), commitOf(folder)]);
  const cpu = cpus()[0]?.model.trim();
  const machine = `${availableParallelism()} threads${cpu === undefined ? '' : `, ${cpu}`}`;
  const versions = {
    ...(inkling === undefined ? {} : { inkling }),
    node: process.versions.node,
    system: `${process.platform} ${process.arch}`,
    machine,
  };
  return commit === undefined ? { versions } : { versions, commit };
}

/** Of the package that is installed beside this one; in the repository, of the folder above. */
async function inklingVersion(): Promise<string | undefined> {
  const path = createRequire(import.meta.url).resolve('inkling/package.json');
  const text = await readFile(path, 'utf8').catch(() => '{}');
  const { version } = JSON.parse(text) as { readonly version?: string };
  return version;
}

/** The commit that is checked out, with a plus where files differ from it; undefined outside of a repository. */
async function commitOf(folder: string): Promise<string | undefined> {
  const git = async (...options: string[]) =>
    (await run('git', options, { cwd: folder, timeout: patience })).stdout.trim();
  try {
    const commit = await git('rev-parse', '--short=12', 'HEAD');
    return (await git('status', '--porcelain', '--untracked-files=no')) === '' ? commit : `${commit}+`;
  } catch {
    return undefined;
  }
}
