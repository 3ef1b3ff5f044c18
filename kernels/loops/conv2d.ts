/**
 * Convolutions as implicit matrix products: the patches under the window are gathered straight into the panels of
 * gemm.ts, so no matrix of patches is ever written. Padding is zeros in a panel.
 */
import type { KernelFunction } from '../contract.ts';
import type { Conv2dGeometry } from '../geometry.ts';
import { biasForward } from './bias.ts';
import { gemm, gemmScratch } from './gemm.ts';
import { reluForward } from './generated/activations.ts';
import {
  groupedBackwardFilter,
  groupedBackwardFilterScratch,
  groupedBackwardInput,
  groupedForward,
} from './grouped-conv2d.ts';
import { packAlong } from './matmul.ts';

/** y[pixel, k] = patches[pixel, (r, s, c)] w[(r, s, c), k]. */
export const conv2dForward: KernelFunction<'conv2dForward'> = ({ y }, { x, w }, g, scratch) => {
  if (g.groups > 1) groupedForward(y, x, w, g);
  else gemm(y, g.n * g.p * g.q, g.k, g.r * g.s * g.c, packPatches, x, packFilter, w, g, scratch);
};

export const conv2dBias: KernelFunction<'conv2dBias'> = ({ y }, { x, w, b }, g, scratch) => {
  conv2dForward({ y }, { x, w }, g, scratch);
  biasForward({ y }, { x: y, b }, { rows: g.n * g.p * g.q, columns: g.k }, scratch);
};

export const conv2dBiasAdd: KernelFunction<'conv2dBiasAdd'> = ({ y }, inputs, g, scratch) => {
  conv2dBias({ y }, inputs, g, scratch);
  for (let i = 0; i < y.length; i++) y[i] = y[i]! + inputs.other[i]!;
};

export const conv2dBiasAddRelu: KernelFunction<'conv2dBiasAddRelu'> = ({ y }, inputs, g, scratch) => {
  conv2dBiasAdd({ y }, inputs, g, scratch);
  reluForward({ y }, { x: y }, { size: y.length }, scratch);
};

export const conv2dBiasRelu: KernelFunction<'conv2dBiasRelu'> = ({ y }, inputs, g, scratch) => {
  conv2dBias({ y }, inputs, g, scratch);
  reluForward({ y }, { x: y }, { size: y.length }, scratch);
};

export const conv2dForwardScratch = ({ k, r, s, c, groups }: Conv2dGeometry): number =>
  groups > 1 ? 0 : gemmScratch(k, r * s * c);

/** dx[pixel, c] = gradients[pixel, (r, s, k)] w[(r, s, k), c], the gradients being those of the outputs that the pixel fed. */
export const conv2dBackwardInput: KernelFunction<'conv2dBackwardInput'> = ({ dx }, { dy, w }, g, scratch) => {
  if (g.groups > 1) groupedBackwardInput(dx, dy, w, g);
  else gemm(dx, g.n * g.h * g.w, g.c, g.r * g.s * g.k, packFedOutputs, dy, packFilterTransposed, w, g, scratch);
};

export const conv2dTransposeForward: KernelFunction<'conv2dTransposeForward'> = ({ y }, { x, w }, g, scratch) =>
  conv2dBackwardInput({ dx: y }, { dy: x, w }, g, scratch);

export const conv2dBackwardInputScratch = ({ k, r, s, c, groups }: Conv2dGeometry): number =>
  groups > 1 ? 0 : gemmScratch(c, r * s * k);

/** dw[(r, s, c), k] = transposed patches[(r, s, c), pixel] dy[pixel, k]. */
export const conv2dBackwardFilter: KernelFunction<'conv2dBackwardFilter'> = ({ dw }, { x, dy }, g, scratch) => {
  if (g.groups > 1) groupedBackwardFilter(dw, x, dy, g, scratch);
  else gemm(dw, g.r * g.s * g.c, g.k, g.n * g.p * g.q, packPatchesTransposed, x, packGradient, dy, g, scratch);
};

export const conv2dBackwardFilterScratch = (g: Conv2dGeometry): number =>
  g.groups > 1 ? groupedBackwardFilterScratch(g) : gemmScratch(g.k, g.n * g.p * g.q);

function packFilter(
  panel: Float64Array,
  at: number,
  w: Float32Array,
  g: Conv2dGeometry,
  first: number,
  count: number,
  k0: number,
  k1: number,
): void {
  packAlong(panel, at, w, g.k, first, count, k0, k1);
}

const packGradient = packFilter;

/**
 * Rows: four output pixels. Steps: (r, s, c). Without dilation a row of the window is one run in memory, else each of
 * its taps is; of a run only the part inside the image is copied.
 */
function packPatches(
  panel: Float64Array,
  at: number,
  x: Float32Array,
  g: Conv2dGeometry,
  first: number,
  count: number,
  k0: number,
  k1: number,
): void {
  const { h, w, c, p, q } = g;
  const runs = g.dilationW === 1 ? 1 : g.s;
  const length = (g.s / runs) * c;
  for (let i = 0; i < 4; i++) {
    const pixel = first + i;
    const image = Math.floor(pixel / (p * q));
    const top = (Math.floor(pixel / q) % p) * g.strideH - g.padTop;
    const left = (pixel % q) * g.strideW - g.padLeft;
    for (let k = k0, to = at + i; k < k1; ) {
      const run = Math.floor(k / length);
      const start = run * length;
      const end = start + length < k1 ? start + length : k1;
      const row = top + Math.floor(run / runs) * g.dilationH;
      const column = left + (run % runs) * g.dilationW;
      const isInside = i < count && row >= 0 && row < h;
      const begin = isInside && column < 0 ? start - column * c : start;
      const stop = isInside ? start + (w - column) * c : start;
      for (; k < end && k < begin; k++, to += 4) panel[to] = 0;
      let from = ((image * h + row) * w + column) * c + k - start;
      for (; k < end && k < stop; k++, to += 4) panel[to] = x[from++]!;
      for (; k < end; k++, to += 4) panel[to] = 0;
    }
  }
}

/** Rows: four input pixels. Steps: (r, s, k), the output that the pixel fed through that tap, or 0 where there is none. */
function packFedOutputs(
  panel: Float64Array,
  at: number,
  dy: Float32Array,
  g: Conv2dGeometry,
  first: number,
  count: number,
  k0: number,
  k1: number,
): void {
  const { h, w, s, p, q, k: filters, strideH, strideW } = g;
  for (let i = 0; i < 4; i++) {
    const pixel = first + i;
    const image = Math.floor(pixel / (h * w));
    const top = (Math.floor(pixel / w) % h) + g.padTop;
    const left = (pixel % w) + g.padLeft;
    for (let k = k0, to = at + i; k < k1; ) {
      const tap = Math.floor(k / filters);
      const end = (tap + 1) * filters < k1 ? (tap + 1) * filters : k1;
      const row = (top - Math.floor(tap / s) * g.dilationH) / strideH;
      const column = (left - (tap % s) * g.dilationW) / strideW;
      const isOutput = row >= 0 && row < p && column >= 0 && column < q && row === Math.floor(row);
      if (i < count && isOutput && column === Math.floor(column)) {
        for (let from = ((image * p + row) * q + column - tap) * filters + k; k < end; k++, to += 4) {
          panel[to] = dy[from++]!;
        }
      } else {
        for (; k < end; k++, to += 4) panel[to] = 0;
      }
    }
  }
}

/** Columns: four input channels. Steps: (r, s, k). */
function packFilterTransposed(
  panel: Float64Array,
  at: number,
  w: Float32Array,
  { c, k: filters }: Conv2dGeometry,
  first: number,
  count: number,
  k0: number,
  k1: number,
): void {
  for (let i = 0; i < 4; i++) {
    for (let k = k0, to = at + i; k < k1; ) {
      const tap = Math.floor(k / filters);
      const end = (tap + 1) * filters < k1 ? (tap + 1) * filters : k1;
      let from = (tap * c + first + i) * filters + k - tap * filters;
      for (; k < end; k++, to += 4) panel[to] = i < count ? w[from++]! : 0;
    }
  }
}

/** Rows: four elements of a patch, (r, s, c). Steps: the output pixels, image by image. */
function packPatchesTransposed(
  panel: Float64Array,
  at: number,
  x: Float32Array,
  g: Conv2dGeometry,
  first: number,
  count: number,
  k0: number,
  k1: number,
): void {
  const { h, w, c, s, p, q, strideH, strideW } = g;
  for (let i = 0; i < 4; i++) {
    const tap = Math.floor((first + i) / c);
    const top = Math.floor(tap / s) * g.dilationH - g.padTop;
    const left = (tap % s) * g.dilationW - g.padLeft;
    const channel = first + i - tap * c;
    // One run of pixels for each row of the output.
    for (let pixel = k0, to = at + i; pixel < k1; ) {
      const outputRow = Math.floor(pixel / q);
      const rowEnd = (outputRow + 1) * q < k1 ? (outputRow + 1) * q : k1;
      const image = Math.floor(outputRow / p);
      const row = (outputRow - image * p) * strideH + top;
      const isInside = i < count && row >= 0 && row < h;
      let column = (pixel - outputRow * q) * strideW + left;
      const base = (image * h + row) * w * c + channel;
      for (; pixel < rowEnd; pixel++, to += 4, column += strideW) {
        panel[to] = isInside && column >= 0 && column < w ? x[base + column * c]! : 0;
      }
    }
  }
}
