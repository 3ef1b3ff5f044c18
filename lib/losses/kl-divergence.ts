import { epsilon, type Loss, type LossOptions } from './loss.ts';
import { lossOptions } from './options.ts';

/**
 * The sum over the last axis of t log(t / y), both kept within 1e-7 ... 1 (Kullback and Leibler 1951). Targets t and
 * outputs y: distributions.
 */
export function klDivergence(given: LossOptions = {}): Loss<'numbers'> {
  const name = 'klDivergence';
  const { reduction } = lossOptions(name, given, {});
  return {
    name,
    className: 'KLDivergence',
    targets: 'numbers',
    config: { reduction },
    reduction,
    forward(ops, output, targets) {
      const [y, t] = [output, targets].map(value => ops.clip(value, epsilon, 1));
      return ops.sum(ops.multiply(t!, ops.log(ops.divide(t!, y!))), -1);
    },
  };
}
