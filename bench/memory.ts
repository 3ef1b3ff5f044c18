/** What a thousand training steps leave behind: nothing, in the heap and in the arena; and what a whole process needs. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { randomUniform, tensor } from 'inkling';
import { build, runProgram } from './built.ts';
import { digitModel } from './digit-models.ts';
import type { Row, SuiteOptions } from './suite.ts';

const warmUpSteps = 100;
const steps = 1000;
const warmUpStepsOfC = 50;
const batchSizeOfC = 128;

export async function* memory(options: SuiteOptions): AsyncGenerator<Row> {
  if (options.models.includes('A')) yield* heapOfA(options);
  if (options.models.includes('C')) yield* processOfC(options);
}

async function* heapOfA({ filter, batchSizes = [32] }: SuiteOptions): AsyncGenerator<Row> {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  for (const batchSize of batchSizes) {
    const model = digitModel('A');
    const x = randomUniform([batchSize, 28, 28, 1], { seed: 1 });
    const y = tensor(Int32Array.from({ length: batchSize }, (_, i) => i % 10));
    for (const count of [warmUpSteps, warmUpSteps + steps]) {
      while (model.steps < count) await model.trainOnBatch(x, y);
      collectGarbage();
      const measured = { heap: process.memoryUsage().heapUsed, arena: model.memory.bytes };
      for (const [what, bytes] of Object.entries(measured)) {
        const name = `A ${what} after ${count} training steps`;
        if (name.includes(filter)) yield { name, backend: model.backend.name, batchSize, megabytes: bytes / 1e6 };
      }
    }
  }
}

interface Reading {
  readonly backend: string;
  readonly steps: number;
  /** Bytes. */
  readonly resident: number;
  readonly mostResident: number;
}

/** A process of its own, on the built package: the memory of this one is also the compiler's and the other suites'. */
async function* processOfC({ filter, steps }: SuiteOptions): AsyncGenerator<Row> {
  if (!'C with all of MNIST'.includes(filter)) return;
  await build();
  const args = [batchSizeOfC, warmUpStepsOfC, Math.max(steps, warmUpStepsOfC + 1)].map(String);
  const lines = (await runProgram('resident', args, { flags: ['--expose-gc'] })).trim().split('\n');
  const readings: Reading[] = lines.map(line => JSON.parse(line));
  const last = readings.at(-1)!;
  for (const { backend, steps: done, resident } of readings) {
    const name = `C with all of MNIST, resident after ${done} training steps`;
    yield { name, backend, batchSize: batchSizeOfC, megabytes: resident / 1e6 };
  }
  const name = `C with all of MNIST, most ever resident in ${last.steps} training steps`;
  yield { name, backend: last.backend, batchSize: batchSizeOfC, megabytes: last.mostResident / 1e6 };
}
