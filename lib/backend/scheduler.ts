/** `interactive`: somebody waits for the result, as of a prediction; `background`: training. */
export type Priority = 'interactive' | 'background';

export interface TurnOptions {
  readonly priority: Priority;
  /** Turns of one owner keep their order. */
  readonly owner: object;
  /** The turn is not begun once it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

interface WaitingTurn extends Pick<TurnOptions, 'priority' | 'owner'> {
  /** Never rejects. */
  begin(): Promise<void>;
}

/** So many interactive turns may overtake a background one in a row: predictions must not stop training for good. */
const mostOvertaking = 16;

/**
 * Gives turns, one after the other. Interactive turns overtake the background turns of other owners, but never an
 * earlier turn of their own owner: who trains a model and then asks it gets the answer of the trained one.
 */
export class Scheduler {
  readonly #waiting: WaitingTurn[] = [];
  #isBusy = false;
  #overtaken = 0;

  /** The result of `turn`, once it has had its turn. Rejects with the signal's reason if that is aborted before. */
  schedule<T>(turn: () => Promise<T>, options: TurnOptions): Promise<T> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise<T>((resolve, reject) => {
      const { priority, owner } = options;
      const begin = () => turn().then(resolve, reject);
      this.#waiting.push(signal === undefined ? { priority, owner, begin } : this.#abortable(options, begin, reject));
      if (!this.#isBusy) void this.#giveTurns();
    });
  }

  /** A turn that leaves when its signal is aborted before it has begun. */
  #abortable(
    { priority, owner, signal }: TurnOptions,
    begin: WaitingTurn['begin'],
    reject: (reason: unknown) => void,
  ): WaitingTurn {
    const leave = () => {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      reject(signal?.reason);
    };
    const waiting: WaitingTurn = {
      priority,
      owner,
      begin() {
        signal?.removeEventListener('abort', leave);
        return begin();
      },
    };
    signal?.addEventListener('abort', leave, { once: true });
    return waiting;
  }

  async #giveTurns(): Promise<void> {
    this.#isBusy = true;
    // Whoever has asked for a turn may go on before it begins: what is asked in one go is sorted by priority.
    await null;
    for (let next = this.#next(); next !== undefined; next = this.#next()) await next.begin();
    this.#isBusy = false;
  }

  #next(): WaitingTurn | undefined {
    const first = this.#waiting[0];
    if (first === undefined) return undefined;
    if (this.#waiting.length === 1) {
      this.#overtaken = 0;
      return this.#waiting.pop();
    }
    const urgent = this.#overtaken < mostOvertaking ? this.#firstInteractive() : first;
    const next = urgent ?? first;
    this.#overtaken = next === first ? 0 : this.#overtaken + 1;
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    return next;
  }

  #firstInteractive(): WaitingTurn | undefined {
    const owners = new Set<object>();
    for (const turn of this.#waiting) {
      if (turn.priority === 'interactive' && !owners.has(turn.owner)) return turn;
      owners.add(turn.owner);
    }
    return undefined;
  }
}
