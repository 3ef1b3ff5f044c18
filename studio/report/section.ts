import type { Content, Markup } from './markup/markup.ts';
import type { PreparedRun } from './prepared-run.ts';

/** The chapters of a report, in their order. */
export const chapters = ['Data', 'Training', 'Results', 'Network', 'Run'] as const;
export type Chapter = (typeof chapters)[number];

/** A part of a report, with a heading of its own. */
export interface Section {
  /** Unique in the report; the last part of an address that leads to it. */
  readonly id: string;
  readonly title: string;
  readonly chapter: Chapter;
  /** A sentence or two below the heading: what there is to see and how to read it. */
  readonly lead?: Content;
  /** Charts, grids of images, tables and `html`. */
  readonly content: Content | Markup;
}

/** Makes a section, or undefined if the run lacks what it shows. */
export type SectionMaker = (run: PreparedRun) => Section | undefined | Promise<Section | undefined>;
