import { hyperNames } from '../../kernels/generated/contract.ts';
import { sizeOf } from '../shape/shape.ts';
import { type Hyperparameter, momentumRule } from './hyperparameters.ts';
import {
  type Adjustable,
  checkedFlag,
  checkedOptions,
  makeOptimizer,
  type OptimizerOptions,
} from './make-optimizer.ts';

export interface SgdOptions extends OptimizerOptions {
  /** 0.01 if left out. */
  readonly learningRate?: Hyperparameter;
  /** 0 if left out: plain gradient descent, which keeps no velocity, so that it cannot be set later. */
  readonly momentum?: Hyperparameter;
  /** Nesterov momentum; false if left out. */
  readonly nesterov?: boolean;
}

export type Sgd = Adjustable<'momentum'>;

/** Gradient descent with optional momentum (Sutskever et al. 2013, equations 1-4). Throws OptionError. */
export function sgd(options: SgdOptions = {}): Sgd {
  const given = checkedOptions<SgdOptions>('sgd', options, ['momentum', 'nesterov']);
  const { learningRate = 0.01, momentum = 0 } = given;
  const nesterov = checkedFlag('sgd', 'nesterov', given.nesterov ?? false);
  return makeOptimizer({
    name: 'sgd',
    className: 'SGD',
    options: { ...given, learningRate },
    hyperparameters: { momentum: [momentum, momentumRule(momentum)] },
    constants: { nesterov },
    slots: momentum === 0 ? {} : { velocity: 0 },
    hyper: momentum === 0 ? hyperNames.sgdUpdate : hyperNames.momentumUpdate,
    numbers({ learningRate, weightDecay, momentum }) {
      return { rate: learningRate, momentum, decay: learningRate * weightDecay };
    },
    update({ graph }, { w, dw, slots: { velocity }, hyper }) {
      const size = sizeOf(w.shape);
      if (velocity === undefined) graph.emitUpdate('sgdUpdate', { w }, { dw, hyper }, { size });
      else graph.emitUpdate(nesterov ? 'nesterovUpdate' : 'momentumUpdate', { w, velocity }, { dw, hyper }, { size });
    },
  });
}
