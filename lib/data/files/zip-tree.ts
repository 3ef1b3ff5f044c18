import { posix } from 'node:path';
import { openZip } from '../../files/zip.ts';
import { collected, unpacked } from './data-source.ts';
import { type FileTree, isHidden } from './file-tree.ts';

/** What is in a zip archive. Throws FormatError, as its members do, for one that is damaged or hostile. */
export function zipTree(bytes: Uint8Array, file: string): FileTree {
  const archive = openZip(bytes, file);
  const shown = (path: string): string => (path === '' ? file : `${file}/${path}`);
  return {
    name: posix.basename(file),
    shown,
    isFile: async path => archive.has(path),
    async list(folder) {
      const start = folder === '' ? '' : `${folder}/`;
      const files: string[] = [];
      const folders = new Set<string>();
      for (const name of archive.names) {
        if (!name.startsWith(start)) continue;
        const [first = '', ...others] = name.slice(start.length).split('/');
        if (isHidden(first)) continue;
        if (others.length > 0) folders.add(first);
        else files.push(first);
      }
      return { files: files.sort(), folders: [...folders].sort() };
    },
    pieces: path => unpacked(entryOf(archive.read, path), shown(path)),
    content: path => collected(unpacked(entryOf(archive.read, path), shown(path))),
  };
}

async function* entryOf(read: (name: string) => Uint8Array, name: string): AsyncGenerator<Uint8Array> {
  yield read(name);
}
