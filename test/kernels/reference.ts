/**
 * The plainest definition of every kernel, in float64, straight from the formulas of the contract and written apart
 * from the kernels that it checks. Inputs and outputs by name; sizes of the outputs come from the geometry.
 */
import type { GeometryOf, InputName, KernelName, OutputName } from '../../kernels/contract.ts';
import type { Conv2dGeometry, Window2dGeometry } from '../../kernels/geometry.ts';

export type Numbers = readonly number[];
type Outputs<K extends KernelName> = { readonly [N in OutputName<K>]: Numbers };
type Inputs<K extends KernelName> = { readonly [N in InputName<K>]: Numbers };
/** `state` holds what an update finds in its outputs. */
type Reference<K extends KernelName> = (inputs: Inputs<K>, geometry: GeometryOf<K>, state: Outputs<K>) => Outputs<K>;

/** Backward kernels have none: they are checked as gradients of these. */
export type DefinedKernel = Exclude<KernelName, `${string}Backward${string}`>;

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const sum = (values: Numbers): number => values.reduce((total, value) => total + value, 0);
const clip = (p: number): number => Math.min(Math.max(p, 1e-7), 1 - 1e-7);
const rowsOf = (x: Numbers, { rows, columns }: { rows: number; columns: number }): number[][] =>
  range(rows).map(row => x.slice(row * columns, (row + 1) * columns));
const softmax = (x: Numbers): number[] => x.map(value => 1 / sum(x.map(other => Math.exp(other - value))));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const binaryEntropy = (p: number, t: number): number => -(t * Math.log(p) + (1 - t) * Math.log(1 - p));
const firstLargest = (x: Numbers): number => x.indexOf(Math.max(...x));

/** All positions of a shape, outermost axis first. */
const positions = (shape: Numbers): number[][] =>
  shape.reduce<number[][]>((all, size) => all.flatMap(head => range(size).map(i => [...head, i])), [[]]);
const dot = (a: Numbers, b: Numbers): number => sum(a.map((value, i) => value * b[i]!));

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
      taps(g, n!, p!, q!).flatMap(tap =>
        range(g.c).map(c => x[tap.x + c]! * w[((tap.r * g.s + tap.s) * g.c + c) * g.k + k!]!),
      ),
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

const map = (x: Numbers, each: (value: number) => number) => ({ y: x.map(each) });

export const reference: { readonly [K in DefinedKernel]: Reference<K> } = {
  matmulForward: ({ a, b }, { m, n, k, transposeA, transposeB }) => ({
    c: positions([m, n]).map(([i, j]) =>
      sum(range(k).map(l => a[transposeA ? l * m + i! : i! * k + l]! * b[transposeB ? j! * k + l : l * n + j!]!)),
    ),
  }),
  conv2dForward: ({ x, w }, g) => ({ y: convolve(x, w, g) }),
  conv2dBiasRelu: ({ x, w, b }, g) => ({ y: convolve(x, w, g).map((value, i) => Math.max(value + b[i % g.k]!, 0)) }),
  conv2dBiasReluMaxPool2d({ x, w, b }, { conv, pool: window, remembers }) {
    const z = convolve(x, w, conv).map((value, i) => Math.max(value + b[i % conv.k]!, 0));
    const y = pool(z, window, values => Math.max(...values));
    const where = positions([window.n, window.p, window.q, window.c]).map(([n, p, q, c], i) => {
      const first = taps(window, n!, p!, q!).find(tap => z[tap.x + c!] === y[i]);
      return first === undefined || y[i]! <= 0 ? -1 : first.r * window.s + first.s;
    });
    return { y, where: remembers ? where : [] };
  },
  biasForward: ({ x, b }, { columns }) => ({ y: x.map((value, i) => value + b[i % columns]!) }),
  maxPool2dForward: ({ x }, g) => ({ y: pool(x, g, window => Math.max(...window)) }),
  averagePool2dForward: ({ x }, g) => ({
    y: pool(x, g, window => (window.length === 0 ? 0 : sum(window) / window.length)),
  }),
  reluForward: ({ x }) => map(x, value => Math.max(value, 0)),
  leakyReluForward: ({ x }, { alpha }) => map(x, value => (value > 0 ? value : alpha * value)),
  eluForward: ({ x }, { alpha }) => map(x, value => (value > 0 ? value : alpha * Math.expm1(value))),
  sigmoidForward: ({ x }) => map(x, sigmoid),
  tanhForward: ({ x }) => map(x, Math.tanh),
  softmaxForward: ({ x }, g) => ({ y: rowsOf(x, g).flatMap(softmax) }),
  dropoutForward: ({ x, random }, { rate, stream }) => ({
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
  softmaxCrossEntropyForward: ({ logits, targets }, g) => {
    const probabilities = rowsOf(logits, g).map(softmax);
    const t = rowsOf(targets, g);
    return {
      loss: probabilities.map((row, i) => -dot(t[i]!, row.map(Math.log))),
      probabilities: probabilities.flat(),
    };
  },
  crossEntropyForward: ({ x, targets }, g) => {
    const t = rowsOf(targets, g);
    return {
      loss: rowsOf(x, g).map(
        (row, i) =>
          -dot(
            t[i]!,
            row.map(value => Math.log(clip(value / sum(row)))),
          ),
      ),
    };
  },
  sigmoidBinaryCrossEntropyForward: ({ logits, targets }, g) => {
    const probabilities = logits.map(sigmoid);
    const losses = probabilities.map((p, i) => binaryEntropy(p, targets[i]!));
    return { loss: rowsOf(losses, g).map(row => sum(row) / g.columns), probabilities };
  },
  binaryCrossEntropyForward: ({ x, targets }, g) => {
    const losses = x.map((p, i) => binaryEntropy(clip(p), targets[i]!));
    return { loss: rowsOf(losses, g).map(row => sum(row) / g.columns) };
  },
  meanSquaredErrorForward: ({ x, targets }, g) => {
    const squares = x.map((value, i) => (value - targets[i]!) ** 2);
    return { loss: rowsOf(squares, g).map(row => sum(row) / g.columns) };
  },
  oneHot: ({ labels }, { columns }) => ({ y: labels.flatMap(label => range(columns).map(c => (c === label ? 1 : 0))) }),
  categoricalAccuracy: ({ x, targets }, g) => {
    const t = rowsOf(targets, g);
    return { correct: rowsOf(x, g).map((row, i) => (firstLargest(row) === firstLargest(t[i]!) ? 1 : 0)) };
  },
  binaryAccuracy: ({ x, targets }, g) => {
    const hits = x.map((value, i) => (value > 0.5 === targets[i]! > 0.5 ? 1 : 0));
    return { correct: rowsOf(hits, g).map(row => sum(row) / g.columns) };
  },
  fill: (_, { size, value }) => ({ y: range(size).map(() => value) }),
  affineForward: ({ x }, { factor, offset }) => map(x, value => factor * value + offset),
  addForward: ({ a, b }, g) => broadcast(a, b, g, (left, right) => left + right),
  subtractForward: ({ a, b }, g) => broadcast(a, b, g, (left, right) => left - right),
  multiplyForward: ({ a, b }, g) => broadcast(a, b, g, (left, right) => left * right),
  divideForward: ({ a, b }, g) => broadcast(a, b, g, (left, right) => left / right),
  expForward: ({ x }) => map(x, Math.exp),
  logForward: ({ x }) => map(x, Math.log),
  sqrtForward: ({ x }) => map(x, Math.sqrt),
  absForward: ({ x }) => map(x, Math.abs),
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
  sgdUpdate: ({ dw, rate }, _, { w }) => ({ w: w.map((value, i) => value - rate[0]! * dw[i]!) }),
  momentumUpdate: ({ dw, rate }, { momentum, nesterov }, { w, velocity }) => {
    const next = velocity.map((value, i) => momentum * value - rate[0]! * dw[i]!);
    const step = nesterov ? next.map((value, i) => momentum * value - rate[0]! * dw[i]!) : next;
    return { w: w.map((value, i) => value + step[i]!), velocity: next };
  },
  adamUpdate: ({ dw, rate }, { beta1, beta2, epsilon }, { w, m, v }) => {
    const mean = m.map((value, i) => beta1 * value + (1 - beta1) * dw[i]!);
    const square = v.map((value, i) => beta2 * value + (1 - beta2) * dw[i]! ** 2);
    return {
      w: w.map((value, i) => value - (rate[0]! * mean[i]!) / (Math.sqrt(square[i]!) + epsilon)),
      m: mean,
      v: square,
    };
  },
  rmspropUpdate: ({ dw, rate }, { rho, momentum, epsilon }, { w, v, step }) => {
    const square = v.map((value, i) => rho * value + (1 - rho) * dw[i]! ** 2);
    const next = step.map((value, i) => momentum * value + (rate[0]! * dw[i]!) / Math.sqrt(square[i]! + epsilon));
    return { w: w.map((value, i) => value - next[i]!), v: square, step: next };
  },
};

function broadcast(a: Numbers, b: Numbers, g: GeometryOf<'addForward'>, combine: (a: number, b: number) => number) {
  return {
    y: positions(g.shape).map(position => combine(a[dot(position, g.aStrides)]!, b[dot(position, g.bStrides)]!)),
  };
}

/** The places of a box inside a dense tensor of the shape given. */
function boxPlaces(shape: Numbers, begin: Numbers, size: Numbers): number[] {
  return positions(size).map(position =>
    position.reduce((place, i, axis) => place * shape[axis]! + begin[axis]! + i, 0),
  );
}
