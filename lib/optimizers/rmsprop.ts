import { hyperNames } from '../../kernels/generated/contract.ts';
import { sizeOf } from '../shape/shape.ts';
import { type Hyperparameter, momentumRule, rules } from './hyperparameters.ts';
import {
  type Adjustable,
  checkedFlag,
  checkedOptions,
  makeOptimizer,
  type OptimizerOptions,
} from './make-optimizer.ts';

export interface RmspropOptions extends OptimizerOptions {
  /** 0.001 if left out. */
  readonly learningRate?: Hyperparameter;
  /** Decay of the mean of the squared gradients; 0.9 if left out. */
  readonly rho?: Hyperparameter;
  /** 0 if left out: no velocity is kept, so that it cannot be set later. */
  readonly momentum?: Hyperparameter;
  /** 1e-7 if left out. */
  readonly epsilon?: Hyperparameter;
  /** Whether the variance of the gradients takes the place of the mean of their squares; false if left out. */
  readonly centered?: boolean;
}

export type Rmsprop = Adjustable<'rho' | 'momentum' | 'epsilon'>;

/** RMSprop (Tieleman and Hinton 2012, Coursera lecture 6.5; centered: Graves 2013, equations 38-41). Throws OptionError. */
export function rmsprop(options: RmspropOptions = {}): Rmsprop {
  const given = checkedOptions<RmspropOptions>('rmsprop', options, ['rho', 'momentum', 'epsilon', 'centered']);
  const { learningRate = 0.001, rho = 0.9, momentum = 0, epsilon = 1e-7 } = given;
  const centered = checkedFlag('rmsprop', 'centered', given.centered ?? false);
  const hasMomentum = momentum !== 0;
  return makeOptimizer({
    name: 'rmsprop',
    className: 'RMSprop',
    options: { ...given, learningRate },
    hyperparameters: {
      rho: [rho, rules.share],
      momentum: [momentum, momentumRule(momentum)],
      epsilon: [epsilon, rules.rate],
    },
    constants: { centered },
    slots: { v: 0, ...(centered ? { mean: 0 } : {}), ...(hasMomentum ? { step: 0 } : {}) },
    hyper: hasMomentum ? hyperNames.rmspropMomentumUpdate : hyperNames.rmspropUpdate,
    numbers({ learningRate, weightDecay, rho, momentum, epsilon }) {
      return { rate: learningRate, rho, gain: 1 - rho, epsilon, decay: learningRate * weightDecay, momentum };
    },
    update({ graph }, { w, dw, slots, hyper }) {
      const [v, inputs, geometry] = [slots['v']!, { dw, hyper }, { size: sizeOf(w.shape) }];
      const { mean, step } = slots;
      if (mean !== undefined && step !== undefined) {
        graph.emitUpdate('centeredRmspropMomentumUpdate', { w, v, mean, step }, inputs, geometry);
      } else if (mean !== undefined) graph.emitUpdate('centeredRmspropUpdate', { w, v, mean }, inputs, geometry);
      else if (step !== undefined) graph.emitUpdate('rmspropMomentumUpdate', { w, v, step }, inputs, geometry);
      else graph.emitUpdate('rmspropUpdate', { w, v }, inputs, geometry);
    },
  });
}
