import { profileChart } from '../charts/profile-chart.ts';
import { formatCount } from '../format.ts';
import { html } from '../markup/markup.ts';
import type { PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

/** Few, so that the profile of a large network takes seconds. */
const batchSize = 16;

/** What a training step costs. */
export async function profile({ model }: PreparedRun): Promise<Section | undefined> {
  if (model?.compiled === undefined) return undefined;
  const rows = await model.profile(batchSize);
  const { bytes } = model.memory;
  const { name, threads } = model.backend;
  const facts = [
    ['Kernel calls of a step', formatCount(rows.length)],
    ['Parameters', megabytes(model.countParams() * 4)],
    ['Memory of the model', megabytes(bytes)],
    ['Backend', `${name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`],
  ] as const;
  return {
    id: 'profile',
    title: 'Cost',
    chapter: 'Network',
    lead: `Each kernel call of a training step with ${batchSize} images, measured by itself on one thread: medians of 9. Backward passes are those of the layer whose name they have.`,
    content: [
      profileChart(rows),
      html`<dl class="key-numbers costs">${facts.map(([what, value]) => html`<div><dt>${what}</dt><dd>${value}</dd></div>`)}</dl>`,
    ],
  };
}

const megabytes = (bytes: number): string =>
  bytes >= 2 ** 20 ? `${Number((bytes / 2 ** 20).toPrecision(3))} MiB` : `${Number((bytes / 1024).toPrecision(3))} KiB`;
