/** Faults and legal programs, against the shipped declarations: the line and the text of every error, and no other. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { Shape, Tensor } from '../../lib/index.ts';
import { type CompilerName, compile, type Diagnostic, declarations, userConfig } from './compilers.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
/** Faults that the run-time error tells in the same words. */
const agreedFiles = [
  ...['layers.faults.ts', 'composites.faults.ts', 'convolutions.faults.ts'],
  ...['augmentation.faults.ts', 'normalization.faults.ts', 'small-layers.faults.ts'],
  ...['features.faults.ts', 'data.faults.ts', 'losses.faults.ts', 'tensors.faults.ts', 'datasets.faults.ts'],
  'digits.faults.ts',
];
const compileOnlyFiles = [
  '',
  'augmentation-',
  'composites-',
  'convolutions-',
  'datasets-',
  'search-',
  'small-layers-',
  'losses-',
  'optimizers-',
].map(family => `${family}compile-only.faults.ts`);
const faultFiles = [...agreedFiles, ...compileOnlyFiles];
const networkFiles = [
  'networks',
  'augmentation',
  'composites',
  'convolutions',
  'normalization',
  'small-layers',
  'features',
].map(family => `${family}.legal.ts`);
const trainingFiles = [
  'data.legal.ts',
  'datasets.legal.ts',
  'digits.legal.ts',
  'losses.legal.ts',
  'optimizers.legal.ts',
  'search.legal.ts',
  'sources.legal.ts',
];
const legalFiles = [...networkFiles, 'tensors.legal.ts', 'files.legal.ts', ...trainingFiles];

/** What a comment above a line says of it: `!!` the type that the compiler shows, `!~` a part of its message. */
interface Marker {
  readonly file: string;
  readonly line: number;
  readonly whole: boolean;
  readonly text: string;
}

async function markersOf(file: string): Promise<Marker[]> {
  const lines = (await readFile(join(fixtures, file), 'utf8')).split('\n');
  return lines.flatMap((text, i) => {
    const found = /^\s*\/\/ !([!~]) (.*)$/.exec(text);
    return found === null ? [] : [{ file, line: i + 2, whole: found[1] === '!', text: found[2]! }];
  });
}

const isTold = ({ whole, text }: Marker, { message }: Diagnostic): boolean =>
  message.includes(whole ? `"${text}"` : text);

t.test('the compilers', async t => {
  const { folder, discard } = await declarations();
  t.teardown(discard);
  const markers = (await Promise.all(faultFiles.map(markersOf))).flat();
  t.ok(markers.length >= 60, `${markers.length} faults`);
  const files = [...faultFiles, ...legalFiles].map(file => join(fixtures, file));
  for (const name of ['typescript', 'typescript-5.9', 'typescript-5.7'] satisfies CompilerName[]) {
    const config = await userConfig(folder, files);
    const { diagnostics } = await compile(name, '-p', config, '--pretty', 'false', '--noErrorTruncation');
    for (const marker of markers) {
      const here = diagnostics.filter(({ file, line }) => file === marker.file && line === marker.line);
      const messages = here.map(({ message }) => message).join('\n');
      t.ok(here.length === 1 && isTold(marker, here[0]!), `${name}: ${marker.file}:${marker.line}: ${messages}`);
    }
    const others = diagnostics.filter(
      ({ file, line }) => !markers.some(each => each.file === file && each.line === line),
    );
    t.strictSame(others, [], `${name}: no other errors`);
  }
});

t.test('the run-time error says what the compiler says', async t => {
  for (const file of agreedFiles) {
    const { faults, optionFaults = [] }: { [name: string]: (() => unknown)[] } = await import(join(fixtures, file));
    const markers = await markersOf(file);
    const programs = [...faults!, ...optionFaults];
    t.equal(programs.length, markers.length);
    for (const [i, program] of programs.entries()) {
      const error = await Promise.resolve()
        .then(program)
        .then(() => 'no error', String);
      const { text } = markers[i]!;
      t.ok(error === text || error.endsWith(`: ${text}`), `${error}, expected ${text}`);
    }
  }
});

t.test('legal programs run, and have the shapes that the compiler says', async t => {
  let networks = 0;
  for (const file of networkFiles) {
    const { programs }: { programs: [() => { outputShape: Shape }, Shape][] } = await import(join(fixtures, file));
    for (const [build, output] of programs) t.strictSame(build().outputShape, output);
    networks += programs.length;
  }
  const tensors: { made: { [name: string]: Tensor }; expected: { [name: string]: [Shape, string] } } = await import(
    join(fixtures, 'tensors.legal.ts')
  );
  for (const [name, { shape, dtype }] of Object.entries(tensors.made)) {
    t.strictSame([shape, dtype], tensors.expected[name], name);
  }
  let trainings = 0;
  for (const file of trainingFiles) {
    const { programs }: { programs: (() => Promise<unknown>)[] } = await import(join(fixtures, file));
    for (const program of programs) await t.resolves(program());
    trainings += programs.length;
  }
  const count = networks + Object.keys(tensors.made).length + trainings;
  t.ok(count >= 60, `${count} legal programs`);
});
