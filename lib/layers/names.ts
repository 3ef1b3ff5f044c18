/** How layers get their names. */

/** The name if it is free, else numbered as Keras does: `max_pooling2d`, `max_pooling2d_1`, ... */
export function freeName(base: string, taken: ReadonlySet<string>): string {
  for (let count = 0; ; count++) {
    const name = count === 0 ? base : `${base}_${count}`;
    if (!taken.has(name)) return name;
  }
}

/** `MaxPooling2D` -> `max_pooling2d`. */
export function snakeCase(className: string): string {
  return className
    .replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
