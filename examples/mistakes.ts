import { writeFile } from 'node:fs/promises';
import { PNG } from 'pngjs';

/** A test image that the model takes for another digit. */
export interface Mistake {
  /** 28 x 28 pixels, 0 to 255. */
  readonly image: Uint8Array;
  readonly label: number;
  readonly predicted: number;
  /** What the model gives the digit that it predicts, 0 to 1. */
  readonly probability: number;
}

const side = 28;
const zoom = 5;
const margin = 12;
const captionHeight = 34;
const columns = 5;
const cellWidth = side * zoom + 2 * margin;
const cellHeight = side * zoom + captionHeight + 2 * margin;

type Color = readonly [number, number, number];
const paper: Color = [250, 248, 243];
const rightInk: Color = [28, 120, 70];
const wrongInk: Color = [190, 45, 40];
const greyInk: Color = [110, 110, 110];

/** Characters of 3 x 5 dots, each row as three bits. */
const font: { readonly [character: string]: readonly number[] } = {
  '0': [7, 5, 5, 5, 7],
  '1': [2, 6, 2, 2, 7],
  '2': [7, 1, 7, 4, 7],
  '3': [7, 1, 3, 1, 7],
  '4': [5, 5, 7, 1, 1],
  '5': [7, 4, 7, 1, 7],
  '6': [7, 4, 7, 5, 7],
  '7': [7, 1, 1, 2, 2],
  '8': [7, 5, 7, 5, 7],
  '9': [7, 5, 7, 1, 7],
  '%': [5, 1, 2, 4, 5],
  t: [2, 7, 2, 2, 3],
  r: [0, 6, 5, 4, 4],
  u: [0, 5, 5, 5, 7],
  e: [7, 5, 7, 4, 7],
  s: [3, 4, 2, 1, 6],
  a: [0, 3, 5, 5, 3],
  i: [2, 0, 2, 2, 2],
  d: [1, 1, 3, 5, 3],
  ' ': [0, 0, 0, 0, 0],
};

/** Writes a PNG with one cell for each mistake: the digit enlarged, and below it what it is and what was said. */
export async function writeMistakes(path: string, mistakes: readonly Mistake[]): Promise<void> {
  const rows = Math.max(1, Math.ceil(mistakes.length / columns));
  const png = new PNG({ width: columns * cellWidth, height: rows * cellHeight });
  fillRectangle(png, 0, 0, png.width, png.height, paper);
  for (const [i, mistake] of mistakes.entries()) {
    drawCell(png, (i % columns) * cellWidth + margin, Math.floor(i / columns) * cellHeight + margin, mistake);
  }
  await writeFile(path, PNG.sync.write(png));
}

function drawCell(png: PNG, left: number, top: number, { image, label, predicted, probability }: Mistake): void {
  for (let pixel = 0; pixel < side * side; pixel++) {
    const ink = 255 - image[pixel]!;
    const x = left + (pixel % side) * zoom;
    const y = top + Math.floor(pixel / side) * zoom;
    fillRectangle(png, x, y, zoom, zoom, [ink, ink, ink]);
  }
  const below = top + side * zoom + 8;
  drawText(png, left, below, `true ${label}`, rightInk);
  const percent = `${Math.round(probability * 100)}%`;
  drawText(png, left, below + 16, `said ${predicted}`, wrongInk);
  drawText(png, left + side * zoom - percent.length * 8 + 2, below + 16, percent, greyInk);
}

/** Text in dots of 2 x 2 pixels: 8 pixels from one character to the next. */
function drawText(png: PNG, left: number, top: number, text: string, color: Color): void {
  for (const [i, character] of [...text].entries()) {
    for (const [row, bits] of (font[character] ?? []).entries()) {
      for (let column = 0; column < 3; column++) {
        if ((bits >> (2 - column)) & 1) fillRectangle(png, left + i * 8 + column * 2, top + row * 2, 2, 2, color);
      }
    }
  }
}

function fillRectangle(png: PNG, left: number, top: number, width: number, height: number, color: Color): void {
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) png.data.set([...color, 255], (y * png.width + x) * 4);
  }
}
