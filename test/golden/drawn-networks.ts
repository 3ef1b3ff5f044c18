/**
 * Networks over all layers that drawn_networks.py drew, trained by Inkling as drawn_networks_keras.py has Keras train them.
 * `node --import ./test/typescript-loader.mjs test/golden/drawn-networks.ts FOLDER` compares those of another seed.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import {
  type BackendName,
  type Loss,
  losses,
  modelFromJson,
  optimizerFromConfig,
  Sequential,
  type Shape,
  type Tensor,
  tensor,
} from '../../lib/index.ts';
import type { Json } from '../../lib/json.ts';
import { type LayerConfig, layerFromConfig } from '../../lib/layers/registry.ts';
import { relativeError } from './golden.ts';
import { sizeOf, uniform } from './inputs.ts';
import { type TargetsKind, targetsOf } from './targets.ts';

/** A network in the words of files, which both sides build. */
export interface DrawnNetwork {
  readonly input: Shape;
  /** The middle of the inputs: 0.5 for numbers from 0 to 1, 0 for numbers from -1 to 1. */
  readonly offset: number;
  readonly layers: readonly LayerConfig[];
  readonly loss: { readonly name: string; readonly options: object };
  readonly targets: TargetsKind;
  readonly optimizer: { readonly className: string; readonly config: { readonly [option: string]: Json } };
  /** Whether examples have weights. */
  readonly weighted: boolean;
}

/** What comes of it; numbers of a prediction are a few of them, and the sum of all, each times a drawn number. */
export interface Outcome {
  /** Names and shapes of the parameters. */
  readonly weights: readonly string[];
  readonly before: readonly number[];
  readonly losses: readonly number[];
  readonly after: readonly number[];
}
export type Expected = Outcome & {
  /** How far Keras in float32 is from these numbers, which it computed in float64: before, losses, after. */
  readonly drift: readonly [number, number, number];
};

/** The networks in a folder, with what Keras makes of them. */
export function readDrawn(folder: URL): {
  madeBy: string;
  networks: readonly (DrawnNetwork & { expected: Expected })[];
} {
  const read = (file: string) => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
  const { networks }: { networks: readonly DrawnNetwork[] } = read('drawn-networks.json');
  const { madeBy, networks: expected }: { madeBy: string; networks: readonly Expected[] } =
    read('drawn-networks-keras.json');
  return { madeBy, networks: networks.map((network, i) => ({ ...network, expected: expected[i]! })) };
}

const [examples, batchSize, steps] = [12, 4, 10];

/** Trains the network with that number. */
export async function outcomeOf(network: DrawnNetwork, number: number, backend: BackendName): Promise<Outcome> {
  const tag = `drawn/${number}`;
  const layers = network.layers.map(each => layerFromConfig(each));
  const built = layers.reduce((model, layer) => model.add(layer), new Sequential({ inputShape: network.input }));
  // By way of a file's text, so that all options are those that it holds.
  const model = modelFromJson(JSON.stringify(built), { backend });
  const weights = await drawWeights(model, tag);
  const shape = [examples, ...network.input];
  const x = tensor(uniform(`${tag}/x`, { shape, scale: network.offset > 0 ? 1 : 2, offset: network.offset }), shape);
  const y = targetsOf(`${tag}/y`, network.targets, [examples, ...model.outputShape]);
  const drawn = tensor(uniform(`${tag}/weights`, { shape: [examples], scale: 2, offset: 1.25 }));
  model.compile({ optimizer: optimizerFromConfig(network.optimizer), loss: lossOf(network.loss) });
  const predicted = async () => shown(tag, (await model.predict(rowsOf(x, 0, 2))).data);
  const before = await predicted();
  const followed: number[] = [];
  for (let step = 0; step < steps; step++) {
    const from = batchSize * (step % 3);
    const rows = (of: Tensor) => rowsOf(of, from, batchSize);
    const sampleWeight = network.weighted ? { sampleWeight: rows(drawn) } : {};
    followed.push((await model.trainOnBatch(rows(x), rows(y), sampleWeight)).loss);
  }
  const after = await predicted();
  model.dispose();
  return { weights, before, losses: followed, after };
}

const rowsOf = (of: Tensor, from: number, count: number): Tensor =>
  of.slice([from, ...of.shape.slice(1).fill(0)], [count, ...of.shape.slice(1)]);

/** How far it is from what Keras computed: predictions before, losses, predictions after. */
export const errorsOf = (actual: Outcome, expected: Outcome): readonly number[] =>
  (['before', 'losses', 'after'] as const).map(part => relativeError(actual[part], expected[part]));

function lossOf({ name, options }: DrawnNetwork['loss']): Loss {
  const factories: { readonly [name: string]: (options: object) => Loss } = losses;
  return factories[name]!(options);
}

/** Writes all parameters but the statistics that a normalization was given, which are no parameters of Keras's. */
async function drawWeights(model: Sequential, tag: string): Promise<readonly string[]> {
  const paths = Object.keys((await model.getState()).tensors);
  const names: string[] = [];
  const weights = (await model.getWeights()).map((weight, i) => {
    const name = paths[i]!.split('/').at(-1)!;
    if (name === 'mean' || name === 'variance') return weight;
    const { shape } = weight;
    const scale = name.includes('kernel') ? 2 * Math.sqrt(3 / sizeOf(shape.slice(0, -1))) : 0.5;
    const offset = /variance$|stddev$|gamma$|scale$/.test(name) ? 1 : 0;
    const drawn = uniform(`${tag}/${names.length}`, { shape });
    names.push(`${name} ${shape.join('x')}`);
    return tensor(
      drawn.map(number => number * Math.fround(scale) + offset),
      shape,
    );
  });
  await model.setWeights(weights);
  return names;
}

function shown(tag: string, output: Float32Array | Int32Array | Uint8Array): readonly number[] {
  const factors = uniform(`${tag}/factors`, { shape: [output.length], scale: 2 });
  const step = Math.max(1, Math.floor(output.length / 8));
  const all = Array.from(output);
  const some = all.filter((_, i) => i % step === 0);
  return [...some.slice(0, 8), all.reduce((sum, number, i) => sum + number * factors[i]!, 0)];
}

if (process.argv[1] === import.meta.filename) {
  const { networks } = readDrawn(pathToFileURL(`${process.argv[2]}/`));
  for (const backend of ['loops', 'simd'] satisfies BackendName[]) {
    for (const [i, network] of networks.entries()) {
      const { expected } = network;
      const line = await outcomeOf(network, i, backend).then(
        outcome => {
          const same = outcome.weights.join() === expected.weights.join();
          const errors = errorsOf(outcome, expected);
          return `${errors.map(each => each.toExponential(1))} drift ${expected.drift}${same ? '' : ` ${outcome.weights}; ${expected.weights}`}`;
        },
        (error: Error) => String(error),
      );
      console.log(backend, i, line);
    }
  }
}
