import { type ConfiguredJson, checkedFactoryOptions, configured } from '../configured.ts';
import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import type { Json } from '../json.ts';
import { checkedSeed, RandomStream } from '../random/random.ts';
import { formatShape, type Shape } from '../shape/shape.ts';
import { fillOrthogonal } from './orthogonal.ts';

/** Gives a parameter its first values; an object with these members is an initializer. */
export interface Initializer {
  readonly name: string;
  /** The options that rebuild it; a layer with an initializer without them cannot be saved. */
  readonly config?: { readonly [option: string]: Json };
  /** Throws ShapeError for a shape that it cannot fill; asked when a layer is added. Any shape will do if it is left out. */
  check?(shape: Shape): void;
  /**
   * Writes all elements of a tensor of the shape given. `random` depends on the model's seed and on the path of the
   * parameter alone: a parameter has the same values whatever other layers there are.
   */
  fill(out: Float32Array, shape: Shape, random: RandomStream): void;
}

/** An initializer as a model file holds it. */
export type InitializerConfig = ConfiguredJson;

/** What initializers take that draw. */
export interface SeedOption {
  /**
   * What is drawn from in place of the model's seed and the path of the parameter: with one seed, parameters of one shape
   * are equal, as in Keras. None if left out or null.
   */
  readonly seed?: number | null;
}

/** All 0. */
export function zeros(options: object = {}): Initializer {
  checkedFactoryOptions('zeros', options, []);
  return { name: 'zeros', config: {}, fill: out => void out.fill(0) };
}

/** All 1. */
export function ones(options: object = {}): Initializer {
  checkedFactoryOptions('ones', options, []);
  return { name: 'ones', config: {}, fill: out => void out.fill(1) };
}

/** All `value`; 0 if left out. Throws OptionError. */
export function constant(options: { readonly value?: number } = {}): Initializer {
  const { value = 0 } = checkedFactoryOptions<typeof options>('constant', options, ['value']);
  finite('constant', 'value', value);
  return { name: 'constant', config: { value }, fill: out => void out.fill(value) };
}

export interface GainOption {
  /** 1 if left out. */
  readonly gain?: number;
}

/** `gain` on the diagonal of a matrix, else 0. Throws OptionError; ShapeError for what is no matrix. */
export function identity(options: GainOption = {}): Initializer {
  const { gain = 1 } = checkedFactoryOptions<GainOption>('identity', options, ['gain']);
  finite('identity', 'gain', gain);
  return {
    name: 'identity',
    config: { gain },
    check(shape) {
      if (shape.length !== 2) throw new ShapeError(`identity: expected a matrix, got ${formatShape(shape)}`);
    },
    fill(out, [rows = 0, columns = 0]) {
      out.fill(0);
      for (let i = 0; i < Math.min(rows, columns); i++) out[i * columns + i] = gain;
    },
  };
}

/**
 * `gain` times a matrix whose columns (or rows, if there are more of these) are orthogonal and have the length 1, drawn
 * evenly among all such matrices (Saxe et al. 2014). All axes but the last are taken together. The time that it takes
 * grows with the product of the sides and the smaller side: a second for 700 x 700. Throws OptionError; ShapeError for a
 * vector.
 */
export function orthogonal(options: GainOption & SeedOption = {}): Initializer {
  const { gain = 1, seed } = checkedFactoryOptions<typeof options>('orthogonal', options, ['gain', 'seed']);
  finite('orthogonal', 'gain', gain);
  return {
    ...drawing('orthogonal', { gain }, seed, (out, shape, random) => fillOrthogonal(out, shape.at(-1)!, gain, random)),
    check(shape) {
      if (shape.length >= 2) return;
      throw new ShapeError(`orthogonal: expected at least two axes, got ${formatShape(shape)}`);
    },
  };
}

/** Uniform between `min` (-0.05 if left out) and `max` (0.05). Throws OptionError. */
export function randomUniform(
  options: SeedOption & { readonly min?: number; readonly max?: number } = {},
): Initializer {
  const given = checkedFactoryOptions<typeof options>('randomUniform', options, ['min', 'max', 'seed']);
  const { min = -0.05, max = 0.05, seed } = given;
  finite('randomUniform', 'min', min);
  finite('randomUniform', 'max', max);
  return drawing('randomUniform', { min, max }, seed, (out, _, random) => fillUniform(out, min, max, random));
}

export interface NormalOptions extends SeedOption {
  /** 0 if left out. */
  readonly mean?: number;
  /** Standard deviation; 0.05 if left out. */
  readonly stddev?: number;
}

/** Normal. Throws OptionError. */
export function randomNormal(options: NormalOptions = {}): Initializer {
  const { mean, stddev, seed } = normal('randomNormal', options);
  return drawing('randomNormal', { mean, stddev }, seed, (out, _, random) => fillNormal(out, mean, stddev, random));
}

/** Normal, drawn again where it lies two standard deviations or more from the mean. Throws OptionError. */
export function truncatedNormal(options: NormalOptions = {}): Initializer {
  const { mean, stddev, seed } = normal('truncatedNormal', options);
  const fill: Fill = (out, _, random) => fillTruncated(out, mean, stddev, random);
  return drawing('truncatedNormal', { mean, stddev }, seed, fill);
}

const modes = ['fanIn', 'fanOut', 'fanAvg'] as const;
const distributions = ['truncatedNormal', 'untruncatedNormal', 'uniform'] as const;

export interface VarianceScalingOptions extends SeedOption {
  /** Greater than 0; 1 if left out. */
  readonly scale?: number;
  /** What the variance falls with: the inputs that feed one output (the default), the outputs, or the mean of both. */
  readonly mode?: (typeof modes)[number];
  /** `truncatedNormal` if left out. */
  readonly distribution?: (typeof distributions)[number];
}

/** Numbers of mean 0 with the variance scale / fan, of which all that follow are special cases. Throws OptionError. */
export function varianceScaling(options: VarianceScalingOptions = {}): Initializer {
  const what = 'varianceScaling';
  const known = ['scale', 'mode', 'distribution', 'seed'];
  const given = checkedFactoryOptions<VarianceScalingOptions>(what, options, known);
  const { scale = 1, mode = 'fanIn', distribution = 'truncatedNormal', seed } = given;
  finite(what, 'scale', scale);
  if (scale <= 0) throw new OptionError(`${what}: scale must be greater than 0, got ${scale}`);
  oneOf(what, 'mode', modes, mode);
  oneOf(what, 'distribution', distributions, distribution);
  const config = { scale, mode, distribution };
  return drawing(what, config, seed, scaled(scale, mode, distribution));
}

/** Uniform in +-sqrt(6 / (fan in + fan out)) (Glorot and Bengio 2010, equation 16). */
export const glorotUniform = scaling('glorotUniform', 1, 'fanAvg', 'uniform');
/** Truncated normal with the variance 2 / (fan in + fan out) (Glorot and Bengio 2010). */
export const glorotNormal = scaling('glorotNormal', 1, 'fanAvg', 'truncatedNormal');
/** Uniform with the variance 2 / fan in (He et al. 2015, equation 10). */
export const heUniform = scaling('heUniform', 2, 'fanIn', 'uniform');
/** Truncated normal with the variance 2 / fan in (He et al. 2015, equation 10). */
export const heNormal = scaling('heNormal', 2, 'fanIn', 'truncatedNormal');
/** Uniform with the variance 1 / fan in (LeCun et al. 1998, section 4.6). */
export const lecunUniform = scaling('lecunUniform', 1, 'fanIn', 'uniform');
/** Truncated normal with the variance 1 / fan in (LeCun et al. 1998, section 4.6). */
export const lecunNormal = scaling('lecunNormal', 1, 'fanIn', 'truncatedNormal');

const factories = {
  ...{ zeros, ones, constant, randomUniform, randomNormal, truncatedNormal, varianceScaling },
  ...{ glorotUniform, glorotNormal, heUniform, heNormal, lecunUniform, lecunNormal, orthogonal, identity },
};

export type InitializerName = keyof typeof factories;

export type InitializerLike = InitializerName | InitializerConfig | Initializer;

/** An initializer by its name, from a model file, or the one given. Throws OptionError for what is none. */
export function initializer(given: InitializerLike): Initializer {
  return configured('initializer', factories, given, 'fill');
}

/**
 * Inputs that feed one output, and outputs that one input feeds: [inputs, outputs], for filters times the size of the
 * window, as Keras counts them.
 */
export function fans(shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  const window = shape.slice(0, -2).reduce((product, axis) => product * axis, 1);
  return { fanIn: window * shape.at(-2)!, fanOut: window * shape.at(-1)! };
}

type Fill = Initializer['fill'];

/** An initializer that draws, from a seed of its own where one is given. */
function drawing(
  name: string,
  config: { readonly [option: string]: Json },
  seed: number | null | undefined,
  fill: Fill,
): Initializer {
  if (seed === undefined || seed === null) return { name, config, fill };
  checkedSeed(name, seed);
  return {
    name,
    config: { ...config, seed },
    fill: (out, shape) => fill(out, shape, new RandomStream(seed, 'initializer')),
  };
}

/** The factory of a special case of `varianceScaling`. */
function scaling(
  name: string,
  scale: number,
  mode: (typeof modes)[number],
  distribution: (typeof distributions)[number],
): (options?: SeedOption) => Initializer {
  return (options = {}) => {
    const { seed } = checkedFactoryOptions<SeedOption>(name, options, ['seed']);
    return drawing(name, {}, seed, scaled(scale, mode, distribution));
  };
}

/** Standard deviation of a standard normal that is cut at +-2; Keras divides by it to keep the variance. */
const truncatedDeviation = 0.8796256610342398;

function scaled(scale: number, mode: (typeof modes)[number], distribution: (typeof distributions)[number]): Fill {
  return (out, shape, random) => {
    const { fanIn, fanOut } = fans(shape);
    const fan = { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[mode];
    const variance = scale / Math.max(1, fan);
    const limit = Math.sqrt(3 * variance);
    if (distribution === 'uniform') fillUniform(out, -limit, limit, random);
    else if (distribution === 'untruncatedNormal') fillNormal(out, 0, Math.sqrt(variance), random);
    else fillTruncated(out, 0, Math.sqrt(variance) / truncatedDeviation, random);
  };
}

function fillUniform(out: Float32Array, min: number, max: number, random: RandomStream): void {
  for (let i = 0; i < out.length; i++) out[i] = min + (max - min) * random.uniform(i);
}

function fillNormal(out: Float32Array, mean: number, stddev: number, random: RandomStream): void {
  for (let i = 0; i < out.length; i++) out[i] = mean + stddev * random.normal(i);
}

/** Draws one after the other, so an element depends on those before; a tensor is filled as a whole anyway. */
function fillTruncated(out: Float32Array, mean: number, stddev: number, random: RandomStream): void {
  let draw = 0;
  for (let i = 0; i < out.length; i++) {
    let normal = random.normal(draw++);
    while (Math.abs(normal) >= 2) normal = random.normal(draw++);
    out[i] = mean + stddev * normal;
  }
}

function finite(name: string, option: string, value: number): void {
  if (!Number.isFinite(value))
    throw new OptionError(`${name}: ${option} must be a finite number, got ${describe(value)}`);
}

function oneOf(name: string, option: string, known: readonly string[], value: string): void {
  if (known.includes(value)) return;
  throw new OptionError(`${name}: ${option} must be one of ${known.join(', ')}, got ${describe(value)}`);
}

function normal(
  name: string,
  options: NormalOptions,
): { mean: number; stddev: number; seed: number | null | undefined } {
  const {
    mean = 0,
    stddev = 0.05,
    seed,
  } = checkedFactoryOptions<NormalOptions>(name, options, ['mean', 'stddev', 'seed']);
  finite(name, 'mean', mean);
  if (!(stddev >= 0 && Number.isFinite(stddev))) {
    throw new OptionError(`${name}: stddev must be a finite number of 0 or more, got ${describe(stddev)}`);
  }
  return { mean, stddev, seed };
}
