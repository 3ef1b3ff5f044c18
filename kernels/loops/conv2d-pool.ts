/** Convolutions whose output is pooled at once: the kernels that they are made of, one after the other. */
import type { Conv2dPoolGeometry, KernelFunction } from '../contract.ts';
import { biasBackward, biasBackwardScratch } from './bias.ts';
import { conv2dBackwardFilter, conv2dBackwardFilterScratch, conv2dBiasRelu, conv2dForwardScratch } from './conv2d.ts';
import { firstEqual, maxPool2dForward, placeOf } from './pooling.ts';

const outputSize = ({ conv: { n, p, q, k } }: Conv2dPoolGeometry): number => n * p * q * k;

/** The convolution's output, in front of the scratch memory, and what remains of that. */
function parted(scratch: Float64Array, geometry: Conv2dPoolGeometry): { output: Float32Array; rest: Float64Array } {
  const size = outputSize(geometry);
  const output = new Float32Array(scratch.buffer, scratch.byteOffset, size);
  return { output, rest: scratch.subarray(Math.ceil(size / 2)) };
}

const outputBytes = (geometry: Conv2dPoolGeometry): number => 8 * Math.ceil(outputSize(geometry) / 2);

export const conv2dBiasReluMaxPool2d: KernelFunction<'conv2dBiasReluMaxPool2d'> = (
  { y, where },
  inputs,
  geometry,
  scratch,
) => {
  const { conv, pool } = geometry;
  const { output, rest } = parted(scratch, geometry);
  conv2dBiasRelu({ y: output }, inputs, conv, rest);
  maxPool2dForward({ y }, { x: output }, pool, rest);
  if (!geometry.remembers) return;
  const { n, p, q, c } = pool;
  for (let pixel = 0; pixel < n * p * q; pixel++) {
    const line = Math.floor(pixel / q);
    const [image, row, column] = [Math.floor(line / p), line % p, pixel % q];
    for (let i = pixel * c; i < (pixel + 1) * c; i++) {
      where[i] = y[i]! > 0 ? firstEqual(output, y[i]!, pool, image, row, column, i - pixel * c) : -1;
    }
  }
};

export const conv2dBiasReluMaxPool2dScratch = (geometry: Conv2dPoolGeometry): number =>
  outputBytes(geometry) + conv2dForwardScratch(geometry.conv);

export const maxPool2dWhereBackward: KernelFunction<'maxPool2dWhereBackward'> = ({ dx }, { dy, where }, g) => {
  const { n, c, p, q } = g;
  dx.fill(0);
  for (let pixel = 0; pixel < n * p * q; pixel++) {
    const line = Math.floor(pixel / q);
    const image = Math.floor(line / p);
    for (let i = 0; i < c; i++) {
      const tap = where[pixel * c + i]!;
      if (tap < 0) continue;
      const place = placeOf(tap, g, image, line % p, pixel % q) + i;
      dx[place] = dx[place]! + dy[pixel * c + i]!;
    }
  }
};

export const conv2dMaxPool2dBackwardFilter: KernelFunction<'conv2dMaxPool2dBackwardFilter'> = (
  { dw, db },
  { x, dy, where },
  geometry,
  scratch,
) => {
  const { conv, pool } = geometry;
  const { output, rest } = parted(scratch, geometry);
  maxPool2dWhereBackward({ dx: output }, { dy, where }, pool, rest);
  biasBackward({ db }, { dy: output }, { rows: conv.n * conv.p * conv.q, columns: conv.k }, rest);
  conv2dBackwardFilter({ dw }, { x, dy: output }, conv, rest);
};

export const conv2dMaxPool2dBackwardFilterScratch = (geometry: Conv2dPoolGeometry): number =>
  outputBytes(geometry) +
  Math.max(conv2dBackwardFilterScratch(geometry.conv), biasBackwardScratch({ columns: geometry.conv.k }));
