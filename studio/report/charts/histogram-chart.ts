import { type Histogram, histogramOf } from '../analysis/histogram.ts';
import { formatCount, formatShort } from '../format.ts';
import { Chart } from '../pictures/chart.ts';

export interface HistogramChartOptions {
  /** 40 if left out. */
  readonly bins?: number;
  readonly title?: string;
}

/** How numbers, such as the weights of a layer or the gradients of a loss, are distributed. */
export function histogramChart(
  values: ArrayLike<number>,
  { bins = 40, title = 'Distribution' }: HistogramChartOptions = {},
): Chart {
  const histogram = histogramOf(values, bins);
  const { counts, edges } = histogram;
  const names = counts.map((_, i) => formatShort(Number(((edges[i]! + edges[i + 1]!) / 2).toPrecision(3))));
  return new Chart({
    title,
    description: histogramText(histogram),
    height: 280,
    option: {
      grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
      tooltip: { trigger: 'item', formatter: '{b}: {c}' },
      xAxis: { type: 'category', data: names },
      yAxis: { type: 'value', axisLabel: { formatter: 'format:count' } },
      series: [{ type: 'bar', data: counts, barCategoryGap: '4%', itemStyle: { color: 'color:accent' } }],
    },
    table: {
      columns: ['From', 'To', 'Numbers'],
      rows: counts.map((count, i) => [formatShort(edges[i]!), formatShort(edges[i + 1]!), formatCount(count)]),
    },
  });
}

/** A histogram in words. */
export function histogramText({ edges, mean, deviation, zeros, nan, infinite, total }: Histogram): string {
  const short = (value: number) => formatShort(Number(value.toPrecision(3)));
  const strange = [
    ...(zeros > 0 ? [`${formatCount(zeros)} are 0`] : []),
    ...(nan > 0 ? [`${formatCount(nan)} are NaN`] : []),
    ...(infinite > 0 ? [`${formatCount(infinite)} are infinite`] : []),
  ];
  const count = `${formatCount(total)} numbers`;
  if (nan + infinite === total) return [count, ...strange].join(', ');
  const range = `from ${short(edges[0]!)} to ${short(edges.at(-1)!)}, mean ${short(mean)}, deviation ${short(deviation)}`;
  return [count, range, ...strange].join(', ');
}
