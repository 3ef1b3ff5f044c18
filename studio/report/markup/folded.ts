import type { Picture } from '../pictures/picture.ts';
import { type Content, html } from './markup.ts';

/** So many small pictures are shown of all layers together at most, that a report of a deep network stays small. */
const mostPictures = 512;

/** How many of the channels or filters of each layer are shown: 16 to 64. */
export const picturesPerLayer = (layers: number): number =>
  Math.max(16, Math.min(64, Math.floor(mostPictures / Math.max(layers, 1))));

/** The first pictures, and what follows folded away. */
export function firstAndFolded(pictures: readonly Picture[], open = 3): Content {
  const [first, rest] = [pictures.slice(0, open), pictures.slice(open)];
  if (rest.length === 0) return first;
  const more = rest.length === 1 ? 'One more layer' : `${rest.length} more layers`;
  return [...first, html`<details class="more"><summary>${more}</summary>${rest}</details>`];
}
