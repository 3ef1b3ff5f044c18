import { type ClassScore, classScores, confusionCounts } from '../analysis/confusion.ts';
import { formatCount, formatShare } from '../format.ts';
import { type Content, html } from '../markup/markup.ts';
import { tableMarkup } from '../markup/table.ts';
import type { PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

/** Precision, recall and F1 of each class. */
export async function scores(run: PreparedRun): Promise<Section | undefined> {
  const predictions = await run.predictions();
  if (predictions === undefined) return undefined;
  const { labels, predicted, classes: count, setName } = predictions;
  const { classes, macro, weighted } = classScores(confusionCounts(labels, predicted, count));
  const cell = (share: number): Content =>
    Number.isNaN(share)
      ? 'none'
      : html`<span class="share" style="${`--share:${share.toFixed(4)}`}">${formatShare(share)}</span>`;
  const row = (name: string, { precision, recall, f1, support }: ClassScore): Content[] => [
    name,
    cell(precision),
    cell(recall),
    cell(f1),
    formatCount(support),
  ];
  return {
    id: 'scores',
    title: 'Precision, recall and F1',
    chapter: 'Results',
    lead: `Of the ${setName} images. Precision: how many answers with the class are right. Recall: how many images of the class are recognised. F1 is the harmonic mean of both.`,
    content: tableMarkup(
      {
        columns: ['Class', 'Precision', 'Recall', 'F1', 'Images'],
        rows: [
          ...classes.map((score, i) => row(run.className(i), score)),
          row('mean of classes', macro),
          row('mean of images', weighted),
        ],
      },
      { numeric: [1, 2, 3, 4], wide: true },
    ),
  };
}
