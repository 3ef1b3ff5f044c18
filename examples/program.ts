/** What the programs here have in common: the options of the command line, and how a program ends. */
import { realpathSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DataError, type History, InklingError, OptionError, type Sequential } from 'inkling';
import { type Digits, type LabelledImages, loadDigits } from 'inkling/node';
import { type Picture, type ReportedRun, type RunRecorder, runEnvironment, writeReport } from 'inkling-studio';

/** An option of the command line: `parse` makes its value of what was given. */
interface Option<T> {
  readonly help: string;
  readonly preset: T;
  /** What stands behind the name in the list of options; undefined for a flag. */
  readonly argument: string | undefined;
  parse(name: string, given: readonly string[]): T;
}

export function number<P extends number | undefined>(preset: P, help: string): Option<number | P> {
  const parse = (name: string, given: readonly string[]): number => {
    const text = given.at(-1) ?? '';
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value)) return value;
    throw new OptionError(`--${name} must be a number, got "${text}"`);
  };
  return { help, preset, argument: 'N', parse };
}

export function text<P extends string | undefined>(preset: P, help: string): Option<string | P> {
  return { help, preset, argument: 'TEXT', parse: (_, given) => given.at(-1) ?? '' };
}

export function choice<const C extends string>(choices: readonly [C, ...C[]], help: string): Option<C> {
  const parse = (name: string, given: readonly string[]): C => {
    const found = choices.find(each => each === given.at(-1));
    if (found !== undefined) return found;
    throw new OptionError(`--${name} must be one of ${choices.join(', ')}, got "${given.at(-1)}"`);
  };
  return { help: `${help}: ${choices.join(', ')}`, preset: choices[0], argument: 'NAME', parse };
}

export function flag(help: string): Option<boolean> {
  return { help, preset: false, argument: undefined, parse: () => true };
}

/** May be given several times; what stands on the command line without an option comes to it as well. */
export function files(help: string): Option<readonly string[]> {
  return { help, preset: [], argument: 'FILES...', parse: (_, given) => given };
}

type Options = { readonly [name: string]: Option<unknown> };
type Values<O extends Options> = { readonly [N in keyof O]: O[N]['preset'] | ReturnType<O[N]['parse']> };

/** What every program takes. */
const commonOptions = (name: string, epochs: number, batchSize: number) => ({
  data: text(undefined, 'folder, file or URL: IDX, CSV, or images by class; MNIST if left out'),
  out: text(`runs/${name}`, 'folder for all that the program writes'),
  json: text(undefined, 'file for the result as JSON'),
  noReport: flag('write neither report nor pictures'),
  epochs: number(epochs, 'passes over the training images, at most'),
  batchSize: number(batchSize, 'images in a training step'),
  limit: number(undefined, 'use only the first N images of training and of testing'),
  seed: number(1, 'decides weights, order, dropout and augmentation'),
});
export type Common = Values<ReturnType<typeof commonOptions>>;

export interface About<O extends Options> {
  /** `import.meta.url` */
  readonly file: string;
  /** The name of its folder below runs/. */
  readonly name: string;
  /** The first line of the help, and the report's title. */
  readonly title: string;
  readonly epochs: number;
  readonly batchSize: number;
  /** Those of its own. */
  readonly options: O;
}

/** What came of it: numbers and texts for `--json`. */
export type Outcome = { readonly [name: string]: unknown };

/**
 * Makes the main function of a program, which takes the command line, and runs it if the program's file is what Node was
 * started with. Mistakes on the command line and in data end the program with one line.
 */
export function program<const O extends Options>(
  about: About<O>,
  run: (given: Common & Values<O>) => Promise<Outcome>,
): (args: readonly string[]) => Promise<void> {
  const options: Options = { ...commonOptions(about.name, about.epochs, about.batchSize), ...about.options };
  const main = async (args: readonly string[]): Promise<void> => {
    const given = parse(options, args);
    if (given === undefined) return console.log(helpText(about.title, options));
    const values = given as Common & Values<O>;
    if (values.limit !== undefined && !(Number.isInteger(values.limit) && values.limit > 0)) {
      throw new OptionError(`--limit must be a whole number of at least 1, got ${values.limit}`);
    }
    await mkdir(values.out, { recursive: true });
    const outcome = await run(values);
    if (values.json === undefined) return;
    await mkdir(dirname(values.json), { recursive: true });
    await writeFile(
      values.json,
      `${JSON.stringify({ program: about.name, seed: values.seed, ...outcome }, null, 2)}\n`,
    );
  };
  const started = process.argv[1];
  if (started !== undefined && realpathSync(started) === fileURLToPath(about.file)) {
    main(process.argv.slice(2)).catch(endWith);
  }
  return main;
}

/** Images to train on and images to test on. */
export interface LabelledSets {
  readonly train: LabelledImages;
  readonly test: LabelledImages;
  readonly classNames: readonly string[];
  readonly name: string;
}

/** The first `limit` images of what `--data` names; all without a limit. */
export async function digits({ data, limit }: Pick<Common, 'data' | 'limit'>): Promise<Digits> {
  const found = await loadDigits(data);
  if (limit === undefined) return found;
  const { train, test, unlabelled } = found;
  const first = (set: LabelledImages): LabelledImages => ({
    images: set.images.slice([0], [Math.min(limit, set.images.shape[0])]),
    labels: set.labels.slice([0], [Math.min(limit, set.labels.shape[0])]),
  });
  return {
    ...found,
    train: first(train),
    test: test && first(test),
    unlabelled: unlabelled && { images: unlabelled.images.slice([0], [Math.min(limit, unlabelled.images.shape[0])]) },
  };
}

/** As `digits`. Throws DataError for data without images to test on. */
export async function labelledSets(given: Pick<Common, 'data' | 'limit'>): Promise<LabelledSets> {
  const { test, ...others } = await digits(given);
  if (test !== undefined) return { ...others, test };
  throw new DataError(`${others.name}: there are no images with labels to test on; give data with a test set`);
}

/** What came of a training: accuracy and loss on the test set, seconds of `fit`, epochs, parameters. */
export function resultOf(
  model: Sequential,
  recorder: RunRecorder,
  history: History,
  { loss: testLoss, accuracy: testAccuracy }: { readonly [name: string]: number },
): Outcome {
  const seconds = recorder.facts().timings?.['training'];
  return { testAccuracy, testLoss, seconds, epochs: history.epoch.length, parameters: model.countParams() };
}

/** Writes report.html and each picture as `<name>.png` into the folder of the program, and says so; unless `--no-report` is given. */
export async function writeResults(
  given: Common,
  run: ReportedRun,
  pictures: { readonly [name: string]: Picture } = {},
): Promise<void> {
  const { out, noReport } = given;
  if (noReport) return;
  await mkdir(out, { recursive: true });
  for (const [name, picture] of Object.entries(pictures))
    await writeFile(join(out, `${name}.png`), await picture.png());
  // What was not given says nothing.
  const configuration = JSON.parse(JSON.stringify(given));
  await writeReport(join(out, 'report.html'), { ...(await runEnvironment()), seed: given.seed, ...run, configuration });
  console.log(`wrote ${['report.html', ...Object.keys(pictures).map(name => `${name}.png`)].join(', ')} into ${out}`);
}

function endWith(error: unknown): void {
  const isUsage = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (!(error instanceof InklingError || isUsage)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** batchSize -> batch-size */
const dashed = (name: string): string => name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);

/** The values by their names; undefined if help was asked for. */
function parse(options: Options, args: readonly string[]): { [name: string]: unknown } | undefined {
  const named = Object.entries(options).map(([name, option]) => [dashed(name), name, option] as const);
  const list = named.find(([, , { argument }]) => argument === 'FILES...')?.[0];
  const parsed = parseArgs({
    args: [...args],
    allowPositionals: list !== undefined,
    options: {
      help: { type: 'boolean' },
      ...Object.fromEntries(
        named.map(([dash, , { argument }]) => [
          dash,
          { type: argument === undefined ? 'boolean' : 'string', multiple: true } as const,
        ]),
      ),
    },
  });
  const values: { readonly [name: string]: unknown } = parsed.values;
  if (values['help'] === true) return undefined;
  return Object.fromEntries(
    named.map(([dash, name, option]) => {
      const found: unknown = values[dash];
      const given = [...(Array.isArray(found) ? found.map(String) : []), ...(dash === list ? parsed.positionals : [])];
      return [name, given.length === 0 ? option.preset : option.parse(dash, given)];
    }),
  );
}

function helpText(title: string, options: Options): string {
  const lines = Object.entries(options).map(([name, { argument, help, preset }]) => {
    const usage = `--${dashed(name)}${argument === undefined ? '' : ` ${argument}`}`;
    const isShown = typeof preset === 'number' || typeof preset === 'string';
    return `  ${usage.padEnd(22)} ${help}${isShown ? ` (${preset})` : ''}`;
  });
  return [title, '', ...lines].join('\n');
}
