import {
  autoContrast,
  randomColorDegeneration,
  randomGrayscale,
  randomSaturation,
  randomSharpness,
  solarization,
} from './color-changes.ts';
import { randomFlip, randomRotation, randomShear, randomTranslation, randomZoom } from './random-affine.ts';
import { randomBrightness, randomContrast, randomInvert } from './random-color.ts';
import { centerCrop, randomCrop } from './random-crop.ts';
import { randomElastic } from './random-elastic.ts';
import { randomErasing } from './random-erasing.ts';
import { randomPosterization } from './random-posterization.ts';

/** The layers that change images, by class name. */
export const imageChanges = {
  AutoContrast: autoContrast,
  CenterCrop: centerCrop,
  RandomBrightness: randomBrightness,
  RandomColorDegeneration: randomColorDegeneration,
  RandomContrast: randomContrast,
  RandomCrop: randomCrop,
  RandomElastic: randomElastic,
  RandomErasing: randomErasing,
  RandomFlip: randomFlip,
  RandomGrayscale: randomGrayscale,
  RandomInvert: randomInvert,
  RandomPosterization: randomPosterization,
  RandomRotation: randomRotation,
  RandomSaturation: randomSaturation,
  RandomSharpness: randomSharpness,
  RandomShear: randomShear,
  RandomTranslation: randomTranslation,
  RandomZoom: randomZoom,
  Solarization: solarization,
};
