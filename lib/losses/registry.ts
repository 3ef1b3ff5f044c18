import { describe } from '../describe.ts';
import { FormatError, OptionError } from '../errors.ts';
import type { Json } from '../json.ts';
import { unknownName } from '../nearest-name.ts';
import { binaryCrossentropy } from './binary-crossentropy.ts';
import { binaryFocalCrossentropy } from './binary-focal-crossentropy.ts';
import { categoricalCrossentropy } from './categorical-crossentropy.ts';
import { categoricalFocalCrossentropy } from './categorical-focal-crossentropy.ts';
import { categoricalGeneralizedCrossEntropy } from './categorical-generalized-cross-entropy.ts';
import { cosineSimilarity } from './cosine-similarity.ts';
import { categoricalHinge, hinge, squaredHinge } from './hinge.ts';
import { huber } from './huber.ts';
import { klDivergence } from './kl-divergence.ts';
import { logCosh } from './log-cosh.ts';
import type { Loss, TargetKind } from './loss.ts';
import { meanAbsoluteError } from './mean-absolute-error.ts';
import { meanAbsolutePercentageError } from './mean-absolute-percentage-error.ts';
import { meanSquaredError } from './mean-squared-error.ts';
import { meanSquaredLogarithmicError } from './mean-squared-logarithmic-error.ts';
import { poisson } from './poisson.ts';
import { sparseCategoricalCrossentropy } from './sparse-categorical-crossentropy.ts';
import { dice, tversky } from './tversky.ts';

/** The losses that Inkling brings, by name; the short names are those of Keras. */
export const losses = {
  sparseCategoricalCrossentropy,
  categoricalCrossentropy,
  binaryCrossentropy,
  categoricalFocalCrossentropy,
  binaryFocalCrossentropy,
  categoricalGeneralizedCrossEntropy,
  meanSquaredError,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredLogarithmicError,
  huber,
  logCosh,
  klDivergence,
  poisson,
  cosineSimilarity,
  hinge,
  squaredHinge,
  categoricalHinge,
  dice,
  tversky,
  bce: binaryCrossentropy,
  mse: meanSquaredError,
  mae: meanAbsoluteError,
  mape: meanAbsolutePercentageError,
  msle: meanSquaredLogarithmicError,
  kld: klDivergence,
};

export type LossName = keyof typeof losses;

type Losses = { readonly [N in LossName]: ReturnType<(typeof losses)[N]> };

/** How the targets of a loss are given, by the name or the type of the loss. */
export type TargetsOf<L extends LossName | Loss> = (L extends LossName ? Losses[L] : L) extends {
  readonly targets: infer K extends TargetKind;
}
  ? K
  : TargetKind;

/** A loss by its name, with its defaults, or the one given. Throws OptionError for what is neither. */
export function lossOf(given: LossName | Loss): Loss {
  if (typeof given === 'string') {
    if (!Object.hasOwn(losses, given)) throw unknownName('loss', given, Object.keys(losses));
    return losses[given]();
  }
  if (isLoss(given)) return given;
  const known = Object.keys(losses).join(', ');
  throw new OptionError(
    `compile: loss must be a name (${known}) or an object { name, targets, forward }, got ${describe(given)}`,
  );
}

function isLoss(given: unknown): given is Loss {
  if (typeof given !== 'object' || given === null) return false;
  const { name, targets, forward } = given as { readonly [member: string]: unknown };
  return typeof name === 'string' && (targets === 'classes' || targets === 'numbers') && typeof forward === 'function';
}

/** A loss as it is saved. */
export interface LossConfig {
  readonly className: string;
  readonly config: { readonly [option: string]: Json };
}

/** Makes a loss again. Throws FormatError for an unknown class, OptionError for options that it does not take. */
export function lossFromConfig({ className, config }: LossConfig): Loss {
  const factories: readonly ((options?: object) => Loss)[] = Object.values(losses);
  const factory = factories.find(each => each().className === className);
  if (factory === undefined) {
    const names = [...new Set(factories.map(each => each().className))].join(', ');
    throw new FormatError(`the loss ${className} is not known; known are ${names}`);
  }
  // Every factory checks its options itself, so what comes from a file is as safe as what a user writes.
  return factory(config);
}
