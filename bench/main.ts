/** Measures this library on this machine: `npm run bench -- --help`. */
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { modelNames } from './digit-models.ts';
import { kernels } from './kernels.ts';
import { memory } from './memory.ts';
import { profile } from './profile.ts';
import type { Row, Suite, SuiteOptions } from './suite.ts';
import { tableHead, tableRow } from './table.ts';
import { training } from './training.ts';
import { types } from './types.ts';

const suites: { readonly [name: string]: Suite } = { kernels, training, profile, memory, types };

const help = `npm run bench -- [suite ...] [model] [options]

Suites: ${Object.keys(suites).join(', ')}; all of them if none is named.
Models: ${modelNames.join(', ')}; all of them if none is named.
  --batch-size N   images at a time; may be given several times (32)
  --filter TEXT    only measurements with this text in their name
  --time MS        how long each one is repeated, after a warm-up of a third of it (300)
  --json FILE      write the rows and the machine to FILE
  --help

Times are medians with the median absolute deviation; GB/s counts every operand once.`;

/** A positive number from an option, or an error that says which one is wrong. */
function positive(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`--${option} ${text}: expected a whole number of at least 1`);
  }
  return value;
}

function chosenSuites(names: readonly string[]): readonly string[] {
  const all = Object.keys(suites);
  const unknown = names.find(name => !all.includes(name));
  if (unknown !== undefined) throw new RangeError(`unknown suite "${unknown}"; there are: ${all.join(', ')}`);
  return names.length > 0 ? names : all;
}

async function runSuites(names: readonly string[], options: SuiteOptions): Promise<{ [suite: string]: Row[] }> {
  const results: { [suite: string]: Row[] } = {};
  for (const name of names) {
    const rows: Row[] = [];
    results[name] = rows;
    console.log(tableHead(name));
    for await (const row of suites[name]!(options)) {
      rows.push(row);
      console.log(tableRow(row));
    }
  }
  return results;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'batch-size': { type: 'string', multiple: true, default: ['32'] },
    filter: { type: 'string', default: '' },
    time: { type: 'string', default: '300' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(help);
} else {
  const [cpu] = os.cpus();
  const machine = {
    cpu: cpu?.model ?? 'unknown',
    cores: os.cpus().length,
    node: process.version,
    date: new Date().toISOString(),
  };
  console.log(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${machine.date}\n`);
  const isModel = (name: string) => modelNames.some(model => model === name);
  const model = positionals.find(isModel);
  const results = await runSuites(chosenSuites(positionals.filter(name => !isModel(name))), {
    filter: values.filter === '' && model !== undefined ? `${model} ` : values.filter,
    batchSizes: values['batch-size'].map(text => positive('batch-size', text)),
    time: positive('time', values.time),
  });
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ machine, results }, null, 2)}\n`);
}
