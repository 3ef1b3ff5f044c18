import { networkDiagram } from '../charts/network-diagram.ts';
import type { PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

/** The model drawn. */
export function network({ model }: PreparedRun): Section | undefined {
  if (model === undefined || model.layers.length === 0) return undefined;
  return {
    id: 'network',
    title: 'The network',
    chapter: 'Network',
    lead: 'From the top down, then on at the top of the next part. At the right of each layer the shape of what it gives: height, width and channels.',
    content: networkDiagram(model),
  };
}
