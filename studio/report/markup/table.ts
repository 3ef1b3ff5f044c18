import { type Content, html, type Markup } from './markup.ts';

/** Rows of text and numbers. */
export interface DataTable {
  readonly caption?: string;
  readonly columns: readonly string[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly Content[])[];
}

/** How a table is shown. */
export interface TableLook {
  /** The columns that stand on the right; found by their text if left out. */
  readonly numeric?: readonly number[];
  /** Whether it takes all the width; false if left out. */
  readonly wide?: boolean;
}

const isNumber = (cell: Content): boolean =>
  typeof cell === 'number' ||
  (typeof cell === 'string' && /^([-+]?[\d.,]+(e[-+]?\d+)?( ?%| s| ms)?|none)?$/.test(cell));

/** The table as HTML; numbers stand on the right. It can be scrolled by keyboard where it is wider than the page. */
export function tableMarkup({ caption, columns, rows }: DataTable, { numeric, wide = false }: TableLook = {}): Markup {
  const found = columns.map((_, column) => column).filter(column => rows.every(row => isNumber(row[column])));
  const kind = (column: number): string => ((numeric ?? found).includes(column) ? 'number' : 'text');
  const label = caption ?? columns.join(', ');
  return html`<div class="table" tabindex="0" role="group" aria-label="${label}"><table${wide && html` class="wide"`}>
${caption !== undefined && html`<caption>${caption}</caption>`}
<thead><tr>${columns.map((name, i) => html`<th scope="col" class="${kind(i)}">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    row => html`<tr>${row.map((cell, i) =>
      i === 0 ? html`<th scope="row" class="${kind(i)}">${cell}</th>` : html`<td class="${kind(i)}">${cell}</td>`,
    )}</tr>
`,
  )}</tbody></table></div>`;
}
