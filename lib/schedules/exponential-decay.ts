import { pow } from '../../kernels/math.ts';
import { checkedFlag, checkedNumber, checkedOptions, makeSchedule, numberRules, type Schedule } from './schedule.ts';

const { positive, notNegative } = numberRules;

export interface ExponentialDecayOptions {
  /** The value at step 0. */
  readonly initialLearningRate: number;
  /** Steps in which the value is multiplied by `decayRate` once. */
  readonly decaySteps: number;
  /** Above 0. */
  readonly decayRate: number;
  /** Whether the value falls only at whole multiples of `decaySteps`; false if left out. */
  readonly staircase?: boolean;
}

/** initialLearningRate decayRate^(step / decaySteps). Throws OptionError for an option out of range. */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  const what = 'exponentialDecay';
  const decay = checkedDecay(what, options, positive);
  const { initialLearningRate, decaySteps, decayRate, staircase } = decay;
  return makeSchedule('ExponentialDecay', decay, step => {
    const share = step / decaySteps;
    return initialLearningRate * pow(decayRate, staircase ? Math.floor(share) : share);
  });
}

export type InverseTimeDecayOptions = ExponentialDecayOptions;

/** initialLearningRate / (1 + decayRate step / decaySteps). Throws OptionError for an option out of range. */
export function inverseTimeDecay(options: InverseTimeDecayOptions): Schedule {
  const what = 'inverseTimeDecay';
  const decay = checkedDecay(what, options, notNegative);
  const { initialLearningRate, decaySteps, decayRate, staircase } = decay;
  return makeSchedule('InverseTimeDecay', decay, step => {
    const share = step / decaySteps;
    return initialLearningRate / (1 + decayRate * (staircase ? Math.floor(share) : share));
  });
}

function checkedDecay(what: string, options: ExponentialDecayOptions, rule: typeof positive | typeof notNegative) {
  const known = ['initialLearningRate', 'decaySteps', 'decayRate', 'staircase'] as const;
  const given = checkedOptions<ExponentialDecayOptions>(what, options, known);
  return {
    initialLearningRate: checkedNumber(what, 'initialLearningRate', given.initialLearningRate),
    decaySteps: checkedNumber(what, 'decaySteps', given.decaySteps, positive),
    decayRate: checkedNumber(what, 'decayRate', given.decayRate, rule),
    staircase: checkedFlag(what, 'staircase', given.staircase ?? false),
  };
}
