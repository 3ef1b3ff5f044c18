/** Checkpoints and backups in files, and what happens when these cannot be written. */
import * as realFiles from 'node:fs/promises';
import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { writeAtomically } from '../../lib/files/write-atomically.ts';
import {
  adam,
  type Callback,
  decodeModel,
  decodeSafetensors,
  dense,
  dropout,
  EarlyStopping,
  type FitOptions,
  LambdaCallback,
  randomNormal,
  Sequential,
} from '../../lib/index.ts';
import { BackupAndRestore, loadModel, ModelCheckpoint, readStateFile } from '../../lib/node.ts';
import { errorOf, rejectionOf } from '../error-of.ts';
import { failing } from '../files/failing-files.ts';

const x = randomNormal([10, 3], { seed: 2 });
const y = randomNormal([10, 2], { seed: 3 });
const options: FitOptions = { batchSize: 4, epochs: 3, verbose: 0, validationData: [x, y] };

function small(): Sequential {
  const model = new Sequential([dense({ units: 4, inputShape: [3] }), dropout(0.4), dense(2)], { seed: 4 });
  model.compile({ optimizer: adam({ learningRate: 0.05 }), loss: 'mse', metrics: ['mae'] });
  return model;
}

async function folderOf(t: Test): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'inkling-')));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

t.test('every epoch, the best and the last, under names with logs', async t => {
  const folder = await folderOf(t);
  const all = new ModelCheckpoint({ filepath: join(folder, 'all', '{epoch:03d} {valLoss:.2f}.safetensors') });
  const last = new ModelCheckpoint({ filepath: join(folder, 'last.safetensors'), saveFreq: 2 });
  const weights = new ModelCheckpoint({
    filepath: join(folder, '{epoch}-{batch:02}.safetensors'),
    saveFreq: 3,
    saveWeightsOnly: true,
  });
  const model = small();
  const history = await model.fit(x, y, { ...options, callbacks: [all, last, weights] });
  const losses = history.history['val_loss']!;
  t.same(
    (await readdir(join(folder, 'all'))).sort(),
    losses.map((loss, epoch) => `00${epoch + 1} ${loss.toFixed(2)}.safetensors`),
  );
  t.same((await readdir(folder)).sort(), [
    ...['1-03.safetensors', '2-03.safetensors', '3-03.safetensors'],
    ...['all', 'last.safetensors'],
  ]);
  const loaded = await loadModel(all.saved!);
  t.strictSame(await loaded.getWeights(), await model.getWeights(), 'the last epoch is the model as it is');
  t.same(loaded.toJSON(), model.toJSON());
  t.notSame(await (await loadModel(last.saved!)).getWeights(), await model.getWeights(), 'of 9 batches the eighth');
  const { tensors } = decodeSafetensors(await readFile(join(folder, '3-03.safetensors')));
  const names = ['dense/kernel', 'dense/bias', 'dense_1/kernel', 'dense_1/bias'];
  t.strictSame(
    names.map(name => tensors[name]),
    await model.getWeights(),
  );
  t.equal(Object.keys(tensors).length, 4);
});

t.test('in a browser the bytes go where the program wants them', async t => {
  const { ModelCheckpoint } = await import('../../lib/index.ts');
  const kept = new Map<string, Uint8Array>();
  const write = (path: string, bytes: Uint8Array) => void kept.set(path, bytes);
  const model = small();
  await model.fit(x, y, { ...options, callbacks: [new ModelCheckpoint({ filepath: 'model', write })] });
  t.strictSame(await (await decodeModel(kept.get('model')!)).getWeights(), await model.getWeights());
});

/** The bits of the model, and the history. */
async function outcome(model: Sequential) {
  const { epoch, history } = model.history!;
  return { weights: await model.getWeights(), epoch, history, steps: model.steps };
}

/** Ends a training with an error behind the n-th batch that it is told of. */
class Interrupt implements Callback {
  left = Number.POSITIVE_INFINITY;
  onTrainBatchEnd(): void {
    if (this.left-- === 0) throw new Error('interrupted');
  }
}

t.test('a training that is interrupted again and again goes on from its backup to the same bits', async t => {
  const folder = await folderOf(t);
  const whole = small();
  const stopping = () => new EarlyStopping({ monitor: 'loss', patience: 5, restoreBestWeights: true });
  await whole.fit(x, y, { ...options, callbacks: [stopping()] });
  for (const saveFreq of ['epoch', 1, 2] as const) {
    const backupDir = join(folder, `backup ${saveFreq}`);
    let interruptions = 0;
    for (let isDone = false; !isDone; ) {
      const model = small();
      const interrupt = new Interrupt();
      interrupt.left = saveFreq === 'epoch' ? 4 : 2;
      const callbacks = [stopping(), new BackupAndRestore({ backupDir, saveFreq }), interrupt];
      const error = await rejectionOf(model.fit(x, y, { ...options, callbacks }));
      isDone = error === 'no error';
      if (isDone) {
        t.strictSame(await outcome(model), await outcome(whole), `saved every ${saveFreq}`);
        t.same(await readdir(backupDir), [], 'the backup is deleted at the end');
      } else {
        t.equal(error, 'Error: interrupted');
        t.match((await readStateFile(join(backupDir, 'training.safetensors'))).values, { seed: 4 });
        interruptions++;
      }
      if (interruptions > 20) throw new Error('it makes no progress');
    }
    t.ok(interruptions > 1, `${interruptions} interruptions`);
  }
});

t.test('a backup of another training, a damaged one, and one that is kept', async t => {
  const backupDir = await folderOf(t);
  const file = join(backupDir, 'training.safetensors');
  const keep = () => new BackupAndRestore({ backupDir, deleteCheckpoint: false });
  await small().fit(x, y, { ...options, callbacks: [keep()] });
  t.same(await readdir(backupDir), ['training.safetensors']);
  t.equal(
    await rejectionOf(small().fit(x, y, { ...options, batchSize: 5, callbacks: [keep()] })),
    'OptionError: fit: the training that is resumed has the batchSize 4, got 5; a training goes on as it began',
  );
  const more = small();
  await more.fit(x, y, { ...options, epochs: 5, callbacks: [keep()] });
  t.same(more.history!.epoch, [0, 1, 2, 3, 4], 'more epochs prolong it');
  await realFiles.truncate(file, 100);
  const model = small();
  const before = await model.getWeights();
  t.match(await rejectionOf(model.fit(x, y, { ...options, callbacks: [keep()] })), `FormatError: ${file}: `);
  t.strictSame(await model.getWeights(), before);
  t.equal(
    errorOf(() => Reflect.construct(BackupAndRestore, [{}])),
    'OptionError: BackupAndRestore: backupDir: expected the path of a file, got undefined',
  );
  t.match(
    errorOf(() => Reflect.construct(BackupAndRestore, [{ backupDir, saveFrequency: 1 }])),
    'OptionError: unknown option of BackupAndRestore "saveFrequency"; known: backupDir, saveFreq, deleteCheckpoint, write',
  );
});

t.test('nothing else may be done with a model whose training looks for its backup', async t => {
  const backupDir = await folderOf(t);
  const model = small();
  const training = model.fit(x, y, { ...options, callbacks: [new BackupAndRestore({ backupDir })] });
  const message = 'model "sequential" is training: await the running fit() first';
  t.equal(
    errorOf(() => model.compile({ optimizer: 'sgd', loss: 'mse' })),
    `StateError: compile: ${message}`,
  );
  t.equal(await rejectionOf(model.fit(x, y, options)), `StateError: fit: ${message}`);
  await training;
});

t.test('whatever fails when a checkpoint or a backup is written, the one before stays whole', async t => {
  const faults = [
    ['write', 'ENOSPC', 'the disk is full; make room and try again'],
    ['shortWrite', '', /^the file system took only \d+ of \d+ bytes$/],
    ['sync', 'EIO', 'EIO: as told'],
    ['close', 'EIO', 'EIO: as told'],
    ['rename', 'EACCES', 'writing is not allowed there; change the permissions or the path'],
  ] as const;
  for (const [place, code, reason] of faults) {
    const folder = await folderOf(t);
    let isFailing = false;
    const write = (path: string, bytes: Uint8Array) =>
      isFailing ? writeAtomically(path, bytes, failing(place, code)) : writeAtomically(path, bytes);
    const checkpoint = new ModelCheckpoint({ filepath: join(folder, 'best.safetensors'), write });
    const backup = new BackupAndRestore({ backupDir: folder, write });
    const fault = new LambdaCallback({
      onEpochBegin: epoch => {
        isFailing = epoch === 1;
      },
    });
    for (const [writer, file] of [
      [checkpoint, 'best.safetensors'],
      [backup, 'training.safetensors'],
    ] as const) {
      isFailing = false;
      const path = join(folder, file);
      const message = await rejectionOf(small().fit(x, y, { ...options, callbacks: [fault, writer] }));
      t.match(message, `FileError: ${path} cannot be written: `, `${place} ${code}`);
      t.match(message.slice(message.indexOf('written: ') + 'written: '.length), reason);
    }
    t.same((await readdir(folder)).sort(), ['best.safetensors', 'training.safetensors'], 'no partial file');
    t.equal((await loadModel(join(folder, 'best.safetensors'))).countParams(), 26);
    const { tensors } = await readStateFile(join(folder, 'training.safetensors'));
    t.same(tensors['dense/kernel']!.shape, [3, 4]);
    const model = small();
    await model.fit(x, y, {
      ...options,
      callbacks: [new LambdaCallback({}), new BackupAndRestore({ backupDir: folder })],
    });
    const whole = small();
    await whole.fit(x, y, options);
    t.strictSame(await model.getWeights(), await whole.getWeights(), 'and the training goes on from there');
  }
});
