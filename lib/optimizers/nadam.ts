import { hyperNames } from '../../kernels/generated/contract.ts';
import { sizeOf } from '../shape/shape.ts';
import { biasCorrection, integerPower } from './bias-correction.ts';
import { type Hyperparameter, rules } from './hyperparameters.ts';
import { type Adjustable, checkedOptions, makeOptimizer, type OptimizerOptions } from './make-optimizer.ts';

export interface NadamOptions extends OptimizerOptions {
  /** 0.001 if left out. */
  readonly learningRate?: Hyperparameter;
  /** Decay of the mean of the gradients; 0.9 if left out. */
  readonly beta1?: Hyperparameter;
  /** Decay of the mean of their squares; 0.999 if left out. */
  readonly beta2?: Hyperparameter;
  /** 1e-7 if left out. */
  readonly epsilon?: Hyperparameter;
}

export type Nadam = Adjustable<'beta1' | 'beta2' | 'epsilon'>;

/**
 * Adam with Nesterov momentum (Dozat 2016, algorithm 2), whose momentum rises to beta1 as in Keras. The correction of
 * the bias counts a beta1 that is set later as if it had always been so. Throws OptionError for an option out of range.
 */
export function nadam(options: NadamOptions = {}): Nadam {
  const given = checkedOptions<NadamOptions>('nadam', options, ['beta1', 'beta2', 'epsilon']);
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = given;
  return makeOptimizer({
    name: 'nadam',
    className: 'Nadam',
    options: { ...given, learningRate },
    hyperparameters: {
      beta1: [beta1, rules.share],
      beta2: [beta2, rules.share],
      epsilon: [epsilon, rules.rate],
    },
    slots: { m: 0, v: 0 },
    hyper: hyperNames.nadamUpdate,
    numbers({ learningRate, weightDecay, beta1, beta2, epsilon }, change) {
      const [now, next] = [beta1 * rise(change), beta1 * rise(change + 1)];
      const product = nadamProduct(beta1, change);
      return {
        rateOfMean: (learningRate * next) / (1 - product * next),
        rateOfGradient: (learningRate * (1 - now)) / (1 - product),
        correction: 1 / biasCorrection(beta2, change),
        gain1: 1 - beta1,
        // The same rounded number as in the correction, as in Keras: what 1 - 0.999 is off cancels out.
        gain2: 1 - Math.fround(beta2),
        epsilon,
        decay: learningRate * weightDecay,
      };
    },
    update({ graph }, { w, dw, slots: { m, v }, hyper }) {
      graph.emitUpdate('nadamUpdate', { w, m: m!, v: v! }, { dw, hyper }, { size: sizeOf(w.shape) });
    },
  });
}

/** The share of beta1 that change number `change` takes. */
const rise = (change: number): number => 1 - 0.5 * integerPower(0.96, change);

/** Behind so many changes `rise` is 1 in float64: 0.96^920 is below 2^-54. */
const lastRise = 920;

/** The product of the momenta of all changes so far. */
export const nadamProduct = (beta1: number, change: number): number =>
  integerPower(beta1, change) * riseProduct(change);

/** The product of `rise` over all changes so far. */
function riseProduct(change: number): number {
  let product = 1;
  for (let each = 1; each <= Math.min(change, lastRise); each++) product *= rise(each);
  return product;
}
