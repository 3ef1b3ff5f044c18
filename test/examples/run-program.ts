/** Runs the main function of a program as its command line would, in this process. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { writeKaggleFolder } from '../../examples/kaggle-data.ts';
import { mnist } from '../../lib/node.ts';

type Main = (args: readonly string[]) => Promise<void>;

export interface ProgramRun {
  /** What it wrote to the console. */
  readonly printed: string;
  /** What `--json` gave. */
  readonly result: { readonly [name: string]: unknown };
  readonly out: string;
}

/** A folder that goes away at the end of the test. */
export async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-program-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

/** `count` training images of MNIST as train.csv, half as many as test.csv, with their labels beside. */
export async function smallKaggleFolder(t: Test, count: number): Promise<string> {
  const folder = await temporaryFolder(t);
  const { images, labels } = (await mnist()).train;
  const set = { images: images.slice([0], [count * 1.5]), labels: labels.slice([0], [count * 1.5]) };
  await writeKaggleFolder(folder, [set], count);
  return folder;
}

export async function runProgram(t: Test, main: Main, ...args: string[]): Promise<ProgramRun> {
  const out = await temporaryFolder(t);
  const json = join(out, 'result.json');
  const printed = await printedBy(t, () => main([...args, '--out', out, '--json', json]));
  return { printed, result: JSON.parse(await readFile(json, 'utf8')), out };
}

/** What an action writes to the console and to the standard output. */
export async function printedBy(t: Test, action: () => Promise<void>): Promise<string> {
  const log = t.capture(console, 'log');
  const write = t.capture(process.stdout, 'write', () => true);
  try {
    await action();
    return [...log(), ...write()].map(({ args }) => args.join(' ')).join('\n');
  } finally {
    log.restore();
    write.restore();
  }
}
