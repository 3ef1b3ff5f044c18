/** A Python with the packages of other programs, which read what Inkling has written. */
import { join } from 'node:path';
import { runCommand } from '../../run-command.ts';
import { alone, cache } from '../installed.ts';

/** The interpreter, or why there is none. */
export type Python =
  | { readonly python: string; readonly missing?: never }
  | { readonly python?: never; readonly missing: string };

/**
 * The interpreter that INKLING_PYTHON names, which has to have these packages; else that of an environment in
 * node_modules/.cache, which is made once, and gets them from the registry of Python's packages.
 */
export async function pythonWith(...packages: readonly string[]): Promise<Python> {
  const given = process.env['INKLING_PYTHON'];
  if (given !== undefined && given !== '') return { python: given };
  const python = join(cache, 'inkling-python/bin/python');
  const pip = ['-m', 'pip', '--quiet', '--disable-pip-version-check', 'install', '--retries', '0'];
  try {
    return await alone('inkling-python', async () => {
      if (!(await runs(python, '--version')))
        await runCommand('.', 'python3', '-m', 'venv', join(cache, 'inkling-python'));
      const imports = packages.map(name => `import ${name}`).join('\n');
      if (!(await runs(python, '-c', imports))) await runCommand('.', python, ...pip, ...packages);
      return { python };
    });
  } catch (error) {
    return { missing: `no Python with ${packages.join(', ')}: ${String(error).split('\n', 2).join(' ')}` };
  }
}

const runs = (python: string, ...given: string[]): Promise<boolean> =>
  runCommand('.', python, ...given).then(
    () => true,
    () => false,
  );
