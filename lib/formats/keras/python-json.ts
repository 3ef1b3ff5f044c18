/** JSON that Python reads with the types that Keras wants. */
import type { Json } from '../../json.ts';

/** What a text is marked with that is written as a number with a point; no name of a layer begins so. */
const mark = '\u0001float:';

/** A number that is a `float` in Python even where it is whole: 1 is written as 1.0. */
export const PythonFloat = {
  of: (value: number): Json => `${mark}${Number.isInteger(value) ? value.toFixed(1) : value}`,
};

/** The text of a value. */
export function pythonJson(value: Json): string {
  const marked = JSON.stringify(mark).slice(1, -1);
  return JSON.stringify(value).replaceAll(new RegExp(`"${marked.replace('\\', '\\\\')}([-+.e\\d]+)"`, 'g'), '$1');
}
