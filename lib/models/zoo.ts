/** What the ready-made models have in common. */
import type { BackendName } from '../backend/choose.ts';
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Layer } from '../layers/layer.ts';
import { checkedShape, isObject, type PositiveInteger, positiveInteger } from '../layers/options.ts';
import { Sequential } from '../model/sequential.ts';
import { unknownName } from '../nearest-name.ts';
import type { Plain } from '../shape/literal.ts';
import type { Shape } from '../shape/shape.ts';

/** Options that every ready-made model takes; `N` is the name of its factory. */
export interface ZooOptions<N extends string, I extends Shape = Shape, C extends number = number> {
  /** 10 if left out. */
  readonly classes?: PositiveInteger<N, 'classes', C>;
  /** [height, width, channels]; [28, 28, 1] if left out. */
  readonly inputShape?: I;
  readonly name?: string;
  readonly seed?: number;
  readonly backend?: BackendName;
}

/** What a model is made of. */
export interface ZooPlan {
  readonly inputShape: Shape;
  readonly classes: number;
}

/**
 * A ready-made model: its options checked, its layers behind each other. Throws OptionError for options that are not known
 * or out of range, ShapeError for an input that is too small.
 */
export function zooModel<I extends Shape, C extends number>(
  factory: string,
  options: ZooOptions<string, I, C>,
  own: readonly string[],
  layersOf: (plan: ZooPlan) => readonly Layer[],
): Sequential<Plain<I>, [C]> {
  const given: unknown = options;
  if (!isObject(given)) throw new OptionError(`${factory}: expected an object with options, got ${describe(given)}`);
  const known = [...own, 'classes', 'inputShape', 'name', 'seed', 'backend'];
  for (const option of Object.keys(given)) {
    if (!known.includes(option)) throw unknownName(`option of ${factory}`, option, known);
  }
  const classes = positiveInteger(factory, 'classes', (options.classes as number | undefined) ?? 10);
  const inputShape = checkedShape(`${factory}: inputShape`, options.inputShape ?? [28, 28, 1]);
  if (inputShape.length !== 3) {
    throw new OptionError(`${factory}: inputShape must be [height, width, channels], got ${describe(inputShape)}`);
  }
  const { name = factory, seed, backend } = options;
  const model = new Sequential({
    name,
    inputShape,
    ...(seed === undefined ? {} : { seed }),
    ...(backend === undefined ? {} : { backend }),
  });
  for (const layer of layersOf({ inputShape, classes })) model.add(layer);
  return model as Sequential<Plain<I>, [C]>;
}

/** A factor for the numbers of filters and units. */
export function checkedWidth(factory: string, width: unknown): number {
  if (typeof width === 'number' && width > 0 && Number.isFinite(width)) return width;
  throw new OptionError(`${factory}: width must be a number greater than 0, got ${describe(width)}`);
}

/** The count times the width, rounded down, at least 1. */
export const scaled = (count: number, width: number): number => Math.max(1, Math.floor(count * width));

/** Throws OptionError unless the value is one of those given. */
export function oneOf<T extends number | string>(
  factory: string,
  option: string,
  value: unknown,
  known: readonly T[],
): T {
  const found = known.find(each => each === value);
  if (found !== undefined) return found;
  throw new OptionError(`${factory}: ${option} must be one of ${known.join(', ')}, got ${describe(value)}`);
}
