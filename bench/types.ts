/** What networks cost the compilers: instantiations beyond those of the bare import, and the time of the check. */
import { type CompilerName, declarations } from '../test/types/compilers.ts';
import { costOf } from '../test/types/cost.ts';
import { type TypeProgram, typePrograms } from '../test/types/programs.ts';
import type { Row, SuiteOptions } from './suite.ts';

const compilers: { readonly [N in CompilerName]: string } = {
  typescript: 'TS 7',
  'typescript-5.9': 'TS 5.9',
  'typescript-5.7': 'TS 5.7',
};

export async function* types({ filter }: SuiteOptions): AsyncGenerator<Row> {
  const { folder, discard } = await declarations();
  try {
    for (const [compiler, backend] of Object.entries(compilers) as [CompilerName, string][]) {
      const bare = await costOf('bare', compiler, folder);
      for (const program of Object.keys(typePrograms) as TypeProgram[]) {
        if (program === 'bare' || !program.includes(filter)) continue;
        const { instantiations, checkSeconds } = await costOf(program, compiler, folder);
        const milliseconds = checkSeconds * 1000;
        yield { name: program, backend, milliseconds, instantiations: instantiations - bare.instantiations };
      }
    }
  } finally {
    await discard();
  }
}
