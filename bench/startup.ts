/** From the import of the built package to the first prediction of model A, each time in a process of its own. */
import { build, runProgram } from './built.ts';
import { median, medianDeviation } from './median.ts';
import type { Row, SuiteOptions } from './suite.ts';

const runs = 9;
export const firstPredictionTitle = 'A import to first prediction';

interface FirstPrediction {
  readonly backend: string;
  readonly sinceImport: number;
  readonly sinceProcessStart: number;
}

export async function* startup({ filter, models }: SuiteOptions): AsyncGenerator<Row> {
  if (!models.includes('A')) return;
  await build();
  const starts: FirstPrediction[] = [];
  // The first run only fills the file cache.
  for (let i = 0; i <= runs; i++) starts.push(JSON.parse(await runProgram('first-prediction', [])));
  const measured = {
    [firstPredictionTitle]: starts.slice(1).map(start => start.sinceImport),
    'A start of Node to first prediction': starts.slice(1).map(start => start.sinceProcessStart),
  };
  for (const [name, times] of Object.entries(measured)) {
    if (!name.includes(filter)) continue;
    const timing = { milliseconds: median(times), deviation: medianDeviation(times), samples: runs };
    yield { name, backend: starts[0]!.backend, batchSize: 1, ...timing };
  }
}
