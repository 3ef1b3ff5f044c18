import { biasCorrection } from './bias-correction.ts';
import { type Hyperparameter, type Rule, rules } from './hyperparameters.ts';
import {
  type Adjustable,
  checkedConstant,
  checkedOptions,
  makeOptimizer,
  type OptimizerOptions,
} from './make-optimizer.ts';

export interface ScheduleFreeAdamwOptions extends OptimizerOptions {
  /** 0.0025 if left out. */
  readonly learningRate?: Hyperparameter;
  /** How near the parameters are to the average of all steps; 0.9 if left out. */
  readonly beta1?: Hyperparameter;
  /** Decay of the mean of the squares; 0.999 if left out. */
  readonly beta2?: Hyperparameter;
  /** 1e-8 if left out. */
  readonly epsilon?: Hyperparameter;
  /** The rate rises along a straight line over so many first steps; 0 if left out. */
  readonly warmupSteps?: number;
}

export type ScheduleFreeAdamw = Adjustable<'beta1' | 'beta2' | 'epsilon'>;

/** The parameters are divided by it. */
const shareAboveZero: Rule = { words: 'above 0 and less than 1', holds: value => value > 0 && value < 1 };
const count: Rule = { words: 'an integer of 0 or more', holds: value => Number.isInteger(value) && value >= 0 };

const hyper = ['rate', 'beta1', 'gain2', 'correction', 'epsilon', 'weight', 'decay'] as const;

/**
 * Schedule-free AdamW (Defazio et al. 2024, algorithm 1, without the momentum of its first moment): steps change a sequence z,
 * whose average x is what training seeks, and the parameters are y = (1 - beta1) z + beta1 x, so that no schedule has to know
 * when training ends. As in Keras the weight of step t in the average is 1 / t. Throws OptionError for an option out of
 * range.
 */
export function scheduleFreeAdamw(options: ScheduleFreeAdamwOptions = {}): ScheduleFreeAdamw {
  const name = 'scheduleFreeAdamw';
  const own = ['beta1', 'beta2', 'epsilon', 'warmupSteps'] as const;
  const given = checkedOptions<ScheduleFreeAdamwOptions>(name, options, own);
  const { learningRate = 0.0025, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = given;
  const warmupSteps = checkedConstant(name, 'warmupSteps', given.warmupSteps ?? 0, count);
  return makeOptimizer({
    name,
    className: 'ScheduleFreeAdamW',
    options: { ...given, learningRate },
    hyperparameters: {
      beta1: [beta1, shareAboveZero],
      beta2: [beta2, rules.share],
      epsilon: [epsilon, rules.rate],
    },
    constants: { warmupSteps },
    // A parameter's z is the parameter itself before its first step.
    slots: { momentum: 0, velocity: 0, isBegun: { shape: [1], value: 0 } },
    hyper,
    numbers({ learningRate, weightDecay, beta1, beta2, epsilon }, change) {
      const rate = learningRate * (warmupSteps === 0 ? 1 : Math.min(change / warmupSteps, 1));
      const correction = 1 / biasCorrection(beta2, change);
      const decay = learningRate * weightDecay;
      return { rate, beta1, gain2: 1 - beta2, correction, epsilon, weight: 1 / change, decay };
    },
    update(ops, { w, dw, slots: { momentum, velocity, isBegun }, hyper: numbers }) {
      const number = (each: (typeof hyper)[number]) => ops.slice(numbers, [hyper.indexOf(each)], [1]);
      const rest = (share: ReturnType<typeof number>) => ops.subtract(1, share);
      const [beta1, weight] = [number('beta1'), number('weight')];
      const squares = ops.add(velocity!, ops.multiply(ops.subtract(ops.square(dw), velocity!), number('gain2')));
      const scale = ops.add(ops.sqrt(ops.multiply(squares, number('correction'))), number('epsilon'));
      const before = ops.add(momentum!, ops.multiply(rest(isBegun!), w));
      const z = ops.subtract(before, ops.divide(ops.multiply(number('rate'), dw), scale));
      const y = ops.multiply(w, rest(number('decay')));
      const average = ops.divide(ops.subtract(y, ops.multiply(rest(beta1), before)), beta1);
      const x = ops.add(ops.multiply(rest(weight), average), ops.multiply(weight, z));
      ops.assign(w, ops.add(ops.multiply(rest(beta1), z), ops.multiply(beta1, x)));
      ops.assign(momentum!, z);
      ops.assign(velocity!, squares);
      ops.assign(isBegun!, ops.fill([1], 1));
    },
  });
}
