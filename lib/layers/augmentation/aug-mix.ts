import type { Interpolation } from '../../../kernels/geometry.ts';
import type { Value } from '../../plan/graph.ts';
import type { Shape } from '../../shape/shape.ts';
import { checkedInterpolation, checkedOptions, flag, imageShape, positiveInteger, positiveNumber } from '../options.ts';
import type { LayerOps } from '../outcome.ts';
import { inColors } from './color-changes.ts';
import { allChanges, changedByOne, drawnPlace, plainChanges } from './image-policies.ts';
import { type ColorOptions, colorLayer } from './random-color.ts';
import { checkedRange, checkedValueRange, type Factor, type ImageChange } from './ranges.ts';

export interface AugMixOptions<I extends Shape | undefined = Shape | undefined> extends ColorOptions<I> {
  /** How many chains of changes are mixed; 3 if left out. */
  readonly numChains?: number;
  /** How many changes a chain has at most; 3 if left out. */
  readonly chainDepth?: number;
  /** How strong they are: the factors of the layers are drawn from it, a number f is 0 to f. Between 0 and 1; 0.3 if left out. */
  readonly factor?: Factor;
  /** The parameter of the distributions of the shares; small ones make one chain count alone; 1 if left out. */
  readonly alpha?: number;
  /** Whether brightness, color degeneration, contrast and sharpness are among the changes; true if left out. */
  readonly allOps?: boolean;
  /** `bilinear` (the default) or `nearest`. */
  readonly interpolation?: Interpolation;
}

/**
 * Each image mixed with what chains of changes make of it while training (Hendrycks et al. 2020): w x + (1 - w) times the sum
 * of a share for each chain times its outcome, with w from a beta and the shares from a Dirichlet distribution. Each place of
 * a chain has one of the layers of `randAugment`, or none. With `allOps` for images in red, green and blue.
 * `augMix({ factor: 0.2 })`. Throws OptionError.
 */
export function augMix<const I extends Shape | undefined = undefined>(given: AugMixOptions<I> = {}): ImageChange<I> {
  const names = ['numChains', 'chainDepth', 'factor', 'alpha', 'allOps', 'interpolation', 'valueRange', 'seed'];
  const options = checkedOptions<AugMixOptions<I>>('augMix', given, names);
  const [low, high] = checkedValueRange('augMix', options.valueRange ?? [0, 255]);
  const numChains = positiveInteger('augMix', 'numChains', options.numChains ?? 3);
  const chainDepth = positiveInteger('augMix', 'chainDepth', options.chainDepth ?? 3);
  const factor = checkedRange('augMix', 'factor', options.factor ?? 0.3, [0, 1]);
  const alpha = positiveNumber('augMix', 'alpha', options.alpha ?? 1);
  const allOps = flag('augMix', 'allOps', options.allOps ?? true);
  const interpolation = checkedInterpolation('augMix', options.interpolation ?? 'bilinear');
  const changes = (allOps ? allChanges : plainChanges)({ factor, valueRange: [low, high], interpolation });
  return colorLayer('augMix', {
    className: 'AugMix',
    options,
    config: { valueRange: [low, high], numChains, chainDepth, factor, alpha, allOps, interpolation },
    outputShape: allOps ? inColors : imageShape,
    forward(ops, x) {
      const [n = 0] = x.shape;
      const own: Value = ops.slice(dirichletShares(ops, [n, 2], alpha), [0, 0], [n, 1]);
      const shares = ops.split(dirichletShares(ops, [n, numChains], alpha), numChains, 1);
      // All chains side by side, as if there were more images.
      let chains: Value = ops.concat(new Array<Value>(numChains).fill(x));
      for (let i = 0; i < chainDepth; i++) {
        chains = changedByOne(ops, chains, changes, drawnPlace(ops, chains, changes.length + 1));
      }
      const weighted = (value: Value, share: Value): Value =>
        ops.multiply(value, ops.reshape(share, [n, 1, 1, 1]) as Value);
      const mixed = ops
        .split(chains, numChains)
        .map((chain, i) => weighted(chain, shares[i]!))
        .reduce((sum, each): Value => ops.add(sum, each));
      const rest: Value = ops.subtract(1, own);
      return ops.clip(ops.add(weighted(x, own), weighted(mixed, rest)) as Value, low, high);
    },
  });
}

/** How often a number is drawn anew until one is accepted: fewer than 1 in 10^10 are not. */
const rounds = 8;

/**
 * Rows of shares from a Dirichlet distribution with the same parameter for all: those of numbers from a gamma distribution in
 * their sum. Marsaglia and Tsang 2000: with a = alpha, or alpha + 1 for an alpha below 1, d = a - 1 / 3, a normal x and an even
 * u, the number d v for v = (1 + x / sqrt(9 d))^3 is accepted where log u < x^2 / 2 + d - d v + d log v. For an alpha below 1
 * it is taken times a power 1 / alpha of another even number. All are kept as logarithms, of which small ones have many digits.
 */
export function dirichletShares(ops: LayerOps, [rows, columns]: readonly [number, number], alpha: number): Value {
  const d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3;
  const shape = [rounds, rows, columns];
  const logOfEven = (of: Shape): Value => ops.log(ops.subtract(1, ops.randomUniform(of)) as Value);
  const x: Value = ops.randomNormal(shape);
  const root: Value = ops.add(ops.multiply(x, 1 / Math.sqrt(9 * d)) as Value, 1);
  const logV: Value = ops.multiply(ops.log(ops.maximum(root, 1e-12) as Value), 3);
  const v: Value = ops.multiply(ops.square(root), root);
  const most: Value = ops.add(
    ops.multiply(ops.square(x), 0.5) as Value,
    ops.multiply(ops.add(ops.subtract(logV, v) as Value, 1) as Value, d) as Value,
  );
  const isAccepted: Value = ops.multiply(ops.less(logOfEven(shape), most) as Value, ops.greater(root, 0) as Value);
  const order = ops.constant({ shape: [rounds, 1, 1], data: Array.from({ length: rounds }, (_, i) => rounds - i) });
  const rank: Value = ops.multiply(isAccepted, order);
  const isFirst: Value = ops.multiply(isAccepted, ops.equal(rank, ops.max(rank, 0, true) as Value) as Value);
  const accepted: Value = ops.sum(ops.multiply(isFirst, logV) as Value, 0);
  if (alpha >= 1) return ops.softmax(accepted);
  const power: Value = ops.multiply(logOfEven([rows, columns]), 1 / alpha);
  return ops.softmax(ops.add(accepted, power) as Value);
}
