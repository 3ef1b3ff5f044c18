import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Graph, Value } from '../plan/graph.ts';
import type { GradientOptions } from './gradient-options.ts';

/** An optimizer declares the state it keeps for each parameter and emits the update; an object with these members is one. */
export interface Optimizer {
  readonly name: string;
  /** May be changed at any time; takes effect with the next step. Throws OptionError for what is no rate. */
  learningRate: number;
  /** The options that rebuild this optimizer, without the learning rate. */
  readonly config: { readonly [option: string]: number | boolean };
  /** What is done with gradients before the step and with weights after it; nothing if left out. */
  readonly gradientOptions?: GradientOptions;
  /** Names of the tensors kept for each parameter, of its shape, zero at the start. */
  readonly slots: readonly string[];
  /** The number that kernels multiply a step with, for step 1, 2, 3, ... */
  stepSize(step: number): number;
  /** Emits the update of `w` from its gradient `dw`; `rate` holds the step size. */
  update(graph: Graph, w: Value, dw: Value, slots: { readonly [name: string]: Value }, rate: Value): void;
}

/** An optimizer whose learning rate may be changed, to a finite number of 0 or more. Throws OptionError. */
export function withLearningRate(rate: number, rest: Omit<Optimizer, 'learningRate'> & ThisType<Optimizer>): Optimizer {
  let learningRate = checkedLearningRate(rest.name, rate);
  return {
    ...rest,
    get learningRate() {
      return learningRate;
    },
    set learningRate(next) {
      learningRate = checkedLearningRate(rest.name, next);
    },
  };
}

function checkedLearningRate(optimizer: string, learningRate: number): number {
  if (Number.isFinite(learningRate) && learningRate >= 0) return learningRate;
  throw new OptionError(
    `${optimizer}: learningRate must be a finite number of 0 or more, got ${describe(learningRate)}`,
  );
}

/** An option that must lie in 0 <= value < 1. */
export function checkedDecay(optimizer: string, option: string, value: number): number {
  if (!(value >= 0 && value < 1)) {
    throw new OptionError(`${optimizer}: ${option} must be at least 0 and less than 1, got ${value}`);
  }
  return value;
}

export function checkedEpsilon(optimizer: string, epsilon: number): number {
  if (!(Number.isFinite(epsilon) && epsilon >= 0)) {
    throw new OptionError(`${optimizer}: epsilon must be a finite number of 0 or more, got ${epsilon}`);
  }
  return epsilon;
}
