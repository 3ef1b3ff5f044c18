import type { ProfileRow } from 'inkling';
import { formatPercent, formatShort } from '../format.ts';
import { Chart } from '../pictures/chart.ts';

/** What a kernel call does in a training step. */
export type CallKind = (typeof callKinds)[number];
const callKinds = ['forward', 'backward', 'loss', 'update'] as const;

/** The calls of one layer of one kind, together. */
export interface ProfileGroup {
  readonly label: string;
  readonly kind: CallKind;
  readonly milliseconds: number;
  readonly share: number;
  /** 10^9 floating-point operations a second. */
  readonly gflops: number;
  readonly calls: number;
}

/** The rows of `model.profile` by layer and kind, in the order in which layers first come. */
export function groupedProfile(rows: readonly ProfileRow[]): readonly ProfileGroup[] {
  const groups = new Map<string, ProfileGroup>();
  for (const { label, kernel, milliseconds, share, gflops } of rows) {
    const kind = kindOf(label, kernel);
    const key = `${kind} ${label}`;
    const known = groups.get(key) ?? { label, kind, milliseconds: 0, share: 0, gflops: 0, calls: 0 };
    const together = known.milliseconds + milliseconds;
    const operations = known.gflops * known.milliseconds + gflops * milliseconds;
    groups.set(key, {
      ...{ label, kind, milliseconds: together, share: known.share + share, calls: known.calls + 1 },
      gflops: together === 0 ? 0 : operations / together,
    });
  }
  return [...groups.values()];
}

function kindOf(label: string, kernel: string): CallKind {
  if (label === 'optimizer') return 'update';
  if (label === 'loss') return 'loss';
  return kernel.includes('Backward') ? 'backward' : 'forward';
}

/** Of more layers those that take the most time are shown, and the others together. */
const mostBars = 24;
const others = 'all others';

/**
 * What the kernel calls of a training step take, as `model.profile` measures them on one thread: a bar for each layer, in
 * the order of the network, in parts of forward, backward, loss and update.
 */
export function profileChart(rows: readonly ProfileRow[], title = 'Time of a training step by layer'): Chart {
  const groups = groupedProfile(rows);
  const totals = new Map<string, number>();
  for (const { label, milliseconds } of groups) totals.set(label, (totals.get(label) ?? 0) + milliseconds);
  const labels = [...totals.keys()];
  const longest = [...labels].sort((a, b) => totals.get(b)! - totals.get(a)!);
  const shown = labels.filter(label => longest.indexOf(label) < mostBars);
  const bars = [...shown, ...(labels.length > mostBars ? [others] : [])];
  const total = [...totals.values()].reduce((sum, each) => sum + each, 0);
  const kinds = callKinds.filter(kind => groups.some(group => group.kind === kind));
  const timeOf = (bar: string, kind: CallKind) =>
    groups
      .filter(group => group.kind === kind && (bar === others ? !shown.includes(group.label) : group.label === bar))
      .reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return new Chart({
    title,
    description: `${formatShort(total)} ms in all, ${formatPercent((totals.get(longest[0]!) ?? 0) / total, 0)} of it in ${longest[0]}.`,
    height: 80 + 24 * bars.length,
    option: {
      grid: { left: 8, right: 24, top: 36, bottom: 32, containLabel: true },
      legend: { top: 0, left: 8 },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
      xAxis: {
        type: 'value',
        name: 'ms',
        nameLocation: 'middle',
        nameGap: 26,
        axisLabel: { formatter: 'format:short' },
      },
      yAxis: { type: 'category', data: bars, inverse: true, axisLabel: { width: 150, overflow: 'truncate' } },
      series: kinds.map((kind, i) => ({
        name: kind,
        type: 'bar',
        stack: 'time',
        data: bars.map(bar => Number(timeOf(bar, kind).toPrecision(4))),
        itemStyle: { color: `color:series/${i}` },
      })),
    },
    table: {
      columns: ['Layer', 'Kind', 'Calls', 'ms', 'Share', 'GFLOP/s'],
      rows: groups.map(({ label, kind, calls, milliseconds, share, gflops }) => [
        ...[label, kind, calls, formatShort(Number(milliseconds.toPrecision(3)))],
        ...[formatPercent(share, 1), formatShort(Number(gflops.toPrecision(3)))],
      ]),
    },
  });
}
