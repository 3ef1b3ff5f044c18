import { imagesAt, rightAndWrong, shownSet } from '../analysis/chosen-images.ts';
import { saliencyImages } from '../charts/saliency-images.ts';
import { formatPercent } from '../format.ts';
import type { Predictions, PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

/** Of right and of wrong predictions each. */
const shownOfEach = 6;

/** What the network looked at, where it was right and where it was wrong. */
export async function saliency(run: PreparedRun): Promise<Section | undefined> {
  const shown = shownSet(run);
  const predictions = await run.predictions();
  if (shown === undefined || predictions === undefined) return undefined;
  const { model } = shown;
  const { right, wrong } = rightAndWrong(predictions, shownOfEach);
  const grid = async (title: string, indices: readonly number[], classes: ArrayLike<number>) =>
    saliencyImages(model, imagesAt(model, predictions.set.images, indices), {
      title,
      classes: indices.map(i => classes[i]!),
      captions: indices.map(i => caption(run, predictions, i)),
    });
  const content = [
    ...(right.length > 0
      ? [await grid('Right predictions: what speaks for the class', right, predictions.predicted)]
      : []),
    ...(wrong.length > 0
      ? [
          await grid('Wrong predictions: what speaks for the class that was said', wrong, predictions.predicted),
          await grid('The same images: what speaks for the right class', wrong, predictions.labels),
        ]
      : []),
  ];
  return {
    id: 'saliency',
    title: 'What the network looks at',
    chapter: 'Network',
    lead: 'Slopes of the score of a class, the number before softmax, by the pixels, and Grad-CAM: where the last convolution speaks for the class.',
    content,
  };
}

function caption(run: PreparedRun, { labels, predicted, probabilities, classes }: Predictions, i: number) {
  const [label, said] = [labels[i]!, predicted[i]!];
  const sure = formatPercent(probabilities[i * classes + said]!, 1);
  const note = `said ${run.className(said)}, ${sure}`;
  return { caption: `a ${run.className(label)}`, note, tone: label === said ? 'right' : 'wrong' } as const;
}
