import type { Predictions } from '../prepared-run.ts';

/** One image, and what the model says of it. */
export interface Answer {
  /** The place of the image in its set. */
  readonly index: number;
  readonly label: number;
  readonly predicted: number;
  /** What the model gives its answer, 0 to 1. */
  readonly confidence: number;
  /** What the model gives the right class. */
  readonly truth: number;
}

/** The answers of a model to all images of a set, in their order. */
export function answers({ count, classes, probabilities, predicted, labels }: Predictions): Answer[] {
  return Array.from({ length: count }, (_, index) => {
    const label = labels[index]!;
    const answer = predicted[index]!;
    return {
      index,
      label,
      predicted: answer,
      confidence: probabilities[index * classes + answer]!,
      truth: probabilities[index * classes + label]!,
    };
  });
}
