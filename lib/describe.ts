const longestText = 40;
const mostItems = 8;
const deepest = 3;

/** What came, for an error message: `undefined`, `"abc"`, `[1, 2]`, `a Float64Array of 3 elements`, `a function`. */
export function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `the bigint ${value}`;
  if (ArrayBuffer.isView(value)) return describeView(value);
  return written(value, 0);
}

/** Like JSON, but of bounded length and depth: what comes from a file may be nested 200,000 deep. */
function written(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(cut(value));
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth === deepest) return '...';
  if (Array.isArray(value)) return `[${items(value, each => written(each, depth + 1))}]`;
  const entries = Object.entries(value);
  if (entries.length === 0) return className(value);
  return `{ ${items(entries, ([key, each]) => `${cut(key)}: ${written(each, depth + 1)}`)} }`;
}

function items<T>(all: readonly T[], write: (item: T) => string): string {
  const shown = all.slice(0, mostItems).map(write);
  return (all.length > mostItems ? [...shown, '...'] : shown).join(', ');
}

const cut = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText)}...` : text);

/** The name of a typed array as the language gives it: also right for arrays of another window and of subclasses. */
export function arrayName(view: ArrayBufferView): string {
  return Object.prototype.toString.call(view).slice('[object '.length, -1);
}

function describeView(view: ArrayBufferView): string {
  const name = arrayName(view);
  const article = /^[AEIO]/.test(name) ? 'an' : 'a';
  return 'length' in view ? `${article} ${name} of ${view.length} elements` : `${article} ${name}`;
}

function className(value: object): string {
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === 'string' && name !== 'Object' ? `an object of class ${name}` : '{}';
}
