import { ShapeError, type Tensor } from 'inkling';
import { formatCount, formatPercent } from '../format.ts';
import { type GridImage, ImageGrid } from './image-grid.ts';
import { imageReader, longestShown } from './pixels.ts';

/** Which predictions are shown. */
export interface PredictionGridOptions {
  /** By the numbers of the classes; the numbers themselves if left out. */
  readonly classNames?: readonly string[];
  /** Which images: the first of all, or of the wrong ones those of which the model was most sure; `first` if left out. */
  readonly show?: 'first' | 'worst';
  /** 40 if left out. */
  readonly count?: number;
  readonly title?: string;
}

/**
 * Images with what the model says of them: `probabilities` are [N, classes], as `predict` gives them. Throws ShapeError for
 * numbers of images, labels and probabilities that differ, OptionError where there is nothing to show.
 */
export function predictionGrid(
  images: Tensor,
  labels: ArrayLike<number>,
  probabilities: Tensor,
  { classNames, show = 'first', count = 40, title }: PredictionGridOptions = {},
): ImageGrid {
  const [total = 0, classes = 0] = probabilities.shape;
  if (probabilities.rank !== 2 || total !== labels.length || total !== images.shape[0]) {
    throw new ShapeError(
      `predictionGrid: ${images.shape[0]} images and ${labels.length} labels, but probabilities of [${probabilities.shape.join(', ')}]; expected [${labels.length}, classes]`,
    );
  }
  const read = imageReader(images, longestShown);
  const name = (label: number) => classNames?.[label] ?? String(label);
  const answers = Array.from(probabilities.argmax(1).data, (said, index) => {
    const given = (label: number) => probabilities.data[index * classes + label]!;
    const label = labels[index]!;
    return { index, said, label, sure: given(said), truth: given(label) };
  });
  const wrong = answers.filter(({ said, label }) => said !== label);
  const shown = (show === 'first' ? answers : wrong.sort((a, b) => b.sure - a.sure)).slice(0, count);
  return new ImageGrid({
    title: title ?? (show === 'first' ? 'Predictions' : 'The worst mistakes'),
    description:
      show === 'first'
        ? `The first ${formatCount(shown.length)} of ${formatCount(total)} images: what the model says, how sure it is of it, and what is right.`
        : `${formatCount(shown.length)} of ${formatCount(wrong.length)} mistakes among ${formatCount(total)} images: what the model says and how sure it is of it, and below what each image is and what the model gives that.`,
    size: 92,
    columns: 8,
    images: shown.map(({ index, said, label, sure, truth }): GridImage => {
      const isRight = said === label;
      return {
        image: read(index),
        caption: `said ${name(said)}: ${formatPercent(sure, 1)}`,
        note: isRight ? 'right' : `is ${name(label)}: ${formatPercent(truth, 1)}`,
        tone: isRight ? 'right' : 'wrong',
      };
    }),
  });
}
