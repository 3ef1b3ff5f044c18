/** What preprocessDigit makes of clean drawings against NumPy, SciPy and Pillow. */
import t from 'tap';
import { preprocessDigit } from '../../lib/index.ts';
import { readGolden } from './golden.ts';

interface Case {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly inverted: boolean;
  readonly box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  readonly scale: number;
  readonly centre: { readonly x: number; readonly y: number };
  readonly specks: number;
  /** Bytes in base64. */
  readonly given: string;
  readonly image: string;
}

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

for (const each of readGolden<{ readonly cases: readonly Case[] }>('drawn-digits-numpy.json').cases) {
  t.test(each.name, async t => {
    const { width, height, inverted, box, scale, centre, specks, given, image } = each;
    const result = preprocessDigit({ width, height, data: bytes(given) });
    t.strictSame(result.image.data, bytes(image), 'the same bytes');
    t.match(result, { inverted, flattened: false, box, specks });
    t.ok(Math.abs(result.scale - scale) < 1e-9, `scale ${result.scale}`);
    const away = Math.max(Math.abs(result.centre.x - centre.x), Math.abs(result.centre.y - centre.y));
    t.ok(away < 1e-4, `centre of mass ${away} pixels away`);
  });
}
