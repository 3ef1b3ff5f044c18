import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { isObject, positiveInteger } from '../layers/options.ts';
import { unknownName } from '../nearest-name.ts';
import { checkedSeed, RandomStream, randomSeed } from '../random/random.ts';
import type { Pruner } from './pruners.ts';
import type { OptionsOf, Space } from './ranges.ts';
import { checkedValue, localRunner, type Objective, type TrialRunner } from './runner.ts';
import type { Sampler } from './sampler.ts';
import { checkedSpace } from './scale.ts';
import { Search, type SearchState } from './search.ts';
import { tpe } from './tpe.ts';
import type { Direction, Suggestion, Trial } from './trial.ts';

export interface TuneOptions<S extends Space> {
  /** The options and their ranges: `{ rate: ranges.float(1e-4, 1e-1, { log: true }) }`. */
  readonly space: S;
  /** Makes options into a value, such as the accuracy of a model that was trained with them; or give a runner. */
  readonly objective?: Objective<S>;
  /** Runs trials elsewhere. */
  readonly runner?: TrialRunner<S>;
  /** Which values are better. */
  readonly direction: Direction;
  /** Says what to try next; `samplers.tpe()` if left out. */
  readonly sampler?: Sampler;
  /** Ends trials early; none does if left out. */
  readonly pruner?: Pruner;
  /** So many trials, those of the state among them; needed for samplers that have no end. */
  readonly trials?: number;
  /** How many trials run at a time; 1 if left out. With more, what is tried may depend on which ends first. */
  readonly concurrency?: number;
  /** Decides what is drawn; drawn at random if left out, that of the state where there is one. */
  readonly seed?: number;
  /** Of the same search, which then goes on. */
  readonly state?: SearchState;
  /** Called, and awaited, behind each trial: the place to write `search.state`. */
  readonly onTrial?: (trial: Trial<S>, search: Search<S>) => void | Promise<void>;
  /** Ends the search: it rejects with the signal's reason, and the trials that run are given up. */
  readonly signal?: AbortSignal;
}

const names = [
  ...['space', 'objective', 'runner', 'direction', 'sampler', 'pruner', 'trials', 'concurrency', 'seed', 'state'],
  ...['onTrial', 'signal'],
];

/**
 * Tries options until there are enough trials or nothing is left to try, and gives the search: its trials and the best of
 * them. A trial that throws is kept with its error. The same seed gives the same trials, also where a search goes on from
 * its state, as far as the objective gives the same values. Throws OptionError or FormatError for what it is given.
 */
export async function tune<const S extends Space>(options: TuneOptions<S>): Promise<Search<S>> {
  const { runner, search, settings } = checked(options);
  const tuning = new Tuning(runner, search, settings);
  return tuning.run();
}

interface Settings<S extends Space> {
  readonly sampler: Sampler;
  readonly pruner: Pruner | undefined;
  readonly trials: number;
  readonly concurrency: number;
  readonly onTrial: TuneOptions<S>['onTrial'];
  readonly signal: AbortSignal | undefined;
}

function checked<S extends Space>(
  options: TuneOptions<S>,
): { runner: TrialRunner<S>; search: Search<S>; settings: Settings<S> } {
  if (!isObject(options)) throw new OptionError(`tune: expected an object with options, got ${describe(options)}`);
  for (const name of Object.keys(options)) if (!names.includes(name)) throw unknownName('option of tune', name, names);
  const { objective, runner, direction, sampler = tpe(), pruner, state, trials, concurrency = 1 } = options;
  const space = checkedSpace('tune', options.space);
  if (direction !== 'maximize' && direction !== 'minimize') {
    throw new OptionError(`tune: direction must be "maximize" or "minimize", got ${describe(direction)}`);
  }
  if ((objective === undefined) === (runner === undefined)) {
    throw new OptionError('tune: give either objective, a function, or runner');
  }
  if (objective !== undefined && typeof objective !== 'function') {
    throw new OptionError(`tune: objective must be a function, got ${describe(objective)}`);
  }
  if (trials === undefined && !sampler.ends) {
    throw new OptionError(`tune: ${sampler.className} has no end; give trials, how many there are to be`);
  }
  const seed = options.seed ?? (isObject(state?.plan) ? (state.plan['seed'] as number) : randomSeed());
  const plan = { space, direction, seed: checkedSeed('tune', seed), sampler, pruner };
  return {
    runner: runner ?? localRunner(objective!),
    search: new Search<S>(plan, state),
    settings: {
      sampler,
      pruner,
      trials: trials === undefined ? Number.POSITIVE_INFINITY : positiveInteger('tune', 'trials', trials),
      concurrency: positiveInteger('tune', 'concurrency', concurrency),
      onTrial: options.onTrial,
      signal: options.signal,
    },
  };
}

/** A trial that runs. */
interface Running extends Suggestion {
  readonly id: number;
  readonly controller: AbortController;
  readonly ended: Promise<number>;
}

class Tuning<S extends Space> {
  readonly #runner: TrialRunner<S>;
  readonly #search: Search<S>;
  readonly #settings: Settings<S>;
  readonly #running = new Map<number, Running>();

  constructor(runner: TrialRunner<S>, search: Search<S>, settings: Settings<S>) {
    this.#runner = runner;
    this.#search = search;
    this.#settings = settings;
  }

  async run(): Promise<Search<S>> {
    const { signal } = this.#settings;
    let abort = () => {};
    const aborted = new Promise<never>((_, reject) => {
      abort = () => reject(signal!.reason);
    });
    aborted.catch(() => {});
    signal?.addEventListener('abort', abort, { once: true });
    try {
      signal?.throwIfAborted();
      for (;;) {
        this.#startAll();
        if (this.#running.size === 0) return this.#search;
        const id = await Promise.race([aborted, ...[...this.#running.values()].map(({ ended }) => ended)]);
        this.#running.delete(id);
        await this.#settings.onTrial?.(this.#search.trials.find(trial => trial.id === id)!, this.#search);
        signal?.throwIfAborted();
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      for (const { controller } of this.#running.values()) controller.abort(signal?.reason);
    }
  }

  /** Starts trials as long as there is room for them and something to try. */
  #startAll(): void {
    const { sampler, trials: most, concurrency } = this.#settings;
    const { space, direction, seed, trials } = this.#search;
    while (this.#running.size < concurrency && trials.length + this.#running.size < most) {
      const id = this.#nextId();
      const suggestion = sampler.suggest({
        space,
        direction,
        seed,
        trials,
        running: [...this.#running.values()],
        id,
      });
      if (suggestion === undefined || suggestion === 'wait') return;
      this.#start(id, suggestion);
    }
  }

  /** The least number that no trial has: one that was given up when a search was killed is tried again. */
  #nextId(): number {
    const taken = new Set([...this.#search.trials.map(({ id }) => id), ...this.#running.keys()]);
    let id = 0;
    while (taken.has(id)) id++;
    return id;
  }

  #start(id: number, suggestion: Suggestion): void {
    const controller = new AbortController();
    const ended = this.#try(id, suggestion, controller);
    // Where the search is ended, nobody waits for its trials.
    ended.catch(() => {});
    this.#running.set(id, { ...suggestion, id, controller, ended });
  }

  /** Runs a trial and keeps what became of it. */
  async #try(id: number, suggestion: Suggestion, controller: AbortController): Promise<number> {
    const { pruner } = this.#settings;
    const { direction, seed } = this.#search;
    const reports: number[] = [];
    const options = suggestion.options as OptionsOf<S>;
    const start = performance.now();
    let isPruned = false;
    const request = {
      ...suggestion,
      options,
      id,
      seed: new RandomStream(seed, 'seeds of trials').bits(id),
      signal: controller.signal,
      report: (value: number) => {
        reports.push(checkedValue('report', value));
        if (isPruned || pruner?.prunes(reports, this.#search.trials, direction) !== true) return;
        isPruned = true;
        controller.abort(new DOMException('the trial is not worth going on with', 'AbortError'));
      },
    };
    // A runner may also throw before it gives a promise.
    const run = async () => this.#runner.run(request);
    const outcome = await run().then(
      value => ended(() => ({ status: 'complete', value: checkedValue('the value of a trial', value) })),
      error => (isPruned ? ({ status: 'pruned', value: reports.at(-1)! } as const) : failed(error)),
    );
    const seconds = (performance.now() - start) / 1e3;
    if (controller.signal.aborted && !isPruned) return id;
    this.#search['~add']({ ...suggestion, id, options, ...outcome, reports, seconds });
    return id;
  }
}

type Outcome = Pick<Trial, 'status' | 'value' | 'error'>;

const failed = (error: unknown): Outcome => ({ status: 'failed', error: String(error) });

function ended(outcome: () => Outcome): Outcome {
  try {
    return outcome();
  } catch (error) {
    return failed(error);
  }
}
