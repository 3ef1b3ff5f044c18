import { OptionError } from '../errors.ts';

/** `{epoch}`, `{epoch:02d}`, `{val_loss:.2f}`: the part of Python's format strings that file names need. */
const placeholder = /\{([A-Za-z_]\w*)(?::(0?)([1-9]\d*)?(?:\.(\d+))?([df]?))?\}/g;

/** Throws OptionError for a brace that belongs to no placeholder. */
export function checkPattern(callback: string, option: string, pattern: string): void {
  if (!/[{}]/.test(pattern.replace(placeholder, ''))) return;
  throw new OptionError(
    `${callback}: ${option} "${pattern}" has a brace that is no placeholder; those are {epoch}, {epoch:02d}, {val_loss:.4f}`,
  );
}

/**
 * The name with its placeholders filled in; `{valLoss}` is `{val_loss}`. Throws OptionError for a placeholder that has no
 * value.
 */
export function fillPattern(callback: string, pattern: string, values: { readonly [name: string]: number }): string {
  return pattern.replace(placeholder, (whole, name: string, zero = '', width = '', digits, kind = '') => {
    const snake = name.replace(/^val([A-Z])/, (_, first: string) => `val_${first.toLowerCase()}`);
    const value = values[name] ?? values[snake];
    if (value === undefined) {
      const known = Object.keys(values).join(', ');
      throw new OptionError(`${callback}: the file name has the placeholder ${whole}, but there are only ${known}`);
    }
    const usual = kind === 'f' ? 6 : undefined;
    const decimals = digits === undefined ? usual : Number(digits);
    const text = decimals === undefined ? String(value) : value.toFixed(decimals);
    return text.padStart(Number(width), zero === '0' ? '0' : ' ');
  });
}
