/** Digits from image files, drawn or photographed, of any size, depth and polarity. */
import { basename } from 'node:path';
import { OptionError, preprocessDigit, type Sequential } from 'inkling';
import { loadModel, readImage } from 'inkling/node';
import type { ReportedDrawing } from 'inkling-studio';
import { type Common, files, type Outcome, text, writeResults } from './program.ts';

/** Options of the programs that recognise digits from files. */
export const drawnOptions = {
  predict: files('images of digits to recognise'),
  model: text(undefined, 'recognise them with this saved model, without training'),
};

/** What the model says of each file, printed, and as the report shows it: what was drawn, and what the network saw. */
export async function predictFiles(
  model: Sequential,
  paths: readonly string[],
  classNames: readonly string[],
): Promise<ReportedDrawing[]> {
  const drawings: ReportedDrawing[] = [];
  for (const path of paths) {
    const drawn = await readImage(path);
    const { image } = preprocessDigit(drawn);
    const probabilities = (await model.predict(image.expandDims(0))).data;
    const seen = { width: 28, height: 28, channels: 1, data: image.data };
    drawings.push({ drawn, seen, probabilities, name: basename(path) });
    console.log(`${path}: ${inWords(probabilities, classNames)}`);
  }
  return drawings;
}

/** `7 (98%), or 1 (2%)` */
function inWords(probabilities: ArrayLike<number>, classNames: readonly string[]): string {
  const [first, second] = ranked(probabilities).map(
    ({ label, share }) => `${classNames[label]} (${Math.round(share * 100)}%)`,
  );
  return `${first}, or ${second}`;
}

/** The classes, the likeliest first. Outputs of sigmoids need not sum to 1: shares do. */
function ranked(probabilities: ArrayLike<number>): { readonly label: number; readonly share: number }[] {
  const sum = Array.from(probabilities).reduce((a, b) => a + b, 0);
  return Array.from(probabilities, (value, label) => ({ label, share: value / sum })).sort((a, b) => b.share - a.share);
}

/** The label of each file, for `--json`. */
export const labelsOf = (drawings: readonly ReportedDrawing[]): Outcome =>
  Object.fromEntries(drawings.map(({ name = '', probabilities }) => [name, ranked(probabilities)[0]!.label]));

/** Recognises the files with the saved model of `--model`, and writes a report of them. */
export async function predictWith(
  path: string,
  given: Common & { readonly predict: readonly string[] },
): Promise<Outcome> {
  if (given.predict.length === 0)
    throw new OptionError('--model needs files to recognise: --model FILE --predict FILES...');
  const model = await loadModel(path);
  const classNames = Array.from({ length: model.outputShape.at(-1) ?? 0 }, (_, label) => String(label));
  const drawings = await predictFiles(model, given.predict, classNames);
  await writeResults(given, { title: 'Digits from files', model, data: { classNames }, drawings });
  return { predictions: labelsOf(drawings) };
}
