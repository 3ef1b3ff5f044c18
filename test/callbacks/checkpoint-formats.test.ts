/** Checkpoints in every format that `saveModel` writes. */
import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { encodeFiles, loadKerasWeights } from '../../lib/formats/index.ts';
import {
  adam,
  ModelCheckpoint as CoreModelCheckpoint,
  conv2d,
  dense,
  type FitOptions,
  flatten,
  LambdaCallback,
  localResponseNormalization,
  randomNormal,
  Sequential,
} from '../../lib/index.ts';
import { loadModel, ModelCheckpoint, saveModel } from '../../lib/node.ts';
import { errorOf, rejectionOf } from '../error-of.ts';

const x = randomNormal([10, 5, 5, 1], { seed: 2 });
const y = randomNormal([10, 2], { seed: 3 });
const options: FitOptions = { batchSize: 4, epochs: 3, verbose: 0, validationData: [x, y] };

function small(seed = 4): Sequential {
  const model = new Sequential({ inputShape: [5, 5, 1], seed })
    .add(conv2d(3, 3, { activation: 'relu' }))
    .add(flatten())
    .add(dense(2)) as Sequential;
  model.compile({ optimizer: adam({ learningRate: 0.02 }), loss: 'mse', metrics: ['mae'] });
  return model;
}

async function folderOf(t: Test): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'inkling-')));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

t.test('.keras: the best model, with which the training goes on', async t => {
  const folder = await folderOf(t);
  const filepath = join(folder, 'made', 'digit_classifier_model.keras');
  const checkpoint = new ModelCheckpoint({ filepath, saveBestOnly: true, monitor: 'loss' });
  const model = small();
  const { history } = await model.fit(x, y, { ...options, callbacks: [checkpoint] });
  t.equal(history['loss']!.indexOf(Math.min(...history['loss']!)), 2, 'the last epoch is the best');
  t.same(await readdir(join(folder, 'made')), ['digit_classifier_model.keras'], 'no partial file');
  const loaded = await loadModel(filepath);
  t.strictSame((await loaded.predict(x)).data, (await model.predict(x)).data);
  t.same(await loaded.evaluate(x, y), await model.evaluate(x, y), 'it is compiled');
  for (let step = 0; step < 3; step++) {
    t.same(await loaded.trainOnBatch(x, y), await model.trainOnBatch(x, y), 'with the state of its optimizer');
  }
});

t.test('.onnx and .safetensors: the bytes that saveModel writes', async t => {
  const folder = await folderOf(t);
  for (const ending of ['onnx', 'safetensors']) {
    const model = small();
    const filepath = join(folder, `{epoch} {valLoss:.3f}.${ending}`);
    const checkpoint = new ModelCheckpoint({ filepath });
    await model.fit(x, y, { ...options, callbacks: [checkpoint] });
    const saved = join(folder, `saved.${ending}`);
    await saveModel(model, saved);
    const names = model.history!.history['val_loss']!.map((loss, i) => `${i + 1} ${loss.toFixed(3)}.${ending}`);
    t.same((await readdir(folder)).filter(file => file.endsWith(ending)).sort(), [...names, `saved.${ending}`]);
    t.equal(checkpoint.saved, join(folder, names[2]!));
    t.ok((await readFile(checkpoint.saved!)).equals(await readFile(saved)), ending);
    t.notOk((await readFile(join(folder, names[0]!))).equals(await readFile(saved)), 'the first epoch is another');
  }
});

t.test('.weights.h5: the weights alone', async t => {
  const filepath = join(await folderOf(t), 'last.weights.h5');
  const model = small();
  const callbacks = [new ModelCheckpoint({ filepath, saveWeightsOnly: true })];
  await model.fit(x, y, { ...options, callbacks });
  const other = small(5);
  t.notSame(await other.getWeights(), await model.getWeights());
  await loadKerasWeights(other, await readFile(filepath));
  t.strictSame(await other.getWeights(), await model.getWeights());
});

t.test('in a browser the program says which formats it needs', async t => {
  const kept = new Map<string, Uint8Array>();
  const write = (path: string, bytes: Uint8Array) => void kept.set(path, bytes);
  const model = small();
  const callbacks = [new CoreModelCheckpoint({ filepath: 'model.onnx', encode: encodeFiles, write })];
  await model.fit(x, y, { ...options, callbacks });
  t.same([...kept.keys()], ['model.onnx']);
  t.strictSame(kept.get('model.onnx'), (await encodeFiles(model, 'model.onnx'))['model.onnx']);
});

t.test('what the format cannot express is told before the training begins', async t => {
  const folder = await folderOf(t);
  const model = new Sequential({ inputShape: [2, 2, 3] })
    .add(localResponseNormalization())
    .add(flatten())
    .add(dense(2)) as Sequential;
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  const before = await model.getWeights();
  let epochs = 0;
  const count = new LambdaCallback({ onEpochBegin: () => void epochs++ });
  for (const [file, message] of [
    [
      'a.h5',
      'OptionError: a.h5: whole models are read from .h5 files, not written; end the name with .keras, or with .weights.h5 for the weights alone',
    ],
    [
      'a.keras',
      'FormatError: layer "local_response_normalization" is of the class LocalResponseNormalization, which .keras files cannot hold; use batchNormalization()',
    ],
  ] as const) {
    const callbacks = [count, new ModelCheckpoint({ filepath: join(folder, file) })];
    const training = model.fit(randomNormal([4, 2, 2, 3]), randomNormal([4, 2]), { verbose: 0, callbacks });
    t.equal(await rejectionOf(training), message);
  }
  t.equal(epochs, 0);
  t.strictSame(await model.getWeights(), before);
  t.same(await readdir(folder), []);
});

t.test('what ModelCheckpoint refuses', async t => {
  const begin = 'OptionError: ModelCheckpoint:';
  const faults: [object, string][] = [
    [{}, `${begin} filepath must be a text, got undefined`],
    [
      { filepath: 'a.keras', write: () => undefined },
      `${begin} files are safetensors files; let filepath end in .safetensors, or give encodeFiles of inkling/formats as encode, got "a.keras"`,
    ],
    [
      { filepath: 'best' },
      `${begin} filepath must end in one of ".safetensors", ".keras", ".weights.h5", ".h5", ".hdf5", ".onnx", ".json", which tells the format, got "best"`,
    ],
    [
      { filepath: 'a.keras', saveWeightsOnly: true },
      `${begin} files of weights alone are safetensors files or those of Keras; let filepath end in .safetensors or .weights.h5, got "a.keras"`,
    ],
    [
      { filepath: 'a.weights.h5' },
      `${begin} files that end in .weights.h5 have weights alone; give saveWeightsOnly: true, or let filepath end in .keras, got "a.weights.h5"`,
    ],
    [{ filepath: 'a', write: 1, encode: 1 }, `${begin} encode must be a function (model, file) => ..., got 1`],
    [
      { filepath: 'a{epoch' },
      `${begin} filepath "a{epoch" has a brace that is no placeholder; those are {epoch}, {epoch:02d}, {val_loss:.4f}`,
    ],
    [{ filepath: 'a.keras', saveFreq: 0 }, `${begin} saveFreq must be "epoch" or a positive number of batches, got 0`],
    [
      { filepath: 'a.keras', saveFreq: 5, saveBestOnly: true },
      `${begin} "val_loss" is known behind epochs alone; use saveFreq: "epoch", or monitor a log of the training`,
    ],
    [
      { filepath: 'a.keras', saveBestOnly: true, initialValueThreshold: '1' },
      `${begin} initialValueThreshold must be a finite number, got "1"`,
    ],
    [{ filepath: 'a', write: 1 }, `${begin} write must be a function (path, bytes) => ..., got 1`],
  ];
  for (const [given, message] of faults) {
    const made = 'write' in given ? CoreModelCheckpoint : ModelCheckpoint;
    t.equal(
      errorOf(() => Reflect.construct(made, [given])),
      message,
    );
  }
  t.equal(
    await rejectionOf(
      small().fit(x, y, { ...options, callbacks: [new ModelCheckpoint({ filepath: '{loos}.keras' })] }),
    ),
    'OptionError: ModelCheckpoint: the file name has the placeholder {loos}, but there are only loss, mae, val_loss, val_mae, epoch',
  );
});
