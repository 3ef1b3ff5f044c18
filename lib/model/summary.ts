import { describe } from '../describe.ts';
import { OptionError } from '../errors.ts';
import { flag, isObject } from '../layers/options.ts';
import { unknownName } from '../nearest-name.ts';
import { sizeOf } from '../shape/shape.ts';
import { type LayerNode, parametersOf } from './layer-node.ts';

/** What `summary` shows, and how. */
export interface SummaryOptions {
  /** Takes the whole text; `console.log` if left out. */
  readonly print?: (text: string) => void;
  /** Whether layers within others are shown; true if left out. */
  readonly expandNested?: boolean;
  /** Whether a column tells which layers train: Y, N, or - for layers without parameters; false if left out. */
  readonly showTrainable?: boolean;
  /** The first and the last of the model's layers to show, by their names or by what their names fit; all if left out. */
  readonly layerRange?: readonly [string | RegExp, string | RegExp];
}

/** Prints the table. Throws OptionError for options that are not known, and for layers that do not exist. */
export function printSummary(name: string, layers: readonly LayerNode[], given: unknown): void {
  const options = typeof given === 'function' ? { print: given } : (given ?? {});
  const known = ['print', 'expandNested', 'showTrainable', 'layerRange'];
  if (!isObject(options)) {
    throw new OptionError(
      `summary: expected an object with options, or a function that prints, got ${describe(given)}`,
    );
  }
  for (const option of Object.keys(options)) {
    if (!known.includes(option)) throw unknownName('option of summary', option, known);
  }
  const { print = console.log, expandNested = true, showTrainable = false, layerRange } = options as SummaryOptions;
  if (typeof print !== 'function') throw new OptionError(`summary: print must be a function, got ${describe(print)}`);
  const table = {
    expandNested: flag('summary', 'expandNested', expandNested),
    showTrainable: flag('summary', 'showTrainable', showTrainable),
    shown: layerRange === undefined ? layers : layersBetween(layers, layerRange),
  };
  print(summaryTable(name, layers, table));
}

function layersBetween(layers: readonly LayerNode[], range: unknown): readonly LayerNode[] {
  if (!Array.isArray(range) || range.length !== 2) {
    throw new OptionError(`summary: layerRange must be [first, last], got ${describe(range)}`);
  }
  const fits = (each: unknown, name: string) =>
    each instanceof RegExp ? name.search(each) >= 0 : String(each) === name;
  const names = layers.map(layer => layer.name);
  const from = names.findIndex(name => fits(range[0], name));
  const to = names.findLastIndex(name => fits(range[1], name));
  if (from === -1) throw unknownName('first layer of layerRange', String(range[0]), names);
  if (to === -1) throw unknownName('last layer of layerRange', String(range[1]), names);
  return layers.slice(from, to + 1);
}

export interface ParameterCounts {
  readonly total: number;
  readonly trainable: number;
}

/** Parameters of layers and of all layers below them, each counted once. */
export function countParameters(layers: readonly LayerNode[]): ParameterCounts {
  let total = 0;
  let trainable = 0;
  for (const parameter of parametersOf(layers)) {
    const size = sizeOf(parameter.shape);
    total += size;
    if (parameter.trainable !== false && parameter.owner.trainable) trainable += size;
  }
  return { total, trainable };
}

interface TableOptions {
  readonly expandNested: boolean;
  readonly showTrainable: boolean;
  readonly shown: readonly LayerNode[];
}

/** The table that Keras prints: layers, those below them under them, output shapes, parameters, and the totals. */
function summaryTable(name: string, layers: readonly LayerNode[], options: TableOptions): string {
  const rows = rowsBelow(options.shown, options);
  const heads = ['Layer (type)', 'Output Shape', 'Param #', ...(options.showTrainable ? ['Trainable'] : [])];
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map(row => row[column]!.length)));
  const { total, trainable } = countParameters(layers);
  const count = (label: string, parameters: number) =>
    ` ${label} params: ${parameters.toLocaleString('en-US')} (${formatBytes(parameters * 4)})`;
  return [
    `Model: "${name}"`,
    rule(widths, '┏━┳┓'),
    line(heads, widths, '┃'),
    rule(widths, '┡━╇┩'),
    ...rows.flatMap((row, i) => [...(i === 0 ? [] : [rule(widths, '├─┼┤')]), line(row, widths, '│')]),
    rule(widths, '└─┴┘'),
    count('Total', total),
    count('Trainable', trainable),
    count('Non-trainable', total - trainable),
  ].join('\n');
}

function rowsBelow(layers: readonly LayerNode[], options: TableOptions, depth = 0): string[][] {
  const indent = depth === 0 ? '' : `${'   '.repeat(depth)}└ `;
  return layers.flatMap(layer => [
    [
      `${indent}${layer.name} (${layer.className})`,
      `(${['None', ...layer.outputShape].join(', ')}${layer.outputShape.length === 0 ? ',' : ''})`,
      countParameters([layer]).total.toLocaleString('en-US'),
      ...(options.showTrainable ? [trainableMark(layer)] : []),
    ],
    ...(options.expandNested ? rowsBelow(layer.children, options, depth + 1) : []),
  ]);
}

function trainableMark(layer: LayerNode): string {
  if (parametersOf([layer]).length === 0) return '-';
  return layer.trainable ? 'Y' : 'N';
}

/** `shape` holds the left corner, the line, the crossing and the right corner. */
function rule(widths: readonly number[], shape: string): string {
  const [left, across, crossing, right] = [...shape];
  return `${left}${widths.map(width => across!.repeat(width + 2)).join(crossing)}${right}`;
}

function line(cells: readonly string[], widths: readonly number[], border: string): string {
  const padded = cells.map((cell, i) => {
    if (i === 3) return cell.padStart((widths[i]! + cell.length) >> 1).padEnd(widths[i]!);
    return i === 2 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!);
  });
  return `${border} ${padded.join(` ${border} `)} ${border}`;
}

function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes.toFixed(2)} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(2)} KB`;
  if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(2)} MB`;
  return `${(bytes / 1024 ** 3).toFixed(2)} GB`;
}
