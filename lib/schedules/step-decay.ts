import { pow } from '../../kernels/math.ts';
import { checkedNumber, checkedOptions, makeSchedule, numberRules, type Schedule } from './schedule.ts';

const { positive } = numberRules;

export interface StepDecayOptions {
  /** The value at step 0. */
  readonly initialLearningRate: number;
  /** Steps between two changes. */
  readonly decaySteps: number;
  /** What the value is multiplied by each time, above 0; 0.1 if left out. */
  readonly decayRate?: number;
}

/** initialLearningRate decayRate^floor(step / decaySteps): PyTorch's StepLR. Throws OptionError for an option out of range. */
export function stepDecay(options: StepDecayOptions): Schedule {
  const what = 'stepDecay';
  const given = checkedOptions<StepDecayOptions>(what, options, ['initialLearningRate', 'decaySteps', 'decayRate']);
  const initialLearningRate = checkedNumber(what, 'initialLearningRate', given.initialLearningRate);
  const decaySteps = checkedNumber(what, 'decaySteps', given.decaySteps, positive);
  const decayRate = checkedNumber(what, 'decayRate', given.decayRate ?? 0.1, positive);
  const config = { initialLearningRate, decaySteps, decayRate };
  return makeSchedule('StepDecay', config, step => initialLearningRate * pow(decayRate, Math.floor(step / decaySteps)));
}
