/** Files of full-width AlexNet, 30 million parameters: times, sizes, and memory above that of the model. */
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, runProgram } from './built.ts';
import { median, medianDeviation } from './median.ts';
import type { Row, SuiteOptions } from './suite.ts';

const samples = 3;
/** TensorFlow.js has its weights in files beside model.json. */
const endings = ['safetensors', 'keras', 'onnx', 'json'];

interface Reading {
  readonly milliseconds: number;
  /** Bytes. */
  readonly most: number;
}

export async function* formats({ filter }: SuiteOptions): AsyncGenerator<Row> {
  const chosen = endings.filter(ending => names(ending).some(name => name.includes(filter)));
  if (chosen.length === 0) return;
  await build();
  const folder = await mkdtemp(join(tmpdir(), 'inkling-formats-'));
  try {
    for (const ending of chosen) {
      await mkdir(join(folder, ending));
      yield* measureFormat(join(folder, ending), ending);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

const names = (ending: string): [save: string, load: string] => [`alexnet.${ending} saved`, `alexnet.${ending} loaded`];

async function* measureFormat(folder: string, ending: string): AsyncGenerator<Row> {
  const path = join(folder, `alexnet.${ending}`);
  const [save, load] = names(ending);
  for (const [action, name] of [
    ['save', save],
    ['load', load],
  ] as const) {
    const readings: Reading[] = [];
    for (let i = 0; i < samples; i++) readings.push(JSON.parse(await runProgram('model-file', [action, path])));
    const times = readings.map(({ milliseconds }) => milliseconds);
    const megabytes = median(readings.map(({ most }) => most)) / 1e6;
    yield { name, backend: 'inkling', milliseconds: median(times), deviation: medianDeviation(times), samples };
    yield { name: `${name}, most memory above the model`, backend: 'inkling', megabytes };
  }
  const saved = (await readdir(folder)).filter(file => !file.startsWith('small-'));
  const files = await Promise.all(saved.map(file => stat(join(folder, file))));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  yield { name: `alexnet.${ending}, size`, backend: 'inkling', megabytes: bytes / 1e6 };
}
