/**
 * Each algorithm of simd against float64: its error where sums are long, and sizes around the edges of its blocks and
 * tiles. Relative error here is the root mean square of the differences over that of the result.
 */
import t, { type Test } from 'tap';
import type { KernelName } from '../../kernels/contract.ts';
import { type Conv2dGeometry, conv2dGeometry, type Padding } from '../../kernels/geometry.ts';
import { simdBackend } from '../../lib/backend/simd.ts';
import { Graph, type Value } from '../../lib/plan/graph.ts';
import { runGraph } from '../run-graph.ts';

type Operands = { readonly [name: string]: Float32Array };

/** Numbers in -1 ... 1, the same for the same seed. */
function numbers(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Runs one kernel with one output on simd. */
async function run(kernel: KernelName, inputs: Operands, output: string, size: number, geometry: object) {
  const graph = new Graph();
  const operands = Object.entries(inputs).map(([name, { length }]) => [name, graph.input(name, [length])] as const);
  const computed: Value = { id: graph.values.length, name: output, role: 'computed', shape: [size], dtype: 'float32' };
  graph.values.push(computed);
  graph.calls.push({
    kernel,
    label: '',
    inputs: Object.fromEntries(operands),
    outputs: { [output]: computed },
    geometry,
  });
  const { outputs } = await runGraph(simdBackend, graph, { [output]: computed }, inputs);
  return outputs[output]!;
}

function relativeError(got: ArrayLike<number>, expected: Float64Array): number {
  const squares = (value: (i: number) => number) => expected.reduce((sum, _, i) => sum + value(i) ** 2, 0);
  return Math.sqrt(squares(i => got[i]! - expected[i]!) / squares(i => expected[i]!));
}

/** Calls `each` with the places in x, w and y of the first channels that a tap of a window joins. */
function forEachTap(g: Conv2dGeometry, each: (x: number, w: number, y: number) => void): void {
  for (let n = 0; n < g.n; n++) {
    for (let p = 0; p < g.p; p++) {
      for (let q = 0; q < g.q; q++) {
        for (let r = 0; r < g.r; r++) {
          const row = p * g.strideH + r * g.dilationH - g.padTop;
          if (row < 0 || row >= g.h) continue;
          for (let s = 0; s < g.s; s++) {
            const column = q * g.strideW + s * g.dilationW - g.padLeft;
            if (column < 0 || column >= g.w) continue;
            each(
              ((n * g.h + row) * g.w + column) * g.c,
              ((r * g.s + s) * g.c * g.k) / g.groups,
              ((n * g.p + p) * g.q + q) * g.k,
            );
          }
        }
      }
    }
  }
}

interface Errors {
  readonly algorithm: string;
  readonly forward: number;
  readonly backwardInput: number;
  readonly backwardFilter: number;
}

/** The relative errors of a convolution and of its gradients. */
async function errorsOf(g: Conv2dGeometry): Promise<Errors> {
  const x = numbers(g.n * g.h * g.w * g.c, 1);
  const w = numbers((g.r * g.s * g.c * g.k) / g.groups, 2);
  const dy = numbers(g.n * g.p * g.q * g.k, 3);
  const [y, dx, dw] = [new Float64Array(dy.length), new Float64Array(x.length), new Float64Array(w.length)];
  forEachTap(g, (xAt, wAt, yAt) => {
    const [channels, filters] = [g.c / g.groups, g.k / g.groups];
    for (let c = 0; c < g.c; c++) {
      const value = x[xAt + c]!;
      const group = Math.floor(c / channels);
      let sum = 0;
      for (let k = group * filters; k < (group + 1) * filters; k++) {
        const place = wAt + (c - group * channels) * g.k + k;
        const weight = w[place]!;
        const gradient = dy[yAt + k]!;
        y[yAt + k] = y[yAt + k]! + value * weight;
        dw[place] = dw[place]! + value * gradient;
        sum += weight * gradient;
      }
      dx[xAt + c] = dx[xAt + c]! + sum;
    }
  });
  return {
    algorithm: simdBackend.algorithm({ kernel: 'conv2dForward', geometry: g }),
    forward: relativeError(await run('conv2dForward', { x, w }, 'y', y.length, g), y),
    backwardInput: relativeError(await run('conv2dBackwardInput', { dy, w }, 'dx', dx.length, g), dx),
    backwardFilter: relativeError(await run('conv2dBackwardFilter', { x, dy }, 'dw', dw.length, g), dw),
  };
}

function geometry(
  shape: readonly [number, number, number, number],
  k: number,
  window: number,
  padding: Padding,
  groups = 1,
): Conv2dGeometry {
  return conv2dGeometry(shape, k, { window: [window, window], strides: [1, 1], dilation: [1, 1], padding }, groups);
}

function checkBound(t: Test, errors: Errors, bound: number, what: string): void {
  const { forward, backwardInput, backwardFilter } = errors;
  const worst = Math.max(forward, backwardInput, backwardFilter);
  t.ok(worst < bound, `${what}: ${[forward, backwardInput, backwardFilter].map(e => e.toExponential(1)).join(' ')}`);
}

const accuracy = [
  { shape: [16, 28, 28, 1], k: 32, window: 3, algorithm: 'few channels', bound: 2e-6 },
  { shape: [16, 14, 14, 3], k: 24, window: 5, algorithm: 'few channels', bound: 2e-6 },
  { shape: [4, 7, 7, 24], k: 32, window: 1, algorithm: 'blocked product of windows', bound: 2e-6 },
  { shape: [16, 14, 14, 32], k: 32, window: 3, algorithm: 'Winograd F(4, 3)', bound: 1e-5 },
  { shape: [64, 7, 7, 32], k: 32, window: 3, algorithm: 'Winograd F(4, 3)', bound: 1e-5 },
  { shape: [16, 14, 14, 24], k: 32, window: 5, algorithm: 'Winograd F(4, 5)', bound: 1e-5 },
  { shape: [16, 14, 14, 24], k: 32, window: 3, groups: 4, algorithm: 'blocked product of windows', bound: 2e-6 },
  { shape: [40, 14, 14, 32], k: 32, window: 3, groups: 32, algorithm: 'depthwise', bound: 2e-6 },
  { shape: [16, 14, 14, 13], k: 26, window: 5, groups: 13, algorithm: 'depthwise', bound: 2e-6 },
] as const;

t.test('the relative error of each algorithm: forward, gradient of the input, gradient of the filters', async t => {
  for (const { shape, k, window, algorithm, bound, ...more } of accuracy) {
    const errors = await errorsOf(geometry(shape, k, window, 'same', 'groups' in more ? more.groups : 1));
    t.equal(errors.algorithm, algorithm);
    checkBound(t, errors, bound, `${algorithm}, ${shape.join('x')} to ${k} channels`);
  }
});

t.test('Winograd at the edges of tiles, of channels and of padding', async t => {
  const uneven: Padding = { top: 2, bottom: 0, left: 1, right: 2 };
  for (const window of [3, 5]) {
    for (const [size, padding] of [
      [8, 'same'],
      [9, 'same'],
      [10, uneven],
      [11, 'same'],
      [13, 'valid'],
    ] as const) {
      for (const [c, k] of [
        [40, 48],
        [47, 61],
      ] as const) {
        const g = geometry([4, size, size + 1, c], k, window, padding);
        const errors = await errorsOf(g);
        const what = `${window}x${window}, ${size}x${size + 1}, ${c} to ${k} channels, ${JSON.stringify(padding)}`;
        t.equal(errors.algorithm, `Winograd F(4, ${window})`, what);
        checkBound(t, errors, 1e-5, what);
      }
    }
  }
});

t.test('depthwise convolutions at the edges of vectors, of padding and of strides', async t => {
  const uneven: Padding = { top: 2, bottom: 0, left: 1, right: 3 };
  for (const [c, multiplier] of [
    [3, 1],
    [8, 1],
    [21, 1],
    [5, 3],
  ] as const) {
    for (const [size, window, step, dilation, padding] of [
      [9, 3, 1, 1, 'same'],
      [7, 3, 2, 1, 'same'],
      [8, 3, 2, 1, uneven],
      [11, 5, 3, 1, 'valid'],
      [12, 3, 2, 2, 'same'],
      [10, 2, 3, 2, uneven],
      [6, 7, 1, 1, 'same'],
      [5, 1, 2, 1, 'valid'],
    ] as const) {
      const options = {
        window: [window, window],
        strides: [step, step],
        dilation: [dilation, dilation],
        padding,
      } as const;
      const g = conv2dGeometry([3, size, size + 1, c], c * multiplier, options, c);
      const what = `${c} channels ${multiplier} times, ${size}x${size + 1}, ${JSON.stringify(options)}`;
      const errors = await errorsOf(g);
      t.equal(errors.algorithm, 'depthwise', what);
      checkBound(t, errors, 2e-6, what);
    }
  }
});

t.test('matrix products at the edges of blocks and tiles', async t => {
  const sizes = [
    [127, 255, 257],
    [128, 256, 256],
    [129, 257, 255],
    [130, 24, 512],
    [3, 272, 513],
    [260, 9, 300],
    [30, 136, 300],
    [131, 40, 200],
  ] as const;
  for (const [m, n, k] of sizes) {
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const [a, b] = [numbers(m * k, 1), numbers(k * n, 2)];
      const expected = new Float64Array(m * n);
      for (let i = 0; i < m; i++) {
        for (let l = 0; l < k; l++) {
          const value = a[transposeA ? l * m + i : i * k + l]!;
          for (let j = 0; j < n; j++) {
            expected[i * n + j] = expected[i * n + j]! + value * b[transposeB ? j * k + l : l * n + j]!;
          }
        }
      }
      const c = await run('matmulForward', { a, b }, 'c', m * n, { m, n, k, transposeA, transposeB });
      const error = relativeError(c, expected);
      t.ok(error < 2e-6, `${m}x${k} by ${k}x${n}, ${transposeA} ${transposeB}: ${error.toExponential(1)}`);
    }
  }
});
