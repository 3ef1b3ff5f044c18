/** Layers that read images at other places, alone or several in one pass. */
import type { Pair } from '../../../kernels/geometry.ts';
import type { Json } from '../../json.ts';
import type { Value } from '../../plan/graph.ts';
import { checkedSeed } from '../../random/random.ts';
import type { Shape } from '../../shape/shape.ts';
import { common, type Declared, type Layer } from '../layer.ts';
import type { SeedOptions } from '../noise-options.ts';
import { imageShape } from '../options.ts';
import type { LayerOps } from '../outcome.ts';
import { type Affine, composed, matrixOf } from './affine.ts';
import type { ReadingOfPixels } from './ranges.ts';

/** From where the pixels of a batch come. */
interface Placement {
  readonly map: Affine;
  /** Added to the place of each pixel before the map: [rows, n, 2, columns]. */
  readonly shift?: Value;
  /** Rows and columns of the result, if they are not those of the images. */
  readonly size?: Pair;
}

/** What a layer does to the places of pixels. */
export interface Geometry {
  /** Left out where pixels go to pixels inside of the image, so that nothing has to be read between or outside of them. */
  readonly reading?: ReadingOfPixels;
  /** Whether no other layer can follow in the same pass. */
  readonly isLast?: boolean;
  /** Draws for each image of x. */
  place(ops: LayerOps, x: Value): Placement;
}

/** Where layers keep their geometry for images of a shape; none where they do more than moving pixels. */
const geometry = Symbol('geometry');

interface Geometric {
  readonly [geometry]: (input: Shape) => Geometry | undefined;
}

/** The geometry of a layer for images of a shape, if it has one. */
export function geometryOf(layer: Layer, input: Shape): Geometry | undefined {
  return isGeometric(layer) ? layer[geometry](input) : undefined;
}

/** Whether a layer moves pixels. */
export const isGeometric = (layer: Layer): layer is Layer & Geometric => geometry in layer;

interface GeometricParts<I extends Shape | undefined> {
  readonly className: string;
  readonly options: SeedOptions<I>;
  readonly config: { readonly [option: string]: Json };
  readonly outputShape?: (input: Shape) => Shape;
  geometry(input: Shape): Geometry | undefined;
  /** What the layer does where it has no geometry, and outside of training; nothing if left out. */
  otherwise?(ops: LayerOps, x: Value): Value;
}

/** A layer that moves pixels while training. Throws OptionError for a seed that is none. */
export function geometricLayer<I extends Shape | undefined>(
  factory: string,
  { className, options, config, outputShape, geometry: of, otherwise = (_, x) => x }: GeometricParts<I>,
): Declared<I> {
  const seed = options.seed ?? undefined;
  if (seed !== undefined) checkedSeed(factory, seed);
  const layer: Declared<I> & Geometric = {
    className,
    ...common(options),
    ...(seed === undefined ? {} : { seed }),
    config: { ...config, seed: seed ?? null },
    outputShape: outputShape ?? imageShape,
    [geometry]: of,
    forward(ops, x) {
      const own = ops.training ? of(x.shape.slice(1)) : undefined;
      if (own === undefined) return otherwise(ops, x);
      const pass = new Pass();
      return pass.finish(ops, pass.add(ops, x, own));
    },
  };
  return layer;
}

/** Layers whose places are composed, so that the images are read once. */
export class Pass {
  #placements: Placement[] = [];
  #reading: ReadingOfPixels | undefined;

  /** Whether a layer can go on in this pass: unless it reads pixels in another way than those before it. */
  takes({ reading }: Geometry): boolean {
    const own = this.#reading;
    if (own === undefined || reading === undefined) return true;
    const isConstant = own.fillMode === 'constant';
    return (
      own.fillMode === reading.fillMode &&
      own.interpolation === reading.interpolation &&
      (!isConstant || own.fillValue === reading.fillValue)
    );
  }

  /** Draws the places of one more layer; the images are read at once if no other one can follow. */
  add(ops: LayerOps, x: Value, { reading, isLast = false, place }: Geometry): Value {
    this.#placements.push(place(ops, x));
    this.#reading ??= reading;
    return isLast ? this.finish(ops, x) : x;
  }

  /** Reads the images at the places of all layers that were added, and begins anew. */
  finish(ops: LayerOps, x: Value): Value {
    const last = this.#placements.at(-1);
    if (last === undefined) return x;
    const [n = 0, h = 0, w = 0] = x.shape;
    const map = this.#placements.map(each => each.map).reduce((first, second) => composed(ops, first, second));
    const { size = [h, w], shift } = last;
    const reading: ReadingOfPixels = this.#reading ?? { fillMode: 'nearest', fillValue: 0, interpolation: 'nearest' };
    this.#placements = [];
    this.#reading = undefined;
    return ops.resample(x, matrixOf(ops, map, n), { ...reading, size, shift });
  }
}
