/** The search for a learning rate: its curve, and that it leaves the model as it was. */
import t from 'tap';
import {
  adam,
  type Batch,
  batchNormalization,
  cosineDecay,
  decodeState,
  dense,
  dropout,
  encodeState,
  type FindLearningRateOptions,
  findLearningRate,
  LambdaCallback,
  type Optimizer,
  randomNormal,
  Sequential,
  sgd,
  type Tensor,
  type TrainingState,
  tensor,
} from '../../lib/index.ts';
import { rejectionOf } from '../error-of.ts';

const x = randomNormal([50, 3], { seed: 2 });
const y = randomNormal([50, 2], { seed: 3 });

/** A line with dropout and moving statistics, some steps into its training. */
async function trained(optimizer: Optimizer): Promise<Sequential> {
  const model = new Sequential([dense({ units: 8, inputShape: [3] }), batchNormalization(), dropout(0.4), dense(2)], {
    seed: 4,
  }) as Sequential;
  model.compile({ optimizer, loss: 'mse' });
  await model.fit(x, y, { batchSize: 8, verbose: 0 });
  return model;
}

/** All that there is of a model, as a file brings it. */
const stateOf = async (model: Sequential): Promise<TrainingState> => decodeState(encodeState(await model.getState()));

t.test('the curve of a loss that is known: w^2 / 2 by gradient descent', async t => {
  // With inputs 1, targets 0 and the loss w^2, a step multiplies w by 1 - 2 rate: it diverges above a rate of 1.
  const model = new Sequential([dense({ units: 1, useBias: false, kernelInitializer: 'ones', inputShape: [1] })], {
    seed: 1,
  });
  model.compile({ optimizer: sgd({ learningRate: 0.3 }), loss: 'mse' });
  const [ones, zeros] = [tensor([[1], [1], [1]]), tensor([[0], [0], [0]])];
  const options = { from: 0.001, to: 10, steps: 41, batchSize: 2, smoothing: 0, divergence: 100 };
  const { rates, losses, smoothedLosses, suggestion } = await findLearningRate(model, ones, zeros, options);
  let w = 1;
  const expected: number[] = [];
  for (const [i, rate] of rates.entries()) {
    t.ok(Math.abs(rate / (0.001 * 10 ** (i / 10)) - 1) < 1e-12);
    expected.push(w * w);
    w *= 1 - 2 * rate;
  }
  t.ok(
    losses.every((loss, i) => Math.abs(loss - expected[i]!) < 1e-5 * Math.max(1, expected[i]!)),
    `${losses}`,
  );
  t.same(smoothedLosses, losses);
  t.ok(rates.length < 41, `it ends when the loss diverges, after ${rates.length} steps`);
  const slopes = rates.map((_, i) => (i === 0 ? 0 : (expected[i + 1] ?? Number.POSITIVE_INFINITY) - expected[i - 1]!));
  t.equal(suggestion, rates[slopes.indexOf(Math.min(...slopes))]);
  t.equal(model.optimizer.learningRate, 0.3);
});

t.test('smoothed losses count later ones more, and begin without a bias', async t => {
  const model = await trained(adam());
  const { losses, smoothedLosses, rates } = await findLearningRate(model, x, y, { steps: 5, smoothing: 0.5 });
  t.equal(rates.at(-1), 1, 'the last rate is what was asked for');
  for (const [i, smoothed] of smoothedLosses.entries()) {
    const weights = losses.slice(0, i + 1).map((_, j) => 0.5 ** (i - j));
    const sum = weights.reduce((all, each) => all + each, 0);
    const expected = weights.reduce((all, each, j) => all + each * losses[j]!, 0) / sum;
    t.ok(Math.abs(smoothed - expected) < 1e-12);
  }
});

t.test('the model goes on as if nothing had been', async t => {
  const schedule = cosineDecay({ initialLearningRate: 0.05, decaySteps: 100 });
  const byHand = (step: number) => 0.01 / (1 + step);
  const optimizers: { readonly [name: string]: () => Optimizer } = {
    'a number': () => adam({ learningRate: 0.02, useEma: true, gradientAccumulationSteps: 2 }),
    'a schedule': () => sgd({ learningRate: schedule, momentum: 0.9 }),
    'a function': () => adam({ learningRate: byHand }),
  };
  const batches = (): Batch[] =>
    [0, 10, 20].map(from => ({
      x: x.slice([from], [10]),
      targets: y.slice([from], [10]),
      weights: [...Array(10).fill(2)],
    }));
  for (const [name, optimizer] of Object.entries(optimizers)) {
    const model = await trained(optimizer());
    const [before, rate, { history }] = [await stateOf(model), model.optimizer.learningRate, model];
    const fromTensors = await findLearningRate(model, x, y, { steps: 12, batchSize: 16 });
    t.equal(fromTensors.rates.length, 12);
    t.same(await stateOf(model), before, `${name}: tensors`);
    const again = await findLearningRate(model, x, y, { steps: 12, batchSize: 16 });
    t.same(again, fromTensors, 'the same losses each time');
    const fromSource = await findLearningRate(model, batches, { steps: 7 });
    t.equal(fromSource.rates.length, 7);
    t.same(await stateOf(model), before, `${name}: a batch source`);
    t.equal(model.optimizer.learningRate, rate);
    t.equal(model.history, history);
    const other = await trained(optimizer());
    for (const each of [model, other]) await each.fit(x, y, { batchSize: 8, verbose: 0 });
    t.same(await stateOf(model), await stateOf(other), `${name}: the training that follows`);
  }
  const model = await trained(sgd({ learningRate: schedule }));
  await findLearningRate(model, x, y, { steps: 3 });
  t.equal(model.optimizer.schedules!['learningRate'], schedule);
});

t.test('a search that is cut leaves the model as it was', async t => {
  const model = await trained(adam());
  const before = await stateOf(model);
  const controller = new AbortController();
  async function* cut(): AsyncGenerator<Batch> {
    yield { x: x.slice([0], [10]), targets: y.slice([0], [10]) };
    controller.abort();
    yield { x: x.slice([10], [10]), targets: y.slice([10], [10]) };
  }
  t.match(await rejectionOf(findLearningRate(model, cut, { signal: controller.signal })), /^AbortError/);
  t.same(await stateOf(model), before);
  const broken = () => [
    { x: x.slice([0], [10]), targets: y.slice([0], [10]) },
    { x: y, targets: y },
  ];
  t.match(await rejectionOf(findLearningRate(model, broken)), /^ShapeError: trainOnBatch: inputs of shape \[50, 2\]/);
  t.same(await stateOf(model), before);
  const hopeless = await findLearningRate(model, x, y.multiply(1e30));
  t.same(hopeless, { rates: [], losses: [], smoothedLosses: [], suggestion: undefined }, 'a loss that is no number');
  t.same(await stateOf(model), before);
});

t.test('what is refused', async t => {
  const model = await trained(adam());
  const faults: [FindLearningRateOptions, string][] = [
    [{ from: 0 }, 'findLearningRate: from must be a finite number above 0, got 0'],
    [{ from: 1, to: 0.1 }, 'findLearningRate: to must be a finite number above from, 1, got 0.1'],
    [{ steps: 2 }, 'findLearningRate: steps must be an integer of 3 or more, got 2'],
    [{ smoothing: 1 }, 'findLearningRate: smoothing must be at least 0 and less than 1, got 1'],
    [{ divergence: 1 }, 'findLearningRate: divergence must be a finite number above 1, got 1'],
    [{ batchSize: 0 }, 'findLearningRate: batchSize must be a positive integer, got 0'],
    [{ sampleWeight: [1] }, 'findLearningRate: sampleWeight must have one number for each of 50 examples, got [1]'],
    [
      { form: 1 } as never,
      'unknown option of findLearningRate "form": did you mean "from"? Known: from, to, steps, batchSize, smoothing, divergence, sampleWeight, seed, signal',
    ],
  ];
  for (const [options, message] of faults) {
    t.equal(await rejectionOf(findLearningRate(model, x, y, options)), `OptionError: ${message}`);
  }
  t.equal(
    await rejectionOf(findLearningRate(model, x, y.slice([1]) as Tensor)),
    'ShapeError: findLearningRate: 50 inputs and targets of shape [49, 2]: there must be one target for each input',
  );
  t.equal(
    await rejectionOf(findLearningRate(model, () => [])),
    'DataError: findLearningRate: the batch source gave no batch in epoch 0: an iterator runs once, so pass a function that makes one for each epoch',
  );
  const during = new LambdaCallback({
    onTrainBatchEnd: async () => {
      t.equal(
        await rejectionOf(findLearningRate(model, x, y)),
        'StateError: setState: model "sequential" is training: await the running fit() first',
      );
    },
  });
  await model.fit(x, y, { batchSize: 50, verbose: 0, callbacks: [during] });
});
