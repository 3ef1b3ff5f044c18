import { escapeText, html, jsonScript, Markup } from '../markup/markup.ts';
import { palettes, type ThemeName } from '../theme.ts';
import { ImageSheet } from './image-sheet.ts';
import { type Drawing, Picture } from './picture.ts';
import type { PixelImage } from './pixels.ts';

/** A point of the plot. */
export interface EmbeddingMark {
  readonly x: number;
  readonly y: number;
  /** The number of the class, which decides the colour. */
  readonly label: number;
  /** What stands at the point: one or two characters. */
  readonly mark: string;
  /** What is said of it: 4, said 9. */
  readonly text: string;
  readonly isWrong: boolean;
  readonly image: PixelImage | undefined;
}

export interface EmbeddingParts {
  readonly title: string;
  readonly description: string;
  readonly marks: readonly EmbeddingMark[];
}

const width = 640;
const height = 460;
const margin = 18;

/** Points with the marks of their classes; in a page each shows its image when it is pointed at, or come to by arrows. */
export class EmbeddingPlot extends Picture {
  readonly marks: readonly EmbeddingMark[];

  constructor({ title, description, marks }: EmbeddingParts) {
    super(title, description);
    this.marks = marks;
  }

  markup(): Markup {
    const images = this.marks.flatMap(({ image }) => image ?? []);
    const sheet = images.length === this.marks.length && images.length > 0 ? new ImageSheet(images) : undefined;
    const paint = (name: string) => `var(--${name})`;
    const texts = this.marks.map(({ text }, i) => ({ text, position: sheet?.position(i) ?? '' }));
    const help = 'Arrow keys go from point to point.';
    return html`<figure class="embedding" data-embedding><figcaption><span class="figure-title">${this.title}</span></figcaption>
${sheet?.style()}<div class="plot" tabindex="0" role="application" aria-roledescription="plot" aria-label="${`${this.title}. ${help}`}"><svg viewBox="0 0 ${width} ${height}" aria-hidden="true">${new Markup(this.#points(paint))}</svg>
<div class="shown" hidden>${sheet !== undefined && html`<span class="pixels ${sheet.className}" aria-hidden="true"></span>`}<span class="caption" aria-live="polite"></span></div></div>
${jsonScript(texts)}
<p class="note">${this.description} ${help}</p></figure>`;
  }

  protected draw(theme: ThemeName): Drawing {
    const { series, ...plain } = palettes[theme];
    const colors = new Map<string, string>(series.map((color, i) => [`series-${i}`, color]));
    const paint = (name: string) => colors.get(name) ?? (name === 'wrong' ? plain.wrong : plain.ink);
    return { width, height, svg: this.#points(paint) };
  }

  #points(paint: (name: string) => string): string {
    const range = (values: readonly number[]) => [Math.min(...values), Math.max(...values)] as const;
    const [left, right] = range(this.marks.map(({ x }) => x));
    const [bottom, top] = range(this.marks.map(({ y }) => y));
    const place = (share: number, size: number) => Number((margin + share * (size - 2 * margin)).toFixed(1));
    const share = (value: number, low: number, high: number) => (high === low ? 0.5 : (value - low) / (high - low));
    const points = this.marks.map(({ x, y, label, mark, isWrong }) => {
      const [atX, atY] = [place(share(x, left, right), width), place(1 - share(y, bottom, top), height)];
      const ring = isWrong ? `<circle r="9" fill="none" stroke="${paint('wrong')}" stroke-width="1.5"/>` : '';
      const color = paint(`series-${label % 10}`);
      return `<g transform="translate(${atX} ${atY})">${ring}<text y="4" text-anchor="middle" font-size="12" fill="${color}">${escapeText(mark)}</text></g>`;
    });
    return points.join('');
  }
}
