/** Prints the hash of the weights behind a training with augmentation and mixed batches, run with other numbers of threads. */
import {
  augMix,
  augmentation,
  contrastLimitedAdaptiveHistogramEqualization,
  conv2d,
  cutMix,
  dense,
  equalization,
  flatten,
  maxPooling2d,
  mixUp,
  randAugment,
  randomBrightness,
  randomColorJitter,
  randomContrast,
  randomCrop,
  randomElastic,
  randomErasing,
  randomFlip,
  randomGaussianBlur,
  randomInvert,
  randomPerspective,
  randomRotation,
  randomShear,
  randomTranslation,
  randomUniform,
  randomZoom,
  Sequential,
} from '../../lib/index.ts';
import { weightHash } from '../model/digit-training.ts';

const x = randomUniform([256, 28, 28, 1], { seed: 1 });
const targets = Array.from({ length: 256 }, (_, i) => i % 10);
const valueRange = [0, 1] as const;
const model = new Sequential({ inputShape: [28, 28, 1], seed: 2 })
  .add(equalization({ valueRange }))
  .add(contrastLimitedAdaptiveHistogramEqualization({ valueRange, tileGridSize: 3 }))
  .add(conv2d(3, 3, { padding: 'same' }))
  .add(
    augmentation([
      randomFlip('horizontal'),
      randomRotation(0.1),
      randomTranslation({ heightFactor: 0.1, widthFactor: 0.1 }),
      randomZoom(0.2),
      randomShear({ xFactor: 0.2 }),
      randomElastic({ alpha: 8, sigma: 3 }),
      randomContrast({ factor: 0.2, valueRange }),
      randomBrightness({ factor: 0.2, valueRange }),
      randomInvert({ factor: 0.2, valueRange }),
      randomErasing({ valueRange }),
      randAugment({ factor: 0.3, valueRange }),
      augMix({ chainDepth: 2, valueRange }),
      randomPerspective({ scale: 0.3 }),
      randomColorJitter({
        brightnessFactor: 0.1,
        contrastFactor: 0.2,
        saturationFactor: 0.5,
        hueFactor: 0.2,
        valueRange,
      }),
      randomGaussianBlur({ factor: 0.5, kernelSize: 5, valueRange }),
      randomCrop(24, 24),
    ]),
  )
  .add(maxPooling2d(2))
  .add(flatten())
  .add(dense(10, { activation: 'softmax' })) as Sequential;
model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
const options = { epochs: 2, batchSize: 100, verbose: 0 } as const;
await model.fit(mixUp({ x, targets }, { classes: 10 }), options);
await model.fit(cutMix({ x, targets }, { classes: 10 }), options);
console.log(weightHash(await model.getWeights()));
