import { pow } from '../../kernels/math.ts';
import { checkedFlag, checkedNumber, checkedOptions, makeSchedule, numberRules, type Schedule } from './schedule.ts';

const { positive } = numberRules;

export interface PolynomialDecayOptions {
  /** The value at step 0. */
  readonly initialLearningRate: number;
  /** Steps until `endLearningRate` is reached. */
  readonly decaySteps: number;
  /** 0.0001 if left out. */
  readonly endLearningRate?: number;
  /** Above 0; 1, a straight line, if left out. */
  readonly power?: number;
  /**
   * Whether the value rises again behind `decaySteps`, to fall until the next multiple of them; false if left out: it
   * stays at `endLearningRate`.
   */
  readonly cycle?: boolean;
}

/** endLearningRate + (initialLearningRate - endLearningRate) (1 - step / decaySteps)^power. Throws OptionError. */
export function polynomialDecay(options: PolynomialDecayOptions): Schedule {
  const what = 'polynomialDecay';
  const known = ['initialLearningRate', 'decaySteps', 'endLearningRate', 'power', 'cycle'] as const;
  const given = checkedOptions<PolynomialDecayOptions>(what, options, known);
  const initialLearningRate = checkedNumber(what, 'initialLearningRate', given.initialLearningRate);
  const decaySteps = checkedNumber(what, 'decaySteps', given.decaySteps, positive);
  const endLearningRate = checkedNumber(what, 'endLearningRate', given.endLearningRate ?? 0.0001);
  const power = checkedNumber(what, 'power', given.power ?? 1, positive);
  const cycle = checkedFlag(what, 'cycle', given.cycle ?? false);
  const config = { initialLearningRate, decaySteps, endLearningRate, power, cycle };
  return makeSchedule('PolynomialDecay', config, step => {
    const whole = cycle ? decaySteps * Math.max(1, Math.ceil(step / decaySteps)) : decaySteps;
    const left = 1 - Math.min(step, whole) / whole;
    return (initialLearningRate - endLearningRate) * powerOf(left, power) + endLearningRate;
  });
}

/** base^exponent for base >= 0 and exponent > 0; the same bits on every engine. */
const powerOf = (base: number, exponent: number): number => {
  if (exponent === 1) return base;
  return base === 0 ? 0 : pow(base, exponent);
};
