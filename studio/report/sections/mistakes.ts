import { formatCount } from '../format.ts';
import { html } from '../markup/markup.ts';
import { predictionGrid } from '../pictures/prediction-grid.ts';
import type { PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

/** The wrong answers of which the model was most sure, with what it gives them and the right class. */
export async function mistakes(run: PreparedRun): Promise<Section | undefined> {
  const predictions = await run.predictions();
  if (predictions === undefined) return undefined;
  const { set, outputs, count, labels, predicted } = predictions;
  const hasMistakes = Array.from(labels).some((label, i) => label !== predicted[i]);
  return {
    id: 'mistakes',
    title: 'The worst mistakes',
    chapter: 'Results',
    lead: 'Wrong answers, those of which the model was most sure first. Now and then it is the label that is wrong.',
    content: hasMistakes
      ? predictionGrid(set.images, labels, outputs, { classNames: run.classNames, show: 'worst' })
      : html`<p>There are no mistakes: all ${formatCount(count)} answers are right.</p>`,
  };
}
