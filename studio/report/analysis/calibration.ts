import { OptionError } from 'inkling';

/** Answers of about the same confidence. */
export interface CalibrationBin {
  /** The confidences from `from` (not included) to `to` (included). */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean of what the model gives its answers; NaN without answers. */
  readonly confidence: number;
  /** Share of right answers; NaN without answers. */
  readonly accuracy: number;
}

/** Whether a model that says 90% is right nine times of ten. */
export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /** Expected calibration error: the mean distance of accuracy and confidence, each bin counted by its answers. */
  readonly error: number;
  /** Mean of what the model gives its answers. */
  readonly confidence: number;
  readonly accuracy: number;
}

/**
 * Sorts the answers by their confidence into bins of one width, after Guo and others, "On Calibration of Modern Neural
 * Networks" (2017), equations 2 to 5. `confidences` has what the model gives each of its answers, 0 to 1; `right` whether
 * it was right. Throws OptionError for a number of bins that is no whole number above 0.
 */
export function calibration(confidences: ArrayLike<number>, right: ArrayLike<boolean>, bins = 10): Calibration {
  if (!Number.isInteger(bins) || bins < 1) {
    throw new OptionError(`calibration: bins must be a whole number above 0, got ${bins}`);
  }
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (let i = 0; i < confidences.length; i++) {
    const confidence = confidences[i]!;
    const sum = sums[Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1))]!;
    sum.count++;
    sum.confidence += confidence;
    if (right[i]) sum.right++;
  }
  const total = confidences.length;
  const made = sums.map(({ count, confidence, right }, i) => ({
    from: i / bins,
    to: (i + 1) / bins,
    count,
    confidence: confidence / count,
    accuracy: right / count,
  }));
  const add = (value: (sum: (typeof sums)[number]) => number) => sums.reduce((a, sum) => a + value(sum), 0) / total;
  return {
    bins: made,
    error: add(({ confidence, right }) => Math.abs(right - confidence)),
    confidence: add(({ confidence }) => confidence),
    accuracy: add(({ right }) => right),
  };
}
