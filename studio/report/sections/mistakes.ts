import { answers, worstMistakes } from '../analysis/mistakes.ts';
import { formatCount, formatPercent } from '../format.ts';
import { html } from '../markup/markup.ts';
import { ImageGrid } from '../pictures/image-grid.ts';
import { imageReader } from '../pictures/pixels.ts';
import type { Predictions, PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

const mostShown = 40;

/** The wrong answers of which the model was most sure, with what it gives them and the right class. */
export async function mistakes(run: PreparedRun): Promise<Section | undefined> {
  const predictions = await run.predictions();
  if (predictions === undefined) return undefined;
  const count = worstMistakes(answers(predictions)).length;
  return {
    id: 'mistakes',
    title: 'The worst mistakes',
    chapter: 'Results',
    lead: 'Wrong answers, those of which the model was most sure first. Now and then it is the label that is wrong.',
    content:
      count === 0
        ? html`<p>There are no mistakes: all ${formatCount(predictions.count)} answers are right.</p>`
        : mistakeGrid(predictions, run.classNames),
  };
}

/** A grid of the worst mistakes. Throws OptionError if there are none. */
export function mistakeGrid(predictions: Predictions, classNames: readonly string[], most = mostShown): ImageGrid {
  const all = worstMistakes(answers(predictions));
  const read = imageReader(predictions.set.images);
  return new ImageGrid({
    title: 'The worst mistakes',
    description: `${formatCount(Math.min(most, all.length))} of ${formatCount(all.length)} mistakes among ${formatCount(predictions.count)} ${predictions.setName} images: what the model says and how sure it is of it, and below what each image is and what the model gives that.`,
    size: 92,
    columns: 8,
    images: all.slice(0, most).map(({ index, label, predicted, confidence, truth }) => ({
      image: read(index),
      caption: `said ${classNames[predicted]}: ${formatPercent(confidence, 1)}`,
      note: `is ${classNames[label]}: ${formatPercent(truth, 1)}`,
    })),
  });
}
