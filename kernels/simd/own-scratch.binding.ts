/** Addresses in memory that a piece has to itself while it runs, whoever runs it. */

/** The address `own` bytes behind the beginning of that memory. */
export interface OwnScratch {
  readonly own: number;
}

/** An address in a piece's own scratch memory, `offset` bytes behind its beginning. */
export const ownScratch = (offset = 0): OwnScratch => ({ own: offset });

/** The numbers of an invocation for one whose own scratch memory begins at `scratch`. */
export const placed = (numbers: readonly (number | OwnScratch)[], scratch: number): number[] =>
  numbers.map(number => (typeof number === 'number' ? number : scratch + number.own));
