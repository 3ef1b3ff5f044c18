/** The cost of the types is pinned: instantiations that a network adds to the bare import. */
import t from 'tap';
import { declarations } from './compilers.ts';
import { costOf, instantiationsIn59 } from './cost.ts';
import type { TypeProgram } from './programs.ts';

const budgets: [TypeProgram, number][] = [
  ['alexnet', 10_000],
  ['chain of 50', 25_000],
  ['list of 50', 25_000],
  ['fault in 50', 25_000],
  ['16 composites', 25_000],
  ['16 blocks', 25_000],
  ['graph of 20', 25_000],
  ['dataset of 10 stages', 10_000],
];

t.test('instantiations', async t => {
  const { folder, discard } = await declarations();
  t.teardown(discard);
  const compilers = {
    typescript: async (program: TypeProgram) => (await costOf(program, 'typescript', folder)).instantiations,
    'typescript-5.9': instantiationsIn59(folder),
  };
  for (const [name, instantiationsOf] of Object.entries(compilers)) {
    const bare = await instantiationsOf('bare');
    for (const [program, budget] of budgets) {
      const more = (await instantiationsOf(program)) - bare;
      t.ok(more > 0 && more < budget, `${name}: ${program}: ${more} more than ${bare}`);
    }
  }
});
