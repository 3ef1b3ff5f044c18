/** The callbacks that write files, for Node: those of the core, given a file system. */
import { appendFile, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OptionError } from '../errors.ts';
import { concatenate } from '../files/bytes.ts';
import { checkedPath, codeOf, fileError } from '../files/file-error.ts';
import { writeAtomically } from '../files/write-atomically.ts';
import { encodedAt } from '../formats/encoded-at.ts';
import { formatOfEnding, listed, modelEndings } from '../formats/model-formats.ts';
import * as core from './backup-and-restore.ts';
import * as csv from './csv-logger.ts';
import * as json from './json-lines-logger.ts';
import * as checkpoint from './model-checkpoint.ts';
import { checkedOptions } from './options.ts';
import * as board from './tensor-board.ts';
import type { TextOutput } from './text-output.ts';

/** Writes a file whole or not at all; `writeAtomically` is one. */
export type WriteFile = (path: string, bytes: Uint8Array) => Promise<void>;

/** What is done with a file, with the error that says what is wrong with it. The folder of the file is made first. */
async function inFolder(path: string, action: () => Promise<void>): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await action();
  } catch (cause) {
    throw fileError('written', path, cause);
  }
}

async function writeInFolder(write: WriteFile, path: string, bytes: Uint8Array): Promise<void> {
  await inFolder(path, async () => undefined);
  await write(path, bytes);
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw fileError('read', path, cause);
  }
}

export interface ModelCheckpointOptions extends Omit<checkpoint.ModelCheckpointOptions, 'encode' | 'write'> {
  /** Writes a file whole or not at all; `writeAtomically` if left out. */
  readonly write?: WriteFile;
}

/**
 * Saves the model while it trains, into files of the format that the ending of `filepath` tells, as `saveModel` does, and
 * whose folders are made; see the core's. Weights alone end in `.safetensors` or `.weights.h5`. Throws OptionError, in `fit`
 * FileError, and what `saveModel` throws for a model that the format cannot express, before the training begins.
 */
export class ModelCheckpoint extends checkpoint.ModelCheckpoint {
  constructor(options: ModelCheckpointOptions) {
    const what = 'ModelCheckpoint';
    const known = checkpoint.modelCheckpointOptions.filter(name => name !== 'encode');
    const given = checkedOptions<ModelCheckpointOptions>(what, options, known);
    const { write = writeAtomically } = given;
    super({ ...given, encode: encodeAt, write: (path, bytes) => writeInFolder(write, path, bytes) });
    if (formatOfEnding(given.filepath) !== undefined) return;
    throw new OptionError(
      `${what}: filepath must end in one of ${listed(modelEndings)}, which tells the format, got "${given.filepath}"`,
    );
  }
}

async function encodeAt(...[model, path]: Parameters<checkpoint.EncodeModel>): ReturnType<checkpoint.EncodeModel> {
  const files = await encodedAt('ModelCheckpoint', model, path);
  return Object.fromEntries(files.map(([file, parts]) => [file, concatenate(parts)]));
}

export interface BackupAndRestoreOptions extends core.BackupAndRestoreOptions {
  /** The folder for the backup, `training.safetensors`, which is made where there is none. Each training needs its own. */
  readonly backupDir: string;
  /** Writes a file whole or not at all; `writeAtomically` if left out. */
  readonly write?: WriteFile;
}

/** Keeps the state of the training in a folder; see the core's. Throws OptionError, in `fit` FileError and FormatError. */
export class BackupAndRestore extends core.BackupAndRestore {
  constructor(options: BackupAndRestoreOptions) {
    const what = 'BackupAndRestore';
    const known = ['backupDir', 'saveFreq', 'deleteCheckpoint', 'write'] as const;
    const given = checkedOptions<BackupAndRestoreOptions>(what, options, known);
    const { backupDir, write = writeAtomically, ...others } = given;
    const path = join(checkedPath(`${what}: backupDir`, backupDir), 'training.safetensors');
    const store = {
      name: path,
      read: () => readIfThere(path),
      write: (bytes: Uint8Array) => writeInFolder(write, path, bytes),
      remove: () =>
        rm(path, { force: true }).catch(cause => {
          throw fileError('written', path, cause);
        }),
    };
    super(store, others);
  }
}

const newline = '\n'.charCodeAt(0);

/** A file to whose end lines are written. */
function textFile(path: string): TextOutput {
  return {
    async open(keep) {
      if (keep === 0) await inFolder(path, () => writeFile(path, ''));
      const bytes = await readIfThere(path);
      if (bytes === undefined) return [];
      // Behind the last of the lines; a process that was killed may have left a part of another.
      let end = 0;
      for (let line = 0; line < keep; line++) {
        const found = bytes.indexOf(newline, end);
        if (found < 0) break;
        end = found + 1;
      }
      if (end < bytes.length) await inFolder(path, () => truncate(path, end));
      return new TextDecoder().decode(bytes.subarray(0, end)).split('\n').slice(0, -1);
    },
    write: text => inFolder(path, () => appendFile(path, text)),
  };
}

/** Writes a line of comma-separated values for each epoch into a file; see the core's. Throws OptionError, in `fit` FileError. */
export class CSVLogger extends csv.CSVLogger {
  constructor(filename: string, options?: csv.CSVLoggerOptions) {
    super(textFile(checkedPath('CSVLogger', filename)), options);
  }
}

/** Writes a line of JSON for each epoch into a file; see the core's. Throws OptionError, in `fit` FileError. */
export class JsonLinesLogger extends json.JsonLinesLogger {
  constructor(filename: string, options?: json.JsonLinesLoggerOptions) {
    super(textFile(checkedPath('JsonLinesLogger', filename)), options);
  }
}

export interface TensorBoardOptions extends board.TensorBoardOptions {
  /** The folder for the event files, which is made where there is none; `logs` if left out. */
  readonly logDir?: string;
}

/** Writes event files for TensorBoard (`tensorboard --logdir logs`); see the core's. Throws OptionError, in `fit` FileError. */
export class TensorBoard extends board.TensorBoard {
  constructor(options: TensorBoardOptions = {}) {
    const what = 'TensorBoard';
    const given = checkedOptions<TensorBoardOptions>(what, options, ['logDir', ...board.tensorBoardOptions]);
    const { logDir = 'logs', ...others } = given;
    const folder = checkedPath(`${what}: logDir`, logDir);
    const append = (file: string, bytes: Uint8Array) => {
      const path = join(folder, file);
      return inFolder(path, () => appendFile(path, bytes));
    };
    super(append, others);
  }
}
