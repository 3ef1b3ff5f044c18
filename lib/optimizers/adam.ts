import { hyperNames } from '../../kernels/generated/contract.ts';
import { sizeOf } from '../shape/shape.ts';
import { biasCorrection } from './bias-correction.ts';
import { type Hyperparameter, rules } from './hyperparameters.ts';
import {
  type Adjustable,
  checkedFlag,
  checkedOptions,
  makeOptimizer,
  type OptimizerOptions,
} from './make-optimizer.ts';

export interface AdamOptions extends OptimizerOptions {
  /** 0.001 if left out. */
  readonly learningRate?: Hyperparameter;
  /** Decay of the mean of the gradients; 0.9 if left out. */
  readonly beta1?: Hyperparameter;
  /** Decay of the mean of their squares; 0.999 if left out. */
  readonly beta2?: Hyperparameter;
  /** 1e-7 if left out. */
  readonly epsilon?: Hyperparameter;
  /** Whether the largest mean of the squares so far takes the place of the mean; false if left out. */
  readonly amsgrad?: boolean;
}

export type Adam = Adjustable<'beta1' | 'beta2' | 'epsilon'>;

/**
 * Adam (Kingma and Ba 2015, algorithm 1 in the order of its section 2, so that epsilon is the paper's epsilon-hat), or
 * AMSGrad (Reddi, Kale and Kumar 2018). Throws OptionError for an option out of range.
 */
export function adam(options: AdamOptions = {}): Adam {
  return adamLike('adam', 'Adam', options, 0);
}

/** Adam with a weight decay of 0.004 if it is left out (Loshchilov and Hutter 2019). Throws OptionError. */
export function adamw(options: AdamOptions = {}): Adam {
  return adamLike('adamw', 'AdamW', options, 0.004);
}

function adamLike(name: string, className: string, options: AdamOptions, decay: number): Adam {
  const given = checkedOptions<AdamOptions>(name, options, ['beta1', 'beta2', 'epsilon', 'amsgrad']);
  const { learningRate = 0.001, weightDecay = decay, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = given;
  const amsgrad = checkedFlag(name, 'amsgrad', given.amsgrad ?? false);
  return makeOptimizer({
    name,
    className,
    options: { ...given, learningRate, weightDecay },
    hyperparameters: {
      beta1: [beta1, rules.share],
      beta2: [beta2, rules.share],
      epsilon: [epsilon, rules.rate],
    },
    constants: { amsgrad },
    slots: amsgrad ? { m: 0, v: 0, largest: 0 } : { m: 0, v: 0 },
    hyper: hyperNames.adamUpdate,
    numbers: adamNumbers,
    update({ graph }, { w, dw, slots: { m, v, largest }, hyper }) {
      const geometry = { size: sizeOf(w.shape) };
      if (largest === undefined) graph.emitUpdate('adamUpdate', { w, m: m!, v: v! }, { dw, hyper }, geometry);
      else graph.emitUpdate('amsgradUpdate', { w, m: m!, v: v!, largest }, { dw, hyper }, geometry);
    },
  });
}

/** What a step of Adam reads. */
export function adamNumbers(
  values: { readonly [name in 'learningRate' | 'weightDecay' | 'beta1' | 'beta2' | 'epsilon']: number },
  change: number,
) {
  const { learningRate, weightDecay, beta1, beta2, epsilon } = values;
  const rate = (learningRate * Math.sqrt(biasCorrection(beta2, change))) / biasCorrection(beta1, change);
  return { rate, gain1: 1 - beta1, gain2: 1 - beta2, epsilon, decay: learningRate * weightDecay };
}
