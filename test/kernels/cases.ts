/** For every kernel of the contract the geometries and operands that are drawn to test it. */
import fc from 'fast-check';
import type { Conv2dPoolGeometry, GeometryOf, InputName, KernelName, OutputName } from '../../kernels/contract.ts';
import {
  broadcastStrides,
  type Conv2dGeometry,
  conv2dGeometry,
  denseStrides,
  type Padding,
  type Window2dGeometry,
  window2dGeometry,
} from '../../kernels/geometry.ts';
import { type DefinedKernel, type Numbers, reference } from './reference.ts';

export interface Operand {
  readonly shape: Numbers;
  readonly values: Numbers;
}
export interface Case<K extends KernelName> {
  readonly geometry: GeometryOf<K>;
  readonly inputs: { readonly [N in InputName<K>]: Operand };
  readonly outputs: { readonly [N in OutputName<K>]: Numbers };
  /** What an update finds in its outputs. */
  readonly state?: { readonly [N in OutputName<K>]: Numbers };
}

const sizeOf = (shape: Numbers): number => shape.reduce((product, axis) => product * axis, 1);
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Draws of one case: the same seed gives the same numbers, all of them float32. */
class Draw {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }
  /** 0 <= u < 1. */
  uniform(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return (Math.imul(this.#state ^ (this.#state >>> 13), 0x5bd1e995) >>> 8) / 2 ** 24;
  }
  between(min: number, max: number, shape: Numbers): Operand {
    return { shape, values: range(sizeOf(shape)).map(() => Math.fround(min + (max - min) * this.uniform())) };
  }
  /** -2 to 2, but no nearer to 0 than 0.05, where some functions have a kink. */
  numbers(shape: Numbers): Operand {
    const away = (x: number) => Math.fround(x + Math.sign(x || 1) * 0.05);
    return { shape, values: this.between(-2, 2, shape).values.map(away) };
  }
  /** All different, at least 0.01 apart, so that a maximum stays one when a little is added. */
  distinct(shape: Numbers): Operand {
    const order = range(sizeOf(shape))
      .map(i => ({ i, key: this.uniform() }))
      .sort((a, b) => a.key - b.key);
    return { shape, values: order.map(({ i }) => Math.fround((i - sizeOf(shape) / 2) * 0.01)) };
  }
  /** Rows that sum to 1. */
  distributions([rows = 0, columns = 0]: Numbers): Operand {
    const weights = this.between(0.05, 1, [rows, columns]).values;
    const totals = range(rows).map(row => weights.slice(row * columns, (row + 1) * columns).reduce((a, b) => a + b, 0));
    return { shape: [rows, columns], values: weights.map((w, i) => Math.fround(w / totals[Math.floor(i / columns)]!)) };
  }
}

const drawn = <T>(shape: fc.Arbitrary<T>, make: (shape: T, draw: Draw) => object) =>
  fc.tuple(shape, fc.nat(2 ** 31)).map(([size, seed]) => make(size, new Draw(seed)));

/** A case from a drawn shape; the type of its operands is checked here. */
function cases<K extends KernelName, T>(
  shape: fc.Arbitrary<T>,
  make: (shape: T, draw: Draw) => Case<K>,
): fc.Arbitrary<Case<K>> {
  return drawn(shape, make) as fc.Arbitrary<Case<K>>;
}

const sizes = fc.integer({ min: 1, max: 70 });
/** 1 to 9 channels, sometimes as many as a vector or a block holds, and one more. */
const channels = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 9 }) }, fc.constantFrom(15, 16, 17));
const tableShape = fc.record({ rows: fc.integer({ min: 1, max: 6 }), columns: channels });

type Elementwise = 'reluForward' | 'sigmoidForward' | 'tanhForward' | 'expForward' | 'absForward';
const elementwise = <K extends Elementwise>() =>
  cases<Elementwise, number>(sizes, (size, draw) => ({
    geometry: { size },
    inputs: { x: draw.numbers([size]) },
    outputs: { y: [size] },
  })) as fc.Arbitrary<Case<K>>;
const positive = <K extends 'logForward' | 'sqrtForward'>() =>
  cases<'logForward', number>(sizes, (size, draw) => ({
    geometry: { size },
    inputs: { x: draw.between(0.1, 4, [size]) },
    outputs: { y: [size] },
  })) as fc.Arbitrary<Case<K>>;
const sloped = <K extends 'leakyReluForward' | 'eluForward'>() =>
  cases<'leakyReluForward', [number, number]>(
    fc.tuple(sizes, fc.constantFrom(0.1, 0.3, 1, 1.5)),
    ([size, alpha], draw) => ({
      geometry: { size, alpha },
      inputs: { x: draw.numbers([size]) },
      outputs: { y: [size] },
    }),
  ) as fc.Arbitrary<Case<K>>;

const windowAxis = fc.record({
  size: fc.integer({ min: 1, max: 8 }),
  window: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  pads: fc.tuple(fc.nat(3), fc.nat(3)),
});
const windowShape = fc
  .record({
    n: fc.integer({ min: 1, max: 2 }),
    rows: windowAxis,
    columns: windowAxis,
    c: channels,
    k: channels,
    padding: fc.constantFrom('valid', 'same', 'explicit'),
  })
  .map(({ n, rows, columns, c, k, padding }): Conv2dGeometry => {
    const [[top, bottom], [left, right]] = [rows.pads, columns.pads];
    const amounts: Padding = padding === 'explicit' ? { top, bottom, left, right } : (padding as 'valid' | 'same');
    return conv2dGeometry([n, rows.size, columns.size, c], k, {
      window: [rows.window, columns.window],
      strides: [rows.stride, columns.stride],
      dilation: [rows.dilation, columns.dilation],
      padding: amounts,
    });
  })
  .filter(({ p, q }) => p >= 1 && q >= 1);
const poolShape = windowShape
  .map(({ k: _, ...geometry }): Window2dGeometry => geometry)
  // A window in the padding alone has no maximum; what kernels give there is tested by itself.
  .filter(g => reference.maxPool2dForward({ x: range(g.n * g.h * g.w * g.c) }, g, { y: [] }).y.every(Number.isFinite));

/** A convolution and windows over its output, half of the time those of 2x2 side by side. */
export const pooledConvolution = fc
  .record({
    conv: windowShape,
    isHalved: fc.boolean(),
    remembers: fc.boolean(),
    size: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.constantFrom<Padding>('valid', 'same'),
  })
  .map(({ conv, isHalved, remembers, size, stride, padding }): Conv2dPoolGeometry => {
    const [window, step] = isHalved ? [2, 2] : [size, stride];
    const options = { window: [window, window], strides: [step, step], dilation: [1, 1], padding } as const;
    return { conv, pool: window2dGeometry([conv.n, conv.p, conv.q, conv.k], options), remembers };
  })
  .filter(({ pool }) => pool.p >= 1 && pool.q >= 1);

const pooling = <K extends 'maxPool2dForward' | 'averagePool2dForward'>() =>
  cases<'maxPool2dForward', Window2dGeometry>(poolShape, (g, draw) => ({
    geometry: g,
    inputs: { x: draw.distinct([g.n, g.h, g.w, g.c]) },
    outputs: { y: [g.n, g.p, g.q, g.c] },
  })) as fc.Arbitrary<Case<K>>;

type RowLoss = 'crossEntropyForward' | 'binaryCrossEntropyForward' | 'meanSquaredErrorForward';
/** Outputs like those of a sigmoid; the targets are distributions, which suits all three. */
const rowLoss = <K extends RowLoss>() =>
  cases<RowLoss, { rows: number; columns: number }>(tableShape, (g, draw) => ({
    geometry: g,
    inputs: { x: draw.between(0.05, 0.95, [g.rows, g.columns]), targets: draw.distributions([g.rows, g.columns]) },
    outputs: { loss: [g.rows] },
  })) as fc.Arbitrary<Case<K>>;
const logitLoss = <K extends 'softmaxCrossEntropyForward' | 'sigmoidBinaryCrossEntropyForward'>() =>
  cases<'softmaxCrossEntropyForward', { rows: number; columns: number }>(tableShape, (g, draw) => ({
    geometry: g,
    inputs: { logits: draw.numbers([g.rows, g.columns]), targets: draw.distributions([g.rows, g.columns]) },
    outputs: { loss: [g.rows], probabilities: [g.rows, g.columns] },
  })) as fc.Arbitrary<Case<K>>;
const accuracy = <K extends 'categoricalAccuracy' | 'binaryAccuracy'>() =>
  cases<'categoricalAccuracy', { rows: number; columns: number }>(tableShape, (g, draw) => ({
    geometry: g,
    inputs: { x: draw.between(0, 1, [g.rows, g.columns]), targets: draw.between(0, 1, [g.rows, g.columns]) },
    outputs: { correct: [g.rows] },
  })) as fc.Arbitrary<Case<K>>;

/** A shape of up to four axes, and for each whether the first and the second operand are repeated along it. */
const broadcastShape = fc.array(fc.record({ size: fc.integer({ min: 1, max: 5 }), a: fc.boolean(), b: fc.boolean() }), {
  maxLength: 4,
});
type Binary = 'addForward' | 'subtractForward' | 'multiplyForward' | 'divideForward';
const binary = <K extends Binary>() =>
  cases<Binary, readonly { size: number; a: boolean; b: boolean }[]>(broadcastShape, (axes, draw) => {
    const shape = axes.map(({ size, a, b }) => (a && b ? 1 : size));
    const [a, b] = [axes.map(axis => (axis.a ? 1 : axis.size)), axes.map(axis => (axis.b ? 1 : axis.size))];
    const geometry = {
      size: sizeOf(shape),
      shape,
      aStrides: broadcastStrides(a, shape),
      bStrides: broadcastStrides(b, shape),
    };
    const away = draw.between(0.5, 2, b);
    return { geometry, inputs: { a: draw.numbers(a), b: away }, outputs: { y: shape } };
  }) as fc.Arbitrary<Case<K>>;

const reduction = broadcastShape.map(axes => {
  const shape = axes.map(({ size }) => size);
  const reduced = axes.map(({ size, a }) => (a ? 1 : size));
  const strides = denseStrides(reduced).map((stride, axis) => (axes[axis]!.a ? 0 : stride));
  return { geometry: { size: sizeOf(shape), reducedSize: sizeOf(reduced), shape, strides }, shape, reduced };
});

const transposition = fc
  .array(fc.record({ size: fc.integer({ min: 1, max: 5 }), key: fc.nat() }), { maxLength: 4 })
  .map(axes => {
    const from = axes.map(({ size }) => size);
    const order = range(axes.length).sort((a, b) => axes[a]!.key - axes[b]!.key);
    const strides = denseStrides(from);
    const shape = order.map(axis => from[axis]!);
    return { from, geometry: { size: sizeOf(shape), shape, strides: order.map(axis => strides[axis]!) } };
  });

const box = fc
  .array(fc.record({ before: fc.nat(2), size: fc.integer({ min: 1, max: 4 }), after: fc.nat(2) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map(axes => ({
    shape: axes.map(({ before, size, after }) => before + size + after),
    begin: axes.map(({ before }) => before),
    size: axes.map(({ size }) => size),
  }));

/** Parameters, their state (variances are positive), a gradient and a step size. */
const update = <K extends Extract<DefinedKernel, `${string}Update`>>(
  options: fc.Arbitrary<Omit<GeometryOf<K>, 'size'>>,
  state: readonly OutputName<K>[],
) =>
  drawn(fc.tuple(sizes, options), ([size, rest], draw) => ({
    geometry: { size, ...rest },
    inputs: { dw: draw.numbers([size]), rate: draw.between(0.001, 0.1, [1]) },
    outputs: Object.fromEntries(state.map(name => [name, [size]])),
    state: Object.fromEntries(state.map(name => [name, draw.between(name === 'v' ? 0 : -1, 1, [size]).values])),
  })) as fc.Arbitrary<Case<K>>;
const decay = fc.constantFrom(0, 0.5, 0.9, 0.999);

export const kernelCases: { readonly [K in DefinedKernel]: fc.Arbitrary<Case<K>> } = {
  matmulForward: cases(
    fc.record({
      m: fc.integer({ min: 1, max: 17 }),
      n: fc.integer({ min: 1, max: 17 }),
      k: fc.oneof(fc.integer({ min: 1, max: 17 }), fc.constantFrom(255, 256, 257)),
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
    }),
    (g, draw) => ({
      geometry: g,
      inputs: {
        a: draw.numbers(g.transposeA ? [g.k, g.m] : [g.m, g.k]),
        b: draw.numbers(g.transposeB ? [g.n, g.k] : [g.k, g.n]),
      },
      outputs: { c: [g.m, g.n] },
    }),
  ),
  conv2dForward: cases(windowShape, (g, draw) => ({
    geometry: g,
    inputs: { x: draw.numbers([g.n, g.h, g.w, g.c]), w: draw.numbers([g.r, g.s, g.c, g.k]) },
    outputs: { y: [g.n, g.p, g.q, g.k] },
  })),
  conv2dBiasRelu: cases(windowShape, (g, draw) => ({
    geometry: g,
    inputs: {
      x: draw.numbers([g.n, g.h, g.w, g.c]),
      w: draw.numbers([g.r, g.s, g.c, g.k]),
      b: draw.numbers([g.k]),
    },
    outputs: { y: [g.n, g.p, g.q, g.k] },
  })),
  conv2dBiasReluMaxPool2d: cases(pooledConvolution, (g, draw) => ({
    geometry: g,
    inputs: {
      x: draw.numbers([g.conv.n, g.conv.h, g.conv.w, g.conv.c]),
      w: draw.numbers([g.conv.r, g.conv.s, g.conv.c, g.conv.k]),
      b: draw.numbers([g.conv.k]),
    },
    outputs: {
      y: [g.pool.n, g.pool.p, g.pool.q, g.pool.c],
      where: g.remembers ? [g.pool.n, g.pool.p, g.pool.q, g.pool.c] : [0],
    },
  })),
  biasForward: cases(tableShape, (g, draw) => ({
    geometry: g,
    inputs: { x: draw.numbers([g.rows, g.columns]), b: draw.numbers([g.columns]) },
    outputs: { y: [g.rows, g.columns] },
  })),
  maxPool2dForward: pooling(),
  averagePool2dForward: pooling(),
  reluForward: elementwise(),
  leakyReluForward: sloped(),
  eluForward: sloped(),
  sigmoidForward: elementwise(),
  tanhForward: elementwise(),
  softmaxForward: cases(tableShape, (g, draw) => ({
    geometry: g,
    inputs: { x: draw.numbers([g.rows, g.columns]) },
    outputs: { y: [g.rows, g.columns] },
  })),
  dropoutForward: cases(
    fc.record({
      size: sizes,
      rate: fc.constantFrom(0.1, 0.25, 0.5, 0.9),
      stream: fc.nat(5),
      step: fc.nat(2 ** 31 - 1),
    }),
    ({ step, ...g }, draw) => ({
      geometry: g,
      inputs: { x: draw.numbers([g.size]), random: { shape: [4], values: [step ^ 0x5bd1e995, -7, step, 3] } },
      outputs: { y: [g.size] },
    }),
  ),
  localResponseNormalizationForward: cases(
    fc.record({
      rows: fc.integer({ min: 1, max: 5 }),
      columns: channels,
      depthRadius: fc.integer({ min: 1, max: 5 }),
      bias: fc.constantFrom(1, 2),
      alpha: fc.constantFrom(1e-4, 0.1, 1),
      beta: fc.constantFrom(0.5, 0.75, 1),
    }),
    (g, draw) => ({
      geometry: g,
      inputs: { x: draw.numbers([g.rows, g.columns]) },
      outputs: { y: [g.rows, g.columns] },
    }),
  ),
  softmaxCrossEntropyForward: logitLoss(),
  crossEntropyForward: rowLoss(),
  sigmoidBinaryCrossEntropyForward: logitLoss(),
  binaryCrossEntropyForward: rowLoss(),
  meanSquaredErrorForward: rowLoss(),
  oneHot: cases(tableShape, (g, draw) => ({
    geometry: g,
    inputs: { labels: { shape: [g.rows], values: range(g.rows).map(() => Math.floor(draw.uniform() * g.columns)) } },
    outputs: { y: [g.rows, g.columns] },
  })),
  categoricalAccuracy: accuracy(),
  binaryAccuracy: accuracy(),
  fill: cases(fc.record({ size: sizes, value: fc.constantFrom(0, 1, -2.5) }), g => ({
    geometry: g,
    inputs: {},
    outputs: { y: [g.size] },
  })),
  affineForward: cases(
    fc.record({ size: sizes, factor: fc.constantFrom(-1, 0.5, 3), offset: fc.constantFrom(0, 1.5) }),
    (g, draw) => ({ geometry: g, inputs: { x: draw.numbers([g.size]) }, outputs: { y: [g.size] } }),
  ),
  addForward: binary(),
  subtractForward: binary(),
  multiplyForward: binary(),
  divideForward: binary(),
  expForward: elementwise(),
  logForward: positive(),
  sqrtForward: positive(),
  absForward: elementwise(),
  sumForward: cases(reduction, ({ geometry, shape, reduced }, draw) => ({
    geometry,
    inputs: { x: draw.numbers(shape) },
    outputs: { y: reduced },
  })),
  broadcastForward: cases(reduction, ({ geometry, shape, reduced }, draw) => ({
    geometry,
    inputs: { x: draw.numbers(reduced) },
    outputs: { y: shape },
  })),
  transposeForward: cases(transposition, ({ geometry, from }, draw) => ({
    geometry,
    inputs: { x: draw.numbers(from) },
    outputs: { y: geometry.shape },
  })),
  cropForward: cases(box, (g, draw) => ({ geometry: g, inputs: { x: draw.numbers(g.shape) }, outputs: { y: g.size } })),
  padForward: cases(box, (g, draw) => ({ geometry: g, inputs: { x: draw.numbers(g.size) }, outputs: { y: g.shape } })),
  sgdUpdate: update(fc.constant({}), ['w']),
  momentumUpdate: update(fc.record({ momentum: decay, nesterov: fc.boolean() }), ['w', 'velocity']),
  adamUpdate: update(fc.record({ beta1: decay, beta2: decay, epsilon: fc.constantFrom(1e-7, 1e-3) }), ['w', 'm', 'v']),
  rmspropUpdate: update(fc.record({ rho: decay, momentum: decay, epsilon: fc.constantFrom(1e-7, 1e-3) }), [
    'w',
    'v',
    'step',
  ]),
};
