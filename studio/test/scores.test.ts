/** Confusion, scores and calibration against scikit-learn: golden/scores_sklearn.py. */
import { readFile } from 'node:fs/promises';
import t from 'tap';
import { calibration, classScores, confusionCounts } from '../report/index.ts';

interface Scores {
  readonly precision: readonly (number | null)[];
  readonly recall: readonly (number | null)[];
  readonly f1: readonly (number | null)[];
}

interface Golden {
  readonly classes: number;
  readonly labels: readonly number[];
  readonly predicted: readonly number[];
  readonly confusion: readonly (readonly number[])[];
  readonly each: Scores;
  readonly macro: Scores;
  readonly weighted: Scores;
  readonly accuracy: number;
  readonly confidence: readonly number[];
  readonly right: readonly boolean[];
  readonly counts: readonly number[];
  readonly binShare: readonly number[];
  readonly binMean: readonly number[];
  readonly error: number;
}

const golden: Golden = JSON.parse(await readFile(new URL('golden/scores_sklearn.json', import.meta.url), 'utf8'));
const tolerance = 1e-12;
const near = (actual: number, expected: number | null | undefined): boolean =>
  expected === null ? Number.isNaN(actual) : Math.abs(actual - (expected ?? Number.NaN)) < tolerance;

t.test('confusion matrix, precision, recall and F1 are those of scikit-learn', async t => {
  const counts = confusionCounts(golden.labels, golden.predicted, golden.classes);
  t.same(counts, golden.confusion);
  const { classes, macro, weighted, accuracy } = classScores(counts);
  for (const name of ['precision', 'recall', 'f1'] as const) {
    for (const [i, score] of classes.entries()) t.ok(near(score[name], golden.each[name][i]), `${name} of class ${i}`);
    t.ok(near(macro[name], golden.macro[name][0]), `mean ${name} of classes`);
    t.ok(near(weighted[name], golden.weighted[name][0]), `mean ${name} of images`);
  }
  t.ok(near(accuracy, golden.accuracy));
  t.equal(macro.support, golden.labels.length);
});

t.test('a class without images and answers does not lower the mean', async t => {
  const { classes, macro } = classScores([
    [2, 0, 0],
    [0, 3, 0],
    [0, 0, 0],
  ]);
  t.same(classes[2], { precision: Number.NaN, recall: Number.NaN, f1: Number.NaN, support: 0 });
  t.equal(macro.f1, 1);
});

t.test('calibration is that of scikit-learn', async t => {
  const { bins, error } = calibration(golden.confidence, golden.right);
  t.same(
    bins.map(({ count }) => count),
    golden.counts,
  );
  const used = bins.filter(({ count }) => count > 0);
  for (const [i, { accuracy, confidence }] of used.entries()) {
    t.ok(near(accuracy, golden.binShare[i]), `share of right answers in bin ${i}`);
    t.ok(near(confidence, golden.binMean[i]), `mean confidence in bin ${i}`);
  }
  t.ok(near(error, golden.error));
  t.throws(() => calibration([], [], 0), {
    name: 'OptionError',
    message: 'calibration: bins must be a whole number above 0, got 0',
  });
});
