import type { Calibration } from '../analysis/calibration.ts';
import { formatCount, formatPercent } from '../format.ts';
import { Chart } from '../pictures/chart.ts';

/** How often the model is right beside how sure it is: on the dashed line both are the same. */
export function reliabilityDiagram({ bins, error, confidence, accuracy }: Calibration, title = 'Calibration'): Chart {
  const used = bins.filter(({ count }) => count > 0);
  const kind = confidence > accuracy ? 'too sure' : 'not sure enough';
  const range = ({ from, to }: (typeof bins)[number]) => `${formatPercent(from, 1)} to ${formatPercent(to, 1)}`;
  const percentAxis = (name: string, nameGap: number) => ({
    type: 'value',
    min: 0,
    max: 1,
    name,
    nameLocation: 'middle',
    nameGap,
    axisLabel: { formatter: 'format:percent' },
  });
  return new Chart({
    title,
    description: `The model gives its answers ${formatPercent(confidence)} on average and is right in ${formatPercent(accuracy)}: on the whole it is ${kind}. Expected calibration error: ${formatPercent(error)}.`,
    height: 420,
    option: {
      grid: { left: 8, right: 24, top: 16, bottom: 4 },
      tooltip: { trigger: 'item', formatter: '{b}' },
      xAxis: percentAxis('confidence', 28),
      yAxis: percentAxis('share of right answers', 46),
      series: [
        {
          type: 'line',
          data: [
            [0, 0],
            [1, 1],
          ],
          symbol: 'none',
          silent: true,
          lineStyle: { type: 'dashed', width: 1.5 },
          color: 'color:muted',
        },
        {
          type: 'line',
          color: 'color:accent',
          data: used.map(bin => ({
            name: `${range(bin)}: ${formatPercent(bin.accuracy)} right of ${formatCount(bin.count)}`,
            value: [bin.confidence, bin.accuracy],
            symbolSize: 6 + 14 * Math.sqrt(bin.count / Math.max(...used.map(({ count }) => count))),
          })),
          symbol: 'circle',
          showSymbol: true,
        },
      ],
    },
    table: {
      columns: ['Confidence', 'Answers', 'Mean confidence', 'Right'],
      rows: used.map(bin => [
        range(bin),
        formatCount(bin.count),
        formatPercent(bin.confidence),
        formatPercent(bin.accuracy),
      ]),
    },
  });
}
