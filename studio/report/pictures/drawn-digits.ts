import { OptionError } from 'inkling';
import { formatPercent } from '../format.ts';
import { escapeText, html, type Markup } from '../markup/markup.ts';
import type { ReportedDrawing } from '../reported-run.ts';
import { palettes, type ThemeName } from '../theme.ts';
import { type Drawing, Picture } from './picture.ts';
import { type PixelImage, pngAddress, shrunk } from './pixels.ts';

/** How digits are named and shown. */
export interface DrawnDigitOptions {
  /** By the numbers of the classes; the numbers themselves if left out. */
  readonly classNames?: readonly string[];
  readonly title?: string;
  /** Pairs of images beside one another in a picture: 4 if left out. */
  readonly columns?: number;
}

/** Photographs are shown with so many pixels. */
const longestSide = 160;
const bars = 3;
const side = 96;
const between = 8;
const margin = 16;
const textHeight = 40;

/** Digits as they were drawn, as the network saw them, and what it says of them. */
export class DrawnDigits extends Picture {
  readonly drawings: readonly ReportedDrawing[];
  readonly columns: number;
  readonly #nameOf: (label: number) => string;

  /** Throws OptionError without drawings. */
  constructor(drawings: readonly ReportedDrawing[], options: DrawnDigitOptions = {}) {
    const { classNames, title = 'Drawn digits: as drawn, and as the network sees them', columns = 4 } = options;
    if (drawings.length === 0) throw new OptionError(`drawn digits: there are none; give at least one`);
    const nameOf = (label: number) => classNames?.[label] ?? String(label);
    super(title, drawings.map(drawing => `${drawing.name ?? 'A digit'}: ${summary(drawing, nameOf)}.`).join(' '));
    this.drawings = drawings;
    this.columns = Math.min(columns, drawings.length);
    this.#nameOf = nameOf;
  }

  markup(): Markup {
    return html`<figure class="drawn"><figcaption><span class="figure-title">${this.title}</span></figcaption>
<ul class="drawings">${this.drawings.map(drawing => this.#card(drawing))}</ul></figure>`;
  }

  #card(drawing: ReportedDrawing): Markup {
    const { drawn, seen, name } = drawing;
    const isWrong = drawing.label !== undefined && ranked(drawing)[0]!.label !== drawing.label;
    return html`<li><div class="drawn-pair"><img src="${pngAddress(shrunk(drawn, longestSide))}" alt="As drawn"><img class="seen" src="${pngAddress(seen)}" alt="As the network sees it"></div>
<p class="${isWrong ? 'wrong' : 'right'}">${summary(drawing, this.#nameOf)}</p>
<ol class="probabilities">${ranked(drawing)
      .slice(0, bars)
      .map(
        ({ label, probability }) =>
          html`<li class="probability"><span>${this.#nameOf(label)}</span><span class="share" style="${`--share:${probability.toFixed(4)}`}">${formatPercent(probability, 1)}</span></li>`,
      )}</ol>
${name !== undefined && html`<p class="note">${name}</p>`}</li>`;
  }

  protected draw(theme: ThemeName, width?: number): Drawing {
    const { ink, right, wrong } = palettes[theme];
    const natural = this.columns * (2 * side + between + 24) - 24 + 2 * margin;
    const total = width ?? natural;
    const zoom = total / natural;
    const svg = this.drawings.map((drawing, i) => {
      const left = margin + (i % this.columns) * (2 * side + between + 24);
      const top = Math.floor(i / this.columns) * (side + textHeight);
      const isWrong = drawing.label !== undefined && ranked(drawing)[0]!.label !== drawing.label;
      const color = drawing.label === undefined ? ink : isWrong ? wrong : right;
      const text = escapeText(summary(drawing, this.#nameOf));
      return [
        imageMarkup(shrunk(drawing.drawn, longestSide), left, top),
        imageMarkup(drawing.seen, left + side + between, top),
        `<text x="${left + side + between / 2}" y="${top + side + 20}" font-size="13" fill="${color}" text-anchor="middle">${text}</text>`,
      ].join('');
    });
    const height = Math.ceil(this.drawings.length / this.columns) * (side + textHeight);
    return { width: total, height: Math.ceil(height * zoom), svg: `<g transform="scale(${zoom})">${svg.join('')}</g>` };
  }
}

/** The classes with what the model gives them, the likeliest first. */
function ranked({ probabilities }: ReportedDrawing): { readonly label: number; readonly probability: number }[] {
  return Array.from(probabilities, (probability, label) => ({ label, probability })).sort(
    (a, b) => b.probability - a.probability,
  );
}

/** said 4 with 98%, is 9 */
function summary(drawing: ReportedDrawing, nameOf: (label: number) => string): string {
  const { label, probability } = ranked(drawing)[0]!;
  const said = `said ${nameOf(label)} with ${formatPercent(probability, 1)}`;
  if (drawing.label === undefined) return said;
  return drawing.label === label ? `${said}, right` : `${said}, is ${nameOf(drawing.label)}`;
}

/** The whole image within a square, in its own proportions. */
function imageMarkup(image: PixelImage, left: number, top: number): string {
  return `<image x="${left}" y="${top}" width="${side}" height="${side}" preserveAspectRatio="xMidYMid meet" image-rendering="optimizeSpeed" style="image-rendering:pixelated" xlink:href="${pngAddress(image)}"/>`;
}
