/** For every kernel of the contract the geometries and operands that are drawn to test it. */
import fc from 'fast-check';
import type { Conv2dPoolGeometry } from '../../kernels/contract.ts';
import {
  type AxisGeometry,
  type Conv2dGeometry,
  conv2dGeometry,
  type FillMode,
  type Interpolation,
  type NormalizationGeometry,
  type Padding,
  type ReduceGeometry,
  rowMajorStrides,
  type Window2dGeometry,
  window2dGeometry,
} from '../../kernels/geometry.ts';
import { type Case, cases, channels, type Draw, type Operand, range, sizeOf, sizes, tableShape } from './draw.ts';
import { broadcastShape, formulaCases } from './formulas.ts';
import { type DefinedKernel, reference } from './reference.ts';

export type { Operand } from './draw.ts';

const windowAxis = fc.record({
  size: fc.integer({ min: 1, max: 8 }),
  window: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  pads: fc.tuple(fc.nat(3), fc.nat(3)),
});
/** Input and output channels: all with all, in groups, and each input channel by itself. */
const ungrouped = fc.record({ c: channels, k: channels, groups: fc.constant(1) });
const few = fc.integer({ min: 1, max: 5 });
const grouped = fc
  .record({ c: few, k: few, groups: fc.integer({ min: 2, max: 4 }) })
  .map(({ c, k, groups }) => ({ c: c * groups, k: k * groups, groups }));
const depthwise = fc
  .record({ c: channels, multiplier: fc.integer({ min: 1, max: 3 }) })
  .map(({ c, multiplier }) => ({ c, k: c * multiplier, groups: c }));
const windowShape = fc
  .record({
    n: fc.integer({ min: 1, max: 2 }),
    rows: windowAxis,
    columns: windowAxis,
    channels: fc.oneof({ weight: 4, arbitrary: ungrouped }, grouped, depthwise),
    padding: fc.constantFrom('valid', 'same', 'explicit'),
  })
  .map(({ n, rows, columns, channels: { c, k, groups }, padding }): Conv2dGeometry => {
    const [[top, bottom], [left, right]] = [rows.pads, columns.pads];
    const amounts: Padding = padding === 'explicit' ? { top, bottom, left, right } : (padding as 'valid' | 'same');
    const options = {
      window: [rows.window, columns.window],
      strides: [rows.stride, columns.stride],
      dilation: [rows.dilation, columns.dilation],
      padding: amounts,
    } as const;
    return conv2dGeometry([n, rows.size, columns.size, c], k, options, groups);
  })
  .filter(({ p, q }) => p >= 1 && q >= 1);
const poolShape = windowShape
  .map(({ k: _, groups: __, ...geometry }): Window2dGeometry => geometry)
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

const reduction = broadcastShape.map(axes => {
  const shape = axes.map(({ size }) => size);
  const reduced = axes.map(({ size, a }) => (a ? 1 : size));
  const strides = rowMajorStrides(reduced).map((stride, axis) => (axes[axis]!.a ? 0 : stride));
  return { geometry: { size: sizeOf(shape), reducedSize: sizeOf(reduced), shape, strides }, shape, reduced };
});

const transposition = fc
  .array(fc.record({ size: fc.integer({ min: 1, max: 5 }), key: fc.nat() }), { maxLength: 4 })
  .map(axes => {
    const from = axes.map(({ size }) => size);
    const order = range(axes.length).sort((a, b) => axes[a]!.key - axes[b]!.key);
    const strides = rowMajorStrides(from);
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

const sides = fc.integer({ min: 1, max: 4 });
const whole = ({ shape, values }: Operand): Operand => ({ shape, values: values.map(value => Math.trunc(value) + 0) });
const bytes = (draw: Draw, size: number): Operand => whole(draw.between(0, 255.99, [size]));
const words = (draw: Draw): Operand => whole(draw.between(-(2 ** 31), 2 ** 31 - 200, [4]));

const extreme = <K extends 'maxForward' | 'minForward'>() =>
  cases<'maxForward', { geometry: ReduceGeometry; shape: number[]; reduced: number[] }>(
    reduction,
    ({ geometry, shape, reduced }, draw) => ({
      geometry,
      inputs: { x: draw.distinct(shape) },
      outputs: { y: reduced },
    }),
  ) as fc.Arbitrary<Case<K>>;
const normalized = fc.record({
  outer: fc.constantFrom(1, 1, 3),
  rows: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(33, 65)),
  groups: channels,
  width: fc.constantFrom(1, 1, 2, 5),
  epsilon: fc.constantFrom(1e-3, 0.1),
  isCentered: fc.boolean(),
  /** For those with a relu. */
  most: fc.constantFrom(Number.POSITIVE_INFINITY, 1),
});
/** With an operand that is added, or without. */
const normalization = <
  K extends 'normalizationForward' | 'normalizationRelu' | 'normalizationAdd' | 'normalizationAddRelu',
>(
  more: readonly 'other'[] = [],
) =>
  cases<'normalizationForward', NormalizationGeometry>(normalized, (g, draw) => {
    const shape = [g.outer, g.rows, g.groups, g.width];
    const columns = [g.groups, g.width];
    const added = more.map(name => [name, draw.numbers(shape)] as const);
    return {
      geometry: g,
      inputs: {
        x: draw.numbers(shape),
        gamma: draw.numbers(columns),
        beta: draw.numbers(columns),
        ...Object.fromEntries(added),
      },
      outputs: { y: shape, mean: [g.outer, g.groups], variance: [g.outer, g.groups] },
    };
  }) as fc.Arbitrary<Case<K>>;
/** With several largest elements, so that the first is asked for. */
const place = <K extends 'argmax' | 'argmin'>() =>
  cases<'argmax', AxisGeometry>(fc.record({ outer: sides, length: sizes, inner: sides }), (g, draw) => ({
    geometry: g,
    inputs: { x: whole(draw.between(-9, 9, [g.outer, g.length, g.inner])) },
    outputs: { y: [g.outer, g.inner] },
  })) as fc.Arbitrary<Case<K>>;

/** With an operand that is added to the output, or without. */
const biasedConvolution = <K extends 'conv2dBias' | 'conv2dBiasRelu' | 'conv2dBiasAdd' | 'conv2dBiasAddRelu'>(
  more: readonly 'other'[] = [],
) =>
  cases<'conv2dBias', Conv2dGeometry>(windowShape, (g, draw) => {
    const shape = [g.n, g.p, g.q, g.k];
    const added = more.map(name => [name, draw.numbers(shape)] as const);
    return {
      geometry: g,
      inputs: {
        x: draw.numbers([g.n, g.h, g.w, g.c]),
        w: draw.numbers([g.r, g.s, g.c / g.groups, g.k]),
        b: draw.numbers([g.k]),
        ...Object.fromEntries(added),
      },
      outputs: { y: shape },
    };
  }) as fc.Arbitrary<Case<K>>;

export const kernelCases: { readonly [K in DefinedKernel]: fc.Arbitrary<Case<K>> } = {
  ...formulaCases,
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
    inputs: { x: draw.numbers([g.n, g.h, g.w, g.c]), w: draw.numbers([g.r, g.s, g.c / g.groups, g.k]) },
    outputs: { y: [g.n, g.p, g.q, g.k] },
  })),
  conv2dBias: biasedConvolution(),
  conv2dBiasRelu: biasedConvolution(),
  conv2dBiasAdd: biasedConvolution(['other']),
  conv2dBiasAddRelu: biasedConvolution(['other']),
  conv2dBiasReluMaxPool2d: cases(pooledConvolution, (g, draw) => ({
    geometry: g,
    inputs: {
      x: draw.numbers([g.conv.n, g.conv.h, g.conv.w, g.conv.c]),
      w: draw.numbers([g.conv.r, g.conv.s, g.conv.c / g.conv.groups, g.conv.k]),
      b: draw.numbers([g.conv.k]),
    },
    outputs: {
      y: [g.pool.n, g.pool.p, g.pool.q, g.pool.c],
      where: g.remembers ? [g.pool.n, g.pool.p, g.pool.q, g.pool.c] : [0],
    },
  })),
  conv2dTransposeForward: cases(windowShape, (g, draw) => ({
    geometry: g,
    inputs: { x: draw.numbers([g.n, g.p, g.q, g.k]), w: draw.numbers([g.r, g.s, g.c / g.groups, g.k]) },
    outputs: { y: [g.n, g.h, g.w, g.c] },
  })),
  biasForward: cases(tableShape, (g, draw) => ({
    geometry: g,
    inputs: { x: draw.numbers([g.rows, g.columns]), b: draw.numbers([g.columns]) },
    outputs: { y: [g.rows, g.columns] },
  })),
  maxPool2dForward: pooling(),
  averagePool2dForward: pooling(),
  dropoutForward: cases(
    fc.record({
      size: sizes,
      rate: fc.constantFrom(0.1, 0.25, 0.5, 0.9),
      stream: fc.nat(5),
      step: fc.nat(2 ** 31 - 1),
    }),
    ({ step, rate, ...g }, draw) => ({
      geometry: g,
      inputs: {
        x: draw.numbers([g.size]),
        random: { shape: [4], values: [step ^ 0x5bd1e995, -7, step, 3] },
        rate: { shape: [1], values: [Math.fround(rate)] },
      },
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
  normalizationForward: normalization(),
  normalizationRelu: normalization(),
  normalizationAdd: normalization(['other']),
  normalizationAddRelu: normalization(['other']),
  scaleShiftForward: cases(tableShape, (g, draw) => ({
    geometry: g,
    inputs: {
      x: draw.numbers([g.rows, g.columns]),
      scale: draw.numbers([g.columns]),
      shift: draw.numbers([g.columns]),
    },
    outputs: { y: [g.rows, g.columns] },
  })),
  oneHot: cases(tableShape, (g, draw) => ({
    geometry: g,
    inputs: {
      labels: { shape: [g.rows], values: range(g.rows).map(() => Math.floor(draw.uniform() * (g.columns + 2)) - 1) },
    },
    outputs: { y: [g.rows, g.columns] },
  })),
  castFromUint8: cases(sizes, (size, draw) => ({
    geometry: { size },
    inputs: { x: bytes(draw, size) },
    outputs: { y: [size] },
  })),
  castFromUint8Affine: cases(
    fc.record({ size: sizes, factor: fc.constantFrom(1 / 255, 2), offset: fc.constantFrom(0, -1) }),
    (g, draw) => ({
      geometry: g,
      inputs: { x: bytes(draw, g.size) },
      outputs: { y: [g.size] },
    }),
  ),
  castFromInt32: cases(sizes, (size, draw) => ({
    geometry: { size },
    inputs: { x: whole(draw.between(-1000, 1000, [size])) },
    outputs: { y: [size] },
  })),
  castToInt32: cases(fc.record({ size: sizes, most: fc.constantFrom(3, 1e6, 1e12) }), ({ size, most }, draw) => ({
    geometry: { size },
    inputs: { x: draw.between(-most, most, [size]) },
    outputs: { y: [size] },
  })),
  randomUniform: cases(
    fc.record({ size: sizes, stream: fc.nat(5), min: fc.constantFrom(0, -2), max: fc.constantFrom(1, 3) }),
    (g, draw) => ({ geometry: g, inputs: { random: words(draw) }, outputs: { y: [g.size] } }),
  ),
  randomNormal: cases(
    fc.record({ size: sizes, stream: fc.nat(5), mean: fc.constantFrom(0, 2), deviation: fc.constantFrom(1, 0.1) }),
    (g, draw) => ({ geometry: g, inputs: { random: words(draw) }, outputs: { y: [g.size] } }),
  ),
  insertForward: cases(box, (g, draw) => ({
    geometry: g,
    inputs: { base: draw.numbers(g.shape), x: draw.numbers(g.size) },
    outputs: { y: g.shape },
  })),
  gatherForward: cases(
    fc.record({ outer: sides, length: sides, inner: channels, count: fc.integer({ min: 1, max: 7 }) }),
    (g, draw) => ({
      geometry: g,
      inputs: {
        x: draw.numbers([g.outer, g.length, g.inner]),
        indices: whole(draw.between(0, g.length - 0.01, [g.count])),
      },
      outputs: { y: [g.outer, g.count, g.inner] },
    }),
  ),
  resizeForward: cases(
    fc.record({
      outer: sides,
      length: fc.integer({ min: 1, max: 9 }),
      inner: channels,
      count: fc.integer({ min: 1, max: 20 }),
      interpolation: fc.constantFrom<Interpolation>('nearest', 'bilinear'),
    }),
    (g, draw) => ({
      geometry: g,
      inputs: { x: draw.numbers([g.outer, g.length, g.inner]) },
      outputs: { y: [g.outer, g.count, g.inner] },
    }),
  ),
  resampleForward: cases(
    fc.record({
      n: fc.integer({ min: 1, max: 3 }),
      h: fc.integer({ min: 1, max: 8 }),
      w: fc.integer({ min: 1, max: 8 }),
      c: channels,
      p: fc.integer({ min: 1, max: 8 }),
      q: fc.integer({ min: 1, max: 8 }),
      interpolation: fc.constantFrom<Interpolation>('nearest', 'bilinear'),
      fillMode: fc.constantFrom<FillMode>('constant', 'nearest', 'reflect', 'wrap'),
      fillValue: fc.constantFrom(0, 0.5),
      isShifted: fc.boolean(),
    }),
    (g, draw) => ({
      geometry: g,
      inputs: {
        x: draw.numbers([g.n, g.h, g.w, g.c]),
        matrix: draw.between(-1.7, 1.7, [6, g.n]),
        shift: g.isShifted ? draw.between(-3, 3, [g.p, g.n, 2, g.q]) : { shape: [1], values: [0] },
      },
      outputs: { y: [g.n, g.p, g.q, g.c] },
    }),
  ),
  maxForward: extreme(),
  minForward: extreme(),
  argmax: place(),
  argmin: place(),
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
};
