import { learningCurves } from '../charts/learning-curves.ts';
import { html } from '../markup/markup.ts';
import type { PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

/** Loss, metrics and learning rate over the epochs. */
export function curves({ history }: PreparedRun): Section | undefined {
  if (history === undefined || history.epoch.length === 0) return undefined;
  return {
    id: 'curves',
    title: 'Learning curves',
    chapter: 'Training',
    lead: 'Where validation gets worse while training still gets better, the network learns its examples by heart.',
    content: html`<div class="pair">${learningCurves(history)}</div>`,
  };
}
