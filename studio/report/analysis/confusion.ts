/** What is known of a class from its right and wrong answers. */
export interface ClassScore {
  /** Right answers as a share of all answers with this class; NaN if there are none. */
  readonly precision: number;
  /** Right answers as a share of all images of this class; NaN if there are none. */
  readonly recall: number;
  /** Harmonic mean of both: 2 TP / (2 TP + FP + FN); NaN if there are neither images nor answers. */
  readonly f1: number;
  /** Images of this class. */
  readonly support: number;
}

/** The scores of all classes, and their means. */
export interface ClassScores {
  readonly classes: readonly ClassScore[];
  /** All classes count alike, those without images and answers left out; a score that is NaN counts as 0. */
  readonly macro: ClassScore;
  /** Each class counts by its images. */
  readonly weighted: ClassScore;
  /** Right answers as a share of all. */
  readonly accuracy: number;
}

/** How many images of each class (row) got each answer (column). Labels and answers are numbers from 0 to classes - 1. */
export function confusionCounts(labels: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]![predicted[i]!]!++;
  return counts;
}

/** Precision, recall and F1 of each class, from the counts of `confusionCounts`. */
export function classScores(counts: readonly (readonly number[])[]): ClassScores {
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  const classes = counts.map((row, i) => {
    const right = row[i]!;
    const support = sum(row);
    const answers = sum(counts.map(each => each[i]!));
    return { precision: right / answers, recall: right / support, f1: (2 * right) / (support + answers), support };
  });
  const total = sum(classes.map(({ support }) => support));
  const mean = (weightOf: (score: ClassScore) => number): ClassScore => {
    const weights = sum(classes.map(weightOf));
    const of = (name: 'precision' | 'recall' | 'f1') =>
      sum(classes.map(score => (score[name] || 0) * weightOf(score))) / weights;
    return { precision: of('precision'), recall: of('recall'), f1: of('f1'), support: total };
  };
  const right = sum(counts.map((row, i) => row[i]!));
  return {
    classes,
    macro: mean(({ f1 }) => (Number.isNaN(f1) ? 0 : 1)),
    weighted: mean(({ support }) => support),
    accuracy: right / total,
  };
}

/** Two classes, and how many images of the one were taken for the other. */
export interface Mixup {
  readonly label: number;
  readonly predicted: number;
  readonly count: number;
}

/** Which classes are mixed up, the most frequent first. */
export function mixups(counts: readonly (readonly number[])[]): Mixup[] {
  return counts
    .flatMap((row, label) => row.map((count, predicted) => ({ label, predicted, count })))
    .filter(({ label, predicted, count }) => label !== predicted && count > 0)
    .sort((a, b) => b.count - a.count);
}
