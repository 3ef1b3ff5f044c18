/**
 * The plainest definition of every kernel, in float64, straight from the formulas of the contract and written apart
 * from the kernels that it checks. Inputs and outputs by name; sizes of the outputs come from the geometry.
 */
import type { KernelName } from '../../kernels/contract.ts';
import type { AxisGeometry, Conv2dGeometry, Window2dGeometry } from '../../kernels/geometry.ts';
import { type Numbers, type Reference, range } from './draw.ts';
import { dot, formulaReference, positions, rowsOf, sum } from './formulas.ts';

export type { Numbers } from './draw.ts';

/** Backward kernels have none: they are checked as gradients of these. */
export type DefinedKernel = Exclude<KernelName, `${string}Backward${string}`>;

interface Tap {
  readonly x: number;
  readonly r: number;
  readonly s: number;
}

/** The elements inside the image that the window reads at output (p, q): place of channel 0, and the tap. */
function taps(g: Window2dGeometry, n: number, p: number, q: number): Tap[] {
  return positions([g.r, g.s]).flatMap(([r, s]) => {
    const row = p * g.strideH + r! * g.dilationH - g.padTop;
    const column = q * g.strideW + s! * g.dilationW - g.padLeft;
    const inside = row >= 0 && row < g.h && column >= 0 && column < g.w;
    return inside ? [{ x: ((n * g.h + row) * g.w + column) * g.c, r: r!, s: s! }] : [];
  });
}

const pool = (x: Numbers, g: Window2dGeometry, reduce: (window: Numbers) => number): number[] =>
  positions([g.n, g.p, g.q, g.c]).map(([n, p, q, c]) => reduce(taps(g, n!, p!, q!).map(tap => x[tap.x + c!]!)));

const convolve = (x: Numbers, w: Numbers, g: Conv2dGeometry): number[] =>
  positions([g.n, g.p, g.q, g.k]).map(([n, p, q, k]) =>
    sum(
      taps(g, n!, p!, q!).flatMap(tap => {
        const channels = g.c / g.groups;
        const first = Math.floor((k! * g.groups) / g.k) * channels;
        return range(channels).map(c => x[tap.x + first + c]! * w[((tap.r * g.s + tap.s) * channels + c) * g.k + k!]!);
      }),
    ),
  );

/** Philox4x32-10 with whole numbers of any size: word `index mod 4` of counter [index / 4, stream, step]. */
function philoxWord(key: Numbers, stream: number, step: Numbers, index: number): number {
  const mask = 0xffffffffn;
  let c = [Math.floor(index / 4), stream, step[0]!, step[1]!].map(word => BigInt(word) & mask);
  let k = key.map(word => BigInt(word) & mask);
  for (let round = 0; round < 10; round++) {
    const a = 0xd2511f53n * c[0]!;
    const b = 0xcd9e8d57n * c[2]!;
    c = [(b >> 32n) ^ c[1]! ^ k[0]!, b & mask, (a >> 32n) ^ c[3]! ^ k[1]!, a & mask];
    k = [(k[0]! + 0x9e3779b9n) & mask, (k[1]! + 0xbb67ae85n) & mask];
  }
  return Number(c[index % 4]!);
}

export const reference: { readonly [K in DefinedKernel]: Reference<K> } = {
  ...formulaReference,
  matmulForward: ({ a, b }, { m, n, k, transposeA, transposeB }) => ({
    c: positions([m, n]).map(([i, j]) =>
      sum(range(k).map(l => a[transposeA ? l * m + i! : i! * k + l]! * b[transposeB ? j! * k + l : l * n + j!]!)),
    ),
  }),
  conv2dForward: ({ x, w }, g) => ({ y: convolve(x, w, g) }),
  conv2dBiasRelu: ({ x, w, b }, g) => ({ y: convolve(x, w, g).map((value, i) => Math.max(value + b[i % g.k]!, 0)) }),
  conv2dBias: ({ x, w, b }, g) => ({ y: convolve(x, w, g).map((value, i) => value + b[i % g.k]!) }),
  conv2dBiasAdd: ({ x, w, b, other }, g) => ({
    y: convolve(x, w, g).map((value, i) => value + b[i % g.k]! + other[i]!),
  }),
  conv2dBiasAddRelu: ({ x, w, b, other }, g) => ({
    y: convolve(x, w, g).map((value, i) => Math.max(value + b[i % g.k]! + other[i]!, 0)),
  }),
  conv2dBiasReluMaxPool2d({ x, w, b }, { conv, pool: window, remembers }) {
    const z = convolve(x, w, conv).map((value, i) => Math.max(value + b[i % conv.k]!, 0));
    const y = pool(z, window, values => Math.max(...values));
    const where = positions([window.n, window.p, window.q, window.c]).map(([n, p, q, c], i) => {
      const first = taps(window, n!, p!, q!).find(tap => z[tap.x + c!] === y[i]);
      return first === undefined || y[i]! <= 0 ? -1 : first.r * window.s + first.s;
    });
    return { y, where: remembers ? where : [] };
  },
  conv2dTransposeForward({ x, w }, g) {
    const y = range(g.n * g.h * g.w * g.c).map(() => 0);
    for (const [i, [n, p, q, k]] of positions([g.n, g.p, g.q, g.k]).entries()) {
      const channels = g.c / g.groups;
      const first = Math.floor((k! * g.groups) / g.k) * channels;
      for (const tap of taps(g, n!, p!, q!)) {
        for (const c of range(channels)) {
          y[tap.x + first + c]! += x[i]! * w[((tap.r * g.s + tap.s) * channels + c) * g.k + k!]!;
        }
      }
    }
    return { y };
  },
  biasForward: ({ x, b }, { columns }) => ({ y: x.map((value, i) => value + b[i % columns]!) }),
  maxPool2dForward: ({ x }, g) => ({ y: pool(x, g, window => Math.max(...window)) }),
  averagePool2dForward: ({ x }, g) => ({
    y: pool(x, g, window => (window.length === 0 ? 0 : sum(window) / window.length)),
  }),
  dropoutForward: ({ x, random, rate: [rate = 0] }, { stream }) => ({
    y: x.map((value, i) => {
      const word = philoxWord(random.slice(0, 2), stream, random.slice(2), i);
      return word >= Math.floor(rate * 2 ** 32) ? value / (1 - rate) : 0;
    }),
  }),
  localResponseNormalizationForward: ({ x }, { rows, columns, depthRadius, bias, alpha, beta }) => ({
    y: rowsOf(x, { rows, columns }).flatMap(row =>
      row.map((value, c) => {
        const near = row.slice(Math.max(c - depthRadius, 0), c + depthRadius + 1);
        return value / (bias + alpha * sum(near.map(other => other ** 2))) ** beta;
      }),
    ),
  }),
  normalizationForward: ({ x, gamma, beta }, g) => {
    const groupOf = ([o, , group]: Numbers): number => o! * g.groups + group!;
    const all = positions([g.outer, g.rows, g.groups, g.width]);
    const members = positions([g.outer, g.groups]).map(([o, group]) =>
      all.flatMap((place, i) => (place[0] === o && place[2] === group ? [x[i]!] : [])),
    );
    const average = (values: Numbers) => sum(values) / values.length;
    const mean = members.map(values => (g.isCentered ? average(values) : 0));
    const variance = members.map((values, i) => average(values.map(value => (value - mean[i]!) ** 2)));
    const y = all.map((place, i) => {
      const column = place[2]! * g.width + place[3]!;
      const z = (x[i]! - mean[groupOf(place)]!) / Math.sqrt(variance[groupOf(place)]! + g.epsilon);
      return z * gamma[column]! + beta[column]!;
    });
    return { y, mean, variance };
  },
  normalizationRelu: (inputs, g, state) => {
    const { y, ...statistics } = reference.normalizationForward(inputs, g, state);
    return { y: y.map(value => Math.min(Math.max(value, 0), g.most)), ...statistics };
  },
  normalizationAdd: (inputs, g, state) => {
    const { y, ...statistics } = reference.normalizationForward(inputs, g, state);
    return { y: y.map((value, i) => value + inputs.other[i]!), ...statistics };
  },
  normalizationAddRelu: (inputs, g, state) => {
    const { y, ...statistics } = reference.normalizationAdd(inputs, g, state);
    return { y: y.map(value => Math.max(value, 0)), ...statistics };
  },
  scaleShiftForward: ({ x, scale, shift }, { columns }) => ({
    y: x.map((value, i) => value * scale[i % columns]! + shift[i % columns]!),
  }),
  oneHot: ({ labels }, { columns }) => ({ y: labels.flatMap(label => range(columns).map(c => (c === label ? 1 : 0))) }),
  castFromUint8: ({ x }) => ({ y: x }),
  castFromInt32: ({ x }) => ({ y: x }),
  castToInt32: ({ x }) => ({ y: x.map(value => Math.trunc(Math.min(Math.max(value, -(2 ** 31)), 2 ** 31 - 1))) }),
  castFromUint8Affine: ({ x }, { factor, offset }) => ({ y: x.map(value => factor * value + offset) }),
  randomUniform: ({ random }, { size, stream, min, max }) => ({
    y: range(size).map(i => min + (max - min) * uniform(random, stream, i)),
  }),
  randomNormal: ({ random }, { size, stream, mean, deviation }) => ({
    y: range(size).map(i => {
      const radius = Math.sqrt(-2 * Math.log1p(-uniform(random, stream, 2 * Math.floor(i / 2))));
      const angle = 2 * Math.PI * uniform(random, stream, 2 * Math.floor(i / 2) + 1);
      return mean + deviation * radius * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
    }),
  }),
  insertForward: ({ base, x }, { shape, begin, size }) => {
    const y = [...base];
    for (const [i, place] of boxPlaces(shape, begin, size).entries()) y[place] = x[i]!;
    return { y };
  },
  gatherForward: ({ x, indices }, { outer, length, inner, count }) => ({
    y: positions([outer, count, inner]).map(([o, i, c]) => x[(o! * length + indices[i!]!) * inner + c!]!),
  }),
  resampleForward: ({ x, matrix, shift }, g) => ({
    y: positions([g.n, g.p, g.q, g.c]).map(([n, p, q, c]) => {
      const moved = (axis: number) => (g.isShifted ? shift[((p! * g.n + n!) * 2 + axis) * g.q + q!]! : 0);
      const m = range(6).map(i => matrix[i * g.n + n!]!);
      const [x0, y0] = [q! + moved(0), p! + moved(1)];
      const [u, v] = [m[0]! * x0 + m[1]! * y0 + m[2]!, m[3]! * x0 + m[4]! * y0 + m[5]!];
      // What the axis is repeated as, on and on; with `constant` and `nearest` that is only told apart at its ends.
      const pixel = (row: number, column: number): number => {
        const place = [
          [row, g.h],
          [column, g.w],
        ].map(([at, length]) => {
          const all = range(length!);
          const line = g.fillMode === 'reflect' ? [...all, ...all.toReversed()] : all;
          if (g.fillMode === 'nearest') return Math.min(Math.max(at!, 0), length! - 1);
          if (g.fillMode === 'constant') return all[at!];
          return line.at(at! % line.length);
        });
        if (place.includes(undefined)) return g.fillValue;
        return x[((n! * g.h + place[0]!) * g.w + place[1]!) * g.c + c!]!;
      };
      if (g.interpolation === 'nearest') return pixel(Math.floor(v + 0.5), Math.floor(u + 0.5));
      // Each pixel around, with a weight that falls to 0 at a distance of 1.
      const around = positions([2, 2]).map(([i, j]) => [Math.floor(v) + i!, Math.floor(u) + j!] as const);
      return sum(around.map(([i, j]) => (1 - Math.abs(v - i)) * (1 - Math.abs(u - j)) * pixel(i, j)));
    }),
  }),
  resizeForward: ({ x }, { outer, length, inner, count, interpolation }) => ({
    y: positions([outer, count, inner]).map(([o, i, c]) => {
      const at = (l: number) => x[(o! * length + Math.min(Math.max(l, 0), length - 1)) * inner + c!]!;
      const place = Math.fround((i! + 0.5) * Math.fround(length / count));
      if (interpolation === 'nearest') return at(Math.floor(place));
      const [before, behind] = [Math.floor(place - 0.5), Math.ceil(place - 0.5)];
      return at(before) + (at(behind) - at(before)) * (place - 0.5 - before);
    }),
  }),
  maxForward: ({ x }, { reducedSize, shape, strides }) => {
    const y = range(reducedSize).map(() => Number.NEGATIVE_INFINITY);
    for (const [i, position] of positions(shape).entries()) {
      y[dot(position, strides)] = Math.max(y[dot(position, strides)]!, x[i]!);
    }
    return { y };
  },
  minForward: ({ x }, { reducedSize, shape, strides }) => {
    const y = range(reducedSize).map(() => Number.POSITIVE_INFINITY);
    for (const [i, position] of positions(shape).entries()) {
      y[dot(position, strides)] = Math.min(y[dot(position, strides)]!, x[i]!);
    }
    return { y };
  },
  argmax: ({ x }, g) => ({ y: alongAxis(x, g).map(values => values.indexOf(Math.max(...values))) }),
  argmin: ({ x }, g) => ({ y: alongAxis(x, g).map(values => values.indexOf(Math.min(...values))) }),
  sumForward: ({ x }, { reducedSize, shape, strides }) => {
    const y = range(reducedSize).map(() => 0);
    for (const [i, position] of positions(shape).entries()) y[dot(position, strides)]! += x[i]!;
    return { y };
  },
  broadcastForward: ({ x }, { shape, strides }) => ({
    y: positions(shape).map(position => x[dot(position, strides)]!),
  }),
  transposeForward: ({ x }, { shape, strides }) => ({
    y: positions(shape).map(position => x[dot(position, strides)]!),
  }),
  cropForward: ({ x }, { shape, begin, size }) => ({ y: boxPlaces(shape, begin, size).map(place => x[place]!) }),
  padForward: ({ x }, { shape, begin, size }) => {
    const y = positions(shape).map(() => 0);
    for (const [i, place] of boxPlaces(shape, begin, size).entries()) y[place] = x[i]!;
    return { y };
  },
};

/** The random number of an element in 0 <= u < 1. */
const uniform = (random: Numbers, stream: number, i: number): number =>
  Math.floor(philoxWord(random.slice(0, 2), stream, random.slice(2), i) / 256) / 2 ** 24;

/** The elements along an axis, for each place of the other axes. */
const alongAxis = (x: Numbers, { outer, length, inner }: AxisGeometry): number[][] =>
  positions([outer, inner]).map(([o, c]) => range(length).map(l => x[(o! * length + l) * inner + c!]!));

/** The places of a box inside a dense tensor of the shape given. */
function boxPlaces(shape: Numbers, begin: Numbers, size: Numbers): number[] {
  return positions(size).map(position =>
    position.reduce((place, i, axis) => place * shape[axis]! + begin[axis]! + i, 0),
  );
}
