import type { Interpolation } from '../../../kernels/geometry.ts';
import { describe } from '../../describe.ts';
import { OptionError } from '../../errors.ts';
import type { Value } from '../../plan/graph.ts';
import type { Shape } from '../../shape/shape.ts';
import type { SeedOptions } from '../noise-options.ts';
import { checkedOptions } from '../options.ts';
import type { LayerOps } from '../outcome.ts';
import { geometricLayer } from './geometric.ts';
import { chosen } from './random-color.ts';
import { checkedRange, checkedSampling, type Factor, type ImageChange } from './ranges.ts';

export interface RandomPerspectiveOptions<I extends Shape | undefined = Shape | undefined> extends SeedOptions<I> {
  /** From where the probability is drawn for each image: 0.5 is 0 to 0.5. Between 0 and 1; 1 if left out. */
  readonly factor?: Factor;
  /** How far corners are moved, as a share of height and width: by up to half of it to either side. Between 0 and 1; 1 if left out. */
  readonly scale?: number;
  /** `bilinear` (the default) or `nearest`. */
  readonly interpolation?: Interpolation;
  /** What there is outside of an image; 0 if left out. */
  readonly fillValue?: number;
}

/**
 * Images seen from aside while training: three of their corners are moved, as in Keras, where the first one stays, the
 * second moves along its row and the third along its column. `randomPerspective()`, `randomPerspective(0.5)` or
 * `randomPerspective({ factor, scale })`. Throws OptionError.
 */
export function randomPerspective<const I extends Shape | undefined = undefined>(
  given: Factor | RandomPerspectiveOptions<I> = {},
): ImageChange<I> {
  const factory = 'randomPerspective';
  const known = ['factor', 'scale', 'interpolation', 'fillValue', 'seed'];
  const options = checkedOptions<RandomPerspectiveOptions<I>>(factory, given, known, 'factor');
  const factor = checkedRange(factory, 'factor', options.factor ?? 1, [0, 1]);
  const { scale = 1 } = options;
  if (!(typeof scale === 'number' && scale >= 0 && scale <= 1)) {
    throw new OptionError(`${factory}: scale must be a number between 0 and 1, got ${describe(scale)}`);
  }
  const { interpolation = 'bilinear', fillValue = 0 } = options;
  const reading = checkedSampling(factory, { interpolation, fillValue, fillMode: 'constant' });
  return geometricLayer(factory, {
    className: 'RandomPerspective',
    options,
    config: { factor, scale, interpolation, fillValue },
    geometry: () => ({
      reading,
      isLast: true,
      place(ops, x) {
        const drawn: Value = ops.randomUniform([1, x.shape[0]!, 1, 4], -scale / 2, scale / 2);
        const isMoved: Value = ops.reshape(chosen(ops, x, factor), [1, x.shape[0]!, 1, 1]);
        const corners: Value = ops.add(ops.multiply(drawn, isMoved) as Value, 1);
        return { map: [1, 0, 0, 0, 1, 0], shift: perspectiveShift(ops, x, corners) };
      },
    }),
  });
}

/**
 * The shift [h, n, 2, w] that brings the image back from four corners to the rectangle. `corners` [1, n, 1, 4] holds a, b, c
 * and d for each image: the corners are at 0 0, a 0, 0 b and c d of the width and the height. Then column x and row y,
 * measured so, come from column m d x / r and row m c y / r, with m = a d + b c - a b and
 * r = a b c d - a d (b - d) x - b c (a - c) y: the map of a square to four corners (Heckbert 1989, section 2.2.3), solved for
 * the square.
 */
export function perspectiveShift(ops: LayerOps, { shape: [n = 0, h = 0, w = 0] }: Value, corners: Value): Value {
  const [a, b, c, d] = [0, 1, 2, 3].map((i): Value => ops.slice(corners, [0, 0, 0, i], [1, n, 1, 1])) as Corners;
  const product = (first: Value, second: Value): Value => ops.multiply(first, second);
  const [ad, bc] = [product(a, d), product(b, c)];
  const middle: Value = ops.subtract(ops.add(ad, bc) as Value, product(a, b));
  const along = (length: number) => Float32Array.from({ length }, (_, i) => i / Math.max(length - 1, 1));
  const columns: Value = ops.constant({ shape: [1, 1, 1, w], data: along(w) });
  const rows: Value = ops.constant({ shape: [h, 1, 1, 1], data: along(h) });
  const byColumn = product(product(ad, ops.subtract(b, d)), columns);
  const byRow = product(product(bc, ops.subtract(a, c)), rows);
  const rest: Value = ops.subtract(ops.subtract(product(ad, bc), byColumn) as Value, byRow);
  const factors: Value = ops.multiply(middle, ops.concat([d, c], 2) as Value);
  const stretch: Value = ops.subtract(ops.divide(factors, rest) as Value, 1);
  const places = Float32Array.from({ length: h * 2 * w }, (_, i) =>
    Math.floor(i / w) % 2 === 0 ? i % w : Math.floor(i / (2 * w)),
  );
  return product(ops.constant({ shape: [h, 1, 2, w], data: places }), stretch);
}

type Corners = [Value, Value, Value, Value];
