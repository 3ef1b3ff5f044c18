/** The cost of the types is pinned: instantiations that a network adds to the bare import. */
import t from 'tap';
import { declarations } from './compilers.ts';
import { costOf } from './cost.ts';
import type { TypeProgram } from './programs.ts';

const budgets: [TypeProgram, number][] = [
  ['alexnet', 10_000],
  ['chain of 50', 25_000],
  ['list of 50', 25_000],
  ['fault in 50', 25_000],
  ['16 composites', 25_000],
  ['16 blocks', 25_000],
  ['graph of 20', 25_000],
];

t.test('instantiations', async t => {
  const { folder, discard } = await declarations();
  t.teardown(discard);
  for (const name of ['typescript', 'typescript-5.9'] as const) {
    const bare = (await costOf('bare', name, folder)).instantiations;
    for (const [program, budget] of budgets) {
      const { instantiations } = await costOf(program, name, folder);
      t.ok(instantiations - bare < budget, `${name}: ${program}: ${instantiations - bare} more than ${bare}`);
    }
  }
});
