import { OptionError, ShapeError } from '../errors.ts';
import type { Layer, ParameterSpec } from '../layers/layer.ts';
import { checkedShape } from '../layers/options.ts';
import { sentence } from '../shape/sentences.ts';
import { formatShape, type Shape } from '../shape/shape.ts';

/** A layer in its place in a model: named, with its shapes known. */
export interface PlacedLayer {
  readonly layer: Layer;
  readonly name: string;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly parameters: readonly PlacedParameter[];
}

export interface PlacedParameter extends ParameterSpec {
  /** Unique within the model: `conv2d_1/kernel`. */
  readonly path: string;
}

/** Places a layer behind the ones before. Throws ShapeError or OptionError that names the layer. */
export function placeLayer(before: readonly PlacedLayer[], layer: Layer, inputShape: Shape): PlacedLayer {
  const name = layer.name ?? automaticName(layer.className, before);
  const who = `${factoryName(layer.className)} "${name}"`;
  if (before.some(other => other.name === name)) {
    throw new OptionError(`${who}: another layer has this name already; names must be unique within a model`);
  }
  const outputShape = naming(who, () => layer.outputShape(inputShape));
  const parameters = naming(who, () => layer.parameters?.(inputShape) ?? []);
  for (const parameter of parameters) checkedShape(`${who}: the shape of ${parameter.name}`, parameter.shape);
  return {
    layer,
    name,
    inputShape,
    outputShape,
    parameters: parameters.map(parameter => ({ ...parameter, path: `${name}/${parameter.name}` })),
  };
}

/** The shape that the first layer of a model must bring. */
export function firstInputShape(layer: Layer): Shape {
  if (layer.inputShape === undefined) {
    throw new OptionError(sentence('firstLayer', {}));
  }
  return checkedShape(`${factoryName(layer.className)}: inputShape`, layer.inputShape);
}

/** A layer further on may repeat its input shape, but not contradict. */
export function checkInputShape(layer: Layer, expected: Shape): void {
  if (layer.inputShape === undefined || formatShape(layer.inputShape) === formatShape(expected)) return;
  const shapes = { given: formatShape(layer.inputShape), expected: formatShape(expected) };
  throw new ShapeError(`${factoryName(layer.className)}: ${sentence('contradiction', shapes)}`);
}

/** Runs a layer's own check and puts the layer's name in front of its sentence. */
function naming<T>(who: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof ShapeError) throw new ShapeError(`${who}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** `MaxPooling2D` -> `maxPooling2d`, the function that makes the layer. */
function factoryName(className: string): string {
  return snakeCase(className).replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Keras's automatic names: `max_pooling2d`, `max_pooling2d_1`, ... counted within the model. */
function automaticName(className: string, before: readonly PlacedLayer[]): string {
  const base = snakeCase(className);
  const taken = new Set(before.map(layer => layer.name));
  for (let count = 0; ; count++) {
    const name = count === 0 ? base : `${base}_${count}`;
    if (!taken.has(name)) return name;
  }
}

function snakeCase(className: string): string {
  return className
    .replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
