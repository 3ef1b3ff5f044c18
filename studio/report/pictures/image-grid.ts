import { OptionError } from 'inkling';
import { escapeText, html, type Markup } from '../markup/markup.ts';
import { palettes, type ThemeName } from '../theme.ts';
import { ImageSheet } from './image-sheet.ts';
import { type Drawing, Picture } from './picture.ts';
import { type PixelImage, pngAddress } from './pixels.ts';

/** One image of a grid, and the lines below it. */
export interface GridImage {
  readonly image: PixelImage;
  /** What it is: 7. */
  readonly caption?: string;
  /** What else is to say, smaller: said 1, 98%. */
  readonly note?: string;
  /** Whether the note tells of something right or wrong; it is coloured so. */
  readonly tone?: 'right' | 'wrong';
  /** What there is to see, where captions do not tell. */
  readonly alt?: string;
}

/** What a grid of images is made of. */
export interface GridParts {
  readonly title: string;
  readonly description: string;
  readonly images: readonly GridImage[];
  /** Width of one image in CSS pixels: 64 if left out. */
  readonly size?: number;
  /** Between the images, in CSS pixels: 12 if left out. */
  readonly gap?: number;
  /** Of a picture; in pages as many as there is room for. 10 if left out. */
  readonly columns?: number;
  /** Whether a page has as many columns as the picture, so that images stand below one another; false if left out. */
  readonly aligned?: boolean;
}

const captionHeight = 18;
const noteHeight = 16;

/** On narrow screens at least three images stand in a row, but of wide ones one may have it for itself. */
const widestOfMany = 200;

/** Images of one size in rows, each with what is to say of it. */
export class ImageGrid extends Picture {
  readonly images: readonly GridImage[];
  readonly size: number;
  readonly gap: number;
  readonly columns: number;
  readonly aligned: boolean;

  /** Throws OptionError for no images. */
  constructor({ title, description, images, size = 64, gap = 12, columns = 10, aligned = false }: GridParts) {
    super(title, description);
    if (images.length === 0) throw new OptionError(`image grid "${title}": there are no images; give at least one`);
    this.images = images;
    this.size = size;
    this.gap = gap;
    this.columns = Math.min(columns, images.length);
    this.aligned = aligned;
  }

  markup(): Markup {
    const sheet = new ImageSheet(this.images.map(({ image }) => image));
    return html`<figure class="grid"><figcaption><span class="figure-title">${this.title}</span></figcaption>
${sheet.style()}<ul class="images${this.aligned && ' aligned'}" style="${`--size:${this.size}px;--gap:${this.gap}px;--columns:${this.columns}${this.size >= widestOfMany ? ';--widest:100%' : ''}`}">${this.images.map(
      ({ caption, note, tone, alt = caption === undefined && note === undefined ? this.title : '' }, i) =>
        html`<li class="cell">${sheet.image(i, alt)}${caption !== undefined && html`<span class="caption">${caption}</span>`}${
          note !== undefined && html`<span class="note${tone && ` ${tone}`}">${note}</span>`
        }</li>`,
    )}</ul>
<p class="note">${this.description}</p></figure>`;
  }

  protected draw(theme: ThemeName, width?: number): Drawing {
    const { columns, images, gap } = this;
    const margin = 16;
    const total = width ?? columns * (this.size + gap) - gap + 2 * margin;
    const cell = (total - 2 * margin + gap) / columns;
    const size = cell - gap;
    const [{ image: first }] = images as readonly [GridImage];
    const imageHeight = (size * first.height) / first.width;
    const below = captionsOf(images);
    const rowHeight = imageHeight + below + gap;
    const svg = images.map((each, i) => {
      const left = margin + (i % columns) * cell;
      const top = Math.floor(i / columns) * rowHeight;
      return cellMarkup(each, theme, { left, top, size, imageHeight });
    });
    const height = Math.ceil(Math.ceil(images.length / columns) * rowHeight) + 4;
    return { width: total, height, svg: svg.join('') };
  }
}

function captionsOf(images: readonly GridImage[]): number {
  const has = (name: 'caption' | 'note') => images.some(image => image[name] !== undefined);
  return (has('caption') ? captionHeight : 0) + (has('note') ? noteHeight : 0);
}

interface CellPlace {
  readonly left: number;
  readonly top: number;
  readonly size: number;
  readonly imageHeight: number;
}

function cellMarkup(cell: GridImage, theme: ThemeName, { left, top, size, imageHeight }: CellPlace): string {
  const { ink, muted, right, wrong } = palettes[theme];
  const { image, caption, note, tone } = cell;
  const middle = left + size / 2;
  const line = (text: string, y: number, fontSize: number, color: string) =>
    `<text x="${middle}" y="${y}" font-size="${fontSize}" fill="${color}" text-anchor="middle">${escapeText(text)}</text>`;
  const captionEnd = top + imageHeight + (caption === undefined ? 0 : captionHeight);
  const noteColor = tone === undefined ? muted : { right, wrong }[tone];
  return [
    `<image x="${left}" y="${top}" width="${size}" height="${imageHeight}" preserveAspectRatio="none" image-rendering="optimizeSpeed" style="image-rendering:pixelated" xlink:href="${pngAddress(image)}"/>`,
    caption === undefined ? '' : line(caption, captionEnd - 4, 13, ink),
    note === undefined ? '' : line(note, captionEnd + noteHeight - 4, 12, noteColor),
  ].join('');
}
