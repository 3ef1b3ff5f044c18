import type { Card } from './network-cards.ts';

/** A card in its place: rows go down, columns to the right. */
export interface PlacedCard extends Card {
  readonly row: number;
  readonly column: number;
}

/** A way from one card to another one; `lane` counts the ways that go past cards, from the left. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly lane?: number;
}

/** A part of the drawing that stands by itself, from one card through which all goes to the next. */
export interface Segment {
  /** The card above, in the part before, that feeds this one: `input` for the first. */
  readonly source: string;
  readonly cards: readonly PlacedCard[];
  readonly ways: readonly Way[];
  readonly rows: number;
  readonly columns: number;
}

/**
 * Places cards so that each stands below those that feed it, and cuts the drawing into parts of about `rowsOfPart` rows, where
 * a single output goes from one part to the next.
 */
export function networkLayout(cards: readonly Card[], rowsOfPart = 8): readonly Segment[] {
  const segments: Segment[] = [];
  let part: Card[] = [];
  let source = 'input';
  for (const [i, card] of cards.entries()) {
    part.push(card);
    const isWhole = part.length >= rowsOfPart && canCutBehind(cards, i);
    if (!isWhole && i + 1 < cards.length) continue;
    segments.push(placed(part, source));
    source = card.id;
    part = [];
  }
  return segments;
}

/** Whether all that comes later takes, of what came before, the output of this card alone; blocks stay whole. */
function canCutBehind(cards: readonly Card[], at: number): boolean {
  const before = new Set(['input', ...cards.slice(0, at).map(({ id }) => id)]);
  const { block } = cards[at]!;
  const next = cards[at + 1];
  const isWithinBlock = block !== undefined && next?.block?.path === block.path;
  return !isWithinBlock && cards.slice(at + 1).every(({ inputs }) => inputs.every(id => !before.has(id)));
}

function placed(part: readonly Card[], source: string): Segment {
  const rows = new Map<string, number>([[source, -1]]);
  for (const { id, inputs } of part) rows.set(id, 1 + Math.max(-1, ...inputs.map(each => rows.get(each) ?? -1)));
  const isMain = mainPath(part);
  const taken = new Map<number, number>();
  const columns = new Map<string, number>();
  // Those of the longest way stand in the first column, however early the others come.
  for (const card of [...part].sort((a, b) => Number(isMain.has(b.id)) - Number(isMain.has(a.id)))) {
    const row = rows.get(card.id)!;
    const column = taken.get(row) ?? (isMain.has(card.id) ? 0 : 1);
    taken.set(row, column + 1);
    columns.set(card.id, column);
  }
  const cards = part.map(card => ({ ...card, row: rows.get(card.id)!, column: columns.get(card.id)! }));
  return {
    ...{ source, cards, ways: waysOf(cards, source) },
    rows: 1 + Math.max(...cards.map(({ row }) => row)),
    columns: 1 + Math.max(...cards.map(({ column }) => column)),
  };
}

/** The cards of a longest way from the first row to the last card. */
function mainPath(part: readonly Card[]): ReadonlySet<string> {
  const length = new Map<string, number>();
  const via = new Map<string, string>();
  for (const { id, inputs } of part) {
    const best = inputs.reduce<string | undefined>((longest, each) => {
      if (!length.has(each)) return longest;
      return longest === undefined || length.get(each)! > length.get(longest)! ? each : longest;
    }, undefined);
    length.set(id, 1 + (best === undefined ? 0 : length.get(best)!));
    if (best !== undefined) via.set(id, best);
  }
  const main = new Set<string>();
  for (let id = part.at(-1)?.id; id !== undefined; id = via.get(id)) main.add(id);
  return main;
}

/** Ways to the next row go straight; longer ones go past, in the first lane that is free, or down their own column. */
function waysOf(cards: readonly PlacedCard[], source: string): readonly Way[] {
  const above = { id: source, row: -1, column: 0 };
  const byId = new Map([above, ...cards].map(card => [card.id, card]));
  const lanes: number[] = [];
  return cards.flatMap(card =>
    card.inputs.map((from): Way => {
      const { row, column } = byId.get(from) ?? above;
      const between = cards.filter(each => each.column === column && each.row > row && each.row < card.row);
      if (card.row === row + 1 || (column > 0 && between.length === 0)) return { from, to: card.id };
      const free = lanes.findIndex(end => end <= row);
      const lane = free === -1 ? lanes.length : free;
      lanes[lane] = card.row;
      return { from, to: card.id, lane };
    }),
  );
}
