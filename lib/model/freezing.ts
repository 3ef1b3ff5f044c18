import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { type LayerNode, nodesOf } from './layer-node.ts';

/** What names layers: a path, a name, a pattern with `*` (in one name) and `**` (across them), or a regular expression. */
export type LayerPattern = string | RegExp;

/**
 * Sets whether the layers train whose paths fit one of the patterns, and all layers below them; without a pattern all.
 * Throws OptionError, and changes nothing, if a pattern fits none.
 */
export function setTrainable(
  method: string,
  layers: readonly LayerNode[],
  patterns: LayerPattern | readonly LayerPattern[] | undefined,
  trainable: boolean,
): void {
  const nodes = [...nodesOf(layers)];
  const given: readonly LayerPattern[] =
    patterns === undefined ? ['**'] : Array.isArray(patterns) ? patterns : [patterns as LayerPattern];
  const chosen = given.flatMap(pattern => {
    const fits = fitting(method, pattern);
    const found = nodes.filter(fits);
    if (found.length > 0) return found;
    const paths = nodes.map(({ path }) => path).join(', ');
    throw new OptionError(`${method}: no layer fits ${written(pattern)}; there are: ${paths}`);
  });
  for (const node of chosen) node.trainable = trainable;
}

/** Whether a layer fits a pattern; a text without a star may be its name, too. */
function fitting(method: string, pattern: unknown): (node: LayerNode) => boolean {
  if (pattern instanceof RegExp) {
    // A pattern with the flag g would begin each time where it last ended.
    const anew = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
    return ({ path }) => anew.test(path);
  }
  if (typeof pattern !== 'string' || pattern === '') {
    throw new OptionError(
      `${method}: expected the path or name of a layer, a pattern such as "block1/*", a regular expression, or a list of them, got ${describe(pattern)}`,
    );
  }
  const stars: { readonly [star: string]: string } = { '**': '.*', '*': '[^/]*' };
  const source = pattern
    .split(/(\*\*|\*)/)
    .map(part => stars[part] ?? part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('');
  const whole = new RegExp(`^${source}$`);
  return ({ path, name }) => whole.test(path) || name === pattern;
}

const written = (pattern: LayerPattern): string => (typeof pattern === 'string' ? `"${pattern}"` : String(pattern));
