/**
 * Kaggle's Digit Recognizer has MNIST's 70,000 images in a split of its own: 42,000 with labels in train.csv and 28,000 without in
 * test.csv. Who has no account there gets files of this form from MNIST.
 */
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { concat, type Tensor } from 'inkling';
import { type LabelledImages, mnist, readSubmissionCsv, writeMnistCsv, writeSubmissionCsv } from 'inkling/node';

export const kaggleLabelled = 42_000;

/** The folder given, else `folder`, which gets its files from MNIST if it has none. */
export async function kaggleFolder(given: string | undefined, folder = 'runs/kaggle-data'): Promise<string> {
  if (given !== undefined) return given;
  const isThere = await access(join(folder, answersFile)).then(
    () => true,
    () => false,
  );
  if (isThere) return folder;
  console.log(`writing MNIST in Kaggle's form into ${folder}`);
  const { train, test } = await mnist();
  await writeKaggleFolder(folder, [train, test], kaggleLabelled);
  return folder;
}

const answersFile = 'test-labels.csv';

/** Writes train.csv with the first images of the sets, test.csv with the others, and test-labels.csv with the labels of those. */
export async function writeKaggleFolder(
  folder: string,
  sets: readonly LabelledImages[],
  labelled: number,
): Promise<void> {
  const images = concat(sets.map(set => set.images));
  const labels = concat(sets.map(set => set.labels));
  await mkdir(folder, { recursive: true });
  await writeMnistCsv(images.slice([0], [labelled]), join(folder, 'train.csv'), {
    labels: labels.slice([0], [labelled]),
  });
  await writeMnistCsv(images.slice([labelled]), join(folder, 'test.csv'));
  await writeSubmissionCsv(labels.slice([labelled]), join(folder, answersFile));
}

/** The labels of test.csv where somebody knows them: the first `count`. */
export async function answers(folder: string, count: number): Promise<Tensor<[number], 'uint8'> | undefined> {
  const path = join(folder, answersFile);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  return isThere ? (await readSubmissionCsv(path)).slice([0], [count]) : undefined;
}
