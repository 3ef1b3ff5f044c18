/** AlexNet for Kaggle's Digit Recognizer, from exploration to submission: `npx tsx examples/kaggle-alexnet.ts --help`. */
import { join } from 'node:path';
import {
  alexnet,
  augmentation,
  Dataset,
  EarlyStopping,
  type Layer,
  randomRotation,
  randomTranslation,
  randomZoom,
  Sequential,
} from 'inkling';
import { type Digits, type LabelledImages, saveModel, writeSubmissionCsv } from 'inkling/node';
import { labelDistribution, RunRecorder, sampleGrid } from 'inkling-studio';
import { answers, kaggleFolder } from './kaggle-data.ts';
import { digits, flag, number, program, resultOf, writeResults } from './program.ts';

/** Prints what the files hold. A CSV in which a value is missing has been refused with its line and column. */
function explore({ train, unlabelled, classNames }: Digits): void {
  const { images, labels } = train;
  console.log(`train: images [${images.shape}], labels [${labels.shape}]; missing values: 0`);
  if (unlabelled !== undefined) console.log(`test: images [${unlabelled.images.shape}]; missing values: 0`);
  console.log(`pixels: ${images.min().item()} to ${images.max().item()}, mean ${images.mean().item().toFixed(1)}`);
  for (const [label, name] of classNames.entries()) {
    const count = labels.equal(label).sum().item();
    console.log(
      `${name.padStart(12)} ${String(count).padStart(6)} ${'#'.repeat(Math.round((200 * count) / labels.size))}`,
    );
  }
}

const black = { fillMode: 'constant' } as const;
/** Turned by up to 10 degrees, moved and zoomed by up to 8%. */
const augmented = (): Layer =>
  augmentation([
    randomRotation({ factor: 10 / 360, ...black }),
    randomTranslation({ heightFactor: 0.08, widthFactor: 0.08, ...black }),
    randomZoom({ heightFactor: 0.08, ...black }),
  ]);

export const main = program(
  {
    file: import.meta.url,
    name: 'kaggle-alexnet',
    title: "AlexNet for Kaggle's Digit Recognizer, from exploration to submission",
    epochs: 8,
    batchSize: 128,
    options: {
      width: number(0.25, "share of AlexNet's filters and units"),
      dropout: number(0.5, 'share of the dense units that is left out while training'),
      augment: flag('turn, move and zoom the images while training'),
    },
  },
  async given => {
    const { out, epochs, batchSize, seed, width, dropout } = given;
    const folder = await kaggleFolder(given.data);
    const found = await digits({ ...given, data: folder });
    const { train, unlabelled = found.test, classNames } = found;
    explore(found);

    const [training, validation] = Dataset.fromImages(train).split(0.9, { stratify: true, seed });
    const network = alexnet({ width, dropout, classes: classNames.length, seed });
    const model: Sequential<[28, 28, 1], [number]> = given.augment
      ? new Sequential({ name: 'augmented', inputShape: [28, 28, 1], seed }).add(augmented()).add(network)
      : network;
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    const recorder = new RunRecorder();
    const history = await model.fit(training.shuffle().batch(batchSize), {
      epochs,
      validationData: validation.batch(200),
      callbacks: [new EarlyStopping({ patience: 2, restoreBestWeights: true, verbose: 1 }), recorder],
    });
    model.summary();
    await saveModel(model, join(out, 'model.keras'));

    const validated = await model.evaluate(validation.batch(200));
    console.log(`validation accuracy ${validated.accuracy!.toFixed(4)}`);
    const score = unlabelled && (await submit(model, unlabelled, folder, join(out, 'submission.csv')));
    await writeResults(
      given,
      {
        title: 'AlexNet on Kaggle digits',
        model,
        history,
        data: { train, test: found.test, classNames },
        ...recorder.facts(),
      },
      {
        labels: labelDistribution(train.labels.data, { classNames }),
        samples: sampleGrid(train.images, train.labels.data, { classNames }),
      },
    );
    const result = resultOf(model, recorder, history, validated);
    return { ...result, validationAccuracy: validated['accuracy'], testLoss: undefined, testAccuracy: score };
  },
);

/** Writes what Kaggle wants. The share that is right, where the answers are known. */
async function submit(
  model: Sequential,
  test: Partial<LabelledImages> & Pick<LabelledImages, 'images'>,
  folder: string,
  path: string,
): Promise<number | undefined> {
  const labels = (await model.predict(test.images, { batchSize: 200 })).argmax(1);
  await writeSubmissionCsv(labels, path);
  console.log(`wrote ${path}: ${labels.size} predictions`);
  const known = test.labels ?? (await answers(folder, labels.size));
  if (known === undefined) return undefined;
  const right = labels.equal(known).mean().item();
  console.log(`score ${right.toFixed(5)}`);
  return right;
}
