/** Rows of comma-separated values (RFC 4180), read piece by piece, so that a file may be larger than memory. */
import { FormatError } from '../../errors.ts';
import { adviceFor } from '../../files/signatures.ts';

/** Rows that follow one another. */
export interface CsvRows {
  /** Of the first row, from 1. */
  readonly line: number;
  readonly rows: readonly (readonly string[])[];
}

/** A line of 785 numbers has 3 kB. Memory is bounded although a file may have no line ends. */
const longestLine = 2 ** 16;
const form = { delimiter: ',', newline: '\n' } as const;

/**
 * The rows of a file in blocks. Lines at the end that are empty are left out. The pieces that follow after an error are not
 * read. Throws FormatError, which begins with `file`, for content that is no text of values, with its line.
 */
export async function* csvRows(pieces: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<CsvRows> {
  // Loaded when it is needed: few programs that read files need it.
  const { default: papa } = await import('papaparse');
  const rowsOf = (text: string, first: number): CsvRows =>
    parsed(papa.parse(text.replaceAll('\r', ''), form), first, file);
  const decoder = new TextDecoder();
  let rest = '';
  let line = 1;
  let isFirst = true;
  for await (const piece of pieces) {
    if (isFirst) checkIsText(piece, file);
    isFirst = false;
    const text = rest + decoder.decode(piece, { stream: true });
    const end = text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    if (rest.length > longestLine) {
      const lineOfRest = line + newlines(text);
      throw new FormatError(
        `${file}: line ${lineOfRest}: it is longer than ${longestLine} characters; expected lines of numbers`,
      );
    }
    if (end === 0) continue;
    yield rowsOf(text.slice(0, end - 1), line);
    line += newlines(text);
  }
  rest += decoder.decode();
  if (rest !== '') yield rowsOf(rest, line);
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** What PapaParse gives. */
interface Parsed {
  readonly data: string[][];
  readonly errors: readonly { readonly row?: number | undefined; readonly message: string }[];
}

function parsed({ data, errors }: Parsed, line: number, file: string): CsvRows {
  const [error] = errors;
  if (error === undefined) return { line, rows: data };
  throw new FormatError(`${file}: line ${line + (error.row ?? 0)}: ${error.message.toLowerCase()}`);
}

function checkIsText(start: Uint8Array, file: string): void {
  if (start[0]! + start[1]! === 0xff + 0xfe) {
    throw new FormatError(`${file}: it is text in UTF-16, expected UTF-8; save it as "CSV UTF-8"`);
  }
  const advice = adviceFor(start);
  if (advice !== undefined) throw new FormatError(`${file}: it is no CSV file: ${advice}`);
  const zero = start.indexOf(0);
  if (zero >= 0) throw new FormatError(`${file}: byte ${zero}: it is no text, expected a CSV file`);
}

/** What a file holds, row by row: the first one, and the others one after the other. */
export interface RowTaker {
  readonly first: (row: readonly string[]) => void;
  readonly next: (row: readonly string[], line: number) => void;
}

/** Hands over all rows. Throws FormatError for a file without any, and for an empty line before another row. */
export async function takeRows(pieces: AsyncIterable<Uint8Array>, file: string, taker: RowTaker): Promise<void> {
  let empty: number | undefined;
  let isFirst = true;
  for await (const { line, rows } of csvRows(pieces, file)) {
    for (const [i, row] of rows.entries()) {
      if (row.length === 1 && row[0] === '') {
        empty ??= line + i;
        continue;
      }
      if (empty !== undefined) throw new FormatError(`${file}: line ${empty}: it is empty, but rows follow`);
      if (isFirst) taker.first(row);
      else taker.next(row, line + i);
      isFirst = false;
    }
  }
  if (isFirst) throw new FormatError(`${file}: it is empty; expected a CSV file with a header`);
}

/** The integer from 0 to 999 that a field is, written in at most three digits; -1 for anything else. */
export function smallInteger(field: string): number {
  const { length } = field;
  if (length === 0 || length > 3) return -1;
  let value = 0;
  for (let i = 0; i < length; i++) {
    const digit = field.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
