/** How composites join their branches. */
import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Json } from '../json.ts';
import { unknownName } from '../nearest-name.ts';
import type { Value } from '../plan/graph.ts';
import { checkedAxis } from './axis.ts';
import { nestedConfig } from './composite.ts';
import type { MergingLayer } from './layer.ts';
import {
  add,
  average,
  type Concatenate,
  concatenate,
  type ElementwiseMerging,
  maximum,
  minimum,
  multiply,
  type Subtract,
  subtract,
} from './merging.ts';
import { isObject } from './options.ts';
import type { LayerOps } from './outcome.ts';

const joins = { add, average, maximum, minimum, multiply, subtract };
const names = ['concatenate', ...Object.keys(joins)];

/** The names under which composites take a merging layer. */
export type JoinName = 'concatenate' | keyof typeof joins;

/** What a composite takes to join its branches: the name of a merging layer, or one such as `dot(-1)`. */
export type Join = JoinName | MergingLayer;

/** The merging layer that a composite was given, or that a name stands for; `A` is the axis of `concatenate`. */
export type JoinOf<J extends Join, A extends number> = [J] extends ['concatenate']
  ? Concatenate<A>
  : [J] extends ['subtract']
    ? Subtract
    : [J] extends [JoinName]
      ? ElementwiseMerging<J>
      : [J] extends [MergingLayer]
        ? J
        : MergingLayer;

/** A merging layer, and the options of the composite that give it again; undefined where it cannot be saved. */
export interface Joint {
  readonly layer: MergingLayer;
  readonly config: { readonly [option: string]: Json } | undefined;
}

/** The joint of a composite. Throws OptionError for what is no such layer, and for an axis without `concatenate`. */
export function jointOf(composite: string, join: unknown, axis: unknown): Joint {
  if (axis !== undefined && join !== 'concatenate') {
    throw new OptionError(`${composite}: axis goes with join 'concatenate', got join ${describe(join)}`);
  }
  if (join === 'concatenate') {
    const along = checkedAxis(composite, 'axis', axis ?? -1);
    return { layer: concatenate(along), config: { join, axis: along } };
  }
  if (typeof join === 'string') {
    if (!Object.hasOwn(joins, join)) throw unknownName(`join of ${composite}`, join, names);
    return { layer: joins[join as keyof typeof joins](), config: { join } };
  }
  if (!isObject(join) || typeof join['merge'] !== 'function') {
    const expected = `one of ${names.join(', ')}, or a layer such as dot(-1)`;
    throw new OptionError(`${composite}: join must be ${expected}, got ${describe(join)}`);
  }
  const layer = join as MergingLayer & typeof join;
  const own = nestedConfig(layer);
  return { layer, config: own && { join: own } };
}

/** The values joined. Throws ShapeError if they do not go together. */
export function joined(ops: LayerOps, { layer }: Joint, values: readonly Value[]): Value {
  layer.outputShape?.(values.map(({ shape }) => shape.slice(1)));
  return layer.merge(ops, values);
}
