/** From the measurements of all rounds to medians and ratios. Nothing here measures. */
import { type ModelName, modelNames } from '../digit-models.ts';
import { median, medianDeviation } from '../median.ts';
import type { Row } from '../suite.ts';

export type Mode = 'train' | 'infer';

/** A line that a measuring program prints. */
export interface Measurement {
  readonly peer: string;
  readonly threads?: number;
  readonly model: ModelName;
  readonly mode: Mode;
  readonly batch: number;
  readonly imagesPerSecond: number;
  /** Whether images are in memory channels last, where a library has both ways. */
  readonly channelsLast?: boolean;
  /** Number of parameters of the model, for those that can tell. */
  readonly parameters?: number;
}

/** What one library does in one of the tasks. */
export interface ComparisonRow extends Row {
  readonly model: ModelName;
  readonly mode: Mode;
  readonly batchSize: number;
  readonly imagesPerSecond: number;
  /** As `ratio`, of the best rounds instead of the medians. */
  readonly bestRatio?: number;
  /** Images/s of each round. */
  readonly rounds: readonly number[];
  readonly channelsLast?: boolean;
  /** Of the library, and of what it runs on. */
  readonly version?: string;
}

export const inkling = 'inkling';
/** An earlier checkout of Inkling, which is no other library. */
export const inklingBefore = 'inkling-before';

/** Reads JSON lines; other lines, warnings mostly, are passed over. Throws if a line is no measurement. */
export function parseMeasurements(output: string, program: string): Measurement[] {
  const lines = output.split('\n').filter(line => line.startsWith('{'));
  return lines.map(line => {
    const value: Partial<Measurement> = JSON.parse(line);
    const { peer, mode, batch, imagesPerSecond } = value;
    const model = modelNames.find(name => name === value.model);
    const isWhole =
      typeof peer === 'string' &&
      model !== undefined &&
      (mode === 'train' || mode === 'infer') &&
      typeof batch === 'number' &&
      typeof imagesPerSecond === 'number' &&
      imagesPerSecond > 0;
    if (isWhole) return { ...value, peer, model, mode, batch, imagesPerSecond };
    throw new Error(
      `${program} printed ${line}; expected peer, model A to G, mode "train" or "infer", batch and imagesPerSecond`,
    );
  });
}

/** Throws if a library has built another model than Inkling: speeds would then say nothing. */
export function checkSameModels(measurements: readonly Measurement[]): void {
  for (const { peer, model, parameters } of measurements) {
    const ours = measurements.find(each => each.peer === inkling && each.model === model)?.parameters;
    if (parameters !== undefined && ours !== undefined && parameters !== ours) {
      throw new Error(`model ${model} of ${peer} has ${parameters} parameters, expected Inkling's ${ours}`);
    }
  }
}

/**
 * One row for each model, mode, batch size and library: the median over the rounds, for the faster memory format where
 * there are two, and how many times as fast Inkling is; in Inkling's own row, against the fastest of the others.
 */
export function compare(measurements: readonly Measurement[]): ComparisonRow[] {
  return groups(measurements, ({ model, mode, batch }) => `${model} ${mode} ${batch}`).flatMap(compareTask);
}

function compareTask(measurements: readonly Measurement[]): ComparisonRow[] {
  const rows = groups(measurements, ({ peer }) => peer).map(fastestVariant);
  const ours = rows.find(row => row.backend === inkling);
  const others = rows.filter(row => row.backend !== inkling && row.backend !== inklingBefore);
  return rows.map(row => {
    const against = row.backend === inkling ? others : [row];
    if (ours === undefined || against.length === 0) return row;
    const ratio = ours.imagesPerSecond / Math.max(...against.map(({ imagesPerSecond }) => imagesPerSecond));
    return { ...row, ratio, bestRatio: bestOf(ours) / Math.max(...against.map(bestOf)) };
  });
}

const bestOf = ({ rounds }: ComparisonRow): number => Math.max(...rounds);

/** All measurements are of one library and task. */
function fastestVariant(measurements: readonly Measurement[]): ComparisonRow {
  const rows = groups(measurements, ({ channelsLast }) => String(channelsLast)).map(rowOf);
  return rows.reduce((best, row) => (row.imagesPerSecond > best.imagesPerSecond ? row : best));
}

function rowOf(measurements: readonly Measurement[]): ComparisonRow {
  const { peer, model, mode, batch, channelsLast } = measurements[0]!;
  const rounds = measurements.map(each => each.imagesPerSecond);
  const times = rounds.map(speed => (batch / speed) * 1e3);
  return {
    name: `${model} ${mode === 'train' ? 'training step' : 'prediction'}`,
    backend: peer,
    model,
    mode,
    batchSize: batch,
    milliseconds: median(times),
    deviation: medianDeviation(times),
    samples: rounds.length,
    imagesPerSecond: median(rounds),
    rounds,
    ...(channelsLast === undefined ? {} : { channelsLast }),
  };
}

/** Those with the same key together, in the order in which the keys first come. */
function groups<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const byKey = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [item]);
    else group.push(item);
  }
  return [...byKey.values()];
}
