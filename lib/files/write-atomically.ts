import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { checkedPath, codeOf, fileError } from './file-error.ts';

/** An open file, as far as it is needed here. */
export interface OpenFile {
  write(bytes: Uint8Array, offset: number, length: number): Promise<{ readonly bytesWritten: number }>;
  chmod(mode: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What is needed of a file system; `node:fs/promises` is one. */
export interface FileSystem {
  open(path: string, flags: string): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { readonly force: boolean }): Promise<void>;
  realpath(path: string): Promise<string>;
  stat(path: string): Promise<{ readonly mode: number }>;
}

/** One call of the operating system writes at most 2 GB. */
const mostAtOnce = 2 ** 30;
/** Of the file's own name, so that the name of the partial file is not too long for a file system. */
const shownName = 40;
const permissions = 0o777;
/** What file systems say that cannot flush a folder. */
const cannotFlush = ['EINVAL', 'ENOTSUP', 'EPERM', 'EISDIR'];

/**
 * Writes a file, given whole or in parts that follow one another, which may be made one by one, whole or not at all: under a name of its own in the same folder, flushed to the disk, and then renamed.
 * A file that is there keeps its content until then, and its permissions; of several writers at once the last one wins.
 * Throws FileError, and leaves nothing behind then; only a process that is killed leaves `.NAME.*.partial`.
 */
export async function writeAtomically(
  path: string,
  content: Uint8Array | Iterable<Uint8Array>,
  files: FileSystem = { open, realpath, rename, rm, stat },
): Promise<void> {
  checkedPath('writeAtomically', path);
  // Where a link points, so that the link stays one.
  const target = await files.realpath(path).catch(() => path);
  const folder = dirname(target);
  const partial = join(folder, `.${basename(target).slice(0, shownName)}.${randomUUID()}.partial`);
  try {
    const parts = content instanceof Uint8Array ? [content] : content;
    await writeNew(files, partial, parts, await permissionsOf(files, target));
    await files.rename(partial, target);
  } catch (cause) {
    // If this fails as well, the first error is the one that tells why.
    await files.rm(partial, { force: true }).catch(() => undefined);
    throw fileError('written', path, cause);
  }
  await flushFolder(files, folder).catch(cause => {
    throw fileError('written', path, cause);
  });
}

async function writeNew(
  files: FileSystem,
  path: string,
  parts: Iterable<Uint8Array>,
  mode: number | undefined,
): Promise<void> {
  const file = await files.open(path, 'wx');
  try {
    if (mode !== undefined) await file.chmod(mode);
    for (const part of parts) await writePart(file, part);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writePart(file: OpenFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, Math.min(bytes.length - at, mostAtOnce));
    if (bytesWritten === 0) throw new Error(`the file system took only ${at} of ${bytes.length} bytes`);
    at += bytesWritten;
  }
}

async function permissionsOf(files: FileSystem, path: string): Promise<number | undefined> {
  const found = await files.stat(path).catch(() => undefined);
  return found === undefined ? undefined : found.mode & permissions;
}

/** The new name is in the folder, which is flushed on its own. Windows opens no folders, and needs no such thing. */
async function flushFolder(files: FileSystem, path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await files.open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    if (!cannotFlush.includes(codeOf(error) ?? '')) throw error;
  } finally {
    await folder.close();
  }
}
