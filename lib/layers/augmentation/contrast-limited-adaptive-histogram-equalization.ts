import type { Pair } from '../../../kernels/geometry.ts';
import type { Value } from '../../plan/graph.ts';
import type { Shape } from '../../shape/shape.ts';
import { common, type LayerOptions } from '../layer.ts';
import { checkedOptions, finiteNumber, imageShape, pair } from '../options.ts';
import type { LayerOps } from '../outcome.ts';
import { along, countsOf, inParts, lookedUp, runningSums, shadesOf } from './histograms.ts';
import { checkedValueRange, type ImageChange } from './ranges.ts';

export interface ContrastLimitedAdaptiveHistogramEqualizationOptions<I extends Shape | undefined = Shape | undefined>
  extends LayerOptions<I> {
  /** The smallest and the largest number that pixels have; [0, 255] if left out. */
  readonly valueRange?: Pair;
  /**
   * How many pixels of a tile may have the same one of 256 shades, as a multiple of what there would be if all had equally many;
   * what is more is given to all shades. 4 if left out; 0 sets no limit.
   */
  readonly clipLimit?: number;
  /** How many tiles there are along the [rows, columns]; [8, 8] if left out. */
  readonly tileGridSize?: number | Pair;
}

const bins = 256;

/**
 * The shades of each tile of an image spread evenly, channel by channel, with a limit to how much contrast is gained (Zuiderveld
 * 1994), in training and outside of it. Between the middles of tiles what they do goes straight from one to the next. No
 * gradient flows through it. `contrastLimitedAdaptiveHistogramEqualization({ clipLimit: 2 })`. Throws OptionError.
 */
export function contrastLimitedAdaptiveHistogramEqualization<const I extends Shape | undefined = undefined>(
  given: ContrastLimitedAdaptiveHistogramEqualizationOptions<I> = {},
): ImageChange<I> {
  const factory = 'contrastLimitedAdaptiveHistogramEqualization';
  const known = ['valueRange', 'clipLimit', 'tileGridSize'];
  const options = checkedOptions<ContrastLimitedAdaptiveHistogramEqualizationOptions<I>>(factory, given, known);
  const [low, high] = checkedValueRange(factory, options.valueRange ?? [0, 255]);
  const clipLimit = finiteNumber(factory, 'clipLimit', options.clipLimit ?? 4);
  const tileGridSize = pair(factory, 'tileGridSize', options.tileGridSize ?? 8);
  return {
    className: 'ContrastLimitedAdaptiveHistogramEqualization',
    ...common(options),
    config: { valueRange: [low, high], clipLimit, tileGridSize },
    outputShape: imageShape,
    forward(ops, x) {
      const perImage = tileGridSize[0] * tileGridSize[1] * x.shape.at(-1)! * bins;
      return inParts(ops, x, perImage, part => {
        const shades = shadesOf(ops, part, bins, low, high);
        const bytes = new Tiles(part.shape, tileGridSize).equalized(ops, shades, clipLimit);
        return ops.add(ops.multiply(bytes, (high - low) / 255) as Value, low);
      });
    },
  };
}

/** Images [n, h, w, c] in tiles of one size, which go beyond the last rows and columns where these do not suffice. */
class Tiles {
  readonly #shape: Shape;
  readonly #grid: Pair;
  readonly #size: Pair;

  constructor(shape: Shape, grid: Pair) {
    const [, h = 0, w = 0] = shape;
    this.#shape = shape;
    this.#grid = grid;
    this.#size = [Math.ceil(h / grid[0]), Math.ceil(w / grid[1])];
  }

  /** Shades 0 to 255 -> numbers from 0 to 255. */
  equalized(ops: LayerOps, shades: Value, clipLimit: number): Value {
    const tables = this.#tables(ops, shades, clipLimit);
    const [rows, columns] = [1, 2].map(axis => this.#between(ops, axis as 1 | 2));
    const at = (row: Value, column: Value): Value =>
      lookedUp(ops, tables, ops.add(ops.add(this.#own(ops, shades), row) as Value, column));
    const between = (first: Value, second: Value, share: Value): Value =>
      ops.add(first, ops.multiply(share, ops.subtract(second, first) as Value) as Value);
    const line = (row: Value): Value => between(at(row, columns!.first), at(row, columns!.second), columns!.share);
    return between(line(rows!.first), line(rows!.second), rows!.share);
  }

  /** What the shades of each tile become: [n, rows, columns, c, 256]. */
  #tables(ops: LayerOps, shades: Value, clipLimit: number): Value {
    const [n = 0, , , c = 0] = this.#shape;
    const [rows, columns] = this.#grid;
    const area = this.#size[0] * this.#size[1];
    const padded = this.#padded(ops, shades);
    const [ofRow, ofColumn] = [1, 2].map(axis =>
      along(ops, axis as 1 | 2, padded.shape[axis]!, place =>
        this.#tile(axis as 1 | 2, Math.floor(place / this.#size[axis - 1]!)),
      ),
    );
    const indices: Value = ops.add(ops.add(this.#own(ops, padded), ofRow!) as Value, ofColumn!);
    const given = countsOf(ops, indices, n * rows * columns * c * bins);
    const counts: Value = ops.reshape(given, [n, rows, columns, c, bins]);
    const upTo = runningSums(ops, clipLimit > 0 ? limited(ops, counts, (clipLimit * area) / bins) : counts);
    const darkest: Value = ops.slice(upTo, [0, 0, 0, 0, 0], [n, rows, columns, c, 1]);
    const rest: Value = ops.subtract(area, darkest);
    const others: Value = ops.add(rest, ops.equal(rest, 0) as Value);
    const share: Value = ops.divide(ops.subtract(upTo, darkest) as Value, others);
    return ops.clip(ops.multiply(share, 255) as Value, 0, 255);
  }

  /** Where the tables of the image and the channel begin, and the shade. */
  #own(ops: LayerOps, shades: Value): Value {
    const [n = 0, , , c = 0] = this.#shape;
    const image = along(ops, 0, n, place => place * this.#grid[0] * this.#grid[1] * c * bins);
    const channel = along(ops, 3, c, place => place * bins);
    return ops.add(shades, ops.add(image, channel) as Value);
  }

  /** What a row or a column of tiles adds to an index. */
  #tile(axis: 1 | 2, place: number): number {
    const inside = Math.min(Math.max(place, 0), this.#grid[axis - 1]! - 1);
    return inside * (axis === 1 ? this.#grid[1] : 1) * this.#shape[3]! * bins;
  }

  /** The tiles whose middles lie before and behind each place, as what they add to an index, and the share of the second one. */
  #between(ops: LayerOps, axis: 1 | 2): { first: Value; second: Value; share: Value } {
    const size = this.#size[axis - 1]!;
    const place = (pixel: number) => pixel / size - 0.5;
    const each = (number: (pixel: number) => number) => along(ops, axis, this.#shape[axis]!, number);
    return {
      first: each(pixel => this.#tile(axis, Math.floor(place(pixel)))),
      second: each(pixel => this.#tile(axis, Math.floor(place(pixel)) + 1)),
      share: each(pixel => place(pixel) - Math.floor(place(pixel))),
    };
  }

  /** The images mirrored behind their last rows and columns, as far as tiles go. */
  #padded(ops: LayerOps, x: Value): Value {
    return ([1, 2] as const).reduce((image: Value, axis): Value => {
      const length = this.#shape[axis]!;
      const whole = this.#size[axis - 1]! * this.#grid[axis - 1]!;
      if (whole === length) return image;
      const mirrored = (place: number) => {
        const rest = place % (2 * length);
        return rest < length ? rest : 2 * length - 1 - rest;
      };
      const places: Value = ops.constant({
        shape: [whole],
        data: Array.from({ length: whole }, (_, i) => mirrored(i)),
      });
      return ops.gather(image, ops.cast(places, 'int32'), axis as never) as Value;
    }, x);
  }
}

/** Counts up to a limit; what is more is given to all shades alike. */
function limited(ops: LayerOps, counts: Value, limit: number): Value {
  const clipped: Value = ops.minimum(counts, limit);
  const excess: Value = ops.sum(ops.subtract(counts, clipped) as Value, 4, true);
  return ops.add(clipped, ops.multiply(excess, 1 / bins) as Value);
}
