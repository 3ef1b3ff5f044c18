/** The network, the images and the numbers of insides_keras.py. */
import { conv2d, dense, flatten, maxPooling2d, Sequential, tensor } from '../../lib/index.ts';
import { readGolden } from './golden.ts';
import { labels, uniform } from './inputs.ts';

interface Insides {
  readonly madeBy: string;
  readonly labels: readonly number[];
  readonly predicted: readonly number[];
  /** Gradients of the logit of its label for each image, at input and second. */
  readonly logits: { readonly [at: string]: readonly number[] };
  readonly 'logit 2': readonly number[];
  /** The same of the probabilities, at input. */
  readonly probabilities: readonly number[];
  readonly parameters: readonly (readonly number[])[];
  readonly gradient: readonly number[];
  readonly gradientTimesInput: readonly number[];
  readonly gradCam: { readonly [layer: string]: readonly number[] };
  /** That of second, 9x9 by bilinear interpolation. */
  readonly gradCamResized: readonly number[];
  readonly projection: {
    readonly points: readonly number[];
    readonly axes: readonly number[];
    readonly shares: readonly number[];
  };
  readonly histogram: {
    readonly counts: readonly number[];
    readonly edges: readonly number[];
    readonly mean: number;
    readonly deviation: number;
    readonly zeros: number;
    readonly nan: number;
    readonly infinite: number;
  };
  readonly dead: { readonly [layer: string]: number };
  readonly firing: { readonly [layer: string]: readonly number[] };
}

export const readInsides = (): Insides => readGolden<Insides>('insides-keras.json');

const count = 6;
export const insidesData = () => ({
  images: tensor(uniform('insides/x', { shape: [count, 9, 9, 1], offset: 0.5 }), [count, 9, 9, 1]),
  labels: tensor(labels('insides/labels', count, 4), [count]),
});

/** Two convolutions and two dense layers; in the script the first is called first, and the first dense layer hidden. */
export async function insidesNetwork() {
  const model = new Sequential({ inputShape: [9, 9, 1] })
    .add(conv2d(5, 3, { padding: 'same', activation: 'relu' }))
    .add(maxPooling2d(2))
    .add(conv2d({ filters: 7, kernelSize: 3, padding: 'same', activation: 'relu', name: 'second' }))
    .add(flatten())
    .add(dense(8, { activation: 'relu' }))
    .add(dense(4, { activation: 'softmax' }));
  const shapes = [[3, 3, 1, 5], [5], [3, 3, 5, 7], [7], [112, 8], [8], [8, 4], [4]];
  await model.setWeights(shapes.map((shape, i) => tensor(uniform(`insides/${i}`, { shape }), shape)));
  return model;
}
