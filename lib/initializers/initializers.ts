import { type ConfiguredJson, configured } from '../configured.ts';
import { OptionError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { RandomStream } from '../random/random.ts';
import type { Shape } from '../shape/shape.ts';

/** Gives a parameter its first values; an object with these members is an initializer. */
export interface Initializer {
  readonly name: string;
  /** The options that rebuild it; a layer with an initializer without them cannot be saved. */
  readonly config?: { readonly [option: string]: Json };
  /** Writes all elements of a tensor of the shape given. */
  fill(out: Float32Array, shape: Shape, random: RandomStream): void;
}

/** An initializer as a model file holds it. */
export type InitializerConfig = ConfiguredJson;

/** All 0. */
export function zeros(): Initializer {
  return { name: 'zeros', config: {}, fill: out => void out.fill(0) };
}

/** All 1. */
export function ones(): Initializer {
  return { name: 'ones', config: {}, fill: out => void out.fill(1) };
}

/** All `value`; 0 if left out. */
export function constant({ value = 0 }: { readonly value?: number } = {}): Initializer {
  finite('constant', 'value', value);
  return { name: 'constant', config: { value }, fill: out => void out.fill(value) };
}

/** Uniform between `min` (-0.05 if left out) and `max` (0.05). */
export function randomUniform({
  min = -0.05,
  max = 0.05,
}: {
  readonly min?: number;
  readonly max?: number;
} = {}): Initializer {
  finite('randomUniform', 'min', min);
  finite('randomUniform', 'max', max);
  return { name: 'randomUniform', config: { min, max }, fill: (out, _, random) => random.fillUniform(out, min, max) };
}

export interface NormalOptions {
  /** 0 if left out. */
  readonly mean?: number;
  /** Standard deviation; 0.05 if left out. */
  readonly stddev?: number;
}

/** Normal. */
export function randomNormal({ mean = 0, stddev = 0.05 }: NormalOptions = {}): Initializer {
  checkNormal('randomNormal', mean, stddev);
  return {
    name: 'randomNormal',
    config: { mean, stddev },
    fill(out, _, random) {
      for (let i = 0; i < out.length; i++) out[i] = mean + stddev * random.normal(i);
    },
  };
}

/** Normal, drawn again where it lies two standard deviations or more from the mean. */
export function truncatedNormal({ mean = 0, stddev = 0.05 }: NormalOptions = {}): Initializer {
  checkNormal('truncatedNormal', mean, stddev);
  return {
    name: 'truncatedNormal',
    config: { mean, stddev },
    fill: (out, _, random) => fillTruncated(out, mean, stddev, random),
  };
}

/** Uniform in +-sqrt(6 / (fan in + fan out)) (Glorot and Bengio 2010, equation 16). */
export function glorotUniform(): Initializer {
  return scaledUniform('glorotUniform', (fanIn, fanOut) => 2 / (fanIn + fanOut));
}
/** Truncated normal with the variance 2 / (fan in + fan out) (Glorot and Bengio 2010). */
export function glorotNormal(): Initializer {
  return scaledNormal('glorotNormal', (fanIn, fanOut) => 2 / (fanIn + fanOut));
}
/** Uniform with the variance 2 / fan in (He et al. 2015, equation 10). */
export function heUniform(): Initializer {
  return scaledUniform('heUniform', fanIn => 2 / fanIn);
}
/** Truncated normal with the variance 2 / fan in (He et al. 2015, equation 10). */
export function heNormal(): Initializer {
  return scaledNormal('heNormal', fanIn => 2 / fanIn);
}
/** Uniform with the variance 1 / fan in (LeCun et al. 1998, section 4.6). */
export function lecunUniform(): Initializer {
  return scaledUniform('lecunUniform', fanIn => 1 / fanIn);
}
/** Truncated normal with the variance 1 / fan in (LeCun et al. 1998, section 4.6). */
export function lecunNormal(): Initializer {
  return scaledNormal('lecunNormal', fanIn => 1 / fanIn);
}

const factories = {
  zeros,
  ones,
  constant,
  randomUniform,
  randomNormal,
  truncatedNormal,
  glorotUniform,
  glorotNormal,
  heUniform,
  heNormal,
  lecunUniform,
  lecunNormal,
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

type Variance = (fanIn: number, fanOut: number) => number;

function scaledUniform(name: string, variance: Variance): Initializer {
  return {
    name,
    config: {},
    fill(out, shape, random) {
      const { fanIn, fanOut } = fans(shape);
      const limit = Math.sqrt(3 * variance(fanIn, fanOut));
      random.fillUniform(out, -limit, limit);
    },
  };
}

/** Standard deviation of a standard normal that is cut at +-2; Keras divides by it to keep the variance. */
const truncatedDeviation = 0.8796256610342398;

function scaledNormal(name: string, variance: Variance): Initializer {
  return {
    name,
    config: {},
    fill(out, shape, random) {
      const { fanIn, fanOut } = fans(shape);
      fillTruncated(out, 0, Math.sqrt(variance(fanIn, fanOut)) / truncatedDeviation, random);
    },
  };
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
  if (!Number.isFinite(value)) throw new OptionError(`${name}: ${option} must be a finite number, got ${value}`);
}

function checkNormal(name: string, mean: number, stddev: number): void {
  finite(name, 'mean', mean);
  if (!(stddev >= 0 && Number.isFinite(stddev))) {
    throw new OptionError(`${name}: stddev must be a finite number of 0 or more, got ${stddev}`);
  }
}
