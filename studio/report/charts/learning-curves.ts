import { formatShort } from '../format.ts';
import { Chart } from '../pictures/chart.ts';
import type { ReportedHistory } from '../reported-run.ts';

const rateNames = ['learningRate', 'learning_rate', 'lr'];
const validation = 'val_';
/** Above this many epochs the points of a line are not marked one by one. */
const mostMarked = 30;

/** Names of logs that are not as they should be shown. */
const shownNames: { readonly [log: string]: string } = { loss: 'Loss', learningRate: 'Learning rate' };

/** A chart for the loss, for each metric, and for the learning rate, if the history has it; training beside validation. */
export function learningCurves(history: ReportedHistory): Chart[] {
  const names = Object.keys(history.history);
  const trained = names.filter(name => !name.startsWith(validation));
  const onlyValidated = names.filter(
    name => name.startsWith(validation) && !trained.includes(name.slice(validation.length)),
  );
  const metrics = [
    ...trained.filter(name => !rateNames.includes(name)),
    ...onlyValidated.map(name => name.slice(validation.length)),
  ];
  const rate = trained.filter(name => rateNames.includes(name)).slice(0, 1);
  return [...metrics, ...rate].map(name => curve(history, name));
}

interface Line {
  readonly name: string;
  readonly values: readonly number[];
}

function curve({ epoch, history }: ReportedHistory, log: string): Chart {
  const lines: Line[] = [
    { name: 'training', values: history[log] ?? [] },
    { name: 'validation', values: history[validation + log] ?? [] },
  ].filter(({ values }) => values.length > 0);
  const title = rateNames.includes(log) ? 'Learning rate' : (shownNames[log] ?? spelledOut(log));
  const epochs = epoch.map(each => String(each + 1));
  const isLogarithmic = lines.every(({ values }) => values.every(value => value > 0));
  const views = [{ name: 'Linear', option: lineOption(epochs, lines, 'value') }];
  if (isLogarithmic && log === 'loss') views.push({ name: 'Logarithmic', option: lineOption(epochs, lines, 'log') });
  return new Chart({
    title,
    description: lines.map(line => described(line, epoch.length)).join(' '),
    option: views,
    height: 300,
    table: {
      columns: ['Epoch', ...lines.map(({ name }) => name)],
      rows: epochs.map((each, i) => [each, ...lines.map(({ values }) => formatShort(values[i] ?? Number.NaN))]),
    },
  });
}

/** sparseTopKAccuracy -> Sparse top k accuracy */
function spelledOut(log: string): string {
  const words = log.replace(/_/g, ' ').replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function described({ name, values }: Line, epochs: number): string {
  const first = formatShort(values[0]!);
  const last = formatShort(values.at(-1)!);
  return `The line of ${name} goes from ${first} to ${last} in ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}.`;
}

function lineOption(epochs: readonly string[], lines: readonly Line[], type: 'value' | 'log') {
  return {
    grid: { left: 8, right: 20, top: 40, bottom: 4 },
    legend: { top: 4, left: 8, show: lines.length > 1 },
    tooltip: { trigger: 'axis', valueFormatter: 'format:short' },
    xAxis: {
      type: 'category',
      data: epochs,
      name: 'epoch',
      nameLocation: 'middle',
      nameGap: 28,
      boundaryGap: epochs.length === 1,
    },
    yAxis: { type, scale: true, axisLabel: { formatter: 'format:short' } },
    series: lines.map(({ name, values }) => ({
      name,
      type: 'line',
      // JSON knows no NaN; a gap in the line shows it.
      data: values.map(value => (Number.isFinite(value) ? value : null)),
      symbol: name === 'validation' ? 'diamond' : 'circle',
      showSymbol: epochs.length <= mostMarked,
      lineStyle: { type: name === 'validation' ? 'dashed' : 'solid' },
      color: name === 'validation' ? 'color:series/1' : 'color:series/0',
    })),
  };
}
