import { describe } from '../describe.ts';
import { OptionError, ShapeError } from '../errors.ts';
import { formatShape, type Shape } from '../shape/shape.ts';

/** Axes as options of layers: counted as in Keras with the batch as axis 0, or from the end. */

/** One axis or several as a list. Throws OptionError for what is none, and for the axis of the batch. */
export function checkedAxes(layer: string, given: unknown): readonly number[] {
  const axes: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (axes.length === 0 || !axes.every((axis): axis is number => Number.isInteger(axis))) {
    throw new OptionError(`${layer}: axis must be an integer or a list of them, got ${describe(given)}`);
  }
  if (axes.includes(0)) {
    throw new OptionError(`${layer}: axis 0 is that of the batch; expected axes of one input, from 1 on or -1`);
  }
  return axes;
}

/** Throws ShapeError unless inputs of that shape, without the batch axis, have the axes. */
export function checkAxesOf(input: Shape, axes: readonly number[]): void {
  const missing = axes.find(each => each > input.length || each < -input.length);
  if (missing === undefined) return;
  throw new ShapeError(
    `axis ${missing} does not exist in inputs of ${formatShape(input)}: expected 1 to ${input.length}, or -1 to -${input.length}`,
  );
}
