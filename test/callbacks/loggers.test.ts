import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import {
  CSVLogger as CoreCSVLogger,
  dense,
  type FitOptions,
  LambdaCallback,
  randomNormal,
  Sequential,
  sgd,
  type TrainingState,
} from '../../lib/index.ts';
import { CSVLogger, JsonLinesLogger } from '../../lib/node.ts';
import { errorOf, rejectionOf } from '../error-of.ts';

const x = randomNormal([6, 3], { seed: 2 });
const y = randomNormal([6, 1], { seed: 3 });
const options: FitOptions = { batchSize: 4, epochs: 2, verbose: 0 };

function small(): Sequential {
  const model = new Sequential([dense({ units: 1, inputShape: [3] })], { seed: 4 });
  model.compile({ optimizer: sgd({ learningRate: 0.05 }), loss: 'mse', metrics: ['mae'] });
  return model;
}

async function fileOf(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return join(folder, 'logs', 'log');
}

t.test('CSVLogger: a line for each epoch, the names of the logs in front', async t => {
  const file = await fileOf(t);
  const { history } = await small().fit(x, y, { ...options, validationData: [x, y], callbacks: [new CSVLogger(file)] });
  const row = (epoch: number) =>
    [epoch, ...['loss', 'mae', 'val_loss', 'val_mae'].map(name => history[name]![epoch])].join(',');
  t.equal(await readFile(file, 'utf8'), `epoch,loss,mae,val_loss,val_mae\n${row(0)}\n${row(1)}\n`);
  await small().fit(x, y, { ...options, epochs: 1, callbacks: [new CSVLogger(file, { separator: ';' })] });
  t.match(await readFile(file, 'utf8'), /^epoch;loss;mae\n0;[\d.]+;[\d.]+\n$/, 'the old lines are gone');
});

t.test('CSVLogger goes on behind what is there, and cuts off a part of a line', async t => {
  const file = await fileOf(t);
  const log = (append = true) => new CSVLogger(file, { append });
  await small().fit(x, y, { ...options, callbacks: [log(false)] });
  const whole = await readFile(file, 'utf8');
  await writeFile(file, `${whole}2,0.1`);
  await small().fit(x, y, { ...options, callbacks: [log()] });
  const [, ...rows] = whole.trimEnd().split('\n');
  t.equal(await readFile(file, 'utf8'), [whole.trimEnd(), ...rows, ''].join('\n'));
  t.equal(
    await rejectionOf(small().fit(x, y, { ...options, validationData: [x, y], callbacks: [log()] })),
    'OptionError: CSVLogger: the lines that are there have the columns epoch,loss,mae, this training has epoch,loss,mae,val_loss,val_mae; give another file, or append: false',
  );
});

t.test('a training that goes on from a state logs each epoch once', async t => {
  const file = await fileOf(t);
  const loggers = () => [
    new CSVLogger(`${file}.csv`),
    new JsonLinesLogger(`${file}.jsonl`, { updateFreq: 1 }),
    new CSVLogger(`${file}.appended`, { append: true }),
  ];
  const contents = () => Promise.all(['csv', 'jsonl', 'appended'].map(end => readFile(`${file}.${end}`, 'utf8')));
  const whole = { ...options, epochs: 4 };
  await small().fit(x, y, { ...options, epochs: 1, callbacks: loggers() });
  const states: TrainingState[] = [];
  const keep = new LambdaCallback({
    onTrainBatchEnd: async (_, __, run) => void states.push(await run.model.getState()),
    onEpochEnd: async (_, __, run) => void states.push(await run.model.getState()),
  });
  await small().fit(x, y, { ...whole, callbacks: [...loggers(), keep] });
  const expected = await contents();
  t.equal(expected[0]!.split('\n').length, 6);
  t.equal(expected[2]!.split('\n').length, 7, 'one more from the training before');
  for (const state of states) {
    const model = small();
    await model.setState(state);
    const idle = new LambdaCallback({});
    await model.fit(x, y, { verbose: 0, resume: true, callbacks: [...loggers(), idle] });
    t.same(await contents(), expected);
  }
  await rm(`${file}.csv`);
  const model = small();
  await model.setState(states.at(-4)!);
  await model.fit(x, y, { verbose: 0, resume: true, callbacks: [...loggers(), new LambdaCallback({})] });
  t.match((await contents())[0], /^epoch,loss,mae\n3,/, 'a file that is gone begins anew');
});

t.test('CSVLogger in a browser, with names and separators that need quotes', async t => {
  let text = '';
  const logger = new CoreCSVLogger(part => {
    text += part;
  });
  const model = new Sequential([dense({ units: 1, inputShape: [3] })], { seed: 4 });
  const metric = { name: 'a,"b"', sums: () => ({}), result: () => Number.NaN };
  model.compile({ optimizer: 'sgd', loss: 'mse', metrics: [metric] });
  await model.fit(x, y, { ...options, epochs: 1, callbacks: [logger] });
  t.match(text, /^epoch,"a,""b""",loss\n0,NaN,[\d.]+\n$/);
  t.equal(
    errorOf(() => Reflect.construct(CoreCSVLogger, [7])),
    'OptionError: CSVLogger: expected a function (text) => ..., or { open, write }, got 7',
  );
  t.equal(
    errorOf(() => Reflect.construct(CSVLogger, [''])),
    'OptionError: CSVLogger: expected the path of a file, got ""',
  );
});

t.test('JsonLinesLogger: epochs, and batches where they are asked for', async t => {
  const file = await fileOf(t);
  const { history } = await small().fit(x, y, {
    ...options,
    callbacks: [new JsonLinesLogger(file, { updateFreq: 2 })],
  });
  const lines = (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  const logs = (epoch: number) => ({ loss: history['loss']![epoch], mae: history['mae']![epoch], learningRate: 0.05 });
  t.same(lines, [
    { epoch: 0, batch: 1, ...logs(0) },
    { epoch: 0, ...logs(0) },
    { epoch: 1, batch: 1, ...logs(1) },
    { epoch: 1, ...logs(1) },
  ]);
  await small().fit(x, y, { ...options, callbacks: [new JsonLinesLogger(file, { append: true })] });
  t.equal((await readFile(file, 'utf8')).trimEnd().split('\n').length, 6);
});

t.test('JsonLinesLogger writes numbers that JSON has no form for as texts', async t => {
  const file = await fileOf(t);
  const model = small();
  await model.setWeights((await model.getWeights()).map(weight => weight.multiply(Number.NaN)));
  await model.fit(x, y, { ...options, epochs: 1, callbacks: [new JsonLinesLogger(file)] });
  t.match(await readFile(file, 'utf8'), '"loss":"NaN"');
});
