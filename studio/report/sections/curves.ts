import { learningCurves } from '../charts/learning-curves.ts';
import { learningRateCurve } from '../charts/learning-rate.ts';
import { html } from '../markup/markup.ts';
import type { PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

/** Loss and metrics over the epochs, and the learning rate over the steps. */
export function curves({ history, facts }: PreparedRun): Section | undefined {
  const rates = facts.learningRates ?? [];
  const charts = [
    ...(history === undefined || history.epoch.length === 0 ? [] : learningCurves(history)),
    ...(rates.length === 0 ? [] : [learningRateCurve(rates)]),
  ];
  if (charts.length === 0) return undefined;
  return {
    id: 'curves',
    title: 'Learning curves',
    chapter: 'Training',
    lead: 'Where validation gets worse while training still gets better, the network learns its examples by heart.',
    content: html`<div class="pair">${charts}</div>`,
  };
}
