import { DrawnDigits } from '../pictures/drawn-digits.ts';
import type { PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

/** Digits that somebody drew or photographed, beside what the network got of them. */
export function drawings({ facts, classNames }: PreparedRun): Section | undefined {
  const { drawings } = facts;
  if (drawings === undefined || drawings.length === 0) return undefined;
  return {
    id: 'drawings',
    title: 'Drawn digits',
    chapter: 'Results',
    lead: 'Each as it was drawn, and beside it what the network sees: turned to light ink on black, cut out, fitted and centred as the images that it was trained with.',
    content: new DrawnDigits(drawings, { classNames }),
  };
}
