import * as realFiles from 'node:fs/promises';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { writeAtomically } from '../../lib/files/write-atomically.ts';
import { dense, Sequential } from '../../lib/index.ts';
import { loadModel, saveModel } from '../../lib/node.ts';
import { rejectionOf } from '../error-of.ts';
import { failing } from './failing-files.ts';

const old = new TextEncoder().encode('old');

async function folderWith(t: Test, name = 'file'): Promise<{ folder: string; file: string }> {
  const folder = await realFiles.realpath(await mkdtemp(join(tmpdir(), 'inkling-')));
  t.teardown(() => rm(folder, { recursive: true }));
  return { folder, file: join(folder, name) };
}

t.test('two saves of models to one path at once: one of them is there afterwards, whole', async t => {
  const { folder, file } = await folderWith(t, 'model.safetensors');
  const models = [1, 2].map(
    seed => new Sequential([dense({ units: 30, inputShape: [100] })], { seed, name: `m${seed}` }),
  );
  for (let round = 0; round < 30; round++) {
    const saves = await Promise.all(
      [...models, ...models].map(model => saveModel(model, file).then(() => 'saved', String)),
    );
    t.same(saves, ['saved', 'saved', 'saved', 'saved']);
    t.match((await loadModel(file)).name, /^m[12]$/);
  }
  t.same(await readdir(folder), ['model.safetensors'], 'nothing else is left behind');
});

t.test('who reads while others write gets a whole file', async t => {
  const { folder, file } = await folderWith(t);
  const size = 200_000;
  await writeAtomically(file, new Uint8Array(size));
  const writers = [1, 2, 3].map(async value => {
    for (let i = 0; i < 20; i++) await writeAtomically(file, new Uint8Array(size).fill(value));
  });
  let writing = true;
  const done = Promise.all(writers).finally(() => {
    writing = false;
  });
  let read = 0;
  while (writing) {
    const bytes = await readFile(file);
    if (bytes.length !== size || bytes.some(byte => byte !== bytes[0])) t.fail('a file of two writers');
    read++;
  }
  await done;
  t.ok(read > 5, `read ${read} times`);
  t.same(await readdir(folder), ['file']);
});

t.test('content, permissions and links', async t => {
  const { folder, file } = await folderWith(t);
  await writeAtomically(file, old);
  t.same(await readFile(file, 'utf8'), 'old');
  await chmod(file, 0o640);
  const link = join(folder, 'link');
  await symlink(file, link);
  await writeAtomically(link, new Uint8Array(0));
  t.same((await readFile(file)).length, 0, 'an empty file, through a link');
  t.equal((await stat(file)).mode & 0o777, 0o640, 'permissions stay');
  t.same((await readdir(folder, { withFileTypes: true })).find(({ name }) => name === 'link')?.isSymbolicLink(), true);
  const long = join(folder, 'ä'.repeat(120));
  await writeAtomically(long, old);
  t.equal(await readFile(long, 'utf8'), 'old', 'a name as long as the file system takes');
});

t.test('short writes go on where they ended', async t => {
  const { file } = await folderWith(t);
  const bytes = Uint8Array.from({ length: 1001 }, (_, i) => i);
  await writeAtomically(file, bytes, failing('realpath', 'EIO'));
  t.same(await readFile(file), Buffer.from(bytes));
});

t.test('whatever fails, the old file stays and nothing else is there', async t => {
  const faults: [Parameters<typeof failing>[0], string, string][] = [
    ['write', 'ENOSPC', 'the disk is full; make room and try again'],
    ['sync', 'EDQUOT', 'the disk is full; make room and try again'],
    ['close', 'EIO', 'EIO: as told'],
    ['shortWrite', '', 'the file system took only 4 of 9 bytes'],
    ['open', 'EACCES', 'writing is not allowed there; change the permissions or the path'],
    ['open', 'EROFS', 'writing is not allowed there; change the permissions or the path'],
    ['rename', 'EPERM', 'writing is not allowed there; change the permissions or the path'],
  ];
  for (const [place, code, reason] of faults) {
    const { folder, file } = await folderWith(t);
    await writeFile(file, old);
    const bytes = new TextEncoder().encode('something');
    t.equal(
      await rejectionOf(writeAtomically(file, bytes, failing(place, code))),
      `FileError: ${file} cannot be written: ${reason}`,
      `${place} ${code}`,
    );
    t.equal(await readFile(file, 'utf8'), 'old');
    t.same(await readdir(folder), ['file']);
  }
});

t.test('paths that cannot be written or read', async t => {
  const { folder, file } = await folderWith(t);
  await writeFile(file, old);
  await mkdir(join(folder, 'models.safetensors'));
  const model = new Sequential([dense({ units: 1, inputShape: [1] })]);
  const missing = join(folder, 'none', 'model.safetensors');
  const inFile = join(file, 'model.safetensors');
  const faults: [() => Promise<unknown>, string][] = [
    [
      () => saveModel(model, missing),
      `FileError: ${missing} cannot be written: there is no folder ${folder}/none; create it, or check the path`,
    ],
    [
      () => saveModel(model, inFile),
      `FileError: ${inFile} cannot be written: a part of ${file} is no folder; check the path`,
    ],
    [
      () => saveModel(model, join(folder, 'models.safetensors')),
      `FileError: ${folder}/models.safetensors cannot be written: it is a folder; give the path of a file`,
    ],
    [() => saveModel(model, ''), 'OptionError: saveModel: expected the path of a file, got ""'],
    [
      () => Reflect.apply(saveModel, undefined, [model]),
      'OptionError: saveModel: expected the path of a file, got undefined',
    ],
    [() => loadModel(missing), `FileError: ${missing} cannot be read: there is no such file; check the path`],
    [() => loadModel(inFile), `FileError: ${inFile} cannot be read: a part of ${file} is no folder; check the path`],
    [() => loadModel(folder), `FileError: ${folder} cannot be read: it is a folder; give the path of a file`],
    [() => loadModel(''), 'OptionError: loadModel: expected the path of a file, got ""'],
    [
      () => Reflect.apply(loadModel, undefined, [{}]),
      'OptionError: loadModel: expected an address, a File, a Response, a stream or the bytes of a file, got {}',
    ],
  ];
  for (const [fault, message] of faults) t.equal(await rejectionOf(fault()), message);
  t.same(await readdir(folder), ['file', 'models.safetensors']);
});
