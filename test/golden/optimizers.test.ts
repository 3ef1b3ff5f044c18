/** Ten steps of every optimizer over drawn options, on both backends: what Keras 3 computes. */
import t from 'tap';
import { optimizerFromConfig } from '../../lib/index.ts';
import type { Json } from '../../lib/json.ts';
import { optimizers } from '../../lib/optimizers/registry.ts';
import { givenGradients, numbersOf, trainSteps } from '../optimizers/given-gradients.ts';
import { readGolden, relativeError } from './golden.ts';

const { madeBy, cases } = readGolden<{
  madeBy: string;
  cases: readonly {
    optimizer: string;
    className: string;
    options: { readonly [option: string]: Json };
    excluded: readonly string[];
    after: { readonly [step: string]: readonly number[] };
  }[];
}>('optimizers-keras.json');

const tolerance = 2e-5;

t.same(
  new Set(cases.map(({ optimizer }) => optimizer)),
  new Set(Object.keys(optimizers)),
  'has cases of every optimizer',
);

for (const backend of ['loops', 'simd'] as const) {
  t.test(`${madeBy}, ${backend}`, async t => {
    for (const { className, options, excluded, after } of cases) {
      const config = excluded.length === 0 ? options : { ...options, excludeFromWeightDecay: excluded };
      const optimizer = optimizerFromConfig({ className, config });
      t.equal(optimizer.className, className);
      const model = await givenGradients(optimizer, backend);
      let done = 0;
      for (const [step, expected] of Object.entries(after)) {
        await trainSteps(model, done, Number(step));
        done = Number(step);
        const error = relativeError(await numbersOf(model), expected);
        t.ok(
          error < tolerance,
          `${className} ${JSON.stringify(config)}: after ${step} steps the weights are ${error} off`,
        );
      }
      model.dispose();
    }
  });
}
