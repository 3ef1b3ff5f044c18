import { flag } from '../layers/options.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import { axisLast } from './axis.ts';
import { epsilon, focalFactor, type Loss, type LossOptions } from './loss.ts';
import { checkedAxisOption, lossOptions, notNegative, within } from './options.ts';

export interface BinaryFocalCrossentropyOptions extends LossOptions {
  /** Whether the classes are weighted: alpha for 1, and 1 - alpha for 0; false if left out. */
  readonly applyClassBalancing?: boolean;
  /** 0.25 if left out. */
  readonly alpha?: number;
  /** How much less an example counts the better it is: (1 - p)^gamma; 2 if left out. */
  readonly gamma?: number;
  /** Whether the outputs are logits, to which a sigmoid is applied; false, for probabilities, if left out. */
  readonly fromLogits?: boolean;
  /** Targets t become t (1 - s) + s / 2; 0 if left out. */
  readonly labelSmoothing?: number;
  /** The axis over which the mean is taken; -1, the last one, if left out. */
  readonly axis?: number;
}

/**
 * The mean over an axis of the binary cross-entropy times (1 - p)^gamma, p being the probability of what is right (Lin et
 * al. 2017, equations 4 and 5). Targets and outputs: independent probabilities. Throws OptionError.
 */
export function binaryFocalCrossentropy(given: BinaryFocalCrossentropyOptions = {}): Loss<'numbers'> {
  const name = 'binaryFocalCrossentropy';
  const defaults = {
    applyClassBalancing: false,
    alpha: 0.25,
    gamma: 2,
    fromLogits: false,
    labelSmoothing: 0,
    axis: -1,
  };
  const { reduction, ...config } = lossOptions(name, given, defaults);
  const { applyClassBalancing, alpha, gamma, fromLogits, labelSmoothing, axis } = config;
  flag(name, 'applyClassBalancing', applyClassBalancing);
  within(name, 'alpha', alpha, 0, 1);
  notNegative(name, 'gamma', gamma);
  flag(name, 'fromLogits', fromLogits);
  within(name, 'labelSmoothing', labelSmoothing, 0, 1);
  checkedAxisOption(name, axis);
  return {
    name,
    className: 'BinaryFocalCrossentropy',
    targets: 'numbers',
    config: { ...config, reduction },
    reduction,
    forward(ops, output, given) {
      const t = labelSmoothing === 0 ? given : ops.affine(given, 1 - labelSmoothing, labelSmoothing / 2);
      const logits = fromLogits ? output : ops.logitsOf(output, 'sigmoid');
      const p = fromLogits ? ops.sigmoid(output) : output;
      const entropy = logits === undefined ? entropyOf(ops, p, t) : entropyOfLogits(ops, logits, t);
      const wrong = ops.subtract(1, mixed(ops, t, p, ops.subtract(1, p)));
      const focal = focalFactor(ops, wrong, gamma);
      const each = focal === undefined ? entropy : ops.multiply(focal, entropy);
      if (!applyClassBalancing) return ops.mean(axisLast(name, ops, each, axis), -1);
      const balanced = ops.multiply(ops.affine(t, 2 * alpha - 1, 1 - alpha), each);
      return ops.mean(axisLast(name, ops, balanced, axis), -1);
    },
  };
}

/** t a + (1 - t) b. */
const mixed = (ops: Ops, t: Value, a: Value, b: Value): Value =>
  ops.add(ops.multiply(t, a), ops.multiply(ops.subtract(1, t), b));

function entropyOf(ops: Ops, p: Value, t: Value): Value {
  const kept = ops.clip(p, epsilon, 1 - epsilon);
  return ops.negate(mixed(ops, t, ops.log(kept), ops.log(ops.subtract(1, kept))));
}

/** log(1 + e^x) - t x, in which nothing overflows. */
const entropyOfLogits = (ops: Ops, x: Value, t: Value): Value => ops.subtract(ops.softplus(x), ops.multiply(t, x));
