/** The compilers whose users Inkling has, and what they say. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCommand } from '../run-command.ts';

const require = createRequire(import.meta.url);
export const root = join(import.meta.dirname, '../..');

export type CompilerName = 'typescript' | 'typescript-5.9' | 'typescript-5.7';

/** Path of the command `tsc` of a version; they cannot all have the name in node_modules/.bin. */
export function compiler(name: CompilerName): string {
  return join(dirname(require.resolve(`${name}/package.json`)), 'bin/tsc');
}

export interface Diagnostic {
  /** Name of the file, without its folder. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

export interface Compilation {
  readonly diagnostics: readonly Diagnostic[];
  readonly output: string;
}

/** Runs a compiler. It fails where the files have errors, which is no failure here. */
export async function compile(name: CompilerName, ...args: string[]): Promise<Compilation> {
  const output = await runCommand(root, process.execPath, compiler(name), ...args).catch(
    ({ stdout, message }: { stdout?: string; message: string }) => {
      if (stdout === undefined || stdout === '') throw new Error(message);
      return stdout;
    },
  );
  return { diagnostics: parse(output), output };
}

function parse(output: string): Diagnostic[] {
  const diagnostics: { file: string; line: number; message: string }[] = [];
  for (const text of output.split('\n')) {
    const head = /([^/\\(]+)\((\d+),\d+\): error TS\d+: (.*)$/.exec(text);
    const last = diagnostics.at(-1);
    if (head !== null) diagnostics.push({ file: head[1]!, line: Number(head[2]), message: head[3]! });
    else if (last !== undefined && text.startsWith(' ')) last.message += `\n${text}`;
  }
  return diagnostics;
}

/** The declarations as they are shipped, in a folder of their own that `discard` removes. */
export async function declarations(): Promise<{ readonly folder: string; discard(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-declarations-'));
  const { output } = await compile('typescript', '-p', join(root, 'lib'), '--emitDeclarationOnly', '--outDir', folder);
  if (output.trim() !== '') throw new Error(output);
  return { folder, discard: () => rm(folder, { recursive: true }) };
}

/** Writes a tsconfig.json for files that use those declarations as a package, with the options of an ordinary user. */
export async function userConfig(folder: string, files: readonly string[], options: object = {}): Promise<string> {
  const path = join(folder, `tsconfig.${Math.random().toString(36).slice(2)}.json`);
  const compilerOptions = {
    strict: true,
    target: 'es2022',
    module: 'nodenext',
    lib: ['es2022', 'dom'],
    types: [],
    noEmit: true,
    // declarations.test.ts checks the declarations themselves.
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    paths: {
      inkling: [join(folder, 'lib/index.d.ts')],
      'inkling/formats': [join(folder, 'lib/formats/index.d.ts')],
      'inkling/node': [join(folder, 'lib/node.d.ts')],
    },
    ...options,
  };
  await writeFile(path, JSON.stringify({ compilerOptions, files }));
  return path;
}
