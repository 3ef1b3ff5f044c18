/** Measures this library on this machine: `npm run bench -- --help`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { augmentationSteps } from './augmentation.ts';
import { root } from './built.ts';
import { speedChart } from './chart.ts';
import { convolutions } from './convolutions.ts';
import { digits } from './digits.ts';
import { formats } from './formats.ts';
import { inference } from './inference.ts';
import { kernels } from './kernels.ts';
import { thisMachine } from './machine.ts';
import { memory } from './memory.ts';
import { normalizations } from './normalizations.ts';
import { optimizerSteps } from './optimizers.ts';
import { help, type Measure, parseCommand, type SuiteName } from './options.ts';
import { oversubscription } from './oversubscription.ts';
import { peers } from './peers.ts';
import { profile } from './profile.ts';
import { readmeSection, withSection } from './report.ts';
import { responsiveness } from './responsiveness.ts';
import { latestComparisons, readResults, saveResults, writeResults } from './results.ts';
import { seeds } from './seeds.ts';
import { sources } from './sources.ts';
import { speedrun } from './speedrun.ts';
import { startup } from './startup.ts';
import type { Row, Suite, SuiteOptions } from './suite.ts';
import { tableHead, tableRow } from './table.ts';
import { training } from './training.ts';
import { types } from './types.ts';

const suites: { readonly [N in SuiteName]: Suite } = {
  kernels,
  convolutions,
  normalizations,
  optimizers: optimizerSteps,
  training,
  inference,
  startup,
  responsiveness,
  sources,
  augmentation: augmentationSteps,
  oversubscription,
  memory,
  formats,
  profile,
  digits,
  types,
  peers,
  speedrun,
  seeds,
};
const resultsFolder = join(root, 'bench/results');

async function runSuites(names: readonly SuiteName[], options: SuiteOptions): Promise<{ [suite: string]: Row[] }> {
  const results: { [suite: string]: Row[] } = {};
  for (const name of names) {
    const rows: Row[] = [];
    results[name] = rows;
    console.log(tableHead(name));
    for await (const row of suites[name](options)) {
      rows.push(row);
      console.log(tableRow(row));
    }
  }
  return results;
}

async function measure({ suites, options, json, save }: Measure): Promise<void> {
  // Read when the first model is made; the suites of this process then use as many as the others do.
  process.env['INKLING_THREADS'] = String(options.threads);
  const machine = thisMachine(options.threads);
  const { cpu, cores, threads, node, date } = machine;
  console.log(`${cpu}, ${cores} cores, ${threads} threads, Node ${node}, ${date}\n`);
  const results = await runSuites(suites, options);
  if (json !== undefined) await writeResults(json, { machine, results });
  if (save) console.log(`\nsaved: ${await saveResults(resultsFolder, { machine, results })}`);
}

async function draw(): Promise<void> {
  const all = latestComparisons(await readResults(resultsFolder));
  const readme = join(root, 'README.md');
  const text = withSection(await readFile(readme, 'utf8'), readmeSection(all, 'bench/results/speed.svg'));
  await writeFile(join(resultsFolder, 'speed.svg'), speedChart(all[0]!));
  await writeFile(readme, text);
  console.log(`drawn: ${join(resultsFolder, 'speed.svg')}, and the table in ${readme}`);
}

/** What the command line or a missing file is to blame for; all else is a fault and shows where it comes from. */
function isMistake(error: unknown): error is Error {
  const ofOptions = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  return error instanceof RangeError || ofOptions;
}

try {
  const command = parseCommand(process.argv.slice(2));
  if (command.kind === 'help') console.log(help);
  else if (command.kind === 'chart') await draw();
  else await measure(command);
} catch (error) {
  if (!isMistake(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
