/**
 * Runs the programs of bench/programs on the package as it is shipped: Inkling is built, and each program gets a process
 * of the same Node without the loader of TypeScript, which would count in start-up time and memory.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
export const root = join(import.meta.dirname, '..');

async function buildAll(checkout: string): Promise<void> {
  await execute('npm', ['run', '--silent', 'build'], { cwd: checkout, shell: process.platform === 'win32' });
  await execute(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'bench/programs'], { cwd: checkout });
}

const built = new Map<string, Promise<void>>();

/** Builds Inkling and the programs in a checkout, this one if none is given, once however often it is called. */
export function build(checkout: string = root): Promise<void> {
  const known = built.get(checkout) ?? buildAll(checkout);
  built.set(checkout, known);
  return known;
}

export interface ProgramOptions {
  /** Flags of Node. */
  readonly flags?: readonly string[];
  /** Added to the variables of the environment. */
  readonly environment?: { readonly [name: string]: string };
  /** Whose program it is; this checkout's if left out. */
  readonly checkout?: string;
}

/** Runs a program of bench/programs and returns what it prints. `build` must have been awaited. */
export function runProgram(name: string, args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const program = join(options.checkout ?? root, 'bench/.built/programs', `${name}.js`);
  return runCommand(process.execPath, [...(options.flags ?? []), program, ...args], options.environment);
}

/** Runs a command in the root of the repository and returns what it prints. Rejects with its last line of errors. */
export async function runCommand(
  command: string,
  args: readonly string[],
  environment: { readonly [name: string]: string } = {},
): Promise<string> {
  const env = { ...process.env, ...environment };
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd: root, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const reason = stderr.trim().split('\n').at(-1) || error.message;
      reject(new Error(reason, { cause: error }));
    });
  });
}
