import { pow } from '../../kernels/math.ts';
import { halfCosine } from './cosine.ts';
import { checkedNumber, checkedOptions, makeSchedule, numberRules, type Schedule } from './schedule.ts';

const { positive, atLeastOne } = numberRules;

export interface CosineDecayRestartsOptions {
  /** The value at step 0. */
  readonly initialLearningRate: number;
  /** Steps of the first period. */
  readonly firstDecaySteps: number;
  /** How much longer each period is than the one before, 1 or more; 2 if left out. */
  readonly tMul?: number;
  /** How much higher each period begins than the one before, above 0; 1 if left out. */
  readonly mMul?: number;
  /** The share of the initial value that remains at the end of a period; 0 if left out. */
  readonly alpha?: number;
}

/** The periods that this schedule has begun, and the share of the last one that is over. */
function periodAt(step: number, firstDecaySteps: number, tMul: number): { restarts: number; share: number } {
  let [restarts, begin, length] = [0, 0, firstDecaySteps];
  if (tMul === 1) {
    restarts = Math.floor(step / firstDecaySteps);
    return { restarts, share: step / firstDecaySteps - restarts };
  }
  while (step >= begin + length) {
    begin += length;
    length *= tMul;
    restarts++;
  }
  return { restarts, share: (step - begin) / length };
}

/** Cosines that begin anew (Loshchilov and Hutter 2017, equation 5). Throws OptionError for an option out of range. */
export function cosineDecayRestarts(options: CosineDecayRestartsOptions): Schedule {
  const what = 'cosineDecayRestarts';
  const known = ['initialLearningRate', 'firstDecaySteps', 'tMul', 'mMul', 'alpha'] as const;
  const given = checkedOptions<CosineDecayRestartsOptions>(what, options, known);
  const initialLearningRate = checkedNumber(what, 'initialLearningRate', given.initialLearningRate);
  const firstDecaySteps = checkedNumber(what, 'firstDecaySteps', given.firstDecaySteps, positive);
  const tMul = checkedNumber(what, 'tMul', given.tMul ?? 2, atLeastOne);
  const mMul = checkedNumber(what, 'mMul', given.mMul ?? 1, positive);
  const alpha = checkedNumber(what, 'alpha', given.alpha ?? 0);
  const config = { initialLearningRate, firstDecaySteps, tMul, mMul, alpha };
  return makeSchedule('CosineDecayRestarts', config, step => {
    const { restarts, share } = periodAt(step, firstDecaySteps, tMul);
    return initialLearningRate * ((1 - alpha) * pow(mMul, restarts) * halfCosine(share) + alpha);
  });
}
