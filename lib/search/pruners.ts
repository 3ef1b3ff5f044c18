/** When a trial is ended early. */
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Json } from '../json.ts';
import { natural, positiveInteger } from '../layers/options.ts';
import { type Direction, isBetter, type Trial } from './trial.ts';

/** Decides, each time a trial reports a value, whether it is worth going on. It keeps nothing. */
export interface Pruner {
  readonly className: string;
  /** The options that make it again, with the defaults filled in. */
  readonly config: { readonly [option: string]: Json };
  /** Whether a trial that has reported so much is to be ended; `trials` are those that have ended before. */
  prunes(reports: readonly number[], trials: readonly Trial[], direction: Direction): boolean;
}

export interface MedianOptions {
  /** So many trials are never ended; 5 if left out. */
  readonly startupTrials?: number;
  /** So many first reports of each trial are not looked at; 0 if left out. */
  readonly warmup?: number;
}

/**
 * Ends a trial whose best report so far is worse than the median of what the trials before had reported up to the same
 * place (Golovin et al. 2017, with the best in place of the mean of a trial). Throws OptionError.
 */
export function median(options: MedianOptions = {}): Pruner {
  checkObject('median', options);
  const startupTrials = natural('median', 'startupTrials', options.startupTrials ?? 5);
  const warmup = natural('median', 'warmup', options.warmup ?? 0);
  return {
    className: 'MedianPruner',
    config: { startupTrials, warmup },
    prunes(reports, trials, direction) {
      if (reports.length <= warmup) return false;
      const others = trials
        .filter(trial => trial.status !== 'failed' && trial.reports.length >= reports.length)
        .map(trial => trial.reports[reports.length - 1]!)
        .sort((a, b) => a - b);
      if (others.length < Math.max(startupTrials, 1)) return false;
      const middle = (others.length - 1) / 2;
      const half = (others[Math.floor(middle)]! + others[Math.ceil(middle)]!) / 2;
      return isBetter(direction, half, best(reports, direction));
    },
  };
}

export interface HalvingOptions {
  /** After how many reports a trial is looked at for the first time; 1 if left out. */
  readonly minReports?: number;
  /** One of so many trials goes on each time, to so many times the reports; 3 if left out. */
  readonly reductionFactor?: number;
}

/**
 * Asynchronous successive halving (Li et al. 2020): at minReports, and at each reductionFactor times as many, a trial goes
 * on if it is among the best of those that came so far, one of reductionFactor. Throws OptionError.
 */
export function halving(options: HalvingOptions = {}): Pruner {
  checkObject('halving', options);
  const minReports = positiveInteger('halving', 'minReports', options.minReports ?? 1);
  const reductionFactor = positiveInteger('halving', 'reductionFactor', options.reductionFactor ?? 3);
  if (reductionFactor < 2) throw new OptionError('halving: reductionFactor must be 2 or more, got 1');
  return {
    className: 'HalvingPruner',
    config: { minReports, reductionFactor },
    prunes(reports, trials, direction) {
      let rung = minReports;
      while (rung < reports.length) rung *= reductionFactor;
      if (rung !== reports.length) return false;
      const own = reports[rung - 1]!;
      const others = trials.filter(trial => trial.status !== 'failed' && trial.reports.length >= rung);
      const better = others.filter(trial => isBetter(direction, trial.reports[rung - 1]!, own)).length;
      return better >= Math.max(1, Math.floor((others.length + 1) / reductionFactor));
    },
  };
}

const best = (reports: readonly number[], direction: Direction): number =>
  reports.reduce((a, b) => (isBetter(direction, b, a) ? b : a));

function checkObject(what: string, options: unknown): void {
  if (typeof options === 'object' && options !== null) return;
  throw new OptionError(`${what}: expected an object with options, got ${describe(options)}`);
}
