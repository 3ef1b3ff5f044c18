import type { Tensor } from '../tensor/index.ts';

/** Height, width and channels of one image. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** N images. Pixels are bytes, 0 to 255; a model scales them while it gathers batches. */
export interface Images<N extends number = number, S extends ImageShape = [28, 28, 1]> {
  /** [N, height, width, channels] */
  readonly images: Tensor<[N, ...S], 'uint8'>;
}

/** N images and their labels. */
export interface LabelledImages<N extends number = number, S extends ImageShape = [28, 28, 1]> extends Images<N, S> {
  /** [N] */
  readonly labels: Tensor<[N], 'uint8'>;
}

/** The side of a digit of MNIST, in pixels. */
export const digitSide = 28;
export const digitPixels: number = digitSide * digitSide;
