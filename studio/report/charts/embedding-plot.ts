import { OptionError, ShapeError, type Tensor } from 'inkling';
import { principalComponents } from '../analysis/principal-components.ts';
import { formatCount, formatPercent } from '../format.ts';
import { EmbeddingPlot } from '../pictures/embedding-plot.ts';
import { imageReader } from '../pictures/pixels.ts';

export interface EmbeddingOptions {
  /** The numbers of the right classes, one for each example. */
  readonly labels: ArrayLike<number>;
  /** Those that the model says, if wrong ones are to be marked. */
  readonly predicted?: ArrayLike<number>;
  /** [N, H, W] or [N, H, W, C]: shown where a point is pointed at. */
  readonly images?: Tensor;
  readonly classNames?: readonly string[];
  readonly title?: string;
}

/** The class as it is written at a point: a digit is its own mark. */
const markOf = (name: string): string => (name.length <= 2 ? name : name.slice(0, 2));

/**
 * Vectors [N, D], such as the outputs of the last hidden layer, in the two directions in which they differ most, each with
 * the mark of its class. Throws ShapeError for other shapes and OptionError for other numbers of labels.
 */
export function embeddingPlot(
  vectors: Tensor,
  { labels, predicted, images, classNames, title = 'Images as the last hidden layer has them' }: EmbeddingOptions,
): EmbeddingPlot {
  const { points, shares } = principalComponents(vectors);
  const count = points.shape[0]!;
  for (const [name, given] of Object.entries({ labels, predicted, images: images?.shape[0] })) {
    const got = typeof given === 'number' ? given : given?.length;
    if (got !== undefined && got !== count) {
      throw new OptionError(`embeddingPlot: there are ${count} vectors, but ${got} ${name}; give one for each`);
    }
  }
  if (images !== undefined && images.rank < 3)
    throw new ShapeError(`embeddingPlot: images are [${images.shape.join(', ')}]`);
  const nameOf = (label: number) => classNames?.[label] ?? String(label);
  const read = images === undefined ? undefined : imageReader(images);
  let wrong = 0;
  const marks = Array.from({ length: count }, (_, i) => {
    const said = predicted?.[i];
    const isWrong = said !== undefined && said !== labels[i];
    if (isWrong) wrong++;
    return {
      x: points.data[2 * i]!,
      y: points.data[2 * i + 1]!,
      label: labels[i]!,
      mark: markOf(nameOf(labels[i]!)),
      text: isWrong ? `${nameOf(labels[i]!)}, said ${nameOf(said)}` : nameOf(labels[i]!),
      isWrong,
      image: read?.(i),
    };
  });
  const share = formatPercent(shares[0] + shares[1], 0);
  const mistakes =
    predicted === undefined ? '' : ` Those ${formatCount(wrong)} that the network took for another class have a ring.`;
  return new EmbeddingPlot({
    title,
    description: `${formatCount(count)} images, each with the mark of its class, along the two principal components of ${formatCount(vectors.shape[1]!)} numbers; they have ${share} of the variance (${formatPercent(shares[0], 0)} across, ${formatPercent(shares[1], 0)} up).${mistakes}`,
    marks,
  });
}
