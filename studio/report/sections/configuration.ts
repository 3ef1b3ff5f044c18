import type { Json } from 'inkling';
import { formatSeconds } from '../format.ts';
import { html, type Markup } from '../markup/markup.ts';
import type { PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

type Row = readonly [string, string];

/** What the run was made with: options, seed, versions and times, with which it can be made again. */
export function configuration({ facts, model, history }: PreparedRun): Section {
  const { seed, commit, versions = {}, timings = {}, date = new Date() } = facts;
  const compiled = model?.compiled;
  const tables: readonly (readonly [string, readonly Row[]])[] = [
    ['Options', rowsOf(facts.configuration ?? {})],
    [
      'Optimizer',
      compiled === undefined ? [] : rowsOf({ name: compiled.optimizer.className, ...compiled.optimizer.config }),
    ],
    ['Times', Object.entries(timings).map(([name, seconds]) => [name, formatSeconds(seconds)])],
    [
      'Origin',
      [
        ...(seed === undefined ? [] : [['seed', String(seed)] as const]),
        ...(model === undefined ? [] : [['model', model.name] as const]),
        ...(history === undefined ? [] : [['epochs trained', String(history.epoch.length)] as const]),
        ...(commit === undefined ? [] : [['commit', commit] as const]),
        ...Object.entries(versions),
        ['report written', date.toISOString().replace(/\.\d+Z$/, 'Z')],
      ],
    ],
  ];
  return {
    id: 'configuration',
    title: 'Configuration and versions',
    chapter: 'Run',
    content: html`<div class="facts">${tables
      .filter(([, rows]) => rows.length > 0)
      .map(([title, rows]) => listMarkup(title, rows))}</div>`,
  };
}

function listMarkup(title: string, rows: readonly Row[]): Markup {
  return html`<div><h4>${title}</h4><dl>${rows.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl></div>`;
}

/** Nested options under their whole names: optimizer.learningRate. */
function rowsOf(options: { readonly [name: string]: unknown }, prefix = ''): Row[] {
  return Object.entries(options).flatMap(([name, value]): Row[] => {
    if (value === undefined) return [];
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return rowsOf(value as { readonly [name: string]: Json }, `${prefix}${name}.`);
    }
    return [[prefix + name, typeof value === 'string' ? value : JSON.stringify(value)]];
  });
}
