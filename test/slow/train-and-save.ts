/**
 * Trains a network with augmentation, noise, dropout, batch normalization, averages, accumulated gradients and a schedule, keeps a backup
 * behind every third batch in the folder that is named, and the best and the last model beside it. Where there is a backup
 * it goes on from that. Prints `saved` behind each backup, and at the end the hash of the weights and of the history.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  augmentation,
  batchNormalization,
  conv2d,
  cosineDecay,
  dense,
  dropout,
  EarlyStopping,
  flatten,
  gaussianNoise,
  LambdaCallback,
  linearWarmup,
  maxPooling2d,
  randomBrightness,
  randomElastic,
  randomErasing,
  randomFlip,
  randomRotation,
  rescaling,
  Sequential,
  SwapEMAWeights,
  sgd,
  TerminateOnNaN,
  tensor,
} from 'inkling';
import { BackupAndRestore, CSVLogger, ModelCheckpoint } from 'inkling/node';
import { weightHash } from '../model/digit-training.ts';

const folder = process.argv[2]!;
const count = 88;
const pixels = Uint8Array.from({ length: count * 784 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 24) & 0xff);
const images = tensor(pixels, [count, 28, 28, 1]);
const labels = tensor(Uint8Array.from({ length: count }, (_, i) => i % 10));

const model = new Sequential(
  [
    rescaling({ scale: 1 / 255, inputShape: [28, 28, 1] }),
    augmentation([
      randomFlip('horizontal'),
      randomRotation(0.05),
      randomElastic({ alpha: 8, sigma: 3 }),
      randomBrightness({ factor: 0.2, valueRange: [0, 1] }),
      randomErasing({ factor: 0.5, valueRange: [0, 1] }),
    ]),
    gaussianNoise(0.05),
    conv2d({ filters: 16, kernelSize: 3, padding: 'same', useBias: false }),
    batchNormalization({ momentum: 0.9 }),
    maxPooling2d(2),
    dropout(0.2),
    conv2d({ filters: 24, kernelSize: 3, activation: 'relu' }),
    batchNormalization(),
    flatten(),
    dropout(0.5),
    dense({ units: 10, activation: 'softmax' }),
  ],
  { seed: 3 },
);
const decay = cosineDecay({ initialLearningRate: 0.05, decaySteps: 700 });
model.compile({
  optimizer: sgd({
    learningRate: linearWarmup({ schedule: decay, warmupSteps: 20 }),
    momentum: 0.9,
    useEma: true,
    emaMomentum: 0.9,
    gradientAccumulationSteps: 4,
    globalClipNorm: 1,
  }),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
});
const callbacks = [
  new SwapEMAWeights({ swapOnEpoch: true }),
  new EarlyStopping({ monitor: 'loss', patience: 150, restoreBestWeights: true }),
  new ModelCheckpoint({ filepath: join(folder, 'best.safetensors'), saveBestOnly: true }),
  new ModelCheckpoint({ filepath: join(folder, 'last.safetensors'), saveFreq: 1 }),
  new CSVLogger(join(folder, 'log.csv')),
  new TerminateOnNaN(),
  new BackupAndRestore({ backupDir: folder, saveFreq: 3 }),
  new LambdaCallback({ onTrainBatchEnd: () => (model.steps % 3 === 0 ? console.log('saved') : undefined) }),
];
const history = await model.fit(images, labels, {
  batchSize: 16,
  epochs: 160,
  validationSplit: 0.1,
  verbose: 0,
  callbacks,
});
const told = createHash('sha256').update(JSON.stringify(history.history)).digest('hex');
console.log(`weights ${weightHash(await model.getWeights())} history ${told}`);
