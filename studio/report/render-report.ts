import { writeFile } from 'node:fs/promises';
import { FileError, OptionError } from 'inkling';
import { formatCount, formatPercent, formatSeconds } from './format.ts';
import { html, type Markup } from './markup/markup.ts';
import { pageOf } from './page-of.ts';
import { PreparedRun } from './prepared-run.ts';
import type { ReportedRun } from './reported-run.ts';
import { type Chapter, chapters, type Section } from './section.ts';
import { sections } from './sections.ts';

/**
 * The report of a run as one HTML file, which needs nothing from elsewhere. Throws OptionError for a run without model and
 * history, ShapeError and DataError for data that do not fit together.
 */
export async function renderReport(run: ReportedRun): Promise<string> {
  const prepared = new PreparedRun(run);
  const made: Section[] = [];
  // One after the other: most need the same predictions, and the models run on all cores by themselves.
  for (const make of sections) {
    const section = await make(prepared);
    if (section !== undefined) made.push(section);
  }
  const inOrder = chapters.flatMap(chapter => made.filter(section => section.chapter === chapter));
  return pageOf(prepared.title, [await headerMarkup(prepared), bodyMarkup(inOrder)]);
}

/** Writes the report of a run into a file. Throws what `renderReport` throws, and FileError if it cannot be written. */
export async function writeReport(path: string, run: ReportedRun): Promise<void> {
  if (typeof path !== 'string' || path === '') throw new OptionError('writeReport: expected the path of a file');
  const text = await renderReport(run);
  await writeFile(path, text).catch(cause => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FileError(`${path} cannot be written: ${reason}`, { cause });
  });
}

/** Title, and the few numbers that everybody looks for first. */
async function headerMarkup(run: PreparedRun): Promise<Markup> {
  const numbers = await keyNumbers(run);
  return html`<a class="skip" href="#report">Skip to the report</a>
<header class="page-header"><div class="bar"><p class="brand">Inkling report</p>
<fieldset class="theme" data-theme-switch hidden><legend class="hidden">Colours</legend>${[
    'System',
    'Light',
    'Dark',
  ].map(
    name => html`<label><input type="radio" name="theme" value="${name.toLowerCase()}"><span>${name}</span></label>`,
  )}</fieldset></div>
<h1>${run.title}</h1>
${run.facts.description !== undefined && html`<p class="lead">${run.facts.description}</p>`}
${
  numbers.length > 0 &&
  html`<dl class="key-numbers">${numbers.map(([name, value], i) => html`<div><dt>${name}</dt><dd class="${i === 0 && 'first'}">${value}</dd></div>`)}</dl>`
}
</header>`;
}

async function keyNumbers(run: PreparedRun): Promise<(readonly [string, string])[]> {
  const { model, history, facts } = run;
  const found: (readonly [string, string])[] = [];
  const predictions = await run.predictions();
  if (predictions !== undefined) {
    const { count, predicted, labels, setName } = predictions;
    let right = 0;
    for (let i = 0; i < count; i++) if (predicted[i] === labels[i]) right++;
    found.push([`${setName === 'test' ? 'Test' : 'Validation'} accuracy`, formatPercent(right / count)]);
    found.push(['Mistakes', `${formatCount(count - right)} of ${formatCount(count)}`]);
  }
  if (model !== undefined) found.push(['Parameters', formatCount(model.countParams())]);
  if (history !== undefined) found.push(['Epochs', formatCount(history.epoch.length)]);
  const training = facts.timings?.['training'];
  if (training !== undefined) found.push(['Training time', formatSeconds(training)]);
  return found;
}

function bodyMarkup(inOrder: readonly Section[]): Markup {
  const used = chapters.filter(chapter => inOrder.some(section => section.chapter === chapter));
  const of = (chapter: Chapter) => inOrder.filter(section => section.chapter === chapter);
  return html`<div class="page">
<nav class="contents" aria-label="Contents"><details data-contents open><summary class="contents-title">Contents</summary><ul>${used.map(
    chapter =>
      html`<li><span class="contents-chapter">${chapter}</span><ul>${of(chapter).map(
        ({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`,
      )}</ul></li>`,
  )}</ul></details></nav>
<main id="report" tabindex="-1">${used.map(
    chapter => html`<div class="chapter"><h2>${chapter}</h2>${of(chapter).map(sectionMarkup)}</div>`,
  )}</main>
</div>`;
}

function sectionMarkup({ id, title, lead, content }: Section): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h3 id="${id}-title">${title}</h3>
${lead !== undefined && html`<p class="lead section-lead">${lead}</p>`}${content}</section>`;
}
