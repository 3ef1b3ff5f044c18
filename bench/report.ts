/** The README's section on speed, from the results. */
import { nodeMajor } from './machine.ts';
import { type ComparisonRow, inkling, type Mode } from './peers/compare.ts';
import { peers } from './peers/registry.ts';
import type { Results } from './results.ts';
import type { Row } from './suite.ts';

export const beginMark = '<!-- bench:begin -->';
export const endMark = '<!-- bench:end -->';

const order = [inkling, ...peers.map(peer => peer.name)];
const titles = new Map([[inkling, 'Inkling'], ...peers.map(peer => [peer.name, peer.title] as const)]);

/** As people know a library. */
export const titleOf = (library: string): string => titles.get(library) ?? library;

/** The libraries of a comparison, Inkling first. */
export const librariesOf = (rows: readonly ComparisonRow[]): string[] =>
  order.filter(name => rows.some(row => row.backend === name));

/** One task of a comparison: what a line of the table and a field of the chart show. */
export interface Task {
  readonly model: string;
  readonly mode: Mode;
  readonly batchSize: number;
  /** Inkling first. */
  readonly rows: readonly ComparisonRow[];
  /** Inkling over the fastest of the others, by medians and by best rounds; undefined if there are none. */
  readonly ratio: number | undefined;
  readonly bestRatio: number | undefined;
}

/** The tasks in the order of a table: training before inference, then by model and batch size. */
export function tasksOf(rows: readonly ComparisonRow[]): Task[] {
  const tasks = new Map<string, ComparisonRow[]>();
  for (const row of rows) {
    const key = `${row.mode === 'train' ? 0 : 1} ${row.model} ${String(row.batchSize).padStart(8)}`;
    tasks.set(key, [...(tasks.get(key) ?? []), row]);
  }
  return [...tasks.keys()].sort().map(key => {
    const known = tasks.get(key)!.filter(row => order.includes(row.backend));
    const found = known.toSorted((a, b) => order.indexOf(a.backend) - order.indexOf(b.backend));
    const { model, mode, batchSize } = found[0]!;
    const { ratio, bestRatio } = found.find(row => row.backend === inkling) ?? {};
    return { model, mode, batchSize, rows: found, ratio, bestRatio };
  });
}

/** Chart, table and facts, without the marks around them. `all`: newest Node version first, at least one. */
export function readmeSection(all: readonly Results[], chart: string): string {
  const { results } = all[0]!;
  return [
    `![Images per second of Inkling and of other libraries](${chart})`,
    circumstances(all),
    table(all),
    ...facts(results),
  ].join('\n\n');
}

/** Where, when and how it was measured. */
function circumstances(all: readonly Results[]): string {
  const { machine, results } = all[0]!;
  const { cpu, cores, threads, node, date } = machine;
  const rounds = Math.max(...results.peers!.map(row => row.rounds.length));
  const how = rounds === 1 ? 'one round' : `medians of ${rounds} rounds in which all take turns`;
  const where = `${cpu}, ${cores} cores, ${threads} threads, Node ${node.slice(1)}, ${date.slice(0, 10)}`;
  const apart = all.length > 1 ? ', each Node version in a run of its own' : '';
  const used = versions(results.peers!);
  return [
    `Images per second on ${where}: ${how}.`,
    `\`ratio\` is Inkling over the fastest of the others, of the medians and, in brackets, of the best rounds${apart}.`,
    ...(used.length === 0 ? [] : [`Versions: ${used.join(', ')}.`]),
  ].join(' ');
}

/** Of the other libraries and what they run on, each once. */
function versions(rows: readonly ComparisonRow[]): string[] {
  const found = librariesOf(rows).map(name => rows.find(row => row.backend === name)?.version);
  return [...new Set(found.flatMap(version => version?.split(', ') ?? []))];
}

function table(all: readonly Results[]): string {
  const rows = all[0]!.results.peers!;
  const libraries = librariesOf(rows);
  const ratioTitles = all.map(({ machine }) => (all.length === 1 ? 'ratio' : `ratio, Node ${nodeMajor(machine)}`));
  const titleRow = ['model', 'task', 'batch', ...libraries.map(titleOf), ...ratioTitles];
  const lines = tasksOf(rows).map(task => {
    const others = all.map(({ results }) => tasksOf(results.peers!).find(each => isSameTask(each, task)));
    const speeds = libraries.map(name => task.rows.find(row => row.backend === name)?.imagesPerSecond);
    const ratios = others.map(ratioCell);
    return [task.model, taskName(task.mode), String(task.batchSize), ...speeds.map(exactSpeed), ...ratios];
  });
  const alignment = titleRow.map((_, i) => (i < 2 ? '---' : '---:'));
  return [titleRow, alignment, ...lines].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

/** 1.97x (2.05x) */
function ratioCell(task: Task | undefined): string {
  if (task?.ratio === undefined) return '';
  return task.bestRatio === undefined ? times(task.ratio) : `${times(task.ratio)} (${times(task.bestRatio)})`;
}

const times = (ratio: number): string => `${ratio.toFixed(2)}x`;

export const isSameTask = (a: Task, b: Task): boolean =>
  a.model === b.model && a.mode === b.mode && a.batchSize === b.batchSize;

export const taskName = (mode: Mode): string => (mode === 'train' ? 'training' : 'inference');

/** Three digits that count, with commas between thousands. */
function exactSpeed(speed: number | undefined): string {
  if (speed === undefined) return '';
  return speed.toLocaleString('en', speed < 100 ? { maximumSignificantDigits: 2 } : { maximumSignificantDigits: 3 });
}

/** Start-up time and memory, where they were measured. */
function facts(results: Results['results']): string[] {
  const start = results['startup']?.[0];
  const lines = start?.milliseconds === undefined ? [] : [`- ${start.name}: ${start.milliseconds.toFixed(0)} ms.`];
  const ofC = (results['memory'] ?? []).filter(row => row.name.startsWith('C '));
  lines.push(...ofC.map(({ name, megabytes }: Row) => `- ${name}: ${megabytes?.toFixed(0)} MB.`));
  return lines.length === 0 ? [] : [lines.join('\n')];
}

/** The text with what is between the marks replaced. Throws RangeError unless both marks are there, in order. */
export function withSection(text: string, section: string): string {
  const begin = text.indexOf(beginMark);
  const end = text.indexOf(endMark);
  if (begin < 0 || end < begin) {
    throw new RangeError(
      `README.md: expected ${beginMark} and, further down, ${endMark}; put them where the table goes`,
    );
  }
  return `${text.slice(0, begin + beginMark.length)}\n\n${section}\n\n${text.slice(end)}`;
}
