import type { Card, CardKind } from '../analysis/network-cards.ts';
import type { PlacedCard, Segment, Way } from '../analysis/network-layout.ts';
import { formatCount } from '../format.ts';
import { escapeText, html, Markup } from '../markup/markup.ts';
import { type DataTable, tableMarkup } from '../markup/table.ts';
import { palettes, type ThemeName } from '../theme.ts';
import { type Drawing, Picture } from './picture.ts';

export interface DiagramParts {
  readonly title: string;
  readonly description: string;
  /** The shape of one input of the model. */
  readonly inputShape: readonly number[];
  readonly segments: readonly Segment[];
  /** The same as rows of text. */
  readonly table: DataTable;
}

const cardWidth = 232;
/** With a line for the layers that stand on the card of another, and without one. */
const cardHeights = { tall: 58, low: 42 };
const rowGap = 24;
const columnGap = 14;
const laneWidth = 16;
const margin = 14;
/** Above the first card: what feeds the part. */
const top = 44;
const blockMargin = 8;

/** What a kind of layers has on its left edge: the number of a colour of the series. */
const marks: { readonly [kind in CardKind]: number } = {
  convolution: 0,
  dense: 2,
  pooling: 1,
  normalization: 6,
  join: 3,
  other: 6,
};

/** Gives the colour of a name of the theme: ink, series-1. */
type Paint = (name: string) => string;

/** A network drawn: its layers as cards, in parts that stand beside each other where there is room. */
export class NetworkDiagram extends Picture {
  readonly segments: readonly Segment[];
  readonly table: DataTable;
  readonly #inputShape: readonly number[];

  constructor({ title, description, segments, table, inputShape }: DiagramParts) {
    super(title, description);
    this.segments = segments;
    this.table = table;
    this.#inputShape = inputShape;
  }

  markup(): Markup {
    const paint: Paint = name => `var(--${name})`;
    const parts = this.segments.map((segment, i) => {
      const { width, height } = sizeOf(segment);
      return html`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-hidden="true">${new Markup(
        this.#part(segment, i, paint),
      )}</svg>`;
    });
    return html`<figure class="network"><figcaption><span class="figure-title">${this.title}</span></figcaption>
<div class="parts" role="img" aria-label="${`${this.title}: ${this.description}`}">${parts}</div>
<p class="note">${this.description}</p>
<details><summary>The layers as a table</summary>${tableMarkup(this.table)}</details></figure>`;
  }

  protected draw(theme: ThemeName): Drawing {
    const { heat, warm, series, ...plain } = palettes[theme];
    const colors = new Map([...Object.entries(plain), ...series.map((color, i) => [`series-${i}`, color] as const)]);
    const paint: Paint = name => String(colors.get(name) ?? plain.ink);
    let left = 0;
    let height = 0;
    const parts = this.segments.map((segment, i) => {
      const size = sizeOf(segment);
      const part = `<g transform="translate(${left} 0)">${this.#part(segment, i, paint)}</g>`;
      left += size.width;
      height = Math.max(height, size.height);
      return part;
    });
    return { width: left, height, svg: parts.join('') };
  }

  #part(segment: Segment, index: number, paint: Paint): string {
    const isLast = index + 1 === this.segments.length;
    const source = index === 0 ? `Input ${this.#inputShape.join('×')}` : `from ${segment.source}`;
    const { height, tops } = sizeOf(segment);
    const middle = margin + blockMargin + cardWidth / 2;
    const exit = isLast
      ? ''
      : `<path d="M${middle} ${tops.at(-1)! - rowGap}V${height - 6}" fill="none" stroke="${paint('muted')}" stroke-width="1.5" stroke-dasharray="3 4"/>`;
    return [
      ...blocksOf(segment, tops).map(block => blockMarkup(block, paint)),
      textMarkup({ x: middle, y: 20, size: 12.5, color: paint('muted'), anchor: 'middle' }, clipped(source, 38)),
      ...segment.ways.map(way => wayMarkup(segment, tops, way, paint)),
      exit,
      ...segment.cards.map(card => cardMarkup(card, tops[card.row]!, paint)),
    ].join('');
  }
}

interface SegmentSize {
  readonly width: number;
  readonly height: number;
  /** Of each row, and of the one that would be next. */
  readonly tops: readonly number[];
}

function sizeOf({ cards, rows, columns, ways }: Segment): SegmentSize {
  const tops = [top];
  for (let row = 0; row < rows; row++) {
    const own = cards.filter(card => card.row === row);
    tops.push(tops[row]! + Math.max(...own.map(heightOf)) + rowGap);
  }
  const columnEnd = leftOf(columns) - columnGap;
  const lanes = ways.flatMap(way => (way.lane === undefined ? [] : laneOf(cards, way)));
  const right = Math.max(columnEnd, ...lanes.map(x => x + 6));
  return { width: right + blockMargin + margin, height: tops.at(-1)! + 2, tops };
}

const leftOf = (column: number): number => margin + blockMargin + column * (cardWidth + columnGap);

const heightOf = ({ followers }: Card): number => (followers.length > 0 ? cardHeights.tall : cardHeights.low);

/** Where the lane of a way is: right of all the cards that it passes. */
function laneOf(cards: readonly PlacedCard[], { from, to, lane = 0 }: Way): number {
  const rowOf = (id: string) => cards.find(card => card.id === id)?.row ?? -1;
  const passed = cards.filter(({ row }) => row > rowOf(from) && row <= rowOf(to));
  return leftOf(1 + Math.max(0, ...passed.map(({ column }) => column))) - columnGap + 12 + lane * laneWidth;
}

interface Block {
  readonly name: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Frames around the cards of a composite. */
function blocksOf({ cards, ways }: Segment, tops: readonly number[]): readonly Block[] {
  const paths = [...new Set(cards.flatMap(({ block }) => block?.path ?? []))];
  return paths.map(path => {
    const own = cards.filter(({ block }) => block?.path === path);
    const rows = own.map(({ row }) => row);
    const [first, last] = [Math.min(...rows), Math.max(...rows)];
    const columnEnd = leftOf(1 + Math.max(...own.map(({ column }) => column))) - columnGap;
    const within = ways.filter(({ to, lane }) => lane !== undefined && own.some(({ id }) => id === to));
    const right = Math.max(columnEnd, ...within.map(way => laneOf(cards, way) + 6));
    const above = tops[first]! - 15;
    const below = tops[last]! + Math.max(...own.filter(({ row }) => row === last).map(heightOf)) + 5;
    return { name: path, left: margin, top: above, width: right + blockMargin - margin, height: below - above };
  });
}

const blockMarkup = ({ name, left, top: y, width, height }: Block, paint: Paint): string =>
  `<rect x="${left}" y="${y}" width="${width}" height="${height}" rx="8" fill="${paint('paper')}" stroke="${paint('line')}"/>${textMarkup(
    { x: left + blockMargin, y: y + 11, size: 10.5, color: paint('muted') },
    clipped(name, 24),
  )}`;

function wayMarkup(segment: Segment, tops: readonly number[], way: Way, paint: Paint): string {
  const { from, to, lane } = way;
  const place = (id: string) => segment.cards.find(card => card.id === id);
  const [source, target] = [place(from), place(to)];
  if (target === undefined) return '';
  const startX = leftOf(source?.column ?? 0) + cardWidth / 2;
  const startY = source === undefined ? 28 : tops[source.row]! + heightOf(source);
  const endX = leftOf(target.column) + cardWidth / 2;
  const endY = tops[target.row]!;
  const middle = endY + heightOf(target) / 2;
  const arrow = (x: number, y: number, direction: 'down' | 'left') =>
    direction === 'down'
      ? `M${x - 4} ${y - 6}L${x} ${y}L${x + 4} ${y - 6}`
      : `M${x + 6} ${y - 4}L${x} ${y}L${x + 6} ${y + 4}`;
  const line = (path: string) =>
    `<path d="${path}" fill="none" stroke="${paint('muted')}" stroke-width="1.5" stroke-linejoin="round"/>`;
  const side = leftOf(target.column) + cardWidth;
  if (lane !== undefined) {
    const x = laneOf(segment.cards, way);
    const startSide = startY + 8;
    return line(`M${startX} ${startY}V${startSide}H${x}V${middle}H${side}${arrow(side, middle, 'left')}`);
  }
  if (startX === endX) return line(`M${startX} ${startY}V${endY}${arrow(endX, endY, 'down')}`);
  // From a column beside: down that column, then into the side of the card.
  if ((source?.column ?? 0) > target.column) {
    return line(`M${startX} ${startY}V${middle}H${side}${arrow(side, middle, 'left')}`);
  }
  return line(`M${startX} ${startY}V${startY + 9}H${endX}V${endY}${arrow(endX, endY, 'down')}`);
}

function cardMarkup(card: PlacedCard, y: number, paint: Paint): string {
  const { column, kind, title, outputShape, block, path, parameters } = card;
  const x = leftOf(column);
  const height = heightOf(card);
  const text = (line: number, color: string, content: string, size: number, anchor: 'start' | 'end' = 'start') =>
    textMarkup({ x: anchor === 'start' ? x + 14 : x + cardWidth - 9, y: y + line, size, color, anchor }, content);
  const shape = outputShape.join('×');
  // The frame says of which block it is.
  const name = block !== undefined && path.startsWith(`${block.path}/`) ? path.slice(block.path.length + 1) : path;
  return [
    `<rect x="${x}" y="${y}" width="${cardWidth}" height="${height}" rx="4" fill="${paint('surface')}" stroke="${paint('line')}"/>`,
    `<rect x="${x}" y="${y}" width="5" height="${height}" rx="2" fill="${paint(`series-${marks[kind]}`)}"/>`,
    text(18, paint('ink'), clipped(title, 34 - shape.length), 13),
    text(18, paint('ink'), shape, 12, 'end'),
    text(34, paint('muted'), clipped(followersText(card), 38), 11.5),
    text(height - 8, paint('muted'), clipped(name, 24), 11),
    parameters === 0 ? '' : text(height - 8, paint('muted'), `${formatCount(parameters)} params`, 11, 'end'),
  ].join('');
}

const followersText = ({ followers }: Card): string => (followers.length === 0 ? '' : `then ${followers.join(', ')}`);

interface TextPlace {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly color: string;
  readonly anchor?: 'start' | 'middle' | 'end';
}

const textMarkup = ({ x, y, size, color, anchor = 'start' }: TextPlace, text: string): string =>
  `<text x="${x}" y="${y}" font-size="${size}" fill="${color}" text-anchor="${anchor}">${escapeText(text)}</text>`;

const clipped = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
