import { answers } from '../analysis/answers.ts';
import { calibration } from '../analysis/calibration.ts';
import { reliabilityDiagram } from '../charts/reliability-diagram.ts';
import { html } from '../markup/markup.ts';
import type { PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

const tolerance = 1e-6;

/** How far the model's confidence can be trusted. */
export async function reliability(run: PreparedRun): Promise<Section | undefined> {
  const predictions = await run.predictions();
  if (predictions === undefined) return undefined;
  const all = answers(predictions);
  const least = all.reduce((a, { confidence }) => Math.min(a, confidence), 0);
  const most = all.reduce((a, { confidence }) => Math.max(a, confidence), 0);
  const isProbability = least >= 0 && most <= 1 + tolerance;
  const made = calibration(
    all.map(({ confidence }) => confidence),
    all.map(({ label, predicted }) => label === predicted),
  );
  const chart = reliabilityDiagram(made);
  return {
    id: 'calibration',
    title: 'Calibration',
    chapter: 'Results',
    lead: isProbability ? chart.description : 'How far the confidence of the model can be trusted.',
    content: isProbability
      ? chart
      : html`<p>The outputs of the model are no probabilities: they go from ${least} to ${most}. A last activation such as softmax makes probabilities of them.</p>`,
  };
}
