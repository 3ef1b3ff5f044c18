/**
 * Where things lie in scratch memory, in bytes, for both languages: `npm run generate` makes generated/layouts.ts of this
 * file, in which every number is a usize. So it holds constants and functions of whole numbers, without fractions.
 */

/** A window's geometry: sixteen i32. */
export const windowBytes = 64;

/** Axes: a head and one entry for each, of which at least one is written even where a shape has none. */
export const axisBytes = 16;
export function axesBytes(axes: number): number {
  return axisBytes * (axes + 2);
}

/** gemm: sizes of its blocks, then a window, zeros, a tile, and a packed block of either operand. */
export const gemmRows = 128;
export const gemmColumns = 256;
export const gemmDepth = 256;
export const zerosAt = 256;
export const tileAt = zerosAt + gemmDepth * 4;
export const packedAAt = tileAt + 4 * 16 * 4;
export const packedBAt = packedAAt + gemmRows * gemmDepth * 4;
/** Bytes from one packed panel to the next: not a power of two, so that panels lie in different cache sets. */
export function panelBytes(depth: number): number {
  return depth * 64 + 64;
}
export const gemmBytes = packedBAt + (gemmColumns / 16) * panelBytes(gemmDepth);

/** Products of matrices with at most so many rows: see few-rows.ts. */
export const mostFewRows = 3;

/** The transpose of a convolution with strides: its geometry, how it goes along both axes in a phase, that phase's pixels. */
export const wholeWindowAt = gemmBytes;
export const phasePassesAt = wholeWindowAt + windowBytes;
export const phaseAt = phasePassesAt + 96;

/** Rows of a plane that are transposed at a time. */
export const transposedRows = 16;

/** biasBackward: a float64 for each column, in fours. */
export function biasBytes(columns: number): number {
  return 8 * (columns + 3);
}

/** Columns in whole vectors. */
export function padded4(columns: number): number {
  return (columns + 3) & ~3;
}

/**
 * Normalization by columns: of each chunk of rows two sums in float64, a shift, and two sums of some rows in float32; the
 * coefficients of an outer index.
 */
export function columnSumsBytes(columns: number): number {
  return 28 * padded4(columns);
}
export function columnCoefficientsBytes(columns: number): number {
  return 20 * padded4(columns);
}

/** Channels in whole pairs of vectors. */
export function padded8(channels: number): number {
  return (channels + 7) & ~7;
}

/** Winograd: a window, a transform between its two passes, a piece, an image. */
export const transformAt = 256;
export const filterPieceAt = transformAt + 8 * 8 * 32;
export const winogradImageAt = filterPieceAt + 5 * 5 * 32 + 32;
/** Planes of points begin at different cache sets. */
export const planePadding = 64;

/**
 * Few channels: a window, four pixels with 16 output channels, the places of the elements of a window, the filters with
 * zeros behind the last, a row of biases, the image.
 */
export const pixelsAt = windowBytes;
export const placesAt = pixelsAt + 256;
export function fewFiltersAt(elements: number): number {
  return placesAt + ((elements * 4 + 19) & ~15);
}
export function fewBiasAt(elements: number, filters: number): number {
  return fewFiltersAt(elements) + elements * padded8(filters) * 4;
}
export function fewImageAt(elements: number, filters: number): number {
  return fewBiasAt(elements, filters) + padded8(filters) * 4;
}

/**
 * Depthwise convolutions: a window, how they go along the rows, a table of the lines that the taps read, how they go along
 * the columns in each phase, a ring of lines. The gradient of the filters has a line of an image behind the window.
 */
export const passBytes = 48;
export const rowPassAt = windowBytes;
export const depthwiseTableAt = rowPassAt + passBytes;
export function depthwisePassesAt(rows: number): number {
  return depthwiseTableAt + ((8 * rows + 15) & ~15);
}
export function depthwiseRingAt(rows: number, phases: number): number {
  return depthwisePassesAt(rows) + phases * passBytes;
}
export const depthwiseLineAt = windowBytes;

/** Local response normalization: so many rows at a time, each between zeros for `radius` channels on both sides. */
export const responseRows = 8;
export function responseRowBytes(columns: number, radius: number): number {
  return (columns + 2 * radius + 8) * 4;
}
