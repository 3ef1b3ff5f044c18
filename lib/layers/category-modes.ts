/** What layers that find numbers of categories make of them. */
import { ShapeError } from '../errors.ts';
import { oneOf } from '../losses/options.ts';
import type { Value } from '../plan/graph.ts';
import type { Ops } from '../plan/vocabulary.ts';
import type { OutputMode } from '../shape/category-rules.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape } from '../shape/shape.ts';

/** Throws OptionError for what is none of the modes that a layer has. */
export const checkedOutputMode = <M extends OutputMode>(layer: string, given: M, known: readonly M[]): M =>
  oneOf(layer, 'outputMode', given, known);

/**
 * The shape of one output for that of one input, of `depth` categories. `oneHot`: a vector for each number, in place of a
 * last axis of size 1. `multiHot` and the like: one vector for all numbers along the last axis. Throws ShapeError where
 * there is no such axis.
 */
export function encodedShape(input: Shape, mode: OutputMode, depth: number): Shape {
  if (mode === 'int') return input;
  if (mode === 'oneHot' && input.at(-1) !== 1) return [...input, depth];
  if (input.length > 0) return [...input.slice(0, -1), depth];
  throw new ShapeError(sentence('featureInput', { input: formatShape(input) }));
}

/** Numbers of categories [N, ...] as vectors, of `depth` categories; a number that is no category makes zeros. */
export function encoded(ops: Ops, numbers: Value, mode: Exclude<OutputMode, 'tfIdf'>, depth: number): Value {
  if (mode === 'int') return ops.cast(numbers, 'float32');
  const vectors: Value = ops.oneHot(ops.cast(numbers, 'int32'), depth);
  if (mode === 'oneHot') {
    return ops.reshape(vectors, [numbers.shape[0]!, ...encodedShape(numbers.shape.slice(1), mode, depth)]);
  }
  const counts = ops.sum(vectors, -2);
  return mode === 'count' ? counts : ops.minimum(counts, 1);
}
