import { hyperNames } from '../../kernels/generated/contract.ts';
import { sizeOf } from '../shape/shape.ts';
import { type Hyperparameter, rules } from './hyperparameters.ts';
import {
  type Adjustable,
  checkedConstant,
  checkedOptions,
  makeOptimizer,
  type OptimizerOptions,
} from './make-optimizer.ts';

export interface FtrlOptions extends OptimizerOptions {
  /** Above 0; 0.001 if left out. */
  readonly learningRate?: Hyperparameter;
  /** How the rate falls with the sum of squared gradients: 0 or less; -0.5 if left out. */
  readonly learningRatePower?: number;
  /** What the sums of squared gradients start from, 0 or more; 0.1 if left out. */
  readonly initialAccumulatorValue?: number;
  /** 0 if left out. */
  readonly l1RegularizationStrength?: Hyperparameter;
  /** 0 if left out. */
  readonly l2RegularizationStrength?: Hyperparameter;
  /** An l2 penalty on the gradient alone; 0 if left out. */
  readonly l2ShrinkageRegularizationStrength?: Hyperparameter;
  /** The paper's beta, an l2 strength of beta / (2 learningRate); 0 if left out. */
  readonly beta?: Hyperparameter;
}

export type Ftrl = Adjustable<
  'l1RegularizationStrength' | 'l2RegularizationStrength' | 'l2ShrinkageRegularizationStrength' | 'beta'
>;

const own = [
  'learningRatePower',
  'initialAccumulatorValue',
  'l1RegularizationStrength',
  'l2RegularizationStrength',
  'l2ShrinkageRegularizationStrength',
  'beta',
] as const;

/** Follow the regularized leader (McMahan et al. 2013, algorithm 1). Throws OptionError for an option out of range. */
export function ftrl(options: FtrlOptions = {}): Ftrl {
  const given = checkedOptions<FtrlOptions>('ftrl', options, own);
  const { learningRate = 0.001, l1RegularizationStrength = 0, l2RegularizationStrength = 0, beta = 0 } = given;
  const power = given.learningRatePower ?? -0.5;
  const learningRatePower = checkedConstant('ftrl', 'learningRatePower', power, rules.notPositive);
  const first = given.initialAccumulatorValue ?? 0.1;
  const initialAccumulatorValue = checkedConstant('ftrl', 'initialAccumulatorValue', first, rules.rate);
  return makeOptimizer({
    name: 'ftrl',
    className: 'Ftrl',
    options: { ...given, learningRate },
    // Its steps divide by the rate.
    rateRule: rules.positive,
    hyperparameters: {
      l1RegularizationStrength: [l1RegularizationStrength, rules.rate],
      l2RegularizationStrength: [l2RegularizationStrength, rules.rate],
      l2ShrinkageRegularizationStrength: [given.l2ShrinkageRegularizationStrength ?? 0, rules.rate],
      beta: [beta, rules.rate],
    },
    constants: { learningRatePower, initialAccumulatorValue },
    slots: { v: initialAccumulatorValue, linear: 0 },
    hyper: hyperNames.ftrlPowerUpdate,
    numbers(values) {
      const { learningRate, weightDecay, l1RegularizationStrength: l1, l2RegularizationStrength: l2, beta } = values;
      const curvature = 2 * (l2 + beta / (2 * learningRate));
      const shrinkage = 2 * values.l2ShrinkageRegularizationStrength;
      const decay = learningRate * weightDecay;
      return { inverse: 1 / learningRate, l1, curvature, shrinkage, decay, exponent: -learningRatePower };
    },
    update({ graph }, { w, dw, slots: { v, linear }, hyper }) {
      const kernel = learningRatePower === -0.5 ? 'ftrlUpdate' : 'ftrlPowerUpdate';
      graph.emitUpdate(kernel, { w, v: v!, linear: linear! }, { dw, hyper }, { size: sizeOf(w.shape) });
    },
  });
}
