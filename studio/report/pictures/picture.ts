import { Resvg } from '@resvg/resvg-wasm';
import { OptionError } from 'inkling';
import { fontFiles, startResvg } from '../assets.ts';
import type { Markup } from '../markup/markup.ts';
import { escapeText } from '../markup/markup.ts';
import { pageOf } from '../page-of.ts';
import { fontFamily, palettes, type ThemeName } from '../theme.ts';

/** How a picture becomes an SVG. */
export interface SvgOptions {
  /** `light` if left out. */
  readonly theme?: ThemeName;
  /** Of the whole picture in CSS pixels; what suits the picture if left out. */
  readonly width?: number;
  readonly height?: number;
  /** Whether the title stands above the picture; true if left out. */
  readonly title?: boolean;
}

/** How a picture becomes a PNG. */
export interface PngOptions extends SvgOptions {
  /** Pixels for each CSS pixel; 2 if left out. */
  readonly scale?: number;
}

/** What a notebook is told of a picture: one entry for each form that it may show. */
export interface NotebookView {
  readonly 'image/svg+xml': string;
  readonly 'text/plain': string;
}

/** Something drawn within a frame, without its title: SVG markup that begins at 0, 0. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly svg: string;
}

const titleHeight = 40;
const smallest = 40;
const largest = 10_000;

/** What charts and grids of images have in common: each can become SVG, PNG, a page, and shows itself in notebooks. */
export abstract class Picture {
  readonly title: string;
  /** Says in words what there is to see; for those who cannot see it. */
  readonly description: string;

  constructor(title: string, description: string) {
    this.title = title;
    this.description = description;
  }

  /** Its place in a page: with its description, and with the data of which a script makes it interactive. */
  abstract markup(): Markup;

  /** Draws the picture without its title; `height` is undefined where the picture decides. */
  protected abstract draw(theme: ThemeName, width: number | undefined, height: number | undefined): Drawing;

  /** A whole SVG file. Its text needs a font with the reader; a PNG does not. Throws OptionError for unusual sizes. */
  svg(options: SvgOptions = {}): string {
    const { theme = 'light', title = true } = options;
    const colors = palettes[checkedTheme(theme)];
    const top = title ? titleHeight : 0;
    const asked = checkedSize('height', options.height);
    const drawn = this.draw(theme, checkedSize('width', options.width), asked === undefined ? undefined : asked - top);
    const { width } = drawn;
    const height = drawn.height + top;
    const heading = title
      ? `<text x="16" y="27" font-size="17" font-weight="600" fill="${colors.ink}">${escapeText(this.title)}</text>`
      : '';
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${escapeText(fontFamily)}">`,
      `<title>${escapeText(this.title)}</title><desc>${escapeText(this.description)}</desc>`,
      `<rect width="${width}" height="${height}" fill="${colors.surface}"/>${heading}`,
      `<g transform="translate(0 ${top})">${drawn.svg}</g></svg>`,
    ].join('');
  }

  /** The bytes of a PNG, with the font of this package. Throws OptionError for unusual sizes. */
  async png({ scale = 2, ...options }: PngOptions = {}): Promise<Uint8Array> {
    if (!(scale > 0 && scale <= 8)) throw new OptionError(`png: scale must be above 0 and at most 8, got ${scale}`);
    // Of two ways to ask for sharp pixels, browsers know the style, and this renderer the attribute alone.
    const svg = this.svg(options).replaceAll(' style="image-rendering:pixelated"', '');
    await startResvg();
    const renderer = new Resvg(svg, {
      fitTo: { mode: 'zoom', value: scale },
      font: { fontBuffers: await fontFiles(), defaultFontFamily: 'Figtree', loadSystemFonts: false },
    });
    try {
      const image = renderer.render();
      try {
        return image.asPng();
      } finally {
        image.free();
      }
    } finally {
      renderer.free();
    }
  }

  /** A whole HTML file with this picture alone, which needs nothing from elsewhere. */
  html(): Promise<string> {
    return pageOf(this.title, this.markup());
  }

  /** What Deno's Jupyter kernel asks for. */
  [Symbol.for('Jupyter.display')](): NotebookView {
    return { 'image/svg+xml': this.svg(), 'text/plain': `${this.title}: ${this.description}` };
  }
}

function checkedTheme(theme: unknown): ThemeName {
  if (theme === 'light' || theme === 'dark') return theme;
  throw new OptionError(`svg: theme must be 'light' or 'dark', got ${JSON.stringify(theme)}`);
}

function checkedSize(name: string, size: number | undefined): number | undefined {
  if (size === undefined || (Number.isInteger(size) && size >= smallest && size <= largest)) return size;
  throw new OptionError(`svg: ${name} must be a whole number from ${smallest} to ${largest}, got ${size}`);
}
