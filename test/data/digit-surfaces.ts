import { cos } from '../../kernels/math.ts';
import type { RandomStream } from '../../lib/random/random.ts';
import type { Draws } from './draws.ts';

/** Ink on its way onto a surface. */
interface Drawing {
  /** How much of each pixel the ink covers, 0 to 1. */
  readonly ink: Float32Array;
  readonly width: number;
  readonly height: number;
  /** Width of the pen in pixels. */
  readonly pen: number;
  readonly draws: Draws;
  /** Stream of the noise, draw i for number i of the image. */
  readonly noise: RandomStream;
}

interface Drawn {
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8ClampedArray;
}

export type Surface = 'blackboard' | 'whiteboard' | 'transparent' | 'photograph' | 'shadowed';
type Color = readonly [number, number, number];

const black: Color = [0, 0, 0];
const inks: readonly Color[] = [black, black, [20, 30, 140], [150, 20, 30], [60, 60, 70]];
const chalks: readonly Color[] = [
  [255, 255, 255],
  [255, 255, 255],
  [240, 235, 170],
];

/** Light ink on a dark canvas. */
function blackboard({ ink, draws }: Drawing): Drawn {
  return opaque(ink, black, chalks[draws.integer(chalks.length)]!);
}

/** Dark ink on a light canvas, in one channel or three. */
function whiteboard({ ink, draws }: Drawing): Drawn {
  const white = draws.uniform() < 0.7 ? 255 : 225;
  if (draws.uniform() < 0.5) return { channels: 1, data: Uint8ClampedArray.from(ink, share => white * (1 - share)) };
  return opaque(ink, [white, white, white], inks[draws.integer(inks.length)]!);
}

/** A canvas of a page on which nothing but the ink was painted. */
function transparent({ ink, draws }: Drawing): Drawn {
  const color = inks[draws.integer(inks.length)]!;
  const data = new Uint8ClampedArray(4 * ink.length);
  ink.forEach((share, i) => {
    if (share > 0) data.set([...color, 255 * share], 4 * i);
  });
  return { channels: 4, data };
}

/** Paper, or a blackboard now and then, with light from one side. */
function photograph(drawing: Drawing): Drawn {
  return photographed(drawing, ({ width, height }, draws) => sideLight(width, height, draws.between(0.55, 0.9), draws));
}

/** The same, and something throws a shadow over it. */
function shadowed(drawing: Drawing): Drawn {
  return photographed(drawing, ({ width, height }, draws) => {
    const light = sideLight(width, height, draws.between(0.7, 1), draws);
    return shadow(light, width, height, draws);
  });
}

/** Surfaces in the order in which the digits take turns with them. */
export const surfaces: readonly ((drawing: Drawing) => Drawn)[] = [
  blackboard,
  whiteboard,
  photograph,
  transparent,
  shadowed,
];

function opaque(ink: Float32Array, ground: Color, color: Color): Drawn {
  const data = new Uint8ClampedArray(3 * ink.length);
  ink.forEach((share, i) => {
    for (let c = 0; c < 3; c++) data[3 * i + c] = ground[c]! + (color[c]! - ground[c]!) * share;
  });
  return { channels: 3, data };
}

type Light = (drawing: Drawing, draws: Draws) => Float32Array;

function photographed(drawing: Drawing, light: Light): Drawn {
  const { width, height, pen, draws, noise } = drawing;
  const lit = light(drawing, draws);
  const paper = draws.between(170, 245);
  // On paper the ink takes light away, on a board it throws more back.
  const board = draws.uniform() < 0.2;
  const [ground, inked] = board ? [0.3, draws.between(0.8, 1)] : [1, draws.between(0.1, 0.5)];
  const tint: Color = [1, draws.between(0.94, 1), draws.between(0.82, 1)];
  const sigma = draws.between(2, 10);
  const ink = blurred(dusted(drawing), width, height, Math.floor(draws.between(0, 0.45) * pen));
  const data = new Uint8ClampedArray(3 * ink.length);
  ink.forEach((share, i) => {
    for (let c = 0; c < 3; c++) {
      const shade = paper * tint[c]! * lit[i]! * (ground + (inked - ground) * share);
      data[3 * i + c] = shade + sigma * noise.normal(3 * i + c);
    }
  });
  return { channels: 3, data };
}

/** Light that falls evenly from 1 to `least` in some direction. */
function sideLight(width: number, height: number, least: number, draws: Draws): Float32Array {
  const turns = draws.between(0, 6.283);
  const [dx, dy] = [cos(turns), cos(turns - 1.5708)];
  const reach = (Math.abs(dx) * width + Math.abs(dy) * height) / 2;
  return Float32Array.from({ length: width * height }, (_, i) => {
    const along = (dx * ((i % width) - width / 2) + dy * (Math.floor(i / width) - height / 2)) / reach;
    return least + ((1 - least) * (along + 1)) / 2;
  });
}

/** Darkens what lies on one side of a line; the edge is soft. */
function shadow(light: Float32Array, width: number, height: number, draws: Draws): Float32Array {
  const turns = draws.between(0, 6.283);
  const [dx, dy] = [cos(turns), cos(turns - 1.5708)];
  const depth = draws.between(0.5, 0.8);
  const distance = draws.between(-0.3, 0.3) * Math.min(width, height);
  const edge = draws.between(0.04, 0.25) * Math.min(width, height);
  return light.map((value, i) => {
    const along = dx * ((i % width) - width / 2) + dy * (Math.floor(i / width) - height / 2) - distance;
    const inside = Math.min(1, Math.max(0, along / edge + 0.5));
    return value * (1 - (1 - depth) * inside);
  });
}

/** A few grains of dust, each smaller than the pen is wide. */
function dusted({ ink, width, height, pen, draws }: Drawing): Float32Array {
  const out = Float32Array.from(ink);
  const grains = draws.integer(5);
  const size = Math.max(1, Math.round(pen * draws.between(0.1, 0.35)));
  for (let grain = 0; grain < grains; grain++) {
    const [left, top] = [draws.integer(width - size), draws.integer(height - size)];
    for (let y = top; y < top + size; y++) out.fill(0.8, y * width + left, y * width + left + size);
  }
  return out;
}

/** The mean over a square of 2 radius + 1 pixels, twice, which is nearly a Gaussian; beyond the edge there is no ink. */
function blurred(ink: Float32Array, width: number, height: number, radius: number): Float32Array {
  let out = ink;
  for (let pass = 0; pass < 2; pass++) {
    out = averaged(out, width, height, radius, 1);
    out = averaged(out, width, height, radius, width);
  }
  return out;
}

function averaged(from: Float32Array, width: number, height: number, radius: number, step: number): Float32Array {
  const last = step === 1 ? width : height;
  return from.map((_, i) => {
    const place = step === 1 ? i % width : Math.floor(i / width);
    let sum = 0;
    for (let by = Math.max(-radius, -place); by <= Math.min(radius, last - 1 - place); by++)
      sum += from[i + by * step]!;
    return sum / (2 * radius + 1);
  });
}
