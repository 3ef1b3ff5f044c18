import { formatCount, formatShort } from '../format.ts';
import { Chart } from '../pictures/chart.ts';
import type { LearningRateAt } from '../reported-run.ts';

/** Rows of the table of a chart with many points. */
const mostRows = 20;

/** The learning rate from step to step. */
export function learningRateCurve(rates: readonly LearningRateAt[], title = 'Learning rate'): Chart {
  const values = rates.map(({ learningRate }) => learningRate);
  const [first = Number.NaN, last = Number.NaN] = [values[0], values.at(-1)];
  const stride = Math.ceil(rates.length / mostRows);
  return new Chart({
    title,
    description: `The learning rate of ${formatCount((rates.at(-1)?.step ?? -1) + 1)} steps: it begins at ${formatShort(first)}, is ${formatShort(Math.max(...values))} at most and ends at ${formatShort(last)}.`,
    height: 300,
    option: {
      grid: { left: 8, right: 20, top: 16, bottom: 4 },
      tooltip: { trigger: 'axis', valueFormatter: 'format:short' },
      xAxis: {
        ...{ type: 'value', name: 'step', nameLocation: 'middle', nameGap: 28, max: 'dataMax' },
        ...{ splitLine: { show: false }, axisLine: { show: true }, axisLabel: { formatter: 'format:count' } },
      },
      yAxis: { type: 'value', axisLabel: { formatter: 'format:short' } },
      series: [
        {
          ...{ name: 'learning rate', type: 'line', symbol: 'none', color: 'color:accent' },
          data: rates.map(({ step, learningRate }) => [step, learningRate]),
        },
      ],
    },
    table: {
      columns: ['Step', 'Learning rate'],
      rows: rates
        .filter((_, i) => i % stride === 0)
        .map(({ step, learningRate }) => [formatCount(step + 1), formatShort(learningRate)]),
    },
  });
}
