import { describe } from '../describe.ts';
import { FormatError, OptionError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/ops.ts';
import type { ScheduleLike } from '../schedules/schedule.ts';
import type { Shape } from '../shape/shape.ts';
import type { GradientStageOptions } from './gradient-options.ts';

/** What an update works on. */
export interface UpdateOperands {
  /** The parameter; its name is its path in the model: `block1/conv2d/kernel`. */
  readonly w: Value;
  /** Its gradient. */
  readonly dw: Value;
  /** What the optimizer keeps for it, by the names of its slots. */
  readonly slots: { readonly [name: string]: Value };
  /** The hyper-parameters, in the order of the optimizer's `hyper`. */
  readonly hyper: Value;
}

/** A parameter as an optimizer is told of it. */
export interface OptimizedParameter {
  /** Its path in the model: `block1/conv2d/kernel`. */
  readonly name: string;
  readonly shape: Shape;
}

/** The tensors kept for a parameter by name: what fills each at the start, and a shape if it is not the parameter's. */
export interface Slots {
  readonly [name: string]: number | { readonly shape: Shape; readonly value: number };
}

/** For which step numbers are asked. */
export interface StepAsked {
  /** Training steps since `compile`, those that only add gradients up among them: what schedules follow, as in Keras. */
  readonly trained: number;
  /** Whether the numbers are for parameters that weight decay makes smaller. */
  readonly decays: boolean;
}

/** An optimizer declares the state it keeps for each parameter and emits the update; an object with these members is one. */
export interface Optimizer {
  readonly name: string;
  /** Keras's name of the class. */
  readonly className?: string;
  /** The rate of the next step. Throws OptionError for what is no rate, and for a number in place of a schedule. */
  get learningRate(): number;
  set learningRate(rate: number | ScheduleLike);
  /** The options that rebuild this optimizer, with the defaults filled in. Throws OptionError where one is a function. */
  readonly config: { readonly [option: string]: Json };
  /** Training steps since `compile`, kept by the training: the step for which `learningRate` and its like are given. */
  steps?: number;
  /** The schedules that hyper-parameters follow, by the names of these. */
  readonly schedules?: { readonly [name: string]: ScheduleLike };
  /** What is done with gradients before the step and with weights after it; nothing if left out. */
  readonly gradientStage?: GradientStageOptions;
  /** The tensors kept for each parameter, of its shape: their names, and the number that fills each at the start. */
  readonly slots: Slots | ((parameter: OptimizedParameter) => Slots);
  /** Names of the numbers that an update reads, which may change from step to step: what `hyper` holds, in this order. */
  readonly hyper: readonly string[];
  /** These numbers for change 1, 2, 3, ... of the parameters. */
  hyperparameters(change: number, asked: StepAsked): { readonly [name: string]: number };
  /** Whether weight decay makes a parameter smaller; all of them if left out. */
  decays?(parameter: string): boolean;
  /** Emits the update of a parameter. */
  update(ops: Ops, operands: UpdateOperands): void;
  /** The hyper-parameters that may change between steps, for a training state; the rate alone if left out. */
  getState?(): { readonly [name: string]: Json };
  /** Takes over what `getState` gave, all of it or nothing. Throws OptionError or FormatError for what does not fit. */
  setState?(state: { readonly [name: string]: unknown }): void;
}

/** The slots that an optimizer has for a parameter. */
export const slotsOf = ({ slots }: Optimizer, parameter: OptimizedParameter): Slots =>
  typeof slots === 'function' ? slots(parameter) : slots;

/** What the plan input `hyper` must hold. Throws OptionError for a name that has no number. */
export function hyperVector(
  optimizer: Optimizer,
  change: number,
  asked: StepAsked = { trained: change - 1, decays: true },
): number[] {
  const numbers = optimizer.hyperparameters(change, asked);
  return optimizer.hyper.map(name => {
    const number = numbers[name];
    if (number !== undefined) return number;
    throw new OptionError(
      `${optimizer.name}: hyperparameters(${change}) has no "${name}", but the optimizer's hyper names it`,
    );
  });
}

/** What a training state holds of an optimizer. */
export const optimizerState = (optimizer: Optimizer): { readonly [name: string]: Json } =>
  optimizer.getState?.() ?? { learningRate: optimizer.learningRate };

/** Takes over what `optimizerState` gave. Throws OptionError or FormatError, and changes nothing, for what does not fit. */
export function restoreOptimizer(optimizer: Optimizer, state: { readonly [name: string]: unknown }): void {
  if (optimizer.setState !== undefined) {
    optimizer.setState(state);
    return;
  }
  const rate = state['learningRate'];
  if (typeof rate !== 'number') {
    throw new FormatError(`the training state: optimizer: learningRate must be a number, got ${describe(rate)}`);
  }
  optimizer.learningRate = rate;
}
