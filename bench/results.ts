/** The committed results: a file for each day, Node version and machine, with the rows of every suite that was run. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Machine, nodeMajor, resultFileName } from './machine.ts';
import type { ComparisonRow } from './peers/compare.ts';
import type { Row } from './suite.ts';

/** Rows by the name of the suite. */
export interface SuiteRows {
  readonly peers?: readonly ComparisonRow[];
  readonly [suite: string]: readonly Row[] | undefined;
}

export interface Results {
  readonly machine: Machine;
  readonly results: SuiteRows;
}

/** Writes results to a folder and returns the path. What a file of that day has already, and these do not, stays. */
export async function saveResults(folder: string, { machine, results }: Results): Promise<string> {
  const path = join(folder, resultFileName(machine));
  const before = await readFile(path, 'utf8').catch(() => undefined);
  const earlier: Results | undefined = before === undefined ? undefined : JSON.parse(before);
  await mkdir(folder, { recursive: true });
  const merged = Object.entries(results).map(([suite, rows]) => [
    suite,
    withRows(earlier?.results[suite] ?? [], rows ?? []),
  ]);
  await writeResults(path, { machine, results: { ...earlier?.results, ...Object.fromEntries(merged) } });
  return path;
}

/** New rows take the place of those that measured the same. */
function withRows(before: readonly Row[], rows: readonly Row[]): Row[] {
  const key = ({ name, backend, batchSize }: Row): string => `${name} ${backend} ${batchSize}`;
  const now = new Set(rows.map(key));
  return [...before.filter(row => !now.has(key(row))), ...rows];
}

export async function writeResults(path: string, results: Results): Promise<void> {
  await writeFile(path, `${JSON.stringify(results, null, 2)}\n`);
}

/** All results of a folder. Throws RangeError if there are none. */
export async function readResults(folder: string): Promise<Results[]> {
  const names = (await readdir(folder).catch(() => [])).filter(name => name.endsWith('.json')).sort();
  if (names.length === 0) {
    throw new RangeError(`${folder}: no results; measure some with: npm run bench -- --peers DIR --save`);
  }
  return Promise.all(names.map(async name => JSON.parse(await readFile(join(folder, name), 'utf8'))));
}

/**
 * Of the results with a comparison, the latest of each version of Node, the newest version first. Throws RangeError if
 * no result has a comparison.
 */
export function latestComparisons(all: readonly Results[]): Results[] {
  const latest = new Map<number, Results>();
  for (const each of all.toSorted((a, b) => a.machine.date.localeCompare(b.machine.date))) {
    if ((each.results.peers?.length ?? 0) > 0) latest.set(nodeMajor(each.machine), each);
  }
  if (latest.size === 0) {
    throw new RangeError('no result has a comparison; measure one with: npm run bench -- --peers DIR --save');
  }
  return [...latest].sort(([a], [b]) => b - a).map(([, results]) => results);
}
