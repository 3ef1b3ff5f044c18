import type { TrainingRun } from '../../lib/index.ts';

/** What a run does for its callbacks, where there is nothing to do. */
export const idleRun: Pick<TrainingRun, 'stop' | 'useAverages' | 'recordSteps' | 'findNonFinite'> = {
  stop: () => undefined,
  useAverages: async () => undefined,
  recordSteps: () => undefined,
  findNonFinite: async () => undefined,
};
