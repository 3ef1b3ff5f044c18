import { dirname } from 'node:path';
import { describe } from '../describe.ts';
import { FileError, OptionError } from '../errors.ts';

/** What a code of the operating system means for a file at a path, and what to do. */
type Advice = (path: string) => string;

const notThere: Advice = path => `there is no folder ${dirname(path)}; create it, or check the path`;
const noFolder: Advice = path => `a part of ${dirname(path)} is no folder; check the path`;
const isFolder: Advice = () => 'it is a folder; give the path of a file';
const diskFull: Advice = () => 'the disk is full; make room and try again';
const notAllowed =
  (what: string): Advice =>
  () =>
    `${what} is not allowed there; change the permissions or the path`;

const advice: { readonly [action in 'read' | 'written']: { readonly [code: string]: Advice } } = {
  read: {
    ENOENT: () => 'there is no such file; check the path',
    ENOTDIR: noFolder,
    EISDIR: isFolder,
    EACCES: notAllowed('reading'),
    EPERM: notAllowed('reading'),
  },
  written: {
    ENOENT: notThere,
    ENOTDIR: noFolder,
    EISDIR: isFolder,
    ENOSPC: diskFull,
    EDQUOT: diskFull,
    EACCES: notAllowed('writing'),
    EPERM: notAllowed('writing'),
    EROFS: notAllowed('writing'),
  },
};

/** The FileError for what the file system has thrown. */
export function fileError(action: 'read' | 'written', path: string, cause: unknown): FileError {
  const reason =
    advice[action][codeOf(cause) ?? '']?.(path) ?? (cause instanceof Error ? cause.message : String(cause));
  return new FileError(`${path} cannot be ${action}: ${reason}`, { cause });
}

/** The code of an error of the operating system: ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Throws OptionError unless it is a path. */
export function checkedPath(what: string, path: string): string {
  if (typeof path === 'string' && path !== '') return path;
  throw new OptionError(`${what}: expected the path of a file, got ${describe(path)}`);
}
