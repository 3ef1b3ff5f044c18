import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import type { Json } from '../json.ts';
import { isObject } from '../layers/options.ts';

/**
 * Which parameters are meant: those whose path, such as `block1/dense/bias`, has the text in it, or is found by the
 * regular expression.
 */
export type PathPattern = string | RegExp;

/** Patterns as they were given, checked; a saved regular expression, `{ source, flags }`, is made again. Throws OptionError. */
export function checkedPatterns(optimizer: string, option: string, given: unknown): readonly PathPattern[] {
  const fail = (got: unknown): never => {
    throw new OptionError(
      `${optimizer}: ${option} must be a list of texts or regular expressions, such as ['bias', /norm/], got ${describe(got)}`,
    );
  };
  if (!Array.isArray(given)) return fail(given);
  return given.map((pattern: unknown) => {
    if (pattern instanceof RegExp) return pattern;
    if (typeof pattern === 'string' && pattern !== '') return pattern;
    const { source, flags } = isObject(pattern) ? pattern : {};
    return typeof source === 'string' && typeof flags === 'string' ? new RegExp(source, flags) : fail(given);
  });
}

/** Patterns as they are saved. */
export const savedPatterns = (patterns: readonly PathPattern[]): Json =>
  patterns.map(pattern => (typeof pattern === 'string' ? pattern : { source: pattern.source, flags: pattern.flags }));

export const isMatched = (path: string, patterns: readonly PathPattern[]): boolean =>
  // `search` does not depend on where a global expression has found something before.
  patterns.some(pattern => (typeof pattern === 'string' ? path.includes(pattern) : path.search(pattern) >= 0));
