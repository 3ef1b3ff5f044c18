import * as realFiles from 'node:fs/promises';
import type { FileSystem } from '../../lib/files/write-atomically.ts';

const failure = (code: string): Error => Object.assign(new Error(`${code}: as told`), { code });

/** A file system that fails in one place. */
export function failing(place: keyof FileSystem | 'write' | 'shortWrite' | 'sync' | 'close', code: string): FileSystem {
  const fail = async (): Promise<never> => {
    throw failure(code);
  };
  const open: FileSystem['open'] = async (path, flags) => {
    const file = await realFiles.open(path, flags);
    let calls = 0;
    return {
      write: async (bytes, offset, length) => {
        if (place === 'write' && calls++ === 1) return fail();
        if (place === 'shortWrite' && calls++ === 2) return { bytesWritten: 0 };
        return file.write(bytes, offset, Math.min(length, 2));
      },
      chmod: mode => file.chmod(mode),
      sync: () => (place === 'sync' ? fail() : file.sync()),
      close: () => file.close().then(() => (place === 'close' ? fail() : undefined)),
    };
  };
  const files: FileSystem = { ...realFiles, open };
  return place in files ? { ...files, [place]: fail } : files;
}
