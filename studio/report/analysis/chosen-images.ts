import { type Sequential, type Tensor, tensor } from 'inkling';
import type { Predictions, PreparedRun } from '../prepared-run.ts';
import type { ReportedImages } from '../reported-run.ts';

/** Images as a model takes them: [N, H, W, C]. */
export const fitting = (model: Sequential, images: Tensor): Tensor =>
  model.inputShape.length === 3 && images.rank === 3 ? images.expandDims(3) : images;

/** The examples with those numbers, as a model takes them. */
export const imagesAt = (model: Sequential, images: Tensor, indices: readonly number[]): Tensor =>
  fitting(model, images.gather(tensor([...indices], [indices.length])));

/** A set of images that a model of images can be shown: those that are predicted, else the first of the run's sets. */
export function shownSet(run: PreparedRun): { readonly model: Sequential; readonly set: ReportedImages } | undefined {
  const { model, data } = run;
  const set = data.test ?? data.validation ?? data.train;
  if (model === undefined || set === undefined || model.inputShape.length !== 3 || set.labels.size === 0)
    return undefined;
  const [, height, width, channels = 1] = set.images.shape;
  const isFitting = [height, width, channels].join() === model.inputShape.join();
  return isFitting ? { model, set } : undefined;
}

/** `count` numbers from 0 to `total` - 1, evenly. */
export const spread = (total: number, count: number): readonly number[] =>
  Array.from({ length: Math.min(total, count) }, (_, i) => Math.floor((i * total) / Math.min(total, count)));

/** The first example of each of the first classes that is said rightly, and the wrong ones that the network was surest of. */
export function rightAndWrong(
  { count, classes, labels, predicted, probabilities }: Predictions,
  many: number,
): { readonly right: readonly number[]; readonly wrong: readonly number[] } {
  const right = new Map<number, number>();
  const wrong: number[] = [];
  for (let i = 0; i < count; i++) {
    if (predicted[i] !== labels[i]) wrong.push(i);
    else if (!right.has(labels[i]!)) right.set(labels[i]!, i);
  }
  const sureness = (i: number) => probabilities[i * classes + predicted[i]!]!;
  const byClass = [...right].sort(([a], [b]) => a - b).map(([, i]) => i);
  return { right: byClass.slice(0, many), wrong: wrong.sort((a, b) => sureness(b) - sureness(a)).slice(0, many) };
}
