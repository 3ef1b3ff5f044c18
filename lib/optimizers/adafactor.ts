import { power } from '../../kernels/math.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/ops.ts';
import { sizeOf } from '../shape/shape.ts';
import { type Hyperparameter, rules } from './hyperparameters.ts';
import {
  type Adjustable,
  checkedFlag,
  checkedOptions,
  makeOptimizer,
  type OptimizerOptions,
} from './make-optimizer.ts';
import type { OptimizedParameter, Slots } from './optimizer.ts';

export interface AdafactorOptions extends OptimizerOptions {
  /** 0.001 if left out. */
  readonly learningRate?: Hyperparameter;
  /** The decay of the squares is 1 - change^beta2Decay; below 0 or 0; -0.8 if left out. */
  readonly beta2Decay?: Hyperparameter;
  /** Added to the squares; 1e-30 if left out. */
  readonly epsilon1?: Hyperparameter;
  /** The least size that a parameter is taken for; 0.001 if left out. */
  readonly epsilon2?: Hyperparameter;
  /** The longest step in root mean square; 1 if left out. */
  readonly clipThreshold?: Hyperparameter;
  /**
   * Whether a rate that is a number falls as 1 / sqrt(change). As in Keras, what a step takes falls so in any case.
   * True if left out.
   */
  readonly relativeStep?: boolean;
}

export type Adafactor = Adjustable<'beta2Decay' | 'epsilon1' | 'epsilon2' | 'clipThreshold'>;

const hyper = ['rate', 'beta2', 'epsilon1', 'epsilon2', 'threshold', 'decay'] as const;

/**
 * Adafactor (Shazeer and Stern 2018, algorithms 4 to 6), which keeps means over rows and over columns in place of the
 * squares of a kernel's gradient. Throws OptionError for an option out of range.
 */
export function adafactor(options: AdafactorOptions = {}): Adafactor {
  const own = ['beta2Decay', 'epsilon1', 'epsilon2', 'clipThreshold', 'relativeStep'] as const;
  const given = checkedOptions<AdafactorOptions>('adafactor', options, own);
  const { learningRate = 0.001, beta2Decay = -0.8, epsilon1 = 1e-30, epsilon2 = 0.001, clipThreshold = 1 } = given;
  const relativeStep = checkedFlag('adafactor', 'relativeStep', given.relativeStep ?? true);
  return makeOptimizer({
    name: 'adafactor',
    className: 'Adafactor',
    options: { ...given, learningRate },
    hyperparameters: {
      beta2Decay: [beta2Decay, rules.notPositive],
      epsilon1: [epsilon1, rules.rate],
      epsilon2: [epsilon2, rules.rate],
      clipThreshold: [clipThreshold, rules.positive],
    },
    constants: { relativeStep },
    slots: factors,
    hyper,
    numbers({ learningRate, weightDecay, beta2Decay, epsilon1, epsilon2, clipThreshold }, change) {
      const rate = Math.min(learningRate, 1 / Math.sqrt(change));
      const beta2 = 1 - power(change, beta2Decay);
      return { rate, beta2, epsilon1, epsilon2, threshold: clipThreshold, decay: learningRate * weightDecay };
    },
    update(ops, { w, dw, slots, hyper: numbers }) {
      const number = (name: (typeof hyper)[number]) => ops.slice(numbers, [hyper.indexOf(name)], [1]);
      const squares = ops.add(ops.square(dw), number('epsilon1'));
      const step = ops.divide(dw, rootOfMoments(ops, slots, squares, number('beta2')));
      const clip = ops.maximum(1, ops.divide(rootMeanSquare(ops, step), number('threshold')));
      const decay = number('decay');
      const size = ops.multiply(ops.abs(ops.subtract(1, decay)), rootMeanSquare(ops, w));
      const rate = ops.divide(ops.multiply(ops.maximum(number('epsilon2'), size), number('rate')), clip);
      const inputs = { dw: step, hyper: ops.concat([rate, decay]) };
      ops.graph.emitUpdate('sgdUpdate', { w }, inputs, { size: sizeOf(w.shape) });
    },
  });
}

/** Means over rows and columns where there are two axes or more, else a number for each element. */
function factors({ shape }: OptimizedParameter): Slots {
  if (shape.length < 2) return { v: 0 };
  const columns = [...shape.slice(0, -2), shape.at(-1)!];
  return { rows: { shape: shape.slice(0, -1), value: 0 }, columns: { shape: columns, value: 0 } };
}

/**
 * Keeps the means of the squares, and returns the root of what they stand for. Where rows and columns have had no gradient, the
 * product of their means is too small for float32; that of their roots is not.
 */
function rootOfMoments(ops: Ops, slots: { readonly [name: string]: Value }, squares: Value, beta2: Value): Value {
  const kept = (slot: Value, now: Value): Value => {
    const next = ops.add(ops.multiply(beta2, slot), ops.multiply(ops.subtract(1, beta2), now));
    ops.assign(slot, next);
    return next;
  };
  const { v, rows, columns } = slots;
  if (v !== undefined) return ops.sqrt(kept(v, squares));
  const row = kept(rows!, ops.mean(squares, -1));
  const column = kept(columns!, ops.mean(squares, -2));
  const share = ops.divide(row, ops.mean(row, -1, true));
  return ops.multiply(ops.expandDims(ops.sqrt(share), -1), ops.expandDims(ops.sqrt(column), -2));
}

const rootMeanSquare = (ops: Ops, x: Value): Value => ops.sqrt(ops.mean(ops.square(x)));
