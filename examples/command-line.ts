/** The command line of the programs that make records. */
import { parseArgs } from 'node:util';
import { InklingError, OptionError } from 'inkling';

/** What an option is taken for where it is left out, and what it says of itself. */
export interface CommandOption {
  readonly default?: string;
  readonly help: string;
}

/** The values of a command's options, as they were given or by default. */
export interface Command<Name extends string> {
  readonly isHelp: boolean;
  text(name: Name): string | undefined;
  /** Throws OptionError unless it is a whole number of at least `least`. */
  count(name: Name, least: number): number;
  /** Whole numbers with commas between them. Throws OptionError for anything else. */
  counts(name: Name): number[];
}

/** Throws TypeError for an option that is not known. */
export function parseCommand<Name extends string>(known: { readonly [N in Name]: CommandOption }): Command<Name> {
  const names = Object.keys(known) as Name[];
  const options = Object.fromEntries(names.map(name => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ options: { help: { type: 'boolean' }, ...options } });
  const given: { readonly [name: string]: unknown } = values;
  const text = (name: Name): string | undefined => {
    const value = given[name];
    return typeof value === 'string' ? value : known[name].default;
  };
  const whole = (name: Name, part: string, least: number): number => {
    const number = Number(part);
    if (part.trim() !== '' && Number.isSafeInteger(number) && number >= least) return number;
    throw new OptionError(`--${name} ${text(name)}: expected a whole number of at least ${least}, got "${part}"`);
  };
  return {
    isHelp: given['help'] === true,
    text,
    count: (name, least) => whole(name, text(name) ?? '', least),
    counts: name => (text(name) ?? '').split(',').map(part => whole(name, part, 0)),
  };
}

export function helpText(title: string, known: { readonly [name: string]: CommandOption }): string {
  const lines = Object.entries(known).map(([name, option]) => {
    const preset = option.default === undefined ? '' : ` (${option.default})`;
    return `  --${name.padEnd(10)} ${option.help}${preset}`;
  });
  return [title, '', ...lines, ''].join('\n');
}

/** Runs a program; what its user is to blame for ends it with one line. */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const isUsage = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
    if (!(error instanceof InklingError || isUsage)) throw error;
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
