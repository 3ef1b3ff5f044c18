import type { Histogram } from '../analysis/histogram.ts';
import { html, type Markup } from './markup.ts';

const width = 120;
const height = 30;

/** A histogram as small as a word, for a table; a line stands at 0 where that is within. */
export function sparkMarkup({ counts, edges }: Histogram, label: string): Markup {
  const most = Math.max(1, ...counts);
  const bar = width / counts.length;
  const path = counts.map((count, i) => {
    // What is there at all is seen.
    const size = count === 0 ? 0 : Math.max(1, (count / most) * (height - 2));
    return `M${round(i * bar)} ${height}v${-round(size)}h${round(bar - 0.6)}v${round(size)}z`;
  });
  const [low = 0, high = 0] = [edges[0], edges.at(-1)];
  const zero = low < 0 && high > 0 ? round((-low / (high - low)) * width) : undefined;
  return html`<svg class="spark" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${
    zero !== undefined && html`<line x1="${zero}" x2="${zero}" y1="0" y2="${height}"/>`
  }<path d="${path.join('')}"/></svg>`;
}

const round = (value: number): number => Number(value.toFixed(1));
