// Made by `npm run generate`; what is changed here is lost.

/** A window's geometry: sixteen i32. */
export const windowBytes: usize = 64;

/** Axes: a head and one entry for each, of which at least one is written even where a shape has none. */
export const axisBytes: usize = 16;
export function axesBytes(axes: usize): usize {
  return axisBytes * (axes + 2);
}

/** gemm: sizes of its blocks, then a window, zeros, a tile, and a packed block of either operand. */
export const gemmRows: usize = 128;
export const gemmColumns: usize = 256;
export const gemmDepth: usize = 256;
export const zerosAt: usize = 256;
export const tileAt: usize = zerosAt + gemmDepth * 4;
export const packedAAt: usize = tileAt + 4 * 16 * 4;
export const packedBAt: usize = packedAAt + gemmRows * gemmDepth * 4;
/** Bytes from one packed panel to the next: not a power of two, so that panels lie in different cache sets. */
export function panelBytes(depth: usize): usize {
  return depth * 64 + 64;
}
export const gemmBytes: usize = packedBAt + (gemmColumns / 16) * panelBytes(gemmDepth);

/** Products of matrices with at most so many rows: see few-rows.ts. */
export const mostFewRows: usize = 3;

/** The transpose of a convolution with strides: its geometry, how it goes along both axes in a phase, that phase's pixels. */
export const wholeWindowAt: usize = gemmBytes;
export const phasePassesAt: usize = wholeWindowAt + windowBytes;
export const phaseAt: usize = phasePassesAt + 96;

/** Rows of a plane that are transposed at a time. */
export const transposedRows: usize = 16;

/** biasBackward: a float64 for each column, in fours. */
export function biasBytes(columns: usize): usize {
  return 8 * (columns + 3);
}

/** Columns in whole vectors. */
export function padded4(columns: usize): usize {
  return (columns + 3) & ~3;
}

/**
 * Normalization by columns: of each chunk of rows two sums in float64, a shift, and two sums of some rows in float32; the
 * coefficients of an outer index.
 */
export function columnSumsBytes(columns: usize): usize {
  return 28 * padded4(columns);
}
export function columnCoefficientsBytes(columns: usize): usize {
  return 20 * padded4(columns);
}

/** Channels in whole pairs of vectors. */
export function padded8(channels: usize): usize {
  return (channels + 7) & ~7;
}

/** Winograd: a window, a transform between its two passes, a piece, an image. */
export const transformAt: usize = 256;
export const filterPieceAt: usize = transformAt + 8 * 8 * 32;
export const winogradImageAt: usize = filterPieceAt + 5 * 5 * 32 + 32;
/** Planes of points begin at different cache sets. */
export const planePadding: usize = 64;

/**
 * Few channels: a window, four pixels with 16 output channels, the places of the elements of a window, the filters with
 * zeros behind the last, a row of biases, the image.
 */
export const pixelsAt: usize = windowBytes;
export const placesAt: usize = pixelsAt + 256;
export function fewFiltersAt(elements: usize): usize {
  return placesAt + ((elements * 4 + 19) & ~15);
}
export function fewBiasAt(elements: usize, filters: usize): usize {
  return fewFiltersAt(elements) + elements * padded8(filters) * 4;
}
export function fewImageAt(elements: usize, filters: usize): usize {
  return fewBiasAt(elements, filters) + padded8(filters) * 4;
}

/**
 * Depthwise convolutions: a window, how they go along the rows, a table of the lines that the taps read, how they go along
 * the columns in each phase, a ring of lines. The gradient of the filters has a line of an image behind the window.
 */
export const passBytes: usize = 48;
export const rowPassAt: usize = windowBytes;
export const depthwiseTableAt: usize = rowPassAt + passBytes;
export function depthwisePassesAt(rows: usize): usize {
  return depthwiseTableAt + ((8 * rows + 15) & ~15);
}
export function depthwiseRingAt(rows: usize, phases: usize): usize {
  return depthwisePassesAt(rows) + phases * passBytes;
}
export const depthwiseLineAt: usize = windowBytes;

/** Local response normalization: so many rows at a time, each between zeros for `radius` channels on both sides. */
export const responseRows: usize = 8;
export function responseRowBytes(columns: usize, radius: usize): usize {
  return (columns + 2 * radius + 8) * 4;
}
