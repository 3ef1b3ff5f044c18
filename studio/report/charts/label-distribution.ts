import { formatCount, formatPercent } from '../format.ts';
import { Chart } from '../pictures/chart.ts';

/** What a distribution is counted of. */
export interface DistributionOptions {
  /** By the numbers of the classes; the numbers themselves if left out. */
  readonly classNames?: readonly string[];
  readonly title?: string;
}

/** How many labels there are of each class: as bars, as horizontal bars, and as a pie. */
export function labelDistribution(
  labels: ArrayLike<number>,
  { classNames, title = 'Images of each class' }: DistributionOptions = {},
): Chart {
  const counts = countLabels(labels, classNames?.length ?? 0);
  const names = counts.map((_, i) => classNames?.[i] ?? String(i));
  const total = labels.length;
  const share = (count: number) => (total === 0 ? 0 : count / total);
  const [least = 0, most = 0] = [Math.min(...counts), Math.max(...counts)];
  const categories = { type: 'category', data: names, axisTick: { show: false } };
  const values = { type: 'value', axisLabel: { formatter: 'format:count' } };
  const label = { show: true, color: 'color:muted', formatter: 'format:count' };
  const bars = (position: string) => ({
    type: 'bar',
    data: counts,
    barCategoryGap: '30%',
    label: { ...label, position },
    labelLayout: { hideOverlap: true },
    itemStyle: { color: 'color:accent' },
  });
  const tooltip = { trigger: 'item', formatter: '{b}: {c}' };
  const grid = { left: 8, right: 16, top: 24, bottom: 8 };
  const wide = { ...grid, right: 48, top: 8 };
  const slices = names.map((name, i) => ({ name, value: counts[i] }));
  return new Chart({
    title,
    description: `${formatCount(total)} labels of ${counts.length} classes, from ${formatCount(least)} (${names[counts.indexOf(least)]}) to ${formatCount(most)} (${names[counts.indexOf(most)]}) a class.`,
    option: [
      { name: 'Bars', option: { grid, tooltip, xAxis: categories, yAxis: values, series: [bars('top')] } },
      {
        name: 'Horizontal',
        option: {
          grid: wide,
          tooltip,
          xAxis: values,
          yAxis: { ...categories, inverse: true },
          series: [bars('right')],
        },
      },
      {
        name: 'Pie',
        option: {
          tooltip: { trigger: 'item', formatter: '{b}: {c} ({d}%)' },
          series: [{ type: 'pie', radius: ['38%', '72%'], data: slices, label: { formatter: '{b}: {d}%' } }],
        },
      },
    ],
    table: {
      columns: ['Class', 'Images', 'Share'],
      rows: counts.map((count, i) => [names[i]!, formatCount(count), formatPercent(share(count))]),
    },
  });
}

/** How often each number occurs, from 0 to the largest, or to as many classes as there are at least. */
export function countLabels(labels: ArrayLike<number>, classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    while (counts.length <= label) counts.push(0);
    counts[label]!++;
  }
  return counts;
}
