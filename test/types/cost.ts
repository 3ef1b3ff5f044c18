import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CompilerName, compile, userConfig } from './compilers.ts';
import { type TypeProgram, typePrograms } from './programs.ts';

export interface Cost {
  /** Type instantiations. */
  readonly instantiations: number;
  readonly checkSeconds: number;
}

/** What a program costs a compiler; `folder` holds the declarations. */
export async function costOf(program: TypeProgram, name: CompilerName, folder: string): Promise<Cost> {
  const file = join(folder, `${program.replaceAll(' ', '-')}.ts`);
  await writeFile(file, typePrograms[program]);
  const config = await userConfig(folder, [file], { skipLibCheck: true });
  const { output } = await compile(name, '-p', config, '--extendedDiagnostics');
  const figure = (what: string) => Number(new RegExp(`${what}:\\s+([\\d.]+)`).exec(output)?.[1]);
  return { instantiations: figure('Instantiations'), checkSeconds: figure('Check time') };
}
