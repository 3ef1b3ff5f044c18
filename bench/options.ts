/** The command line of `npm run bench`. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type ModelName, modelNames } from './digit-models.ts';
import type { SuiteOptions } from './suite.ts';

export const suiteNames = [
  'kernels',
  'convolutions',
  'normalizations',
  'optimizers',
  'training',
  'inference',
  'startup',
  'responsiveness',
  'sources',
  'augmentation',
  'oversubscription',
  'memory',
  'formats',
  'profile',
  'digits',
  'types',
  'peers',
  'speedrun',
  'seeds',
] as const;
export type SuiteName = (typeof suiteNames)[number];
/** They need the folder that --peers names. */
const withOthers: readonly SuiteName[] = ['peers', 'seeds'];
const onlyNamed: readonly SuiteName[] = [...withOthers, 'digits', 'speedrun'];

const threadsOfInkling = process.env['INKLING_THREADS'] || String(availableParallelism());

/** E takes seconds a step on plain loops: only where it is asked for by name. */
const usualModels: readonly ModelName[] = ['A', 'B', 'C', 'D'];

export const help = `npm run bench -- [suite ...] [model ...] [options]
npm run bench -- chart        draws bench/results/speed.svg and the README's table from the results in bench/results

Suites: ${suiteNames.join(', ')}.
All of them if none is named, but for speedrun and seeds (the programs of examples/ beside the same programs in Keras);
digits only with --model and peers only with --peers, alone if no other is named.
Models: ${modelNames.join(', ')}; ${usualModels.join(', ')} if none is named.
  --batch-size N   images at a time; may be given several times (training 32, 128; inference 1, 32, 128, 1000; peers
                   32, 128 and 1, 1000; else 32)
  --filter TEXT    only measurements with this text in their name
  --time MS        how long each one is repeated, after a warm-up of a third of it (300)
  --steps N        training steps that the memory of model C is watched for (200)
  --model FILE     the model that reads the digits of the suite digits
  --images DIR     more digits for it: folders 0 to 9 of PNG or JPEG files; may be given several times
  --peers DIR      where other libraries are installed, as bench/peers/README.md says
  --peer NAME      only this one of them; may be given several times
  --before DIR     another checkout of Inkling, installed, that takes turns with this one
  --rounds N       how often Inkling and the others take turns (3)
  --threads N      of Inkling and of the others (INKLING_THREADS, else all cores: ${threadsOfInkling})
  --json FILE      write the rows and the machine to FILE
  --save           the same into bench/results
  --help

Times are medians with the median absolute deviation; GB/s counts every operand once. ratio: Inkling's images/s over
those of the row; in Inkling's own row, over those of the fastest of the others; with oversubscription, over those that its name tells. startup, memory, formats, peers and speedrun build
Inkling first and measure the package as it is shipped; speedrun's seconds are in the column ms, its ratio is that of the times.`;

/** Suites to run, and what to do with their rows. */
export interface Measure {
  readonly kind: 'measure';
  readonly suites: readonly SuiteName[];
  readonly options: SuiteOptions;
  readonly json: string | undefined;
  readonly save: boolean;
}

export type Command = { readonly kind: 'help' } | { readonly kind: 'chart' } | Measure;

/** Throws RangeError, or TypeError for an unknown option. */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      'batch-size': { type: 'string', multiple: true },
      filter: { type: 'string', default: '' },
      time: { type: 'string', default: '300' },
      steps: { type: 'string', default: '200' },
      model: { type: 'string' },
      images: { type: 'string', multiple: true },
      peers: { type: 'string' },
      peer: { type: 'string', multiple: true },
      before: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      threads: { type: 'string', default: threadsOfInkling },
      json: { type: 'string' },
      save: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { kind: 'help' };
  if (positionals.length === 1 && positionals[0] === 'chart') return { kind: 'chart' };
  const { suites, models } = chosen(positionals, values.peers !== undefined, values.model !== undefined);
  const options = {
    models,
    filter: values.filter,
    batchSizes: values['batch-size']?.map(text => positive('batch-size', text)),
    time: positive('time', values.time),
    steps: positive('steps', values.steps),
    rounds: positive('rounds', values.rounds),
    threads: positive('threads', values.threads),
    modelFile: values.model,
    imageFolders: values.images ?? [],
    peers: values.peers,
    chosenPeers: values.peer,
    before: values.before,
  };
  return { kind: 'measure', suites, options, json: values.json, save: values.save };
}

function chosen(
  names: readonly string[],
  withPeers: boolean,
  withModel: boolean,
): { suites: SuiteName[]; models: readonly ModelName[] } {
  const suites = suiteNames.filter(suite => names.includes(suite));
  const models = modelNames.filter(model => names.includes(model));
  const unknown = names.find(name => ![...suites, ...models].some(known => known === name));
  if (unknown !== undefined) {
    throw new RangeError(
      `unknown suite or model "${unknown}"; there are: ${[...suiteNames, ...modelNames].join(', ')}; and chart, which comes alone`,
    );
  }
  const lacking = suites.find(suite => withOthers.includes(suite));
  if (lacking !== undefined && !withPeers) {
    throw new RangeError(
      `${lacking}: expected --peers DIR, the folder in which the other libraries are installed, see bench/peers/README.md`,
    );
  }
  if (suites.includes('digits') && !withModel) {
    throw new RangeError('digits: expected --model FILE, the file of a model that reads digits');
  }
  const asked = suiteNames.filter(name => (name === 'peers' && withPeers) || (name === 'digits' && withModel));
  const usual = suiteNames.filter(name => !onlyNamed.includes(name));
  const all = asked.length > 0 ? asked : usual;
  return { suites: suites.length > 0 ? suites : all, models: models.length > 0 ? models : usualModels };
}

/** A positive whole number from an option, or an error that says which one is wrong. */
function positive(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`--${option} ${text}: expected a whole number of at least 1`);
  }
  return value;
}
