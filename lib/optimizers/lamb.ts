import { hyperNames } from '../../kernels/generated/contract.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/ops.ts';
import { sizeOf } from '../shape/shape.ts';
import { biasCorrection } from './bias-correction.ts';
import { type Hyperparameter, rules } from './hyperparameters.ts';
import { type Adjustable, checkedOptions, makeOptimizer, type OptimizerOptions } from './make-optimizer.ts';

export interface LambOptions extends OptimizerOptions {
  /** 0.001 if left out. */
  readonly learningRate?: Hyperparameter;
  /** Decay of the mean of the gradients; 0.9 if left out. */
  readonly beta1?: Hyperparameter;
  /** Decay of the mean of their squares; 0.999 if left out. */
  readonly beta2?: Hyperparameter;
  /** 1e-7 if left out. */
  readonly epsilon?: Hyperparameter;
}

export type Lamb = Adjustable<'beta1' | 'beta2' | 'epsilon'>;

/**
 * Adam whose step for each parameter is as long as the parameter times the rate (You et al. 2020, algorithm 2). As in
 * Keras, weight decay comes before the step and is not part of it. Throws OptionError for an option out of range.
 */
export function lamb(options: LambOptions = {}): Lamb {
  const given = checkedOptions<LambOptions>('lamb', options, ['beta1', 'beta2', 'epsilon']);
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = given;
  return makeOptimizer({
    name: 'lamb',
    className: 'Lamb',
    options: { ...given, learningRate },
    hyperparameters: {
      beta1: [beta1, rules.share],
      beta2: [beta2, rules.share],
      epsilon: [epsilon, rules.rate],
    },
    slots: { m: 0, v: 0 },
    hyper: [...hyperNames.adamDirectionUpdate, ...hyperNames.sgdUpdate],
    numbers({ learningRate, weightDecay, beta1, beta2, epsilon }, change) {
      const correction1 = 1 / biasCorrection(beta1, change);
      const correction2 = 1 / biasCorrection(beta2, change);
      const step = { rate: learningRate, decay: learningRate * weightDecay };
      return { correction1, correction2, gain1: 1 - beta1, gain2: 1 - beta2, epsilon, ...step };
    },
    update(ops, { w, dw, slots: { m, v }, hyper }) {
      const { graph } = ops;
      const geometry = { size: sizeOf(w.shape) };
      const u = graph.temporary(`${w.name}:direction`, w.shape, 'float32');
      graph.emitUpdate('adamDirectionUpdate', { u, m: m!, v: v! }, { dw, hyper }, geometry);
      const direction = hyperNames.adamDirectionUpdate.length;
      const [rate, decay] = [ops.slice(hyper, [direction], [1]), ops.slice(hyper, [direction + 1], [1])];
      const kept = ops.abs(ops.subtract(1, decay));
      const scaled = ops.multiply(rate, trustRatio(ops, ops.multiply(kept, norm(ops, w)), norm(ops, u)));
      graph.emitUpdate('sgdUpdate', { w }, { dw: u, hyper: ops.concat([scaled, decay]) }, geometry);
    },
  });
}

const norm = (ops: Ops, x: Value): Value => ops.sqrt(ops.sum(ops.square(x)));

/** The length of the parameter over that of the direction; 1 where one of them is 0. */
function trustRatio(ops: Ops, parameter: Value, direction: Value): Value {
  const isMoving = ops.greater(direction, 0);
  const counts = ops.multiply(ops.greater(parameter, 0), isMoving);
  const quotient = ops.divide(parameter, ops.add(direction, ops.subtract(1, isMoving)));
  return ops.add(ops.multiply(counts, quotient), ops.subtract(1, counts));
}
