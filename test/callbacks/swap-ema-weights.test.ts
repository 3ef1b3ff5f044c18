import t from 'tap';
import {
  dense,
  type FitOptions,
  LambdaCallback,
  randomNormal,
  Sequential,
  SwapEMAWeights,
  sgd,
  type Tensor,
  type TrainingState,
} from '../../lib/index.ts';
import { rejectionOf } from '../error-of.ts';

const x = randomNormal([10, 3], { seed: 2 });
const y = randomNormal([10, 2], { seed: 3 });
const options: FitOptions = { batchSize: 4, epochs: 3, verbose: 0, validationData: [x, y] };

function averaging(): Sequential {
  const model = new Sequential([dense({ units: 4, inputShape: [3] }), dense(2)], { seed: 4 });
  model.compile({ optimizer: sgd({ learningRate: 0.1, useEma: true, emaMomentum: 0.8 }), loss: 'mse' });
  return model;
}

/** The averages that a state has of the parameters. */
const averagesIn = ({ tensors }: TrainingState): Tensor[] =>
  ['dense/kernel', 'dense/bias', 'dense_1/kernel', 'dense_1/bias'].map(path => tensors[`${path}:average`]!);

t.test('validation is done with the averages, and the training is not disturbed', async t => {
  const plain = averaging();
  await plain.fit(x, y, options);
  const model = averaging();
  const expected: number[] = [];
  const validate = new LambdaCallback({
    async onEpochEnd(_epoch, _logs, run) {
      const other = averaging();
      await other.setWeights(averagesIn(await run.model.getState()));
      expected.push((await other.evaluate(x, y, { batchSize: 4 })).loss);
    },
  });
  await model.fit(x, y, { ...options, callbacks: [new SwapEMAWeights(), validate] });
  t.same(model.history!.history['val_loss'], expected);
  t.same(model.history!.history['loss'], plain.history!.history['loss']);
  t.notSame(model.history!.history['val_loss'], plain.history!.history['val_loss']);
  t.strictSame(await model.getWeights(), await plain.getWeights());
});

t.test('with swapOnEpoch the callbacks behind it see the averages', async t => {
  const model = averaging();
  const before: Tensor[][] = [];
  const behind: Tensor[][] = [];
  const [first, last] = [before, behind].map(
    (list, i) =>
      new LambdaCallback({
        async onEpochEnd(_epoch, _logs, run) {
          list.push(i === 0 ? averagesIn(await run.model.getState()) : await run.model.getWeights());
        },
      }),
  );
  const states: TrainingState[] = [];
  const keep = new LambdaCallback({ onEpochEnd: async (_, __, run) => void states.push(await run.model.getState()) });
  const callbacks = () => [first!, new SwapEMAWeights({ swapOnEpoch: true }), last!, keep];
  await model.fit(x, y, { ...options, callbacks: callbacks() });
  t.strictSame(behind, before);
  const plain = averaging();
  await plain.fit(x, y, options);
  t.strictSame(await model.getWeights(), await plain.getWeights(), 'the end is the same');
  for (const state of [...states]) {
    const other = averaging();
    await other.setState(state);
    await other.fit(x, y, { verbose: 0, validationData: [x, y], callbacks: callbacks(), resume: true });
    t.strictSame(
      await other.getWeights(),
      await plain.getWeights(),
      'so it is from a state with the averages in place',
    );
    t.same(other.history!.history, model.history!.history);
  }
});

t.test('a state has parameters and averages under their own names, also while they have changed places', async t => {
  const statesOf = async (swapping: SwapEMAWeights[]): Promise<TrainingState['tensors'][]> => {
    const states: TrainingState['tensors'][] = [];
    const keep = new LambdaCallback({
      onTestBegin: async run => void states.push((await run.model.getState()).tensors),
      onEpochEnd: async (_, __, run) => void states.push((await run.model.getState()).tensors),
    });
    await averaging().fit(x, y, { ...options, callbacks: [...swapping, keep] });
    return states;
  };
  t.strictSame(await statesOf([new SwapEMAWeights({ swapOnEpoch: true })]), await statesOf([]));
});

t.test('a layer that is frozen while the averages are in place gets its parameters back', async t => {
  const model = averaging();
  const seen: Tensor[][] = [];
  const look = new LambdaCallback({
    onEpochBegin: async (_, run) => void seen.push(await run.model.getWeights()),
    onTrainBatchEnd: async (_, __, run) => void seen.push(await run.model.getWeights()),
    onEpochEnd(_epoch, _logs, run) {
      run.model.layers[0]!.trainable = false;
    },
  });
  const callbacks = [new SwapEMAWeights({ swapOnEpoch: true }), look];
  await model.fit(x, y, { ...options, epochs: 2, callbacks });
  // The first epoch has three batches.
  t.strictSame(seen[4], seen[3]);
  t.strictSame(seen[5]!.slice(0, 2), seen[3]!.slice(0, 2), 'and it is frozen');
});

t.test('a validation that is aborted leaves the parameters, and goes on to the same bits', async t => {
  const whole = averaging();
  await whole.fit(x, y, { ...options, callbacks: [new SwapEMAWeights(), new LambdaCallback({})] });
  const model = averaging();
  const controller = new AbortController();
  const told: string[] = [];
  const abort = new LambdaCallback({
    onTestBegin: () => controller.abort(),
    onTrainEnd: () => void told.push('end'),
    onTrainError: error => void told.push(String(error)),
  });
  const callbacks = [new SwapEMAWeights(), abort];
  t.match(await rejectionOf(model.fit(x, y, { ...options, callbacks, signal: controller.signal })), /^AbortError/);
  t.match(told, [/^AbortError/], 'onTrainError, and not onTrainEnd');
  t.equal(model.steps, 3);
  const state = await model.getState();
  t.notSame(averagesIn(state), await model.getWeights());
  await model.fit(x, y, { verbose: 0, validationData: [x, y], callbacks, resume: true });
  t.same(told.slice(1), ['end']);
  t.strictSame(await model.getWeights(), await whole.getWeights());
  t.same(model.history!.history, whole.history!.history);
});

t.test('callbacks behind one that fails see the averages when the training goes on', async t => {
  const seen: Tensor[][] = [];
  let fails = true;
  const callbacks = [
    new SwapEMAWeights({ swapOnEpoch: true }),
    new LambdaCallback({
      onEpochEnd(epoch) {
        if (epoch === 1 && fails) throw new Error('once');
      },
    }),
    new LambdaCallback({ onEpochEnd: async (_, __, run) => void seen.push(await run.model.getWeights()) }),
  ];
  const whole = averaging();
  fails = false;
  await whole.fit(x, y, { ...options, callbacks });
  const expected = seen.splice(0);
  const model = averaging();
  fails = true;
  t.equal(await rejectionOf(model.fit(x, y, { ...options, callbacks })), 'Error: once');
  t.notSame(averagesIn(await model.getState()), await model.getWeights());
  fails = false;
  await model.fit(x, y, { verbose: 0, validationData: [x, y], callbacks, resume: true });
  t.strictSame(seen, expected);
  t.strictSame(await model.getWeights(), await whole.getWeights());
});

t.test('an optimizer without averages', async t => {
  const model = averaging();
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  t.equal(
    await rejectionOf(model.fit(x, y, { ...options, callbacks: [new SwapEMAWeights()] })),
    'StateError: SwapEMAWeights: sgd keeps no averages of the parameters; make it with useEma: true',
  );
  const own = new LambdaCallback({ onEpochBegin: (_, run) => run.useAverages(true) });
  t.equal(
    await rejectionOf(model.fit(x, y, { ...options, callbacks: [own] })),
    'StateError: useAverages: sgd keeps no averages of the parameters; make it with useEma: true',
  );
});
