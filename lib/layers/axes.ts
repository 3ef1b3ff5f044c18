/** Axes that options of layers name: counted as in Keras with the batch as axis 0, or from the end. */
import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape } from '../shape/shape.ts';

/** One axis or several. Throws OptionError for what is none, and for that of the batch. */
export function checkedAxes(layer: string, given: unknown): readonly number[] {
  const axes: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (axes.length === 0 || !axes.every((axis): axis is number => Number.isInteger(axis))) {
    throw new OptionError(`${layer}: axis must be an integer or a list of them, got ${describe(given)}`);
  }
  for (const axis of axes) refuseBatch(layer, axis);
  return axes;
}

/** One axis. Throws OptionError as checkedAxes does. */
export function checkedSingleAxis(layer: string, given: unknown): number {
  if (typeof given !== 'number' || !Number.isInteger(given)) {
    throw new OptionError(`${layer}: axis must be an integer, got ${describe(given)}`);
  }
  refuseBatch(layer, given);
  return given;
}

function refuseBatch(layer: string, axis: number): void {
  if (axis !== 0) return;
  throw new OptionError(`${layer}: axis 0 is that of the batch; expected axes of one input, from 1 on or -1`);
}

/**
 * The same axes as places in the shape of one input, which has no batch axis, in ascending order. Throws ShapeError for
 * one that the input does not have, and for one that is named twice.
 */
export function placesOf(axes: readonly number[], input: Shape): readonly number[] {
  const missing = axes.find(axis => axis > input.length || axis < -input.length);
  if (missing !== undefined) {
    throw new ShapeError(sentence('inputAxis', { axis: missing, input: formatShape(input), rank: input.length }));
  }
  const places = axes.map(axis => (axis < 0 ? axis + input.length : axis - 1));
  if (new Set(places).size === places.length) return places.sort((a, b) => a - b);
  throw new ShapeError(`the axes ${formatShape(axes)} name one twice in inputs of ${formatShape(input)}`);
}
