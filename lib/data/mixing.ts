import { cos, exp, log } from '../../kernels/math.ts';
import { describe } from '../describe.ts';
import { DataError, OptionError, ShapeError } from '../errors.ts';
import { unknownName } from '../nearest-name.ts';
import { checkedSeed, RandomStream } from '../random/random.ts';
import { formatShape, sizeOf } from '../shape/shape.ts';
import { type NestedArray, Tensor, tensor } from '../tensor/index.ts';
import { type Batch, type BatchSource, type BatchSourceLike, type EpochStart, sourceOf } from './batches.ts';
import { gather, inOrder } from './examples.ts';

export interface MixingOptions {
  /**
   * How many classes there are, where targets are class numbers: they become rows with a share for each class, for the
   * loss categoricalCrossentropy. Left out, targets are mixed as the numbers that they are.
   */
  readonly classes?: number;
  /** What is drawn from, in place of the seed of the model. */
  readonly seed?: number;
}

export interface MixUpOptions extends MixingOptions {
  /** Both parameters of the beta distribution of the shares: small ones leave most examples nearly as they are; 0.2 if left out. */
  readonly alpha?: number;
}

export interface CutMixOptions extends MixingOptions {
  /**
   * From where both parameters of the beta distribution of the areas are drawn for each batch: a number is 0 to that
   * number. Between 0 and 1; 1 if left out.
   */
  readonly factor?: number | readonly [number, number];
}

/**
 * Batches in which each example is mixed with another one of its batch (Zhang et al. 2018): w a + (1 - w) b, the targets
 * and weights likewise, with w drawn for each example. `fit(mixUp({ x, targets }, { classes: 10 }))` shuffles as `fit` does;
 * a batch source is taken as it is. The same seed and step give the same batches, also where a training goes on.
 * Throws OptionError.
 */
export function mixUp(data: Batch | BatchSourceLike, options: MixUpOptions = {}): BatchSource {
  checkNames('mixUp', options, ['alpha']);
  const { alpha = 0.2 } = options;
  if (!(Number.isFinite(alpha) && alpha > 0)) {
    throw new OptionError(`mixUp: alpha must be a finite number greater than 0, got ${describe(alpha)}`);
  }
  return mixed('mixUp', data, options, (draws, { x, others }) => {
    const shares = Float64Array.from(others, () => draws.beta(alpha));
    return { x: blended(x, others, shares), shares };
  });
}

/**
 * Batches of images in which a rectangle of each comes from another one of its batch (Yun et al. 2019); the targets and
 * weights are mixed by the area, in whole pixels. See mixUp. Throws OptionError, and ShapeError for inputs that are no images.
 */
export function cutMix(data: Batch | BatchSourceLike, options: CutMixOptions = {}): BatchSource {
  checkNames('cutMix', options, ['factor']);
  const [lower, upper] = checkedFactor(options.factor ?? 1);
  return mixed('cutMix', data, options, (draws, { x, others }) => {
    const [, h = 0, w = 0, c = 0] = x.shape;
    if (x.shape.length !== 4) {
      throw new ShapeError(`cutMix: expected images of [n, height, width, channels], got ${formatShape(x.shape)}`);
    }
    const alpha = lower + (upper - lower) * draws.uniform() + 1e-6;
    const image = h * w * c;
    const out = Float32Array.from(x.data);
    const shares = Float64Array.from(others, (other, i) => {
      const ratio = Math.sqrt(1 - draws.beta(alpha));
      const [columns, rows] = [w, h].map(length => draws.part(length, ratio * length));
      for (let row = rows!.first; row < rows!.end; row++) {
        const [first, end] = [(row * w + columns!.first) * c, (row * w + columns!.end) * c];
        out.set(x.data.subarray(other * image + first, other * image + end), i * image + first);
      }
      return 1 - ((rows!.end - rows!.first) * (columns!.end - columns!.first)) / (h * w);
    });
    return { x: new Tensor(x.shape, 'float32', out), shares };
  });
}

interface Paired {
  readonly x: Tensor;
  /** With which example each one is mixed. */
  readonly others: Uint32Array;
}
/** The mixed inputs, and how much of each example is left in its place. */
type Mix = (draws: Draws, pairs: Paired) => { readonly x: Tensor; readonly shares: Float64Array };

function mixed(what: string, data: Batch | BatchSourceLike, { classes, seed }: MixingOptions, mix: Mix): BatchSource {
  const source = isBatch(data) ? shuffled(what, data, classes) : sourceOf(what, data);
  const numberOfClasses = isBatch(data) ? undefined : classes;
  return {
    ...(source.examples === undefined ? {} : { examples: source.examples }),
    async *batches(start) {
      let batch = start.from;
      for await (const { x: given, targets, weights } of source.batches(start)) {
        const name = `${what} at step ${start.step} in batch ${batch++}`;
        const x = toTensor(given);
        const others = inOrder(x.shape[0] ?? 0);
        new RandomStream(seed ?? start.seed, `${name}: order`).shuffle(others);
        const { x: mixedX, shares } = mix(new Draws(seed ?? start.seed, name), { x, others });
        const mixedTargets = blended(softTargets(what, toTensor(targets), numberOfClasses), others, shares);
        const rest = weights === undefined ? {} : { weights: blended(toTensor(weights), others, shares) };
        yield { x: mixedX, targets: mixedTargets, ...rest };
      }
    },
  };
}

/** The batches of tensors, in the order in which `fit` takes them. */
function shuffled(what: string, { x, targets, weights }: Batch, classes: number | undefined): BatchSource {
  const inputs = toTensor(x);
  const count = inputs.shape[0] ?? 0;
  const all = [inputs, softTargets(what, toTensor(targets), classes)];
  if (weights !== undefined) all.push(toTensor(weights));
  for (const each of all) {
    if (each.shape[0] === count && count > 0) continue;
    throw new ShapeError(
      `${what}: inputs, targets and weights must have as many examples, at least one, got ${all.map(({ shape }) => formatShape(shape)).join(', ')}`,
    );
  }
  return {
    examples: count,
    *batches({ from, batchSize, seed, step }: EpochStart) {
      const rows = inOrder(count);
      new RandomStream(seed, `shuffle at step ${step}`).shuffle(rows);
      for (let first = from * batchSize; first < count; first += batchSize) {
        const size = Math.min(batchSize, count - first);
        const [batchX, batchTargets, batchWeights] = all.map(each => {
          const shape = [size, ...each.shape.slice(1)];
          const out = new Float32Array(sizeOf(shape));
          gather(each, rows, first, size, out);
          return new Tensor(shape, 'float32', out);
        });
        const rest = batchWeights === undefined ? {} : { weights: batchWeights };
        yield { x: batchX!, targets: batchTargets!, ...rest };
      }
    },
  };
}

/** shares[i] of example i and the rest of the other one, as float32. */
function blended({ shape, data }: Tensor, others: Uint32Array, shares: Float64Array): Tensor {
  const out = new Float32Array(data.length);
  const size = data.length / Math.max(others.length, 1);
  for (const [i, other] of others.entries()) {
    const share = shares[i]!;
    for (let k = 0; k < size; k++)
      out[i * size + k] = share * data[i * size + k]! + (1 - share) * data[other * size + k]!;
  }
  return new Tensor(shape, 'float32', out);
}

/** Targets that can be mixed: class numbers become rows of 0 with one 1. */
function softTargets(what: string, targets: Tensor, classes: number | undefined): Tensor {
  if (classes === undefined) {
    if (targets.dtype === 'float32') return targets;
    throw new OptionError(
      `${what}: class numbers cannot be mixed: give classes, how many there are, and train with the loss categoricalCrossentropy`,
    );
  }
  if (!Number.isInteger(classes) || classes < 2) {
    throw new OptionError(`${what}: classes must be an integer of 2 or more, got ${describe(classes)}`);
  }
  const count = targets.shape[0] ?? 0;
  if (targets.size !== count) {
    throw new ShapeError(
      `${what}: with classes, expected class numbers of shape [n], got ${formatShape(targets.shape)}`,
    );
  }
  const rows = new Float32Array(count * classes);
  for (let i = 0; i < count; i++) {
    const label = targets.data[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new DataError(
        `${what}: the target of example ${i} is ${label}, expected an integer from 0 to ${classes - 1}`,
      );
    }
    rows[i * classes + label] = 1;
  }
  return new Tensor([count, classes], 'float32', rows);
}

/** Numbers drawn one after the other. */
class Draws {
  readonly #stream: RandomStream;
  #next = 0;

  constructor(seed: number, name: string) {
    this.#stream = new RandomStream(seed, name);
  }

  /** 0 <= u < 1. */
  uniform(): number {
    return this.#stream.uniform(this.#next++);
  }

  /** Beta distributed with both parameters alpha: g / (g + g') of two gamma distributed numbers. */
  beta(alpha: number): number {
    return 1 / (1 + exp(this.#logGamma(alpha) - this.#logGamma(alpha)));
  }

  /** Places first ... end - 1 of a part of an axis that is about `size` long and lies anywhere. */
  part(length: number, size: number): { readonly first: number; readonly end: number } {
    const begin = this.uniform() * (length - size);
    return { first: Math.round(begin), end: Math.round(begin + size) };
  }

  /** The logarithm of a gamma distributed number (Marsaglia and Tsang 2000), which small ones need not to become 0. */
  #logGamma(shape: number): number {
    const boost = log(1 - this.uniform()) / shape;
    const d = shape + 1 - 1 / 3;
    for (;;) {
      const x = this.#normal();
      const root = 1 + x / Math.sqrt(9 * d);
      const v = root * root * root;
      if (v > 0 && log(1 - this.uniform()) < 0.5 * x * x + d - d * v + d * log(v)) return boost + log(d * v);
    }
  }

  #normal(): number {
    return Math.sqrt(-2 * log(1 - this.uniform())) * cos(2 * Math.PI * this.uniform());
  }
}

const toTensor = (given: Tensor | NestedArray): Tensor => (given instanceof Tensor ? given : tensor(given));

const isBatch = (data: Batch | BatchSourceLike): data is Batch =>
  typeof data === 'object' && data !== null && 'x' in data && 'targets' in data;

function checkNames(what: string, options: MixingOptions, own: readonly string[]): void {
  const known = [...own, 'classes', 'seed'];
  for (const name of Object.keys(options))
    if (!known.includes(name)) throw unknownName(`option of ${what}`, name, known);
  if (options.seed !== undefined) checkedSeed(what, options.seed);
}

function checkedFactor(given: unknown): readonly [number, number] {
  const [lower, upper]: readonly unknown[] = Array.isArray(given) ? given : [0, given];
  const isInside = (end: unknown): end is number => typeof end === 'number' && end >= 0 && end <= 1;
  if (isInside(lower) && isInside(upper)) return lower <= upper ? [lower, upper] : [upper, lower];
  throw new OptionError(`cutMix: factor must be a number or [lower, upper] between 0 and 1, got ${describe(given)}`);
}
