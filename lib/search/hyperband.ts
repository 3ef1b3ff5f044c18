import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { positiveInteger } from '../layers/options.ts';
import { drawOptions, type Sampler, type Searched } from './sampler.ts';
import { ranked, type Suggestion } from './trial.ts';

export interface HyperbandOptions {
  /** The most that is spent on one trial: R in the paper. */
  readonly maxBudget: number;
  /** One of so many trials goes on to the next rung, with so many times the budget: eta in the paper; 3 if left out. */
  readonly reductionFactor?: number;
}

/** So many trials with that budget each. */
export interface Rung {
  readonly trials: number;
  readonly budget: number;
}

/**
 * The brackets of Hyperband, the one that tries most first: bracket s begins with n = ceil((sMax + 1) eta^s / (s + 1)) trials
 * of a budget R eta^-s, and rung i has floor(n eta^-i) of them with R eta^(i - s) (Li et al. 2018, algorithm 1).
 */
export function hyperbandBrackets({ maxBudget, reductionFactor: eta = 3 }: HyperbandOptions): Rung[][] {
  let most = 0;
  while (eta ** (most + 1) <= maxBudget) most++;
  return Array.from({ length: most + 1 }, (_, i) => most - i).map(s => {
    const first = Math.ceil(((most + 1) * eta ** s) / (s + 1));
    return Array.from({ length: s + 1 }, (_, rung) => ({
      trials: Math.floor(first / eta ** rung),
      budget: Math.floor(maxBudget / eta ** (s - rung)),
    }));
  });
}

/**
 * Many trials with a small budget, of which the best go on with a larger one, in several brackets that weigh the number of
 * trials against their budget (Li et al. 2018). Budgets are whole numbers, rounded down. Throws OptionError.
 */
export function hyperband(options: HyperbandOptions): Sampler {
  if (typeof options !== 'object' || options === null) {
    throw new OptionError(`hyperband: expected an object with options, got ${describe(options)}`);
  }
  const { maxBudget, reductionFactor = 3 } = options;
  positiveInteger('hyperband', 'maxBudget', maxBudget);
  if (positiveInteger('hyperband', 'reductionFactor', reductionFactor) < 2) {
    throw new OptionError('hyperband: reductionFactor must be 2 or more, got 1');
  }
  const brackets = hyperbandBrackets({ maxBudget, reductionFactor });
  return {
    className: 'HyperbandSampler',
    config: { maxBudget, reductionFactor },
    ends: true,
    suggest(searched) {
      let isWaiting = false;
      for (const [bracket, rungs] of brackets.entries()) {
        for (const [rung, { trials, budget }] of rungs.entries()) {
          const place = { bracket, rung };
          const there = countAt(searched, place);
          const next = there < trials ? suggestAt(searched, place, there, trials) : undefined;
          if (next === 'wait') isWaiting = true;
          else if (next !== undefined) return { ...next, ...place, budget };
        }
      }
      return isWaiting ? 'wait' : undefined;
    },
  };
}

interface Place {
  readonly bracket: number;
  readonly rung: number;
}
const isAt = (place: Place, { bracket, rung }: Suggestion): boolean => bracket === place.bracket && rung === place.rung;

/** Trials of a rung that have ended or run. */
const countAt = ({ trials, running }: Searched, place: Place): number =>
  [...trials, ...running].filter(each => isAt(place, each)).length;

/** The next trial of a rung: drawn for the first one, later the best of the rung below that has not come up yet. */
function suggestAt(searched: Searched, place: Place, there: number, most: number): Suggestion | 'wait' | undefined {
  const { space, seed, direction, trials, running } = searched;
  if (place.rung === 0) return { options: drawOptions(space, seed, `bracket ${place.bracket}, trial ${there}`) };
  const below = { ...place, rung: place.rung - 1 };
  const isSettled = !running.some(each => each.bracket === place.bracket && each.rung! < place.rung);
  if (!isSettled) return 'wait';
  const best = ranked(
    direction,
    trials.filter(trial => isAt(below, trial)),
  ).slice(0, most);
  const upper = [...trials, ...running].filter(each => isAt(place, each));
  const next = best.find(({ id }) => !upper.some(({ continues }) => continues === id));
  return next && { options: next.options, continues: next.id };
}
