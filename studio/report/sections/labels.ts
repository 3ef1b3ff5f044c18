import { labelDistribution } from '../charts/label-distribution.ts';
import { html } from '../markup/markup.ts';
import type { PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

/** How the labels of each set are distributed over the classes. */
export function labels(run: PreparedRun): Section | undefined {
  const { sets, classNames } = run;
  if (sets.length === 0) return undefined;
  return {
    id: 'labels',
    title: 'Labels',
    chapter: 'Data',
    lead: 'A class with few images is learnt less well, and one with many is said too often.',
    content: html`<div class="pair">${sets.map(([name, { labels }]) =>
      labelDistribution(labels.data, { classNames, title: `Images of each class: ${name}` }),
    )}</div>`,
  };
}
