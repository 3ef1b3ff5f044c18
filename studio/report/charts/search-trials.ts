import { OptionError } from 'inkling';
import { formatShort } from '../format.ts';
import type { Content } from '../markup/markup.ts';
import type { DataTable } from '../markup/table.ts';
import { Chart } from '../pictures/chart.ts';
import type { ReportedSearch, ReportedTrial } from '../reported-run.ts';

/** An option whose values differ by more than this factor gets a logarithmic axis. */
const logarithmicFrom = 50;

/** Above the lines, on a ground of their own, so that they can be read. */
const axisLook = {
  z: 20,
  axisLine: { show: true, lineStyle: { color: 'color:muted' } },
  nameTextStyle: { color: 'color:ink' },
};
const axisLabel = { backgroundColor: 'color:surface', padding: [1, 3], borderRadius: 2 };

interface Axis {
  readonly name: string;
  readonly dim: number;
  readonly [option: string]: unknown;
}

/** Every trial of a search as a line through its options to what came of it. Throws OptionError if no trial has a result. */
export function searchTrials(search: ReportedSearch, title = 'Trials'): Chart {
  const finished = finishedTrials(search);
  if (finished.length === 0) {
    throw new OptionError('searchTrials: no trial has a result; wait until one is complete');
  }
  const names = optionNames(search);
  const values = finished.map(({ value }) => value!);
  const axes: Axis[] = [
    ...names.map((name, dim) => optionAxis(name, dim, finished)),
    {
      name: search.objective,
      dim: names.length,
      type: 'value',
      scale: true,
      axisLabel: { ...axisLabel, formatter: 'format:short' },
      ...axisLook,
    },
  ];
  const best = finished[0]!;
  const colors = ['color:heat/1', 'color:heat/2', 'color:heat/3', 'color:heat/4'];
  return new Chart({
    title,
    description: `${finished.length} of ${search.trials.length} trials have a result, from ${formatShort(Math.min(...values))} to ${formatShort(Math.max(...values))}. The best is trial ${best.id} with ${search.objective} ${formatShort(best.value!)}: ${names.map(name => `${name} ${shown(best.options[name])}`).join(', ')}.`,
    height: 400,
    minWidth: 120 * axes.length,
    option: {
      parallel: { left: 40, right: 64, top: 48, bottom: 24 },
      parallelAxis: axes,
      visualMap: {
        show: false,
        dimension: names.length,
        min: Math.min(...values),
        max: Math.max(...values),
        inRange: { color: search.direction === 'maximize' ? colors : colors.toReversed() },
      },
      series: [
        {
          type: 'parallel',
          lineStyle: { width: 2, opacity: 0.8 },
          // The best trial is drawn last, above the others.
          data: finished.toReversed().map(({ options, value }) => [...names.map(name => plain(options[name])), value]),
        },
      ],
    },
    table: trialTable(search),
  });
}

/** The trials that are complete, the best first. One that was ended early has no result yet that others could be compared with. */
export function finishedTrials({ trials, direction }: ReportedSearch): ReportedTrial[] {
  const sign = direction === 'maximize' ? -1 : 1;
  return trials
    .filter(({ status, value }) => status === 'complete' && value !== undefined && Number.isFinite(value))
    .toSorted((a, b) => sign * (a.value! - b.value!));
}

/** All trials as rows: those with a result by it, then the others with the reason why there is none. */
export function trialTable(search: ReportedSearch): DataTable {
  const names = optionNames(search);
  const finished = finishedTrials(search);
  const others = search.trials.filter(trial => !finished.includes(trial));
  const row = (trial: ReportedTrial): Content[] => [
    String(trial.id),
    trial.value === undefined ? 'none' : formatShort(trial.value),
    ...names.map(name => shown(trial.options[name])),
    trial.error === undefined ? trial.status : `${trial.status}: ${trial.error}`,
  ];
  return { columns: ['Trial', search.objective, ...names, 'Status'], rows: [...finished, ...others].map(row) };
}

function optionNames({ trials }: ReportedSearch): string[] {
  return [...new Set(trials.flatMap(({ options }) => Object.keys(options)))];
}

type OptionValue = ReportedTrial['options'][string] | undefined;

/** A value as an axis takes it; a trial that lacks the option has a gap there. */
function plain(value: OptionValue): number | string {
  return typeof value === 'number' ? value : value === undefined ? '-' : String(value);
}

function shown(value: OptionValue): string {
  if (value === undefined) return '';
  return typeof value === 'number' ? formatShort(value) : String(value);
}

function optionAxis(name: string, dim: number, trials: readonly ReportedTrial[]): Axis {
  const values = trials.map(({ options }) => options[name]).filter(value => value !== undefined);
  const numbers = values.filter(value => typeof value === 'number');
  if (numbers.length < values.length || numbers.length === 0) {
    return { name, dim, type: 'category', data: [...new Set(values.map(String))], axisLabel, ...axisLook };
  }
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const type = least > 0 && most / least >= logarithmicFrom ? 'log' : 'value';
  return { name, dim, type, scale: true, axisLabel: { ...axisLabel, formatter: 'format:short' }, ...axisLook };
}
