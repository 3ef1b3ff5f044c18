/** Layers that draw random numbers while they train: moments, bounds, what they depend on, and their options. */
import t from 'tap';
import { chooseBackend } from '../../lib/backend/choose.ts';
import {
  alphaDropout,
  type BackendName,
  decodeModel,
  dense,
  dropout,
  encodeModel,
  gaussianDropout,
  gaussianNoise,
  type Layer,
  Sequential,
  type Shape,
  spatialDropout2d,
  tensor,
} from '../../lib/index.ts';
import { TreeOps } from '../../lib/model/forward.ts';
import { Runtime } from '../../lib/model/runtime.ts';
import { Tree } from '../../lib/model/tree.ts';
import { differentiate } from '../../lib/plan/differentiate.ts';
import { Graph } from '../../lib/plan/graph.ts';
import { sizeOf } from '../../lib/shape/shape.ts';
import { errorOf } from '../error-of.ts';
import { sameNumbers } from '../same-numbers.ts';

/** A layer in training, for one size of inputs. */
class Trained {
  readonly #runtime: Runtime;
  readonly #layer: Layer;
  readonly #shape: Shape;
  /** How often a graph was emitted. */
  emitted = 0;

  constructor(layer: Layer, shape: Shape, backend: BackendName = 'simd') {
    this.#runtime = new Runtime(chooseBackend(backend));
    this.#layer = layer;
    this.#shape = shape;
  }

  /** What the layer makes of x in a step, and the gradient of the sum of its outputs. */
  run(x: ArrayLike<number>, seed: number, step: number): Promise<{ y: Float32Array; dx: Float32Array }> {
    const emit = () => {
      this.emitted++;
      const graph = new Graph();
      const random = graph.input('random', [4], 'int32');
      const input = graph.input('x', this.#shape);
      const ops = new TreeOps(graph, { training: true, random });
      const y = ops.enter(new Tree(1).add(this.#layer, this.#shape.slice(1)), input);
      const [dx] = differentiate(graph, ops.sum(y), [input]);
      return { graph, inputs: { random, x: input }, outputs: { y, dx: dx! } };
    };
    return this.#runtime.run(
      { key: 'train', batch: this.#shape[0]!, emit },
      {
        write(input) {
          input('random').set([seed, 0, step, 0]);
          input('x').set(x);
        },
        read: output => ({ y: output('y').slice() as Float32Array, dx: output('dx').slice() as Float32Array }),
      },
    );
  }

  dispose(): void {
    this.#runtime.dispose();
  }
}

const mean = (values: Iterable<number>): number => {
  const all = [...values];
  return all.reduce((sum, value) => sum + value, 0) / all.length;
};
const deviation = (values: Iterable<number>): number => {
  const all = [...values];
  const middle = mean(all);
  return Math.sqrt(mean(all.map(value => (value - middle) ** 2)));
};
const ones = (shape: Shape): Float32Array => new Float32Array(sizeOf(shape)).fill(1);
const big: Shape = [100, 500];

/** Even in -1.7 ... 1.7: mean 0, variance about 1. */
const spread = Float32Array.from(
  { length: sizeOf(big) },
  (_, i) => Math.sqrt(3) * ((2 * ((i * 7919) % 50_000)) / 50_000 - 1),
);

for (const backend of ['loops', 'simd'] satisfies BackendName[]) {
  t.test(`${backend}: moments and bounds`, async t => {
    for (const rate of [0.2, 0.5, 0.75]) {
      const trained = new Trained(dropout(rate), big, backend);
      const { y, dx } = await trained.run(ones(big), 1, 0);
      const kept = y.filter(value => value !== 0).length / y.length;
      t.ok(Math.abs(kept - (1 - rate)) < 0.01, `dropout(${rate}): ${kept} kept`);
      t.ok(y.every(value => value === 0 || Math.abs(value * (1 - rate) - 1) < 1e-6));
      sameNumbers(t, dx, y, 'the gradient goes where the numbers went');
      trained.dispose();

      const gaussian = new Trained(gaussianDropout(rate), big, backend);
      const factors = await gaussian.run(ones(big), 1, 0);
      const expected = Math.sqrt(rate / (1 - rate));
      t.ok(Math.abs(mean(factors.y) - 1) < 0.02 * expected, `gaussianDropout(${rate}): mean ${mean(factors.y)}`);
      t.ok(Math.abs(deviation(factors.y) / expected - 1) < 0.02, `gaussianDropout(${rate}): ${deviation(factors.y)}`);
      sameNumbers(t, factors.dx, factors.y, 'the gradient is the factor');
      gaussian.dispose();

      const alpha = new Trained(alphaDropout(rate), big, backend);
      const kept2 = await alpha.run(spread, 1, 0);
      t.ok(Math.abs(mean(kept2.y)) < 0.02, `alphaDropout(${rate}): mean ${mean(kept2.y)}`);
      t.ok(Math.abs(deviation(kept2.y) - 1) < 0.02, `alphaDropout(${rate}): deviation ${deviation(kept2.y)}`);
      // Keras: a = ((1 - rate) (1 + rate lowest^2))^-0.5; what is dropped becomes a lowest - a lowest rate.
      const lowest = -1.6732632423543772 * 1.0507009873554805;
      const a = ((1 - rate) * (1 + rate * lowest ** 2)) ** -0.5;
      const dropped = kept2.dx.reduce((count, each) => count + (each === 0 ? 1 : 0), 0) / kept2.dx.length;
      t.ok(Math.abs(dropped - rate) < 0.01, `alphaDropout(${rate}): ${dropped} dropped`);
      const wrong = kept2.y.findIndex((value, i) => {
        const given = kept2.dx[i] === 0 ? lowest : spread[i]!;
        return Math.abs(value - (a * given - a * lowest * rate)) > 1e-5;
      });
      t.equal(wrong, -1);
      alpha.dispose();
    }
    const noise = new Trained(gaussianNoise(0.3), big, backend);
    const { y, dx } = await noise.run(spread, 1, 0);
    const added = y.map((value, i) => value - spread[i]!);
    t.ok(Math.abs(mean(added)) < 0.006 && Math.abs(deviation(added) - 0.3) < 0.006, 'gaussianNoise');
    t.ok(dx.every(each => each === 1));
    noise.dispose();
  });

  t.test(`${backend}: whole channels, and elements that share their fate`, async t => {
    const shape: Shape = [40, 3, 2, 25];
    const isAlike = (y: Float32Array, same: (place: readonly number[]) => string) => {
      const groups = new Map<string, Set<number>>();
      for (const [i, value] of y.entries()) {
        const place = [Math.floor(i / 150), Math.floor(i / 50) % 3, Math.floor(i / 25) % 2, i % 25];
        const key = same(place);
        groups.set(key, (groups.get(key) ?? new Set()).add(value));
      }
      return [...groups.values()].every(({ size }) => size === 1);
    };
    const layers: [Layer, (place: readonly number[]) => string][] = [
      [spatialDropout2d(0.4), ([n, , , c]) => `${n} ${c}`],
      [dropout({ rate: 0.4, noiseShape: [null, 1, 1, null] }), ([n, , , c]) => `${n} ${c}`],
      [dropout({ rate: 0.4, noiseShape: [1, 3, null, 1] }), ([, h, w]) => `${h} ${w}`],
      [alphaDropout({ rate: 0.4, noiseShape: [null, null, 1, 25] }), ([n, h, , c]) => `${n} ${h} ${c}`],
    ];
    for (const [layer, same] of layers) {
      const trained = new Trained(layer, shape, backend);
      const { y } = await trained.run(ones(shape), 3, 1);
      t.ok(isAlike(y, same), `${layer.className}`);
      t.equal(new Set(y).size, 2, 'some are kept, some are not');
      trained.dispose();
    }
  });

  t.test(`${backend}: the rate is an input of the plan`, async t => {
    const layer = dropout(0.25);
    const trained = new Trained(layer, big, backend);
    const share = async () => (await trained.run(ones(big), 1, 0)).y.filter(value => value === 0).length / sizeOf(big);
    t.ok(Math.abs((await share()) - 0.25) < 0.01);
    layer.rate = 0.75;
    t.ok(Math.abs((await share()) - 0.75) < 0.01);
    layer.rate = 0;
    t.equal(await share(), 0);
    t.equal(trained.emitted, 1);
    t.same(layer.config, { rate: 0, noiseShape: null, seed: null });
    trained.dispose();
    const noise = gaussianNoise(0.5);
    const noisy = new Trained(noise, big, backend);
    noise.stddev = 0;
    sameNumbers(t, (await noisy.run(spread, 1, 0)).y, spread, 'no noise');
    noisy.dispose();
  });
}

t.test('draws depend on the seed and the step, and a seed of its own takes the place of the model’s', async t => {
  const same = (a: { y: Float32Array }, b: { y: Float32Array }) => a.y.every((value, i) => value === b.y[i]);
  for (const make of [dropout, alphaDropout, gaussianDropout]) {
    const [own, free] = [new Trained(make({ rate: 0.5, seed: 7 }), big), new Trained(make({ rate: 0.5 }), big)];
    const first = await own.run(spread, 1, 0);
    t.ok(same(first, await own.run(spread, 2, 0)), 'another seed of the model');
    t.notOk(same(first, await own.run(spread, 1, 1)), 'another step');
    t.ok(same(first, await free.run(spread, 7, 0)), 'the seed is what the model’s would be');
    t.notOk(same(await free.run(spread, 1, 0), await free.run(spread, 2, 0)));
    own.dispose();
    free.dispose();
  }
});

t.test('layers with one seed draw the same, wherever they stand', async t => {
  const train = async (layers: readonly Layer[]) => {
    const model = new Sequential({ inputShape: [64], seed: 5 }) as Sequential;
    for (const layer of layers) model.add(layer);
    model.compile({ optimizer: 'sgd', loss: 'meanAbsoluteError' });
    const { loss } = await model.trainOnBatch(tensor(ones([8, 64]), [8, 64]), tensor(new Float32Array(512), [8, 64]));
    return loss;
  };
  const [once, behind] = [
    await train([dense(64, { kernelInitializer: 'glorotUniform' }), dropout({ rate: 0.5, seed: 3 })]),
    await train([
      dense(64, { kernelInitializer: 'glorotUniform' }),
      dropout(0),
      gaussianNoise(0),
      dropout({ rate: 0.5, seed: 3 }),
    ]),
  ];
  t.equal(once, behind);
});

t.test('nothing happens but in training, and a frozen layer goes on', async t => {
  const x = tensor([[1, 2, 3, 4]]);
  for (const layer of [dropout(0.5), alphaDropout(0.5), gaussianDropout(0.5), gaussianNoise(1)]) {
    const model = new Sequential({ inputShape: [4], seed: 1 }).add(layer);
    t.same((await model.predict(x)).toArray(), [[1, 2, 3, 4]], layer.className!);
    const copy = await decodeModel(await encodeModel(model));
    t.same(copy.layers[0]!.config, layer.config);
  }
  const model = new Sequential({ inputShape: [4], seed: 1 })
    .add(dropout({ rate: 0.5, trainable: false }))
    .add(dense(1));
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const kernels = model.plan('train', 4).calls.map(({ kernel }) => kernel);
  t.ok(kernels.includes('dropoutForward'));
});

t.test('options out of range, and shapes that do not fit', async t => {
  const loose = (factory: object) => factory as (...options: unknown[]) => Layer;
  const add = (layer: Layer) => new Sequential({ inputShape: [2, 3] as number[] }).add(layer);
  const layer = dropout(0.5);
  const set = (rate: unknown) => () => {
    layer.rate = rate as number;
  };
  const faults: [() => unknown, string][] = [
    [() => dropout(1), 'OptionError: dropout: rate must be at least 0 and less than 1, got 1'],
    [set(-0.1), 'OptionError: dropout: rate must be at least 0 and less than 1, got -0.1'],
    [set('0.5'), 'OptionError: dropout: rate must be at least 0 and less than 1, got "0.5"'],
    [
      () => loose(spatialDropout2d)({ rate: 2 }),
      'OptionError: spatialDropout2d: rate must be at least 0 and less than 1, got 2',
    ],
    [() => gaussianNoise(-1), 'OptionError: gaussianNoise: stddev must be a finite number of 0 or more, got -1'],
    [
      () => gaussianDropout({ rate: 0.1, seed: -1 }),
      'OptionError: gaussianDropout: seed must be a safe integer of 0 or more, got -1',
    ],
    [
      () => dropout({ rate: 0.1, noiseShape: [null, 0] }),
      'OptionError: dropout: noiseShape must be a list of positive integers and nulls, with the batch in front, got [null, 0]',
    ],
    [
      () => alphaDropout({ rate: 0.1, noiseShape: [8, 1] }),
      'OptionError: alphaDropout: noiseShape begins with the batch, whose size is not known: expected null or 1, got 8',
    ],
    [
      () => add(dropout({ rate: 0.1, noiseShape: [null, 1] })),
      'ShapeError: dropout "dropout": noiseShape [null, 1] does not go with inputs of [2, 3]: expected 3 axes, each null, 1 or as long as that of the input',
    ],
    [
      () => add(spatialDropout2d(0.5) as Layer),
      'ShapeError: spatialDropout2d "spatial_dropout2d": expected an input of [height, width, channels], got [2, 3]',
    ],
    [
      () => add({ forward: (ops, x) => ops.multiply(x, ops.setting('scale')), settings: { skale: 1 } }),
      'OptionError: unknown setting of layer "lambda" "scale": did you mean "skale"? Known: skale',
    ],
  ];
  for (const [fault, message] of faults) t.equal(errorOf(fault), message);
});
