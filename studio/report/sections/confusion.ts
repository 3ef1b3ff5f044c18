import { type Answer, answers } from '../analysis/answers.ts';
import { confusionCounts } from '../analysis/confusion.ts';
import { describeMixups } from '../charts/confusion-matrix.ts';
import { formatCount, formatPercent } from '../format.ts';
import { html, jsonScript, type Markup } from '../markup/markup.ts';
import { ImageSheet } from '../pictures/image-sheet.ts';
import { imageReader } from '../pictures/pixels.ts';
import type { Predictions, PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

/** Images that a cell shows, right answers and wrong ones; and all cells together, so that reports stay small. */
const mostRight = 6;
const mostWrong = 24;
const mostOfAll = 1200;
/** Of the sheet of all images, before it is packed; and of the longer side of one. */
const mostBytes = 1_500_000;
const longestSide = 48;

/** What the page shows of a cell: places in the sheet of images, with the confidence of each answer. */
type CellImages = readonly { readonly position: string; readonly confidence: string }[];

/** Which classes are taken for which others; each cell shows its images. */
export async function confusion(run: PreparedRun): Promise<Section | undefined> {
  const predictions = await run.predictions();
  if (predictions === undefined) return undefined;
  const { labels, predicted, classes } = predictions;
  const names = Array.from({ length: classes }, (_, i) => run.className(i));
  return {
    id: 'confusion',
    title: 'Confusion matrix',
    chapter: 'Results',
    lead: describeMixups(labels, predicted, names),
    content: matrixMarkup(predictions, names),
  };
}

function matrixMarkup(predictions: Predictions, names: readonly string[]): Markup {
  const counts = confusionCounts(predictions.labels, predictions.predicted, names.length);
  const { sheet, cells } = shownImages(predictions);
  const longest = Math.max(...names.map(name => name.length));
  const mostMixed = Math.max(1, ...counts.flatMap((row, i) => row.filter((_, j) => i !== j)));
  const cell = (count: number, label: number, answer: number): Markup => {
    const isRight = label === answer;
    const total = counts[label]!.reduce((a, b) => a + b, 0);
    const strength = isRight ? count / Math.max(1, total) : Math.sqrt(count / mostMixed);
    const kind = count === 0 ? 'none' : isRight ? 'right' : 'wrong';
    const text = `True ${names[label]}, said ${names[answer]}: ${formatCount(count)}`;
    return html`<td class="${kind}" style="${`--strength:${strength.toFixed(3)}`}"><button type="button" tabindex="-1" data-cell="${`${label}-${answer}`}" aria-label="${text}"${
      count === 0 && html` disabled`
    }>${count === 0 ? '' : count}</button></td>`;
  };
  return html`<figure class="confusion" data-confusion>
<figcaption><span class="figure-title">Rows: what the images show. Columns: what the model says.</span></figcaption>
${sheet.style()}
<div class="matrix-and-images"><div class="table matrix" tabindex="0" role="group" aria-label="Cells of the confusion matrix"><table style="${`--classes:${names.length};--name:${Math.min(12, longest)}ch`}">
<thead><tr><th scope="col"><span class="hidden">True class</span></th>${names.map(name => html`<th scope="col" title="${name}">${name}</th>`)}</tr></thead>
<tbody>${counts.map(
    (row, label) =>
      html`<tr><th scope="row">${names[label]}</th>${row.map((count, answer) => cell(count, label, answer))}</tr>
`,
  )}</tbody></table></div>
<div class="cell-images" data-cell-images aria-live="polite" data-sheet="${sheet.className}"><p class="note">Choose a cell to see its images: by a click, or with the arrow keys and Enter.</p></div></div>
${jsonScript(cells)}
</figure>`;
}

/** The images of all cells: of wrong answers the most confident, of right ones the least confident. */
function shownImages(predictions: Predictions): { sheet: ImageSheet; cells: { readonly [cell: string]: CellImages } } {
  const byCell = new Map<string, Answer[]>();
  for (const answer of answers(predictions)) {
    const key = `${answer.label}-${answer.predicted}`;
    const found = byCell.get(key);
    if (found === undefined) byCell.set(key, [answer]);
    else found.push(answer);
  }
  const read = imageReader(predictions.set.images, longestSide);
  const most = Math.min(mostOfAll, mostBytes / read(0).data.length);
  const share = Math.min(1, most / (byCell.size * mostRight));
  const chosen = [...byCell].map(([key, all]) => {
    const isRight = all[0]!.label === all[0]!.predicted;
    const sorted = all.sort((a, b) => (isRight ? a.confidence - b.confidence : b.confidence - a.confidence));
    return [key, sorted.slice(0, Math.max(1, Math.floor((isRight ? mostRight : mostWrong) * share)))] as const;
  });
  const sheet = new ImageSheet(chosen.flatMap(([, all]) => all.map(({ index }) => read(index))));
  let place = 0;
  const cells = chosen.map(([key, all]) => {
    const images = all.map(({ confidence }) => ({
      position: sheet.position(place++),
      confidence: formatPercent(confidence, 1),
    }));
    return [key, images] as const;
  });
  return { sheet, cells: Object.fromEntries(cells) };
}
