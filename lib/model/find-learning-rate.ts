import { log, pow } from '../../kernels/math.ts';
import { type Batch, type BatchSourceLike, isBatchSource, sourceOf } from '../data/batches.ts';
import { inOrder } from '../data/examples.ts';
import type { FittingInputs, FittingTargets } from '../data/rules.ts';
import { DataError, OptionError, ShapeError } from '../errors.ts';
import type { TargetKind } from '../losses/loss.ts';
import { unknownName } from '../nearest-name.ts';
import { checkedSeed, RandomStream } from '../random/random.ts';
import { checkedNumber, numberRules } from '../schedules/schedule.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import type { Tensor } from '../tensor/index.ts';
import * as given from './given.ts';
import type { Rest, RestGiven, TensorLike } from './options.ts';
import type { Sequential } from './sequential.ts';

const method = 'findLearningRate';

export interface FindLearningRateOptions {
  /** The first rate; 1e-7 if left out. */
  readonly from?: number;
  /** The last rate; 1 if left out. */
  readonly to?: number;
  /** Training steps from the first rate to the last, 3 or more; 100 if left out. */
  readonly steps?: number;
  /** 32 if left out; a batch source may have batches of other sizes. */
  readonly batchSize?: number;
  /** How much each loss counts less than the one behind it in the smoothed losses: 0 <= smoothing < 1; 0.9 if left out. */
  readonly smoothing?: number;
  /** It ends early where the smoothed loss is so many times the lowest one, above 1; 4 if left out. */
  readonly divergence?: number;
  /** How much each example counts in the loss: [N]. */
  readonly sampleWeight?: TensorLike;
  /** Decides the order of the examples; the model's seed if left out. */
  readonly seed?: number;
  /** Ends it between two steps: it rejects with the signal's reason. The model gets its state back. */
  readonly signal?: AbortSignal;
}

/** Losses over the rates at which a model was trained. */
export interface LearningRateCurve {
  /** Rising by the same factor from one to the next; fewer than `steps` where the loss diverged. */
  readonly rates: readonly number[];
  /** The loss of the batch before the step with each rate. */
  readonly losses: readonly number[];
  /** Their mean, later ones counting more. */
  readonly smoothedLosses: readonly number[];
  /** The rate at which the smoothed loss falls fastest with the logarithm of the rate; undefined if it never falls. */
  readonly suggestion: number | undefined;
}

/**
 * Trains for some steps while the rate rises from very small to large, and gives the model back as it was, to the bit
 * (Smith 2017, section 3.3). Inputs and targets are given as for `fit`; a batch source must give batches each time it is
 * asked. Throws as `fit` does.
 */
export async function findLearningRate<
  In extends Shape,
  Out extends Shape,
  K extends TargetKind,
  const X extends TensorLike | BatchSourceLike,
  const Y extends TensorLike,
>(
  model: Sequential<In, Out, K>,
  x: FittingInputs<'findLearningRate', X, In>,
  ...rest: Rest<
    X,
    FittingTargets<'findLearningRate', X, Y, Out, K>,
    FindLearningRateOptions,
    Omit<FindLearningRateOptions, 'sampleWeight'>
  >
): Promise<LearningRateCurve> {
  const [second, third] = rest as RestGiven<FindLearningRateOptions>;
  const data = x as X;
  const isSource = isBatchSource(data);
  const options = checkedFinder((isSource ? (second ?? third) : third) as FindLearningRateOptions | undefined);
  const seed = options.seed ?? model.seed;
  const batches = isSource
    ? sourceBatches(data, options.batchSize, seed)
    : exampleBatches(data, given.given(method, second as TensorLike | undefined), options, seed);
  return trial(model as Sequential, batches, options);
}

type Settled = Required<Omit<FindLearningRateOptions, 'sampleWeight' | 'seed' | 'signal'>> &
  Pick<FindLearningRateOptions, 'sampleWeight' | 'seed' | 'signal'>;

function checkedFinder(options: FindLearningRateOptions | undefined): Settled {
  const asked = given.checkedOptions(method, options);
  const known = ['from', 'to', 'steps', 'batchSize', 'smoothing', 'divergence', 'sampleWeight', 'seed', 'signal'];
  for (const name of Object.keys(asked)) {
    if (!known.includes(name)) throw unknownName(`option of ${method}`, name, known);
  }
  const { from = 1e-7, to = 1, steps = 100, smoothing = 0.9, divergence = 4, signal } = asked;
  checkedNumber(method, 'from', from, numberRules.positive);
  checkedNumber(method, 'to', to, { words: `a finite number above from, ${from}`, holds: value => value > from });
  checkedNumber(method, 'steps', steps, {
    words: 'an integer of 3 or more',
    holds: value => Number.isSafeInteger(value) && value >= 3,
  });
  checkedNumber(method, 'smoothing', smoothing, { words: 'at least 0 and less than 1', holds: s => s >= 0 && s < 1 });
  checkedNumber(method, 'divergence', divergence, { words: 'a finite number above 1', holds: value => value > 1 });
  const batchSize = given.positive(`${method}: batchSize`, asked.batchSize ?? 32);
  given.checkedSignal(method, signal);
  if (asked.seed !== undefined) checkedSeed(method, asked.seed);
  return { ...asked, from, to, steps, batchSize, smoothing, divergence };
}

/** Batches without an end: epoch after epoch of a source. */
async function* sourceBatches(given: BatchSourceLike, batchSize: number, seed: number): AsyncGenerator<Batch> {
  const source = sourceOf(method, given);
  let step = 0;
  for (let epoch = 0; ; epoch++) {
    const before = step;
    for await (const batch of source.batches({ epoch, from: 0, batchSize, seed, step: before })) {
      yield batch;
      step++;
    }
    if (step > before) continue;
    const way = 'an iterator runs once, so pass a function that makes one for each epoch';
    throw new DataError(`${method}: the batch source gave no batch in epoch ${epoch}: ${way}`);
  }
}

/** Batches without an end: the examples, shuffled anew for each epoch. */
function* exampleBatches(
  x: TensorLike,
  y: TensorLike,
  { batchSize, sampleWeight }: Settled,
  seed: number,
): Generator<Batch> {
  const [inputs, targets] = [given.toTensor(x), given.toTensor(y)];
  const weights = sampleWeight === undefined ? undefined : given.toTensor(sampleWeight);
  const count = inputs.shape[0] ?? 0;
  if (count === 0) {
    throw new DataError(`${method}: the dataset is empty: inputs of shape ${formatShape(inputs.shape)}`);
  }
  if (targets.shape[0] !== count) {
    throw new ShapeError(sentence('counts', { method, count, targets: formatShape(targets.shape) }));
  }
  if (weights !== undefined && weights.shape[0] !== count) {
    throw new OptionError(
      `${method}: sampleWeight must have one number for each of ${count} examples, got ${formatShape(weights.shape)}`,
    );
  }
  for (let epoch = 0; ; epoch++) {
    const rows = inOrder(count);
    new RandomStream(seed, `${method}: shuffle of epoch ${epoch}`).shuffle(rows);
    for (let first = 0; first < count; first += batchSize) {
      const some = [...rows.subarray(first, first + batchSize)];
      const of = (tensor: Tensor): Tensor => tensor.gather(some);
      yield { x: of(inputs), targets: of(targets), ...(weights === undefined ? {} : { weights: of(weights) }) };
    }
  }
}

/** Trains on the batches with rising rates, and gives the model its state back. */
async function trial(
  model: Sequential,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  options: Settled,
): Promise<LearningRateCurve> {
  const { from, to, steps, signal } = options;
  signal?.throwIfAborted();
  const rate = rateSetter(model);
  const state = await model.getState();
  // Refused by a model that trains already, before anything changes.
  await model.setState(state);
  const curve = new Curve(options);
  try {
    for await (const { x, targets, weights } of batches) {
      signal?.throwIfAborted();
      const place = curve.rates.length;
      // The last rate is `to` itself, without the rounding of a power.
      const next = place === steps - 1 ? to : from * pow(to / from, place / (steps - 1));
      rate.set(next);
      const { loss } = await model.trainOnBatch(x, targets, weights === undefined ? {} : { sampleWeight: weights });
      if (!curve.add(next, loss) || curve.rates.length === steps) break;
    }
  } finally {
    // Before, since a state holds no function that a rate may follow, and behind, for the very schedule of before.
    rate.restore();
    await model.setState(state);
    rate.restore();
  }
  return curve.result;
}

/** Sets the rate of the model's optimizer, whether it follows a schedule or not, and gives it back what it had. */
function rateSetter({ optimizer }: Sequential): { set(rate: number): void; restore(): void } {
  const schedule = optimizer.schedules?.['learningRate'];
  const before = schedule ?? optimizer.learningRate;
  return {
    set(rate) {
      optimizer.learningRate = schedule === undefined ? rate : () => rate;
    },
    restore() {
      optimizer.learningRate = before;
    },
  };
}

/** The losses so far. */
class Curve {
  readonly #options: Settled;
  readonly rates: number[] = [];
  readonly #losses: number[] = [];
  readonly #smoothed: number[] = [];
  #sum = 0;
  #weight = 0;
  #lowest = Number.POSITIVE_INFINITY;

  constructor(options: Settled) {
    this.#options = options;
  }

  /** Takes a loss, unless it is no number; whether to go on. */
  add(rate: number, loss: number): boolean {
    if (!Number.isFinite(loss)) return false;
    const { smoothing, divergence } = this.#options;
    this.#sum = smoothing * this.#sum + (1 - smoothing) * loss;
    this.#weight = smoothing * this.#weight + (1 - smoothing);
    const smoothed = this.#sum / this.#weight;
    this.rates.push(rate);
    this.#losses.push(loss);
    this.#smoothed.push(smoothed);
    this.#lowest = Math.min(this.#lowest, smoothed);
    // Losses below 0 have no multiples that are larger.
    return !(this.#lowest > 0 && smoothed > divergence * this.#lowest);
  }

  get result(): LearningRateCurve {
    const [rates, losses, smoothedLosses] = [this.rates, this.#losses, this.#smoothed];
    return { rates, losses, smoothedLosses, suggestion: steepest(rates, smoothedLosses) };
  }
}

/** The rate at which the loss falls fastest with the logarithm of the rate, by differences over two steps. */
function steepest(rates: readonly number[], losses: readonly number[]): number | undefined {
  let [best, slope]: [number | undefined, number] = [undefined, 0];
  for (let i = 1; i < rates.length - 1; i++) {
    const here = (losses[i + 1]! - losses[i - 1]!) / (log(rates[i + 1]!) - log(rates[i - 1]!));
    if (here < slope) [best, slope] = [rates[i], here];
  }
  return best;
}
