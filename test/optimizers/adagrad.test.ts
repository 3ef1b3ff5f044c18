/** What the comparison of adagrad with Keras, in golden/training.test.ts, leaves out. */
import t from 'tap';
import { adagrad } from '../../lib/index.ts';
import { errorOf } from '../error-of.ts';

t.test('a first sum that cannot be', async t => {
  for (const [value, got] of [
    [-1, '-1'],
    [Number.NaN, 'NaN'],
    ['1' as never, '"1"'],
  ] as const) {
    t.equal(
      errorOf(() => adagrad({ initialAccumulatorValue: value })),
      `OptionError: adagrad: initialAccumulatorValue must be a finite number of 0 or more, got ${got}`,
    );
  }
});
