import { OptionError } from './errors.ts';

/** The error for a name that does not exist, with the known name nearest to it, if one is near. */
export function unknownName(what: string, got: string, known: readonly string[]): OptionError {
  const nearest = [...known].sort((a, b) => distance(got, a) - distance(got, b))[0];
  const isNear = nearest !== undefined && distance(got, nearest) <= Math.max(2, Math.floor(nearest.length / 3));
  const names = known.join(', ');
  return new OptionError(
    isNear
      ? `unknown ${what} "${got}": did you mean "${nearest}"? Known: ${names}`
      : `unknown ${what} "${got}"; known: ${names}`,
  );
}

/** Levenshtein distance, upper and lower case alike: how many letters have to be inserted, deleted or replaced. */
function distance(a: string, b: string): number {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
