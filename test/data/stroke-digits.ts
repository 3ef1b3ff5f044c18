/**
 * 300 digits that are no MNIST digits: drawn as strokes by ten hands, on canvases and photographed. The set is frozen:
 * a recogniser is measured with it, so it must not change for the sake of one.
 */
import { cos, pow } from '../../kernels/math.ts';
import { RandomStream } from '../../lib/random/random.ts';
import { type Point, type Skeleton, type Stroke, skeletons } from './digit-skeletons.ts';
import { type Surface, surfaces } from './digit-surfaces.ts';
import { Draws } from './draws.ts';

export interface DrawnDigit {
  readonly digit: number;
  /** 0 to 9. */
  readonly hand: number;
  readonly form: string;
  readonly surface: Surface;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8ClampedArray;
}

/** How a hand writes every digit. */
interface Hand {
  /** Sideways shift from the bottom to the top, in heights. */
  readonly slant: number;
  /** Width of the digits over their height. */
  readonly aspect: number;
  /** Width of the pen over the height of the digits. */
  readonly pen: number;
  /** How far points stray, in heights. */
  readonly unsteadiness: number;
}

/** The seed of the set that recognisers are measured with; what they are made better with has other seeds. */
const frozenSeed = 20_261_122;
const hands = 10;
const repetitions = 3;
const digits = 10;
/** A curve between two points of a skeleton is drawn as so many straight pieces. */
const pieces = 8;
const leastHeight = 16;

/** Digit by digit, hand by hand. */
export function* strokeDigits(seed: number = frozenSeed): Generator<DrawnDigit> {
  for (let digit = 0; digit < digits; digit++) {
    for (let hand = 0; hand < hands; hand++) {
      for (let repetition = 0; repetition < repetitions; repetition++) yield drawDigit(seed, digit, hand, repetition);
    }
  }
}

function handOf(seed: number, hand: number): Hand {
  const draws = new Draws(new RandomStream(seed, `hand ${hand}`));
  return {
    slant: draws.between(-0.2, 0.4),
    aspect: draws.between(0.5, 0.9),
    pen: draws.between(0.055, 0.14),
    unsteadiness: draws.between(0.015, 0.05),
  };
}

function drawDigit(seed: number, digit: number, hand: number, repetition: number): DrawnDigit {
  const name = `digit ${digit} of hand ${hand}, ${repetition}`;
  const draws = new Draws(new RandomStream(seed, name));
  const forms = Object.entries(skeletons[digit]!);
  // A hand has a form that it likes, and takes another one now and then.
  const liked = new RandomStream(seed, `forms of hand ${hand}`).integer(digit, forms.length);
  const [form, skeleton] = forms[draws.uniform() < 0.75 ? liked : draws.integer(forms.length)]!;
  const longer = Math.round(28 * pow(10, draws.between(0, 0.95)));
  const [width, height] = draws.uniform() < 0.5 ? [longer, longer] : draws.shuffled(longer, longer * 0.75);
  const shorter = Math.min(width, height);
  const drawn = Math.min(0.88 * shorter, Math.max(leastHeight, draws.between(0.4, 0.88) * shorter));
  const strokes = written(skeleton, handOf(seed, hand), drawn, [width, height], draws);
  const pen = Math.max(1.4, handOf(seed, hand).pen * drawn * draws.between(0.8, 1.25));
  const ink = coverage(strokes, pen, width, height);
  const surface = surfaces[(3 * digit + hand + 2 * repetition) % surfaces.length]!;
  const drawing = surface({ ink, width, height, pen, draws, noise: new RandomStream(seed, `noise of ${name}`) });
  return { digit, hand, form, surface: surface.name as Surface, width, height, ...drawing };
}

/** The strokes as polygons in pixels, somewhere on the canvas. */
function written(skeleton: Skeleton, hand: Hand, size: number, canvas: [number, number], draws: Draws): Point[][] {
  const slant = hand.slant + draws.between(-0.08, 0.08);
  const aspect = hand.aspect * draws.between(0.88, 1.12);
  const turn = draws.between(-0.1, 0.1);
  const stray = strayed(hand.unsteadiness, draws);
  const place = (point: Point): Point => {
    const [x, y] = stray(point);
    const [across, down] = [(x - 0.5) * aspect - slant * (y - 0.5), y - 0.5];
    return [(across - turn * down) * size, (down + turn * across) * size];
  };
  const strokes = skeleton.map(stroke => smooth(stroke).map(place));
  const points = strokes.flat();
  const shift = canvas.map((length, axis) => {
    const values = points.map(point => point[axis]!);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    // The pen needs room beyond its line; a digit that is too wide for the canvas is centred.
    const margin = Math.min(0.1 * size, Math.max(0, (length - (most - least)) / 2));
    return draws.between(margin - least, Math.max(margin, length - margin - (most - least)) - least);
  });
  return strokes.map(stroke => stroke.map(([x, y]): Point => [x + shift[0]!, y + shift[1]!]));
}

/** A wavy displacement of the plane, so that strokes that met still meet. */
function strayed(amount: number, draws: Draws): (point: Point) => Point {
  const waves = Array.from({ length: 4 }, () => ({
    x: draws.between(-9, 9),
    y: draws.between(-9, 9),
    phase: draws.between(0, 7),
    across: amount * draws.between(-1, 1),
    down: amount * draws.between(-1, 1),
  }));
  return ([x, y]) => {
    let [across, down] = [x, y];
    for (const wave of waves) {
      const height = cos(wave.x * x + wave.y * y + wave.phase);
      across += wave.across * height;
      down += wave.down * height;
    }
    return [across, down];
  };
}

/** Catmull and Rom's curve through the points. */
function smooth(stroke: Stroke): Point[] {
  const at = (index: number): Point => stroke[Math.min(stroke.length - 1, Math.max(0, index))]!;
  const curve: Point[] = [];
  for (let i = 0; i + 1 < stroke.length; i++) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const along = (axis: 0 | 1, u: number) =>
      0.5 *
      (2 * b[axis] +
        (c[axis] - a[axis]) * u +
        (2 * a[axis] - 5 * b[axis] + 4 * c[axis] - d[axis]) * u * u +
        (3 * b[axis] - a[axis] - 3 * c[axis] + d[axis]) * u * u * u);
    for (let piece = 0; piece < pieces; piece++) curve.push([along(0, piece / pieces), along(1, piece / pieces)]);
  }
  curve.push(at(stroke.length - 1));
  return curve;
}

/** How much of each pixel the ink covers, 0 to 1: a round pen along the lines, with edges one pixel wide. */
function coverage(strokes: readonly Stroke[], pen: number, width: number, height: number): Float32Array {
  const covered = new Float32Array(width * height);
  const reach = pen / 2 + 1;
  for (const stroke of strokes) {
    for (let i = 0; i + 1 < stroke.length; i++) {
      const [[ax, ay], [bx, by]] = [stroke[i]!, stroke[i + 1]!];
      const [dx, dy] = [bx - ax, by - ay];
      const length2 = Math.max(dx * dx + dy * dy, 1e-12);
      const [left, right] = [Math.max(0, Math.floor(Math.min(ax, bx) - reach)), Math.max(ax, bx) + reach];
      const [top, bottom] = [Math.max(0, Math.floor(Math.min(ay, by) - reach)), Math.max(ay, by) + reach];
      for (let y = top; y < height && y <= bottom; y++) {
        for (let x = left; x < width && x <= right; x++) {
          const [px, py] = [x + 0.5 - ax, y + 0.5 - ay];
          const u = Math.min(1, Math.max(0, (px * dx + py * dy) / length2));
          const [across, down] = [px - u * dx, py - u * dy];
          const amount = Math.min(1, Math.max(0, pen / 2 - Math.sqrt(across * across + down * down) + 0.5));
          const pixel = y * width + x;
          if (amount > covered[pixel]!) covered[pixel] = amount;
        }
      }
    }
  }
  return covered;
}
