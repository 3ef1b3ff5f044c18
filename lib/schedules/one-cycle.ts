import { OptionError } from '../errors.ts';
import { unknownName } from '../nearest-name.ts';
import { halfCosine } from './cosine.ts';
import { checkedFlag, checkedNumber, checkedOptions, makeSchedule, numberRules, type Schedule } from './schedule.ts';

const { positive, notNegative, count, share } = numberRules;

export interface OneCycleOptions {
  /** The highest rate. */
  readonly maxLearningRate: number;
  /** Steps of the whole cycle, 2 or more; behind it the last value stays. */
  readonly totalSteps: number;
  /** The share of the steps in which the rate rises; 0.3 if left out. */
  readonly pctStart?: number;
  /** Along half cosines, or along straight lines; `cos` if left out. */
  readonly annealStrategy?: 'cos' | 'linear';
  /** The momentum where the rate is highest; 0.85 if left out. */
  readonly baseMomentum?: number;
  /** The momentum at the beginning and at the end; 0.95 if left out. */
  readonly maxMomentum?: number;
  /** The first rate is maxLearningRate / divFactor; 25 if left out. */
  readonly divFactor?: number;
  /** The last rate is the first one / finalDivFactor; 10,000 if left out. */
  readonly finalDivFactor?: number;
  /** Whether the rate falls as long as it has risen, and only then to its end; false if left out. */
  readonly threePhase?: boolean;
}

/** A schedule of the rate, with that of the momentum: `sgd({ learningRate: cycle, momentum: cycle.momentum })`. */
export interface OneCycle extends Schedule {
  /** For `momentum` of sgd and rmsprop, for `beta1` of adam and its kin. */
  readonly momentum: Schedule;
}

/** A part of the cycle, up to and with the step `end`: the rate goes from one value to another, and so does the momentum. */
interface Phase {
  readonly end: number;
  readonly rate: readonly [from: number, to: number];
  readonly momentum: readonly [from: number, to: number];
}

/**
 * The 1cycle policy (Smith 2018, section 4.2, and Smith and Topin 2019) with PyTorch's names, defaults and numbers: the
 * rate rises and falls once while the momentum falls and rises. Throws OptionError for an option out of range.
 */
export function oneCycle(options: OneCycleOptions): OneCycle {
  const config = checkedCycle('oneCycle', options);
  const rate = makeSchedule('OneCycle', config, valuesOf(config, 'rate'));
  return Object.defineProperty(rate, 'momentum', { value: oneCycleMomentum(config) }) as OneCycle;
}

/** The momentum of `oneCycle` by itself: how a saved one is made again. */
export function oneCycleMomentum(options: OneCycleOptions): Schedule {
  const config = checkedCycle('oneCycleMomentum', options);
  return makeSchedule('OneCycleMomentum', config, valuesOf(config, 'momentum'));
}

type CycleConfig = { readonly [O in keyof OneCycleOptions]-?: NonNullable<OneCycleOptions[O]> };

function valuesOf(cycle: CycleConfig, of: 'rate' | 'momentum'): (step: number) => number {
  const phases = phasesOf(cycle);
  const last = cycle.totalSteps - 1;
  return step => {
    const at = Math.min(step, last);
    const place = phases.findIndex(({ end }) => at <= end);
    const {
      end,
      [of]: [from, to],
    } = phases[place]!;
    const start = place === 0 ? 0 : phases[place - 1]!.end;
    const over = (at - start) / (end - start);
    return cycle.annealStrategy === 'cos' ? to + (from - to) * halfCosine(over) : from + (to - from) * over;
  };
}

function phasesOf(cycle: CycleConfig): readonly Phase[] {
  const { maxLearningRate, totalSteps, pctStart, baseMomentum, maxMomentum, divFactor, finalDivFactor } = cycle;
  const first = maxLearningRate / divFactor;
  const last = first / finalDivFactor;
  const peak = pctStart * totalSteps - 1;
  const rising: Phase = { end: peak, rate: [first, maxLearningRate], momentum: [maxMomentum, baseMomentum] };
  if (!cycle.threePhase) {
    return [rising, { end: totalSteps - 1, rate: [maxLearningRate, last], momentum: [baseMomentum, maxMomentum] }];
  }
  return [
    rising,
    { end: 2 * pctStart * totalSteps - 2, rate: [maxLearningRate, first], momentum: [baseMomentum, maxMomentum] },
    { end: totalSteps - 1, rate: [first, last], momentum: [maxMomentum, maxMomentum] },
  ];
}

function checkedCycle(what: string, options: OneCycleOptions): CycleConfig {
  const known = [
    'maxLearningRate',
    'totalSteps',
    'pctStart',
    'annealStrategy',
    'baseMomentum',
    'maxMomentum',
    'divFactor',
    'finalDivFactor',
    'threePhase',
  ] as const;
  const given = checkedOptions<OneCycleOptions>(what, options, known);
  const annealStrategy = given.annealStrategy ?? 'cos';
  if (annealStrategy !== 'cos' && annealStrategy !== 'linear') {
    throw unknownName(`annealStrategy of ${what}`, String(annealStrategy), ['cos', 'linear']);
  }
  const cycle = {
    maxLearningRate: checkedNumber(what, 'maxLearningRate', given.maxLearningRate, positive),
    totalSteps: checkedNumber(what, 'totalSteps', given.totalSteps, count),
    pctStart: checkedNumber(what, 'pctStart', given.pctStart ?? 0.3, share),
    annealStrategy,
    baseMomentum: checkedNumber(what, 'baseMomentum', given.baseMomentum ?? 0.85, notNegative),
    maxMomentum: checkedNumber(what, 'maxMomentum', given.maxMomentum ?? 0.95, notNegative),
    divFactor: checkedNumber(what, 'divFactor', given.divFactor ?? 25, positive),
    finalDivFactor: checkedNumber(what, 'finalDivFactor', given.finalDivFactor ?? 1e4, positive),
    threePhase: checkedFlag(what, 'threePhase', given.threePhase ?? false),
  };
  const { totalSteps, pctStart, threePhase } = cycle;
  const rising = pctStart * totalSteps;
  const left = totalSteps - (threePhase ? 2 * rising - 1 : rising);
  if (rising > 1 && left > 0) return cycle;
  throw new OptionError(
    `${what}: ${totalSteps} steps are too few for the phases of pctStart ${pctStart}: each needs more than one step`,
  );
}
