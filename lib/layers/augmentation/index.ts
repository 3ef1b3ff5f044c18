/** The layers that change images at random while they train, and what they take. */
export { type AugMixOptions, augMix } from './aug-mix.ts';
export { type Augmentation, augmentation } from './augmentation.ts';
export * from './color-changes.ts';
export {
  type ContrastLimitedAdaptiveHistogramEqualizationOptions,
  contrastLimitedAdaptiveHistogramEqualization,
} from './contrast-limited-adaptive-histogram-equalization.ts';
export { type EqualizationOptions, equalization } from './equalization.ts';
export { type RandAugmentOptions, randAugment } from './rand-augment.ts';
export * from './random-affine.ts';
export {
  type ColorOptions,
  type RandomBrightnessOptions,
  type RandomContrastOptions,
  type RandomInvertOptions,
  randomBrightness,
  randomContrast,
  randomInvert,
} from './random-color.ts';
export { type RandomColorJitterOptions, randomColorJitter } from './random-color-jitter.ts';
export {
  type CenterCropOptions,
  type Cropped,
  centerCrop,
  type RandomCropOptions,
  randomCrop,
} from './random-crop.ts';
export { type RandomElasticOptions, randomElastic } from './random-elastic.ts';
export { type RandomErasingOptions, randomErasing } from './random-erasing.ts';
export { type RandomGaussianBlurOptions, randomGaussianBlur } from './random-gaussian-blur.ts';
export { type RandomPerspectiveOptions, randomPerspective } from './random-perspective.ts';
export { type RandomPosterizationOptions, randomPosterization } from './random-posterization.ts';
export type { Factor, ImageChange, SamplingOptions } from './ranges.ts';
