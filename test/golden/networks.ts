/**
 * Random networks, drawn by fast-check: `node --import ./test/typescript-loader.mjs test/golden/networks.ts` writes
 * networks.json, to which networks_keras.py adds the shapes that Keras gives.
 */
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Shape } from '../../lib/index.ts';
import * as inkling from '../../lib/index.ts';
import { sizeOf } from './inputs.ts';

/** A layer by the name of its factory and its options, as they stand in a program. */
export interface LayerSpec {
  readonly factory: string;
  readonly options: { readonly [option: string]: unknown };
}
export interface NetworkSpec {
  readonly input: Shape;
  readonly layers: readonly LayerSpec[];
}

/** The layer that a spec describes. */
export function layerOf({ factory, options }: LayerSpec): inkling.Layer {
  const factories: { readonly [name: string]: unknown } = inkling;
  return (factories[factory] as (options: object) => inkling.Layer)(options);
}

const positive = (max: number) => fc.integer({ min: 1, max });
const both = (max: number) => fc.oneof(positive(max), fc.tuple(positive(max), positive(max)));
const side = fc.nat(3);
const explicit = fc.record({ top: side, bottom: side, left: side, right: side });
/** Leaves out some of the options. */
const some = <T extends object>(required: (keyof T)[], model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { requiredKeys: required });

const strided = some(['filters', 'kernelSize'], {
  filters: positive(40),
  kernelSize: both(5),
  strides: both(4),
  padding: fc.oneof(fc.constantFrom('valid', 'same'), explicit),
});
const dilated = some(['filters', 'kernelSize'], {
  filters: positive(300),
  kernelSize: both(4),
  dilationRate: both(4),
  padding: fc.constantFrom('valid', 'same'),
});
const pooling = some([], { poolSize: both(4), strides: both(3), padding: fc.constantFrom('valid', 'same') });
const keepDims = some([], { keepDims: fc.boolean() });
const spec = (factory: string, options: fc.Arbitrary<object>) =>
  options.map(drawn => ({ factory, options: { ...drawn } }));
const onImages = fc.oneof(
  { arbitrary: spec('conv2d', strided), weight: 5 },
  { arbitrary: spec('conv2d', dilated), weight: 3 },
  { arbitrary: spec('maxPooling2d', pooling), weight: 3 },
  { arbitrary: spec('averagePooling2d', pooling), weight: 2 },
  spec('globalAveragePooling2d', keepDims),
  spec('globalMaxPooling2d', keepDims),
  spec('dense', fc.record({ units: positive(50) })),
  spec('flatten', fc.constant({})),
  spec('relu', fc.constant({})),
  spec('dropout', fc.constant({ rate: 0.5 })),
);
const onOthers = fc.oneof(
  spec('dense', fc.record({ units: positive(5000) })),
  spec('flatten', fc.constant({})),
  spec('softmax', fc.constant({})),
);

/** Axes whose product is the size, the last perhaps as -1. */
const reshapeTo = (size: number) =>
  fc.tuple(fc.infiniteStream(fc.nat()), fc.boolean()).map(([draws, free]) => {
    const axes: number[] = [];
    let rest = size;
    for (let i = 0; i < 2; i++) {
      const divisors = Array.from({ length: Math.min(rest, 60) }, (_, d) => d + 1).filter(d => rest % d === 0);
      const axis = divisors[draws.next().value % divisors.length]!;
      axes.push(axis);
      rest /= axis;
    }
    return { factory: 'reshape', options: { targetShape: [...axes, free ? -1 : rest] } };
  });

/** Grows a network layer by layer; a layer that does not fit is left out. */
const network = fc
  .record({
    input: fc.tuple(fc.integer({ min: 5, max: 64 }), fc.integer({ min: 5, max: 64 }), positive(4)),
    draws: fc.array(fc.tuple(onImages, onOthers, fc.nat(5), fc.infiniteStream(fc.nat())), {
      minLength: 3,
      maxLength: 8,
    }),
  })
  .chain(({ input, draws }) => {
    let shape: Shape = input;
    const layers: LayerSpec[] = [];
    for (const [image, other, die, numbers] of draws) {
      const reshaped = die === 0 ? fc.sample(reshapeTo(sizeOf(shape)), { seed: numbers.next().value, numRuns: 1 }) : [];
      const layer = reshaped[0] ?? (shape.length === 3 ? image : other);
      try {
        ({ outputShape: shape } = new inkling.Sequential({ inputShape: shape }).add(layerOf(layer)));
        layers.push(layer);
      } catch (error) {
        if (!(error instanceof inkling.ShapeError)) throw error;
      }
    }
    return fc.constant({ input, layers });
  });

/** The networks that a seed gives. */
export const drawNetworks = (seed: number, count: number): NetworkSpec[] =>
  fc.sample(network, { seed, numRuns: count });

if (process.argv[1] === import.meta.filename) {
  const lines = drawNetworks(20, 120).map(each => JSON.stringify(each));
  writeFileSync(new URL('networks.json', import.meta.url), `[\n${lines.join(',\n')}\n]\n`);
}
