/** When convolutions go by winograd.ts, and in which stages. */
import type { Conv2dGeometry } from '../geometry.ts';
import { padded8, planePadding, winogradImageAt } from './layouts.binding.ts';
import { ownScratch } from './own-scratch.binding.ts';
import { type SimdPiece, type SimdScratch, type SimdStage, split } from './stages.binding.ts';
import { windowSetup } from './window.binding.ts';

const panels = (channels: number): number => Math.ceil(channels / 16);
const tileSize = ({ r }: Conv2dGeometry): number => r + 3;
export const tilesOfImage = ({ p, q }: Conv2dGeometry): number => Math.ceil(p / 4) * Math.ceil(q / 4);

/** The convolution that backward makes of dy: the same taps in reverse, from output channels to input channels. */
export function reversed(geometry: Conv2dGeometry): Conv2dGeometry {
  const { h, w, c, p, q, k, r, s, padTop, padLeft } = geometry;
  return { ...geometry, h: p, w: q, c: k, p: h, q: w, k: c, padTop: r - 1 - padTop, padLeft: s - 1 - padLeft };
}

/**
 * Whether a convolution is worth it, by its sizes alone, so that the same sizes give the same bits everywhere.
 * A cost is in products of channels: transforming a filter takes as long as some tiles, and transforming a tile as
 * many products as would some more channels.
 */
export function suitsWinograd(geometry: Conv2dGeometry): boolean {
  const { n, c, k, groups, r, s, p, q, strideH, strideW, dilationH, dilationW, padTop, padLeft } = geometry;
  const hasForm = r === s && (r === 3 || r === 5) && strideH * strideW * dilationH * dilationW === 1;
  if (!hasForm || groups > 1 || c < 8 || k < 8 || padTop < 0 || padLeft < 0 || padTop >= r || padLeft >= s)
    return false;
  const [paddedC, paddedK] = [padded8(c), padded8(k)];
  const tiles = n * tilesOfImage(geometry);
  const points = tileSize(geometry) ** 2;
  const products = tiles * points * paddedC * paddedK;
  const transforms = points * (tileWork * tiles * (paddedC + paddedK) + filterWork * paddedC * paddedK);
  return products + transforms < n * p * q * r * s * c * k;
}
const tileWork = 20;
const filterWork = 16;

/** Tiles whose points are multiplied at once: what the caches hold, more where there is more to do for each. */
export function winogradChunk(geometry: Conv2dGeometry): number {
  const tiles = geometry.n * tilesOfImage(geometry);
  const isWide = geometry.c * geometry.k > 128 * 128;
  const chunk = geometry.r === 3 ? (isWide ? 144 : 48) : isWide ? 48 : 24;
  return Math.ceil(Math.min(chunk, tiles) / 4) * 4;
}

const inputImageBytes = ({ p, q, r, c }: Conv2dGeometry): number =>
  4 * (Math.ceil(p / 4) * 4 + r - 1) * (Math.ceil(q / 4) * 4 + r - 1) * padded8(c);

const filterBytes = (geometry: Conv2dGeometry): number =>
  tileSize(geometry) ** 2 * (64 * panels(geometry.k) * padded8(geometry.c) + planePadding);

/** Shared: the transformed filters. Each: an image, and the points of a chunk of tiles before and after the products. */
export function winogradScratch(geometry: Conv2dGeometry): SimdScratch {
  const plane = 4 * winogradChunk(geometry) * (padded8(geometry.c) + padded8(geometry.k)) + 2 * planePadding;
  return {
    shared: filterBytes(geometry),
    each: winogradImageAt + inputImageBytes(geometry) + tileSize(geometry) ** 2 * plane,
  };
}

/** The stage that transforms the filters, panel by panel. */
export function winogradFilters(
  w: number,
  filters: number,
  isReversed: boolean,
  geometry: Conv2dGeometry,
  pieces: number,
): SimdStage {
  const window = ownScratch();
  return split(panels(geometry.k), 1, pieces).map(({ from, to }): SimdPiece => {
    return [windowSetup(window, geometry), ['winogradFilters', w, filters, from, to, Number(isReversed), window]];
  });
}

/** As many images as fill two chunks. */
export const winogradImages = (geometry: Conv2dGeometry): number =>
  Math.ceil((2 * winogradChunk(geometry)) / tilesOfImage(geometry));

/** Pieces as rows of points times ranges of panels: rows first, since panels transform the input again. */
function gradientGrid(geometry: Conv2dGeometry, pieces: number): { readonly rows: number; readonly panels: number } {
  const t = tileSize(geometry);
  let rows = 1;
  for (let each = 2; each <= t; each++) if (t % each === 0 && pieces % each === 0) rows = each;
  return { rows, panels: Math.min(panels(geometry.k), pieces / rows) };
}

const sumPlane = ({ c, k }: Conv2dGeometry): number => 64 * padded8(c) * panels(k) + planePadding;

export function winogradGradientScratch(geometry: Conv2dGeometry, count: number): SimdScratch {
  const t = tileSize(geometry);
  const grid = gradientGrid(geometry, count);
  const chunk = winogradChunk(geometry);
  const widest = Math.ceil(panels(geometry.k) / grid.panels);
  const plane = chunk * (4 * padded8(geometry.c) + 64) + 64 * widest * chunk + planePadding;
  const dyImage = 4 * 16 * tilesOfImage(geometry) * padded8(geometry.k);
  return {
    shared: t * t * sumPlane(geometry),
    each: winogradImageAt + inputImageBytes(geometry) + dyImage + (t / grid.rows) * t * plane,
  };
}

/** The sums at the points, and then the filters that they stand for. */
export function winogradGradientStages(
  { x, dy, dw }: { readonly x: number; readonly dy: number; readonly dw: number },
  geometry: Conv2dGeometry,
  shared: number,
  pieces: number,
): SimdStage[] {
  const grid = gradientGrid(geometry, pieces);
  const chunk = winogradChunk(geometry);
  const rows = split(tileSize(geometry), 1, grid.rows);
  const columns = split(panels(geometry.k), 1, grid.panels);
  const sums = rows.flatMap(row => columns.map(column => [row.from, row.to, column.from, column.to]));
  const window = ownScratch();
  return [
    sums.map((range): SimdPiece => {
      return [windowSetup(window, geometry), ['winogradGradientSums', x, dy, shared, ...range, chunk, window]];
    }),
    split(geometry.c, 1, pieces).map(({ from, to }): SimdPiece => {
      return [windowSetup(window, geometry), ['winogradGradientFinish', shared, dw, from, to, window]];
    }),
  ];
}
