import { finishedTrials, searchTrials, trialTable } from '../charts/search-trials.ts';
import { tableMarkup } from '../markup/table.ts';
import type { PreparedRun } from '../prepared-run.ts';
import type { Section } from '../section.ts';

/** What a search has tried, and what came of it. */
export function search({ facts }: PreparedRun): Section | undefined {
  const { search } = facts;
  if (search === undefined || search.trials.length === 0) return undefined;
  const hasResults = finishedTrials(search).length > 0;
  const chart = hasResults ? searchTrials(search) : undefined;
  return {
    id: 'search',
    title: 'Search',
    chapter: 'Training',
    lead: chart?.description ?? 'No trial has a result.',
    content: [chart, hasResults ? undefined : tableMarkup(trialTable(search))],
  };
}
