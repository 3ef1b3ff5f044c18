import { ShapeError } from '../errors.ts';
import { snakeCase } from '../layers/names.ts';

/** Errors that name their layer already. */
const named = new WeakSet<Error>();

/** Runs what a layer does, and puts the layer in front of the sentence of a ShapeError: `conv2d "block/conv2d": ...`. */
export function naming<T>(layer: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ShapeError) || named.has(error)) throw error;
    const whole = new ShapeError(`${layer}: ${error.message}`, { cause: error });
    named.add(whole);
    throw whole;
  }
}

/** How messages name a layer: `maxPooling2d "block/max_pooling2d"`. */
export const titleOf = (className: string, path: string): string => `${factoryName(className)} "${path}"`;

/** `MaxPooling2D` -> `maxPooling2d`, the function that makes the layer. */
export function factoryName(className: string): string {
  const word = className.replace('PReLU', 'Prelu').replace('ReLU', 'Relu');
  return snakeCase(word).replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
