import type { SectionMaker } from './section.ts';
import { scores } from './sections/class-scores.ts';
import { configuration } from './sections/configuration.ts';
import { confusion } from './sections/confusion.ts';
import { curves } from './sections/curves.ts';
import { dataFacts } from './sections/data-facts.ts';
import { drawings } from './sections/drawings.ts';
import { insides } from './sections/insides.ts';
import { labels } from './sections/labels.ts';
import { mistakes } from './sections/mistakes.ts';
import { reliability } from './sections/reliability.ts';
import { samples } from './sections/samples.ts';
import { search } from './sections/search.ts';

/** All sections of a report, in their order within the chapters. A new one needs a line here. */
export const sections: readonly SectionMaker[] = [
  dataFacts,
  labels,
  samples,
  curves,
  search,
  confusion,
  scores,
  mistakes,
  reliability,
  drawings,
  ...insides,
  configuration,
];
