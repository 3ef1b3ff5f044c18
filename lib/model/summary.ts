import { sizeOf } from '../shape/shape.ts';
import { type LayerNode, parametersOf } from './layer-node.ts';

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

/** The table that Keras prints: layers, those below them under them, output shapes, parameters, and the totals. */
export function summaryTable(name: string, layers: readonly LayerNode[]): string {
  const rows = rowsBelow(layers);
  const heads = ['Layer (type)', 'Output Shape', 'Param #'];
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

function rowsBelow(layers: readonly LayerNode[], depth = 0): string[][] {
  const indent = depth === 0 ? '' : `${'   '.repeat(depth)}└ `;
  return layers.flatMap(layer => [
    [
      `${indent}${layer.name} (${layer.className})`,
      `(${['None', ...layer.outputShape].join(', ')}${layer.outputShape.length === 0 ? ',' : ''})`,
      countParameters([layer]).total.toLocaleString('en-US'),
    ],
    ...rowsBelow(layer.children, depth + 1),
  ]);
}

/** `shape` holds the left corner, the line, the crossing and the right corner. */
function rule(widths: readonly number[], shape: string): string {
  const [left, across, crossing, right] = [...shape];
  return `${left}${widths.map(width => across!.repeat(width + 2)).join(crossing)}${right}`;
}

function line(cells: readonly string[], widths: readonly number[], border: string): string {
  const padded = cells.map((cell, i) => (i === 2 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)));
  return `${border} ${padded.join(` ${border} `)} ${border}`;
}

function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes.toFixed(2)} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(2)} KB`;
  if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(2)} MB`;
  return `${(bytes / 1024 ** 3).toFixed(2)} GB`;
}
