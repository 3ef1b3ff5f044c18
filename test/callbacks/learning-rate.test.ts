import t from 'tap';
import {
  type Callback,
  cosineDecay,
  dense,
  LambdaCallback,
  LearningRateScheduler,
  ReduceLROnPlateau,
  Sequential,
  sgd,
  zeros,
} from '../../lib/index.ts';
import { errorOf, rejectionOf } from '../error-of.ts';

/** The rate in each of five epochs, from 0.5 on. */
async function rates(callback: Callback, optimizer = sgd({ learningRate: 0.5 })): Promise<number[]> {
  const model = new Sequential([dense({ units: 1, inputShape: [2] })], { seed: 1 });
  model.compile({ optimizer, loss: 'mse' });
  const seen: number[] = [];
  const see = new LambdaCallback({ onTrainBatchEnd: () => void seen.push(model.optimizer.learningRate) });
  await model.fit(zeros([2, 2]), zeros([2, 1]), { epochs: 5, verbose: 0, callbacks: [callback, see] });
  return seen;
}

/** What is written to the console until the test ends. */
function logged(t: { teardown(action: () => void): void }): string[] {
  const { log } = console;
  const lines: string[] = [];
  console.log = (text: string) => void lines.push(text);
  t.teardown(() => {
    console.log = log;
  });
  return lines;
}

t.test('LearningRateScheduler: a function of epoch and rate, and a schedule', async t => {
  const halved = (epoch: number, rate: number) => (epoch < 2 ? rate : rate / 2);
  t.same(await rates(new LearningRateScheduler(halved)), [0.5, 0.5, 0.25, 0.125, 0.0625]);
  const schedule = cosineDecay({ initialLearningRate: 0.5, decaySteps: 4 });
  t.same(await rates(new LearningRateScheduler(schedule)), [0, 1, 2, 3, 4].map(schedule));
  const lines = logged(t);
  await rates(new LearningRateScheduler(() => 0.1, { verbose: 1 }));
  t.equal(lines[1], 'LearningRateScheduler: the learning rate is 0.1 in epoch 2');
});

t.test('what LearningRateScheduler refuses', async t => {
  const refused = (rate: unknown) => rejectionOf(rates(Reflect.construct(LearningRateScheduler, [() => rate])));
  t.equal(
    await refused('fast'),
    'OptionError: LearningRateScheduler: the function must give a number, got "fast" for epoch 0',
  );
  t.equal(await refused(-1), 'OptionError: sgd: learningRate must be a finite number of 0 or more, got -1');
  t.equal(
    errorOf(() => Reflect.construct(LearningRateScheduler, [0.1])),
    'OptionError: LearningRateScheduler: expected a function (epoch, rate) => rate, or a schedule, got 0.1',
  );
  const scheduled = sgd({ learningRate: cosineDecay({ initialLearningRate: 1, decaySteps: 9 }) });
  t.match(
    await rejectionOf(rates(new LearningRateScheduler(() => 1), scheduled)),
    /^OptionError: sgd: learningRate follows/,
  );
});

t.test('ReduceLROnPlateau in a training, and what it refuses', async t => {
  const lines = logged(t);
  const plateau = new ReduceLROnPlateau({ monitor: 'loss', patience: 2, factor: 0.5, verbose: 1 });
  t.same(await rates(plateau), [0.5, 0.5, 0.5, 0.25, 0.25], 'the loss is 0 from the beginning');
  t.same(lines, [
    'ReduceLROnPlateau: the learning rate is 0.25 from epoch 4 on',
    'ReduceLROnPlateau: the learning rate is 0.125 from epoch 6 on',
  ]);
  const scheduled = sgd({ learningRate: cosineDecay({ initialLearningRate: 1, decaySteps: 9 }) });
  t.equal(
    await rejectionOf(rates(new ReduceLROnPlateau({ monitor: 'loss' }), scheduled)),
    'OptionError: ReduceLROnPlateau: the learning rate of sgd follows a schedule, which nobody else can reduce; make the optimizer with a number',
  );
  const made = (options: object) => errorOf(() => Reflect.construct(ReduceLROnPlateau, [options]));
  t.equal(made({ factor: 1 }), 'OptionError: ReduceLROnPlateau: factor must be above 0 and below 1, got 1');
  t.equal(made({ minLr: -1 }), 'OptionError: ReduceLROnPlateau: minLr must be 0 or more, got -1');
  t.equal(made({ cooldown: 0.5 }), 'OptionError: ReduceLROnPlateau: cooldown must be an integer of 0 or more, got 0.5');
});
