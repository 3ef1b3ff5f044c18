import type { SectionMaker } from './section.ts';
import { configuration } from './sections/configuration.ts';
import { curves } from './sections/curves.ts';
import { insides } from './sections/insides.ts';
import { labels } from './sections/labels.ts';

/** All sections of a report, in their order within the chapters. A new one needs a line here. */
export const sections: readonly SectionMaker[] = [labels, curves, ...insides, configuration];
