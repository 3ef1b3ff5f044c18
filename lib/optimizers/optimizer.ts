import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/ops.ts';
import type { GradientStageOptions } from './gradient-options.ts';

/** What an update works on. */
export interface UpdateOperands {
  /** The parameter. */
  readonly w: Value;
  /** Its gradient. */
  readonly dw: Value;
  /** What the optimizer keeps for it, by the names of its slots. */
  readonly slots: { readonly [name: string]: Value };
  /** The hyper-parameters, in the order of the optimizer's `hyper`. */
  readonly hyper: Value;
}

/** An optimizer declares the state it keeps for each parameter and emits the update; an object with these members is one. */
export interface Optimizer {
  readonly name: string;
  /** May be changed at any time; takes effect with the next step. Throws OptionError for what is no rate. */
  learningRate: number;
  /** The options that rebuild this optimizer, without the learning rate. */
  readonly config: { readonly [option: string]: number | boolean };
  /** What is done with gradients before the step and with weights after it; nothing if left out. */
  readonly gradientStage?: GradientStageOptions;
  /** The tensors kept for each parameter, of its shape: their names, and the number that fills each at the start. */
  readonly slots: { readonly [name: string]: number };
  /** Names of the numbers that an update reads, which may change from step to step: what `hyper` holds, in this order. */
  readonly hyper: readonly string[];
  /** These numbers for step 1, 2, 3, ... */
  hyperparameters(step: number): { readonly [name: string]: number };
  /** Emits the update of a parameter. */
  update(ops: Ops, operands: UpdateOperands): void;
}

/** What the plan input `hyper` must hold for a step. Throws OptionError for a name that has no number. */
export function hyperVector(optimizer: Optimizer, step: number): number[] {
  const numbers = optimizer.hyperparameters(step);
  return optimizer.hyper.map(name => {
    const number = numbers[name];
    if (number !== undefined) return number;
    throw new OptionError(
      `${optimizer.name}: hyperparameters(${step}) has no "${name}", but the optimizer's hyper names it`,
    );
  });
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
