/** HTML or SVG that is safe to put into a page as it is. Made by `html` alone, so that all other text is escaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** What knows its own markup, such as a picture. */
export interface HasMarkup {
  markup(): Markup;
}

/** What `html` takes: text and numbers are escaped, lists are joined, and nothing is shown for undefined and false. */
export type Content = string | number | Markup | HasMarkup | undefined | false | readonly Content[];

const entities: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it stands in HTML and SVG, in attributes too. Characters that XML does not allow become the sign for these. */
export function escapeText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 forbids.
  const allowed = text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu, '\uFFFD');
  return allowed.replace(/[&<>"']/g, character => entities[character]!);
}

function textOf(content: Content): string {
  if (content === undefined || content === false) return '';
  if (typeof content === 'string') return escapeText(content);
  if (typeof content === 'number') return String(content);
  if (content instanceof Markup) return content.text;
  if ('markup' in content) return content.markup().text;
  return content.map(textOf).join('');
}

/** Markup with values in it: html`<p>${text}</p>`. Attributes must be quoted. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const parts = strings.map((part, i) => part + textOf(values[i]));
  return new Markup(parts.join(''));
}

/** Data for a script of the page, in an element of which nothing is run or taken for markup. */
export function jsonScript(value: unknown): Markup {
  const text = JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, character => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return new Markup(`<script type="application/json">${text}</script>`);
}
