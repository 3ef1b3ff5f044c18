import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs a command as a user would: without the hooks that the test runner puts into NODE_OPTIONS. Returns its output. */
export async function runCommand(folder: string, command: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute('env', ['-u', 'NODE_OPTIONS', command, ...args], {
    cwd: folder,
    maxBuffer: 2 ** 26,
  });
  return stdout;
}
