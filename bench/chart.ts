/** The comparison as a picture: a field for each task, a bar for each library, as long as its images/s are in the field. */
import { scaleBand, scaleLinear } from 'd3-scale';
import { inkling } from './peers/compare.ts';
import { isSameTask, librariesOf, type Task, taskName, tasksOf, titleOf } from './report.ts';
import type { Results } from './results.ts';

const width = 900;
const margin = 16;
const rowTitleWidth = 84;
const headHeight = 74;
const columnTitleHeight = 26;
const barHeight = 13;
const fieldGap = 18;
/** Room right of the longest bar for its numbers. */
const numbersWidth = 92;

/** Told apart in light and in dark surroundings, and by most who are colour-blind. */
const colours = ['#e8590c', '#4c6ef5', '#15aabf', '#868e96', '#be4bdb', '#a0855b'];

const style = `text { font: 12px system-ui, sans-serif; fill: #24292f; }
.title { font-size: 15px; font-weight: 600; }
.quiet { fill: #57606a; }
.ratio { font-weight: 700; }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .quiet { fill: #9da7b3; } }`;

/** An SVG document. */
export function speedChart({ machine, results }: Results): string {
  const rows = results.peers ?? [];
  const tasks = tasksOf(rows);
  const libraries = librariesOf(rows);
  const columns = tasks.filter((task, i) => tasks.findIndex(each => isSameColumn(each, task)) === i).sort(byColumn);
  const models = [...new Set(tasks.map(task => task.model))].sort();
  const bars = Math.max(...tasks.map(task => task.rows.length));
  const rowHeight = bars * barHeight + fieldGap;
  const top = headHeight + columnTitleHeight;
  const height = top + models.length * rowHeight + margin;
  const x = scaleBand<number>(columns.keys(), [margin + rowTitleWidth, width - margin]);
  const subtitle = `${machine.cpu}, ${machine.threads} threads, Node ${machine.node.slice(1)}, ${machine.date.slice(0, 10)}. More is better; bold: Inkling over the fastest of the others.`;
  const parts = [
    text(margin, 24, 'Images per second', 'title'),
    text(margin, 44, subtitle, 'quiet'),
    ...legend(libraries),
    ...columns.map((task, i) => text(x(i)!, top - 8, `${taskName(task.mode)}, batch ${task.batchSize}`, 'quiet')),
    ...models.map((model, i) => text(margin, top + i * rowHeight + barHeight, `Model ${model}`, 'title')),
    ...tasks.flatMap(task => {
      const column = columns.findIndex(each => isSameColumn(each, task));
      const y = top + models.indexOf(task.model) * rowHeight;
      return field(task, libraries, x(column)!, y, x.bandwidth());
    }),
  ];
  const description = `Images per second of ${libraries.map(titleOf).join(', ')} for models ${models.join(', ')}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(description)}">
<style>${style}</style>
${parts.join('\n')}
</svg>
`;
}

const isSameColumn = (a: Task, b: Task): boolean => isSameTask({ ...a, model: b.model }, b);

const byColumn = (a: Task, b: Task): number => b.mode.localeCompare(a.mode) || a.batchSize - b.batchSize;

function legend(libraries: readonly string[]): string[] {
  let x = margin;
  return libraries.flatMap((library, i) => {
    const title = titleOf(library);
    const parts = [rectangle(x, 56, 11, 11, colours[i % colours.length]!), text(x + 16, 66, title)];
    x += 40 + 7 * title.length;
    return parts;
  });
}

function field(task: Task, libraries: readonly string[], left: number, top: number, fieldWidth: number): string[] {
  const longest = Math.max(...task.rows.map(row => row.imagesPerSecond));
  const length = scaleLinear([0, longest], [0, fieldWidth - numbersWidth]);
  return task.rows.flatMap((row, i) => {
    const y = top + i * barHeight;
    const bar = length(row.imagesPerSecond);
    const colour = colours[libraries.indexOf(row.backend) % colours.length]!;
    const ratio = row.backend === inkling && task.ratio !== undefined ? ratioSpan(task.ratio) : '';
    return [
      rectangle(left, y + 1, Math.max(1, bar), barHeight - 2, colour),
      `<text x="${round(left + bar + 5)}" y="${y + barHeight - 2}">${shortSpeed(row.imagesPerSecond)}${ratio}</text>`,
    ];
  });
}

const ratioSpan = (ratio: number): string => ` <tspan class="ratio" dx="2">${ratio.toFixed(2)}x</tspan>`;

/** 0.2, 12, 890, 3.0k, 14.4k, 106k. */
export function shortSpeed(speed: number): string {
  const digits = (value: number): number => (value < 99.95 ? 1 : 0);
  if (speed >= 999.5) return `${(speed / 1000).toFixed(digits(speed / 1000))}k`;
  return speed.toFixed(digits(speed * 10));
}

const round = (value: number): number => Number(value.toFixed(1));

const rectangle = (x: number, y: number, wide: number, high: number, colour: string): string =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(wide)}" height="${high}" rx="1.5" fill="${colour}"/>`;

const text = (x: number, y: number, content: string, kind?: string): string =>
  `<text x="${round(x)}" y="${round(y)}"${kind === undefined ? '' : ` class="${kind}"`}>${escaped(content)}</text>`;

const escaped = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
