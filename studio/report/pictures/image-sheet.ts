import { createHash } from 'node:crypto';
import { ShapeError } from 'inkling';
import { html, Markup } from '../markup/markup.ts';
import { type PixelImage, pngAddress } from './pixels.ts';

/** Many images of one size as one PNG, of which a page shows cuts: a tenth of the bytes of as many PNGs. */
export class ImageSheet {
  /** The class of elements that show a cut; made of the content, so it is the same whenever the page is written. */
  readonly className: string;
  readonly columns: number;
  readonly rows: number;
  readonly #address: string;
  readonly #aspect: number;

  /** Throws ShapeError for no images, or images of different sizes. */
  constructor(images: readonly PixelImage[]) {
    const sheet = joined(images);
    this.columns = sheet.columns;
    this.rows = sheet.rows;
    this.#aspect = images[0]!.width / images[0]!.height;
    this.#address = pngAddress(sheet.image);
    this.className = `sheet-${createHash('sha256').update(this.#address).digest('hex').slice(0, 10)}`;
  }

  /** Must stand in the page once, before the images. */
  style(): Markup {
    const size = `${this.columns * 100}% ${this.rows * 100}%`;
    return html`<style>.${this.className}{background-image:url(${new Markup(this.#address)});background-size:${size};aspect-ratio:${this.#aspect}}</style>`;
  }

  /** One image; `alt` says what it shows, and is empty where a text beside it does. */
  image(index: number, alt: string): Markup {
    const role = alt === '' ? html`aria-hidden="true"` : html`role="img" aria-label="${alt}"`;
    return html`<span class="pixels ${this.className}" ${role} style="background-position:${this.position(index)}"></span>`;
  }

  /** The place of an image in the sheet, as CSS: 50% 0%. */
  position(index: number): string {
    const share = (at: number, count: number) => `${count === 1 ? 0 : Number(((at / (count - 1)) * 100).toFixed(4))}%`;
    return `${share(index % this.columns, this.columns)} ${share(Math.floor(index / this.columns), this.rows)}`;
  }
}

function joined(images: readonly PixelImage[]): { image: PixelImage; columns: number; rows: number } {
  const [first] = images;
  if (first === undefined) throw new ShapeError('image sheet: there are no images; give at least one');
  const { width, height, channels } = first;
  const columns = Math.ceil(Math.sqrt(images.length));
  const rows = Math.ceil(images.length / columns);
  const data = new Uint8Array(columns * width * rows * height * channels);
  for (const [i, image] of images.entries()) {
    if (image.width !== width || image.height !== height || image.channels !== channels) {
      throw new ShapeError(
        `image sheet: image ${i} has ${image.width}x${image.height} pixels of ${image.channels} channels, the first ${width}x${height} of ${channels}; all must have the same`,
      );
    }
    const left = (i % columns) * width;
    const top = Math.floor(i / columns) * height;
    for (let y = 0; y < height; y++) {
      const row = image.data.subarray(y * width * channels, (y + 1) * width * channels);
      data.set(row, ((top + y) * columns * width + left) * channels);
    }
  }
  return { image: { width: columns * width, height: rows * height, channels, data }, columns, rows };
}
