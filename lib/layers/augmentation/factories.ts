import { augMix } from './aug-mix.ts';
import {
  autoContrast,
  randomColorDegeneration,
  randomGrayscale,
  randomHue,
  randomSaturation,
  randomSharpness,
  solarization,
} from './color-changes.ts';
import { contrastLimitedAdaptiveHistogramEqualization } from './contrast-limited-adaptive-histogram-equalization.ts';
import { equalization } from './equalization.ts';
import { randAugment } from './rand-augment.ts';
import { randomFlip, randomRotation, randomShear, randomTranslation, randomZoom } from './random-affine.ts';
import { randomBrightness, randomContrast, randomInvert } from './random-color.ts';
import { randomColorJitter } from './random-color-jitter.ts';
import { centerCrop, randomCrop } from './random-crop.ts';
import { randomElastic } from './random-elastic.ts';
import { randomErasing } from './random-erasing.ts';
import { randomGaussianBlur } from './random-gaussian-blur.ts';
import { randomPerspective } from './random-perspective.ts';
import { randomPosterization } from './random-posterization.ts';

/** The layers that change images, by class name. */
export const imageChanges = {
  AugMix: augMix,
  AutoContrast: autoContrast,
  CenterCrop: centerCrop,
  ContrastLimitedAdaptiveHistogramEqualization: contrastLimitedAdaptiveHistogramEqualization,
  Equalization: equalization,
  RandAugment: randAugment,
  RandomBrightness: randomBrightness,
  RandomColorDegeneration: randomColorDegeneration,
  RandomColorJitter: randomColorJitter,
  RandomContrast: randomContrast,
  RandomCrop: randomCrop,
  RandomElastic: randomElastic,
  RandomErasing: randomErasing,
  RandomFlip: randomFlip,
  RandomGaussianBlur: randomGaussianBlur,
  RandomGrayscale: randomGrayscale,
  RandomHue: randomHue,
  RandomInvert: randomInvert,
  RandomPerspective: randomPerspective,
  RandomPosterization: randomPosterization,
  RandomRotation: randomRotation,
  RandomSaturation: randomSaturation,
  RandomSharpness: randomSharpness,
  RandomShear: randomShear,
  RandomTranslation: randomTranslation,
  RandomZoom: randomZoom,
  Solarization: solarization,
};
