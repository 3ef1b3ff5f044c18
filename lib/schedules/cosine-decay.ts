import { OptionError } from '../errors.ts';
import { halfCosine } from './cosine.ts';
import { checkedNumber, checkedOptions, makeSchedule, numberRules, type Schedule } from './schedule.ts';

const { positive, notNegative } = numberRules;

export interface CosineDecayOptions {
  /** The value at step 0: what decays, or, with a warm-up, what the warm-up begins with. */
  readonly initialLearningRate: number;
  /** Steps of the decay, without the warm-up. */
  readonly decaySteps: number;
  /** The share of what decays that remains at the end; 0 if left out. */
  readonly alpha?: number;
  /** What a linear warm-up leads to, and what decays behind it; no warm-up if left out. */
  readonly warmupTarget?: number;
  /** Steps of the warm-up; 0 if left out. */
  readonly warmupSteps?: number;
}

/** Half a cosine (Loshchilov and Hutter 2017, equation 5), maybe behind a linear warm-up. Throws OptionError. */
export function cosineDecay(options: CosineDecayOptions): Schedule {
  const what = 'cosineDecay';
  const known = ['initialLearningRate', 'decaySteps', 'alpha', 'warmupTarget', 'warmupSteps'] as const;
  const given = checkedOptions<CosineDecayOptions>(what, options, known);
  const initialLearningRate = checkedNumber(what, 'initialLearningRate', given.initialLearningRate);
  const decaySteps = checkedNumber(what, 'decaySteps', given.decaySteps, positive);
  const alpha = checkedNumber(what, 'alpha', given.alpha ?? 0);
  const warmupSteps = checkedNumber(what, 'warmupSteps', given.warmupSteps ?? 0, notNegative);
  const { warmupTarget } = given;
  if (warmupTarget !== undefined) checkedNumber(what, 'warmupTarget', warmupTarget);
  else if (warmupSteps > 0) throw new OptionError(`${what}: warmupSteps need a warmupTarget, to which they lead`);
  const warmup = warmupTarget === undefined ? {} : { warmupTarget };
  const config = { initialLearningRate, decaySteps, alpha, ...warmup, warmupSteps };
  const highest = warmupTarget ?? initialLearningRate;
  return makeSchedule('CosineDecay', config, step => {
    if (step < warmupSteps) return (highest - initialLearningRate) * (step / warmupSteps) + initialLearningRate;
    const share = Math.min(step - warmupSteps, decaySteps) / decaySteps;
    return highest * ((1 - alpha) * halfCosine(share) + alpha);
  });
}
