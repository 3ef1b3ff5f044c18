import { OptionError, ShapeError } from '../errors.ts';
import { formatShape, type Shape, sizeOf } from '../shape/shape.ts';
import { common, type Layer, type LayerOptions } from './layer.ts';

export interface ReshapeOptions extends LayerOptions {
  /** The new shape of one output; one axis may be -1 and takes what is left. */
  readonly targetShape: Shape;
}

/** The same elements under another shape. Throws OptionError for a shape that cannot be one. */
export function reshape(options: ReshapeOptions): Layer {
  const { targetShape } = options;
  const free = targetShape.filter(axis => axis === -1).length;
  if (free > 1 || !targetShape.every(axis => Number.isInteger(axis) && (axis > 0 || axis === -1))) {
    throw new OptionError(
      `reshape: targetShape must hold positive integers and at most one -1, got ${formatShape(targetShape)}`,
    );
  }
  return {
    className: 'Reshape',
    ...common(options),
    config: { targetShape },
    outputShape: input => resolved(input, targetShape),
    forward: (ops, x) => ops.reshape(x, [x.shape[0]!, ...resolved(x.shape.slice(1), targetShape)]),
  };
}

/** The target with -1 replaced. Throws ShapeError if the number of elements differs. */
function resolved(input: Shape, target: Shape): Shape {
  const size = sizeOf(input);
  const known = sizeOf(target.filter(axis => axis !== -1));
  const fits = target.includes(-1) ? size % known === 0 : size === known;
  if (!fits) {
    const verb = target.includes(-1) ? 'cannot be divided into' : `does not have the ${known} elements of`;
    throw new ShapeError(`${formatShape(input)} with ${size} elements ${verb} ${formatShape(target)}`);
  }
  return target.map(axis => (axis === -1 ? size / known : axis));
}
