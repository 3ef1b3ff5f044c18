import { StateError } from '../errors.ts';
import type { Callback, TrainingRun } from './callback.ts';
import { checkedOptions, flag } from './options.ts';

export interface SwapEMAWeightsOptions {
  /** Whether the averages stay in their place for what the callbacks behind this one do at the end of an epoch; false if left out. */
  readonly swapOnEpoch?: boolean;
}

/**
 * Lets the moving averages that an optimizer with `useEma` keeps take the place of the parameters during validation, and
 * with `swapOnEpoch` also while callbacks save the model behind an epoch. Throws StateError in `fit` where the optimizer
 * keeps none.
 */
export class SwapEMAWeights implements Callback {
  readonly #onEpoch: boolean;

  constructor(options: SwapEMAWeightsOptions = {}) {
    const what = 'SwapEMAWeights';
    const { swapOnEpoch = false } = checkedOptions<SwapEMAWeightsOptions>(what, options, ['swapOnEpoch']);
    this.#onEpoch = flag(what, 'swapOnEpoch', swapOnEpoch);
  }

  onTrainBegin({ model: { optimizer } }: TrainingRun): void {
    if (optimizer.gradientStage?.useEma === true) return;
    throw new StateError(
      `SwapEMAWeights: ${optimizer.name} keeps no averages of the parameters; make it with useEma: true`,
    );
  }

  async onEpochBegin(_epoch: number, run: TrainingRun): Promise<void> {
    await run.useAverages(false);
  }

  async onTestBegin(run: TrainingRun): Promise<void> {
    await run.useAverages(true);
  }

  async onTestEnd(_logs: unknown, run: TrainingRun): Promise<void> {
    await run.useAverages(false);
  }

  async onEpochEnd(_epoch: number, _logs: unknown, run: TrainingRun): Promise<void> {
    if (this.#onEpoch) await run.useAverages(true);
  }
}
