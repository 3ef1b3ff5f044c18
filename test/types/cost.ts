import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript-5.9';
import { type CompilerName, compile, userConfig } from './compilers.ts';
import { type TypeProgram, typePrograms } from './programs.ts';

export interface Cost {
  /** Type instantiations. */
  readonly instantiations: number;
  readonly checkSeconds: number;
}

/** What a program costs a compiler; `folder` holds the declarations. */
export async function costOf(program: TypeProgram, name: CompilerName, folder: string): Promise<Cost> {
  const config = await configOf(program, folder);
  const { output } = await compile(name, '-p', config, '--extendedDiagnostics');
  const figure = (what: string) => Number(new RegExp(`${what}:\\s+([\\d.]+)`).exec(output)?.[1]);
  return { instantiations: figure('Instantiations'), checkSeconds: figure('Check time') };
}

async function configOf(program: TypeProgram, folder: string): Promise<string> {
  const file = join(folder, `${program.replaceAll(' ', '-')}.ts`);
  await writeFile(file, typePrograms[program]);
  return userConfig(folder, [file]);
}

/** Type instantiations of programs in TypeScript 5.9, within this process: it parses the declarations once for all. */
export function instantiationsIn59(folder: string): (program: TypeProgram) => Promise<number> {
  let before: ts.Program | undefined;
  return async program => {
    const { config } = ts.readConfigFile(await configOf(program, folder), ts.sys.readFile);
    const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
    const made = ts.createProgram(fileNames, options, ts.createCompilerHost(options), before);
    before = made;
    made.getSemanticDiagnostics();
    return made.getInstantiationCount();
  };
}
