/** Folders of files, on the disk or elsewhere, read alike. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { FormatError } from '../../errors.ts';
import { codeOf, fileError } from '../../files/file-error.ts';
import { reasonOf } from '../../files/reason-of.ts';
import { isGzip, piecesOfFile, unpacked } from './data-source.ts';

/** Folders and files. Paths are relative, their parts separated by `/`; '' is the root. */
export interface FileTree {
  /** Of the folder or archive, without the way to it. */
  readonly name: string;
  /** A path as messages show it. */
  shown(path: string): string;
  isFile(path: string): Promise<boolean>;
  /** The names in a folder, sorted; hidden ones are left out. */
  list(folder: string): Promise<FolderContent>;
  /** The content in pieces, unpacked if it is gzipped, whatever the name. */
  pieces(path: string): AsyncIterable<Uint8Array>;
  /** The same at once. */
  content(path: string): Promise<Uint8Array>;
}

export interface FolderContent {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** What a path leads to. */
export interface PathKind {
  isFile(): boolean;
  isDirectory(): boolean;
}

/** What is at a path, or undefined if nothing is. Throws FileError if that cannot be told. */
export async function statOf(path: string): Promise<PathKind | undefined> {
  try {
    return await stat(path);
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(cause) ?? '')) return undefined;
    throw fileError('read', path, cause);
  }
}

/** What systems put beside the files of people, such as `.DS_Store` and `__MACOSX`. */
export const isHidden = (name: string): boolean => name.startsWith('.') || name === '__MACOSX';

/** A folder on the disk. Its members throw FileError for what cannot be read. */
export function folderTree(root: string): FileTree {
  const shown = (path: string): string => (path === '' ? root : join(root, path));
  return {
    name: basename(root),
    shown,
    isFile: async path => (await statOf(shown(path)))?.isFile() === true,
    async list(folder) {
      const entries = await readdir(shown(folder), { withFileTypes: true }).catch(cause => {
        throw fileError('read', shown(folder), cause);
      });
      const files: string[] = [];
      const folders: string[] = [];
      for (const entry of entries) {
        if (isHidden(entry.name)) continue;
        // A link counts as what it points to.
        const kind = entry.isSymbolicLink() ? await statOf(join(shown(folder), entry.name)) : entry;
        if (kind?.isDirectory() === true) folders.push(entry.name);
        else if (kind?.isFile() === true) files.push(entry.name);
      }
      return { files: files.sort(), folders: folders.sort() };
    },
    pieces: path => unpacked(piecesOfFile(shown(path)), shown(path)),
    content: path => readUnpacked(shown(path)),
  };
}

const unzip = promisify(gunzip);

/** Large files are read faster at once than in pieces. */
async function readUnpacked(file: string): Promise<Uint8Array> {
  const bytes = await readFile(file).catch(cause => {
    throw fileError('read', file, cause);
  });
  if (!isGzip(bytes)) return bytes;
  try {
    return await unzip(bytes);
  } catch (cause) {
    throw new FormatError(`${file}: cannot be unpacked: ${reasonOf(cause)}; download it again`, { cause });
  }
}
