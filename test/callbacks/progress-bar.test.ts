import { Console } from 'node:console';
import { Writable } from 'node:stream';
import t, { type Test } from 'tap';
import { standardOutput } from '../../lib/callbacks/progress-bar.ts';
import { StatusLine } from '../../lib/callbacks/status-line.ts';
import {
  dense,
  flatten,
  LambdaCallback,
  ProgressBar,
  type ProgressOutput,
  Sequential,
  type TrainingRun,
  zeros,
} from '../../lib/index.ts';
import { FakeTerminal } from './fake-terminal.ts';
import { idleRun } from './idle-run.ts';

/** Replaces the clock by one that the test moves, in milliseconds. */
function clockOf(t: Test): { pass(milliseconds: number): void } {
  const real = performance.now;
  let now = 5000;
  performance.now = () => now;
  t.teardown(() => {
    performance.now = real;
  });
  return {
    pass(milliseconds) {
      now += milliseconds;
    },
  };
}

function runOf(inputShape: readonly number[], epochs = 12): TrainingRun {
  const model = new Sequential({ inputShape }).add(flatten()).add(dense({ units: 1 }));
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const counts = {
    epochs,
    initialEpoch: 0,
    batchSize: 100,
    stepsPerEpoch: 10,
    examples: 950,
    validationExamples: 0,
    seed: 1,
    resumed: false,
  };
  return { ...counts, ...idleRun, model };
}
const images = runOf([28, 28, 1]);

/** A stream of Node, as process.stdout is one, that shows on a fake terminal. */
class TerminalStream extends Writable implements ProgressOutput {
  readonly terminal: FakeTerminal;
  readonly isTTY = true;

  constructor(terminal = new FakeTerminal()) {
    super();
    this.terminal = terminal;
  }
  get columns(): number {
    return this.terminal.columns;
  }
  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.terminal.write(chunk);
    done();
  }
}

t.test('plain lines where the output is no terminal: each epoch, and every ten seconds', async t => {
  const clock = clockOf(t);
  let text = '';
  const bar = new ProgressBar({ output: { write: part => (text += part) } });
  bar.onTrainBegin();
  for (const epoch of [0, 1]) {
    bar.onEpochBegin(epoch);
    for (let batch = 0; batch < 10; batch++) {
      clock.pass(epoch === 0 ? 100 : 4000);
      bar.onTrainBatchEnd(batch, { loss: 0.5 }, images);
    }
    bar.onEpochEnd(epoch, { loss: 0.25, val_accuracy: 0.9 }, images);
  }
  bar.onTrainEnd();
  t.equal(
    text,
    [
      'epoch  1/12  1.0 s  loss 0.2500  val_accuracy 0.9000  950 images/s',
      'epoch  2/12   3/10  loss 0.5000  25 images/s  26 s left',
      'epoch  2/12   6/10  loss 0.5000  25 images/s  14 s left',
      'epoch  2/12   9/10  loss 0.5000  25 images/s  2.0 s left',
      'epoch  2/12  40 s  loss 0.2500  val_accuracy 0.9000  24 images/s',
      '',
    ].join('\n'),
  );
});

t.test('one line for each epoch if that is asked for; tables have examples, and long times are minutes', async t => {
  const clock = clockOf(t);
  const output = new TerminalStream();
  const table = runOf([7], 3);
  const bar = new ProgressBar({ output, detail: 'epoch' });
  bar.onTrainBegin();
  for (const [epoch, seconds] of [9.96, 119.7, 7200].entries()) {
    bar.onEpochBegin(epoch);
    clock.pass(seconds * 1000);
    bar.onTrainBatchEnd(9, { loss: 0.5 }, table);
    bar.onEpochEnd(epoch, { loss: 0.5 }, table);
  }
  bar.onTrainEnd();
  t.same(output.terminal.screen, [
    'epoch 1/3  10 s  loss 0.5000  95 examples/s',
    'epoch 2/3  2 min 0 s  loss 0.5000  7.9 examples/s',
    'epoch 3/3  2 h 0 min  loss 0.5000  0.13 examples/s',
    '',
  ]);
});

t.test('in a terminal one line that names its epoch and is redrawn', async t => {
  const clock = clockOf(t);
  const output = new FakeTerminal(90);
  const bar = new ProgressBar({ output });
  const train = (from: number, to: number) => {
    for (let batch = from; batch < to; batch++) {
      clock.pass(50);
      bar.onTrainBatchEnd(batch, { loss: 1 / (batch + 1) }, images);
    }
    return output.screen.at(-1);
  };
  bar.onTrainBegin();
  bar.onEpochBegin(2);
  t.equal(train(0, 1), '', 'not at once');
  t.equal(train(1, 5), 'epoch  3/12 [========            ]   4/10  loss 0.2500  2000 images/s  0.3 s left');
  t.equal(train(5, 10), 'epoch  3/12 [====================]  10/10  loss 0.1000  1900 images/s  0.0 s left');
  bar.onEpochEnd(2, { loss: 0.5 }, images);
  bar.onEpochBegin(3);
  t.equal(train(0, 2), 'epoch  4/12 [====                ]   2/10  loss 0.5000  2000 images/s  0.4 s left');
  bar.onEpochEnd(3, { loss: 0.5 }, images);
  bar.onTrainEnd();
  t.same(output.screen, [
    'epoch  3/12  0.5 s  loss 0.5000  1900 images/s',
    'epoch  4/12  0.1 s  loss 0.5000  2000 images/s',
    '',
  ]);
});

/** A bar in the middle of an epoch, and the console of the same terminal. */
function startedBar(t: Test, terminal = new FakeTerminal()) {
  const clock = clockOf(t);
  const output = new TerminalStream(terminal);
  const bar = new ProgressBar({ output });
  let batch = 0;
  const train = () => {
    clock.pass(100);
    bar.onTrainBatchEnd(batch++, { loss: 1 }, images);
  };
  bar.onTrainBegin();
  bar.onEpochBegin(0);
  train();
  return { bar, train, output, screen: terminal.screen, console: new Console({ stdout: output }) };
}
const drawn = (batch: number) =>
  new RegExp(`^epoch  1/12 \\[[= ]{20}\\]  ${String(batch).padStart(2)}/10  loss 1.0000  `);

t.test('what callbacks write stands on lines of its own, above the bar', async t => {
  const { bar, train, output, screen, console } = startedBar(t);
  console.log('learning rate 0.1');
  t.match(screen, ['learning rate 0.1', drawn(1)]);
  console.log('two\nlines');
  train();
  t.match(screen, ['learning rate 0.1', 'two', 'lines', drawn(2)]);
  output.write(new TextEncoder().encode('bytes\n'));
  t.match(screen.slice(3), ['bytes', drawn(2)]);
  bar.onEpochEnd(0, { loss: 1 }, images);
  console.log('between epochs');
  bar.onTrainEnd();
  console.log('after the run');
  t.match(screen.slice(4), [/^epoch {2}1\/12 {2}0\.2 s/, 'between epochs', 'after the run', '']);
  t.notOk(Object.hasOwn(output, 'write'), 'the stream is as it was');
});

t.test('a line that a callback has begun is its own until it ends', async t => {
  const { bar, train, output, screen } = startedBar(t);
  output.write('saving');
  train();
  output.write(' ... ');
  t.match(screen, ['saving ... ']);
  output.write('done\n');
  t.match(screen, ['saving ... done', drawn(2)]);
  output.write('no end');
  bar.onEpochEnd(0, { loss: 1 }, images);
  t.match(screen.slice(1), ['no end', /^epoch {2}1\/12 {2}0\.2 s/, '']);
});

t.test('an error begins on a line of its own, and the stream is as it was', async t => {
  const { bar, output, screen, console } = startedBar(t);
  bar.onTrainError();
  console.log('Error: out of memory');
  t.match(screen, [drawn(1), 'Error: out of memory', '']);
  t.notOk(Object.hasOwn(output, 'write'));
  bar.onTrainEnd();
  t.equal(screen.length, 3, 'ended twice is ended once');
});

t.test('stderr of the same terminal goes above the bar too', async t => {
  const terminal = new FakeTerminal();
  const [stdout, stderr] = [new TerminalStream(terminal), new TerminalStream(terminal)];
  const line = new StatusLine(stdout, [stderr]);
  line.draw(['working']);
  new Console({ stdout, stderr }).error('a warning');
  t.same(terminal.screen, ['a warning', 'working']);
  line.end();
  t.notOk(Object.hasOwn(stderr, 'write'));
});

t.test('who replaces write while a run is on gets it back as it was', async t => {
  const { bar, output, screen } = startedBar(t);
  const under = output.write;
  const seen: unknown[] = [];
  output.write = (...given: unknown[]) => {
    seen.push(given[0]);
    return Reflect.apply(under, output, given);
  };
  output.write('seen\n');
  t.match(screen, ['seen', drawn(1)]);
  bar.onTrainEnd();
  output.write('still seen\n');
  t.same(seen, ['seen\n', 'still seen\n']);
  output.write = under;
  t.ok(output.write('passed on\n'), 'and what write tells is told');
  t.match(screen, ['seen', drawn(1), 'still seen', 'passed on', '']);
});

t.test('in a narrow terminal the line leaves out what matters less, and is cut at last', async t => {
  const lines = [90, 70, 50, 42, 32, 20].map(columns => startedBar(t, new FakeTerminal(columns)).screen.at(-1));
  t.same(lines, [
    'epoch  1/12 [==                  ]   1/10  loss 1.0000  1000 images/s  0.8 s left',
    'epoch  1/12   1/10  loss 1.0000  1000 images/s  0.8 s left',
    'epoch  1/12   1/10  loss 1.0000  0.8 s left',
    'epoch  1/12   1/10  loss 1.0000',
    'epoch  1/12   1/10  loss 1.0000',
    'epoch  1/12   1/10 ',
  ]);
});

t.test('the line tells of the validation, and numbers that are small have an exponent', async t => {
  const { bar, train, screen } = startedBar(t);
  train();
  bar.onTestBegin(images);
  t.same(screen, ['epoch  1/12  validation  loss 1.0000  1000 images/s']);
  bar.onEpochEnd(0, { loss: 0.001, zero: 0, val_loss: -0.00012345 }, images);
  t.match(screen, [/loss 0\.0010 {2}zero 0\.0000 {2}val_loss -1\.2345e-4 {2}/]);
  bar.onEpochBegin(1);
  bar.onTestBegin(images);
  t.equal(screen.length, 2, 'of an epoch that goes on at its end nothing is known');
  bar.onTrainEnd();
});

t.test('a stop before the first batch of an epoch shows no line', async t => {
  const output = new FakeTerminal();
  const model = new Sequential([dense({ units: 1, inputShape: [1] })], { seed: 1 });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const stop = new LambdaCallback({ onEpochBegin: (epoch, run) => (epoch === 1 ? run.stop() : undefined) });
  await model.fit(zeros([4, 1]), zeros([4, 1]), {
    epochs: 5,
    verbose: 0,
    callbacks: [stop, new ProgressBar({ output })],
  });
  t.match(output.screen, [/^epoch 1\/5 {2}\d\.\d s {2}loss 0\.0000 {2}\d+ examples\/s$/, '']);
  t.equal(output.screen.length, 2);
});

t.test('the standard output: a terminal, a log of CI, a terminal that cannot redraw, a console', async t => {
  const [stdout, stderr] = [new FakeTerminal(), new FakeTerminal()];
  const isRedrawn = (env: { readonly [name: string]: string }) => standardOutput({ stdout, stderr, env }).output.isTTY;
  t.equal(isRedrawn({}), true);
  t.equal(isRedrawn({ CI: 'false', TERM: 'xterm', NO_COLOR: '1' }), true);
  t.equal(isRedrawn({ CI: 'true' }), undefined);
  t.equal(isRedrawn({ TERM: 'dumb' }), undefined);
  t.same(standardOutput({ stdout, stderr, env: {} }).others, [stderr]);
  standardOutput({ stdout, env: { CI: '1' } }).output.write('a line\n');
  t.same(stdout.screen, ['a line', '']);
  const { log } = console;
  const logged: string[] = [];
  console.log = (text: string) => void logged.push(text);
  t.teardown(() => {
    console.log = log;
  });
  standardOutput({}).output.write('in a browser\n');
  t.same(logged, ['in a browser']);
});
