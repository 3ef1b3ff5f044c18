/** How the speed run trains, for each of its marks; `npm run bench -- speedrun` runs the same recipes in PyTorch. */
import {
  batchNormalization,
  conv2d,
  dense,
  flatten,
  type Layer,
  maxPooling2d,
  type OneCycle,
  oneCycle,
  randomTranslation,
  relu,
  rescaling,
  Sequential,
} from 'inkling';

/** The mean test accuracies that the recipes are made for, in per cent. */
export const marks = ['99.0', '99.3'] as const;
export type Mark = (typeof marks)[number];

export interface Recipe {
  readonly batchSize: number;
  /** Of Adam: the highest rate, and how long it remembers gradients and their squares. */
  readonly maxLearningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  /** The share of the steps in which the rate rises, from a tenth of the highest; then it falls to nothing. */
  readonly rising: number;
  /** Images are moved by up to so many pixels in each direction. */
  readonly shift: number;
  /** What stands between the scaling of pixels and the last layer. */
  readonly layers: () => readonly Layer[];
}

/** Pooling comes before normalization, which then has a quarter of the pixels to work on, and brings the bias. */
const block = (filters: number, kernelSize: number, padding: 'same' | 'valid'): Layer[] => [
  conv2d({ filters, kernelSize, padding, useBias: false, kernelInitializer: 'heUniform' }),
  ...[maxPooling2d(2), batchNormalization({ momentum: 0.9 }), relu()],
];

const common = { batchSize: 64, maxLearningRate: 0.01, beta1: 0.8, beta2: 0.98, rising: 0.25, shift: 1 };

export const recipes: { readonly [M in Mark]: Recipe } = {
  '99.0': { ...common, layers: () => [...block(16, 5, 'valid'), ...block(32, 3, 'same'), ...block(64, 3, 'same')] },
  '99.3': { ...common, layers: () => [...block(24, 5, 'valid'), ...block(48, 3, 'same'), ...block(96, 3, 'same')] },
};

export function networkOf(recipe: Recipe, seed: number): Sequential {
  const model: Sequential = new Sequential({ inputShape: [28, 28, 1], seed });
  const factor = recipe.shift / 28;
  const moved = randomTranslation({ heightFactor: factor, widthFactor: factor, fillMode: 'constant' });
  const layers = [rescaling(1 / 255), moved, ...recipe.layers(), flatten(), dense(10, { activation: 'softmax' })];
  for (const layer of layers) model.add(layer);
  return model;
}

/** The rate of each step of one epoch. */
export function rateOf({ maxLearningRate, batchSize, rising }: Recipe, examples: number): OneCycle {
  const totalSteps = Math.ceil(examples / batchSize);
  const shape = { pctStart: rising, annealStrategy: 'linear', divFactor: 10, finalDivFactor: 1000 } as const;
  return oneCycle({ maxLearningRate, totalSteps, ...shape });
}
