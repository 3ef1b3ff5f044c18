import { confusionCounts, mixups } from '../analysis/confusion.ts';
import { formatCount, formatPercent } from '../format.ts';
import { Chart } from '../pictures/chart.ts';

export interface ConfusionMatrixOptions {
  /** By the numbers of the classes; the numbers themselves if left out. */
  readonly classNames?: readonly string[];
  readonly title?: string;
}

/** In so many cells there is no room for numbers. */
const mostWithNumbers = 20;

/** Which classes (rows) got which answers (columns). Labels and answers are numbers of classes, one for each image. */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  { classNames, title = 'Confusion matrix' }: ConfusionMatrixOptions = {},
): Chart {
  const classes = Math.max(classNames?.length ?? 0, highest(labels) + 1, highest(predicted) + 1);
  const counts = confusionCounts(labels, predicted, classes);
  const names = counts.map((_, i) => classNames?.[i] ?? String(i));
  const mostMixed = mixups(counts)[0]?.count ?? 1;
  const allCells = counts.flatMap((row, label) => {
    const total = row.reduce((a, b) => a + b, 0);
    // The root lets few mistakes be seen beside many.
    return row.map((count, answer) => {
      const isRight = answer === label;
      const strength = Math.sqrt(count / Math.max(1, isRight ? total : mostMixed));
      return {
        value: [answer, label, strength],
        name: `${names[label]} said ${names[answer]}: ${formatCount(count)}`,
        label: {
          formatter: count === 0 ? '' : formatCount(count),
          color: isRight && strength > 0.7 ? 'color:surface' : 'color:ink',
        },
      };
    });
  });
  const cells = (right: boolean) => ({
    type: 'heatmap',
    data: allCells.filter(({ value: [answer, label] }) => (answer === label) === right),
    label: { show: classes <= mostWithNumbers, fontSize: 12 },
    itemStyle: { borderColor: 'color:surface', borderWidth: 2 },
    emphasis: { itemStyle: { borderColor: 'color:ink' } },
  });
  const heat = (seriesIndex: number, color: string) => ({
    ...{ type: 'continuous', show: false, min: 0, max: 1, dimension: 2 },
    ...{ seriesIndex, inRange: { color } },
  });
  const axis = { type: 'category', data: names, nameLocation: 'middle', axisLine: { show: false } };
  const side = Math.max(360, Math.min(720, 120 + classes * 46));
  return new Chart({
    title,
    description: describeMixups(labels, predicted, names),
    width: side + 40,
    height: side,
    option: {
      grid: { left: 8, right: 16, top: 8, bottom: 8 },
      tooltip: { trigger: 'item', formatter: '{b}' },
      xAxis: { ...axis, name: 'said', nameGap: 32 },
      yAxis: { ...axis, name: 'true', nameGap: 32, inverse: true },
      visualMap: [heat(0, 'color:heat'), heat(1, 'color:warm')],
      series: [cells(true), cells(false)],
    },
    table: {
      columns: ['True', ...names.map(name => `said ${name}`)],
      rows: counts.map((row, i) => [names[i]!, ...row.map(formatCount)]),
    },
  });
}

/** The accuracy, and the classes that are mixed up most, as a sentence. */
export function describeMixups(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  names: readonly string[],
): string {
  const counts = confusionCounts(labels, predicted, names.length);
  const right = counts.reduce((sum, row, i) => sum + row[i]!, 0);
  const overall = `${formatCount(right)} of ${formatCount(labels.length)} are right (${formatPercent(right / labels.length)}).`;
  const most = mixups(counts).slice(0, 3);
  if (most.length === 0) return overall;
  const texts = most.map(
    ({ label, predicted, count }) => `${names[label]} taken for ${names[predicted]} (${formatCount(count)})`,
  );
  return `${overall} Mixed up most often: ${texts.join(', ')}.`;
}

function highest(numbers: ArrayLike<number>): number {
  let most = -1;
  for (let i = 0; i < numbers.length; i++) if (numbers[i]! > most) most = numbers[i]!;
  return most;
}
