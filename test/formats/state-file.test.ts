import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import {
  decodeSafetensors,
  decodeState,
  dense,
  encodeModel,
  encodeSafetensors,
  encodeState,
  LambdaCallback,
  Sequential,
  type TrainingState,
  tensor,
} from '../../lib/index.ts';
import { readStateFile, writeStateFile } from '../../lib/node.ts';
import { errorOf, rejectionOf } from '../error-of.ts';

/** A state from the middle of an epoch. */
async function someState(): Promise<TrainingState> {
  const model = new Sequential([dense({ units: 1, inputShape: [2] })], { seed: 3 });
  model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
  const states: TrainingState[] = [];
  const keep = new LambdaCallback({
    onTrainBatchEnd: async (_batch, _logs, run) => void states.push(await run.model.getState()),
  });
  await model.fit(
    tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]),
    [1, 2, 3],
    { batchSize: 2, verbose: 0, callbacks: [keep] },
  );
  return states[0]!;
}

t.test('a state is read as it was written, numbers without a form in JSON too', async t => {
  const state = await someState();
  t.same(decodeState(encodeState(state)), state);
  const odd = {
    tensors: {},
    values: [Number.NaN, -0, Number.POSITIVE_INFINITY, { a: Number.NEGATIVE_INFINITY, b: 0.1 }],
  };
  t.same(decodeState(encodeState(odd)), odd);
  const [, zero] = decodeState(encodeState(odd)).values as number[];
  t.ok(Object.is(zero, -0));
});

t.test('it is a safetensors file that names its format and its version', async t => {
  const { tensors, metadata } = decodeSafetensors(encodeState(await someState()));
  t.equal(metadata['format'], 'inkling-state');
  t.equal(metadata['version'], '1');
  t.same(Object.keys(tensors).sort(), [
    'dense/bias',
    'dense/bias:m',
    'dense/bias:v',
    'dense/kernel',
    'dense/kernel:m',
    'dense/kernel:v',
  ]);
});

t.test('saved and loaded in a file', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const state = await someState();
  const path = join(folder, 'state.safetensors');
  await Promise.all([writeStateFile(path, state), writeStateFile(path, state)]);
  t.same(await readdir(folder), ['state.safetensors']);
  t.same(await readStateFile(path), state);
});

t.test('files that hold no state, and what is no state', async t => {
  const model = new Sequential([dense({ units: 1, inputShape: [2] })]);
  const bytes = await encodeModel(model);
  t.equal(
    errorOf(() => decodeState(bytes, 'x')),
    'FormatError: x: a safetensors file with the format "inkling-model" in its metadata, expected "inkling-state"',
  );
  t.equal(
    errorOf(() => encodeState(undefined as never)),
    'OptionError: encodeState: expected what getState gives, got undefined',
  );
  const { tensors, metadata } = decodeSafetensors(encodeState(await someState()));
  const values = JSON.parse(metadata['values']!);
  const changed = (change: object) =>
    decodeState(
      encodeSafetensors({ tensors, metadata: { ...metadata, values: JSON.stringify({ ...values, ...change }) } }),
    );
  model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
  const before = await model.getWeights();
  const faults: [TrainingState, string][] = [
    [changed({ steps: 0.5 }), 'FormatError: the training state: steps must be an integer of 0 or more, got 0.5'],
    [changed({ optimizer: 7 }), 'FormatError: the training state: optimizer must be an object, got 7'],
    [
      changed({ fit: { ...values.fit, position: { ...values.fit.position, mark: 'lunch' } } }),
      'FormatError: the training state: mark is "lunch", expected trainBegin, epochBegin, batchBegin, batchEnd, epochEnd, trainEnd',
    ],
    [
      { tensors: { ...tensors, 'dense/kernel': tensor([1]) }, values: changed({}).values },
      'ShapeError: setState: dense/kernel is float32 [2, 1], the state has float32 [1]',
    ],
    [{ tensors: {}, values: changed({}).values }, 'ShapeError: setState: the state has no tensor "dense/kernel"'],
    [
      { tensors: { ...tensors, 'conv2d/kernel': tensor([1]) }, values: changed({}).values },
      'ShapeError: setState: the state has a tensor "conv2d/kernel", which this model does not have',
    ],
    [
      changed({ optimizer: { name: 'sgd', learningRate: 1 } }),
      'OptionError: setState: the state is that of a training with sgd, but the model is compiled with adam',
    ],
    [
      changed({ optimizer: { name: 'adam', learningRate: -1 } }),
      'OptionError: adam: learningRate must be a finite number of 0 or more, got -1',
    ],
    [undefined as never, 'OptionError: setState: expected what getState gives, got undefined'],
  ];
  for (const [state, message] of faults) t.equal(await rejectionOf(model.setState(state)), message);
  t.same(await model.getWeights(), before, 'nothing has changed');
  t.equal(model.steps, 0);
});
