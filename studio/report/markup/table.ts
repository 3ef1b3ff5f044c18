import { type Content, html, type Markup } from './markup.ts';

/** Rows of text and numbers. */
export interface DataTable {
  readonly caption?: string;
  readonly columns: readonly string[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly Content[])[];
}

const isNumber = (cell: Content): boolean =>
  typeof cell === 'number' || (typeof cell === 'string' && /^[-+]?[\d.,]+(e[-+]?\d+)?( ?%| s| ms)?$/.test(cell));

/** The table as HTML; numbers stand on the right. It can be scrolled by keyboard where it is wider than the page. */
export function tableMarkup({ caption, columns, rows }: DataTable, sortable = false): Markup {
  const numeric = columns.map((_, column) => rows.length > 0 && rows.every(row => isNumber(row[column])));
  const kind = (column: number): string => (numeric[column] ? 'number' : 'text');
  const label = caption ?? columns.join(', ');
  return html`<div class="table" tabindex="0" role="region" aria-label="${label}"><table${sortable && html` data-sortable`}>
${caption !== undefined && html`<caption>${caption}</caption>`}
<thead><tr>${columns.map((name, i) => html`<th scope="col" class="${kind(i)}">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    row => html`<tr>${row.map((cell, i) =>
      i === 0 ? html`<th scope="row" class="${kind(i)}">${cell}</th>` : html`<td class="${kind(i)}">${cell}</td>`,
    )}</tr>
`,
  )}</tbody></table></div>`;
}
