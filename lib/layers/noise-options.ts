/** What the layers have in common that draw random numbers while they train. */
import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Value } from '../plan/graph.ts';
import { checkedSeed } from '../random/random.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import { common, type Declared, type LayerOptions, type SameShape } from './layer.ts';
import type { LayerOps } from './outcome.ts';

export interface SeedOptions<I extends Shape | undefined = Shape | undefined> extends LayerOptions<I> {
  /**
   * What the random numbers are drawn from in place of the model's seed: layers with one seed draw the same. That of the
   * model if left out or null.
   */
  readonly seed?: number | null;
}

/** The size of the noise along each axis, with the batch in front; null is the size that the input has. */
export type NoiseShape = readonly (number | null)[];

/** A layer whose rate may be changed at any time; it takes effect with the next step. Throws OptionError for what is none. */
export interface RateLayer<I extends Shape | undefined = undefined> extends SameShape<I> {
  rate: number;
}

/** A layer whose standard deviation may be changed at any time, as a rate. */
export interface DeviationLayer<I extends Shape | undefined = undefined> extends SameShape<I> {
  stddev: number;
}

interface NoiseParts<I extends Shape | undefined> {
  readonly className: string;
  readonly options: SeedOptions<I>;
  /** Besides the number that may change, and the seed. */
  readonly config?: { readonly [option: string]: Json };
  readonly outputShape?: (input: Shape) => Shape;
  forward(ops: LayerOps, x: Value): Value;
}

/** A layer that does nothing but in training. `current` tells the number that may change, by its name. */
function noiseLayer<I extends Shape | undefined>(
  factory: string,
  { className, options, config = {}, outputShape = input => input, forward }: NoiseParts<I>,
  current: () => { readonly [name: string]: number },
): Declared<I> {
  const seed = options.seed ?? undefined;
  if (seed !== undefined) checkedSeed(factory, seed);
  return {
    className,
    ...common(options),
    ...(seed === undefined ? {} : { seed }),
    get settings() {
      return current();
    },
    get config() {
      return { ...current(), ...config, seed: seed ?? null };
    },
    outputShape,
    forward: (ops, x) => (ops.training ? forward(ops, x) : x),
  };
}

/** A noise layer with a rate: 0 <= rate < 1. Throws OptionError. */
export function rateLayer<I extends Shape | undefined>(
  factory: string,
  rate: number,
  parts: NoiseParts<I>,
): Declared<I> & { rate: number } {
  let current = checkedRate(factory, rate);
  const layer = noiseLayer(factory, parts, () => ({ rate: current }));
  return Object.defineProperty(layer, 'rate', {
    enumerable: true,
    get: () => current,
    set: (next: number) => {
      current = checkedRate(factory, next);
    },
  }) as Declared<I> & { rate: number };
}

/** A noise layer with a standard deviation of 0 or more. Throws OptionError. */
export function deviationLayer<I extends Shape | undefined>(
  factory: string,
  stddev: number,
  parts: NoiseParts<I>,
): Declared<I> & { stddev: number } {
  let current = checkedDeviation(factory, stddev);
  const layer = noiseLayer(factory, parts, () => ({ stddev: current }));
  return Object.defineProperty(layer, 'stddev', {
    enumerable: true,
    get: () => current,
    set: (next: number) => {
      current = checkedDeviation(factory, next);
    },
  }) as Declared<I> & { stddev: number };
}

function checkedRate(factory: string, rate: number): number {
  if (typeof rate === 'number' && rate >= 0 && rate < 1) return rate;
  throw new OptionError(`${factory}: rate must be at least 0 and less than 1, got ${describe(rate)}`);
}

function checkedDeviation(factory: string, stddev: number): number {
  if (Number.isFinite(stddev) && stddev >= 0) return stddev;
  throw new OptionError(`${factory}: stddev must be a finite number of 0 or more, got ${describe(stddev)}`);
}

/** Throws OptionError for what is no list of sizes; that of the batch is not known before. */
export function checkedNoiseShape(factory: string, given: NoiseShape | null): NoiseShape | null {
  if (given === null) return null;
  const isSize = (size: unknown) => size === null || (Number.isInteger(size) && (size as number) >= 1);
  if (!Array.isArray(given) || !given.every(isSize)) {
    throw new OptionError(
      `${factory}: noiseShape must be a list of positive integers and nulls, with the batch in front, got ${describe(given)}`,
    );
  }
  if (given[0] === 1 || given[0] === null) return given;
  throw new OptionError(
    `${factory}: noiseShape begins with the batch, whose size is not known: expected null or 1, got ${describe(given[0])}`,
  );
}

/** Throws ShapeError unless noise of that shape can be repeated over inputs, which are without the batch axis. */
export function checkNoiseFits(noise: NoiseShape | null, input: Shape): void {
  if (noise === null) return;
  const sizes = noise.slice(1);
  if (sizes.length === input.length && sizes.every((size, i) => size === null || size === 1 || size === input[i]))
    return;
  throw new ShapeError(
    `noiseShape ${describe(noise)} does not go with inputs of ${formatShape(input)}: expected ${input.length + 1} axes, each null, 1 or as long as that of the input`,
  );
}

/** The shape of the noise for a batch. */
export const noiseShapeFor = (noise: NoiseShape | null, x: Value): Shape =>
  noise === null ? x.shape : noise.map((size, i) => size ?? x.shape[i]!);
