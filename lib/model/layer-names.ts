import { ShapeError } from '../errors.ts';

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

/** The name if it is free, else numbered as Keras does: `max_pooling2d`, `max_pooling2d_1`, ... */
export function freeName(base: string, taken: ReadonlySet<string>): string {
  for (let count = 0; ; count++) {
    const name = count === 0 ? base : `${base}_${count}`;
    if (!taken.has(name)) return name;
  }
}

export function snakeCase(className: string): string {
  return className
    .replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
