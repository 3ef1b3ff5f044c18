import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { runCommand } from '../built.ts';
import { type Installed, peers } from './registry.ts';

/** The absolute path of the folder in which the other libraries are. Throws RangeError if there is no such folder. */
export async function peersFolder(given: string): Promise<string> {
  const found = await stat(given).catch(() => undefined);
  if (found?.isDirectory() === true) return resolve(given);
  const came = found === undefined ? 'there is nothing' : 'this is a file';
  throw new RangeError(
    `--peers ${given}: ${came}; expected the folder in which the other libraries are installed, see bench/peers/README.md`,
  );
}

/** The command of the virtual environment in the folder. */
export const pythonOf = (folder: string): string =>
  join(folder, process.platform === 'win32' ? 'venv/Scripts/python.exe' : 'venv/bin/python');

const printVersions = `
import importlib.metadata, json, sys
versions = {}
for name in sys.argv[1:]:
    try: versions[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError: pass
print(json.dumps(versions))`;

export async function findInstalled(folder: string): Promise<Installed> {
  const distributions = [...new Set(peers.flatMap(peer => peer.python.flat()))];
  const packages = [...new Set(peers.flatMap(peer => peer.npm))];
  const found = await Promise.all(packages.map(async name => [name, await packageVersion(folder, name)] as const));
  const npm: { [name: string]: string } = {};
  for (const [name, version] of found) if (version !== undefined) npm[name] = version;
  return { python: await pythonVersions(folder, distributions), npm };
}

async function pythonVersions(folder: string, names: readonly string[]): Promise<Installed['python']> {
  const python = pythonOf(folder);
  if ((await stat(python).catch(() => undefined)) === undefined) return undefined;
  return JSON.parse(await runCommand(python, ['-c', printVersions, ...names]));
}

async function packageVersion(folder: string, name: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { version }: { version: string } = JSON.parse(text);
  return version;
}
