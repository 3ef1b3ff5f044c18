/** Normalization on simd against float64 where sums are long and means are large, and the bits of threads. */
import t from 'tap';
import type { NormalizationGeometry } from '../../kernels/geometry.ts';
import { simdBackend } from '../../lib/backend/simd.ts';
import { Graph } from '../../lib/plan/graph.ts';
import { runGraph } from '../run-graph.ts';

type Numbers = Float32Array | Float64Array;

/** Numbers in -1 ... 1, the same for the same seed. */
function numbers(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** The definition, in float64, of what is given in float32. */
function expected(
  { outer, rows, groups, width, epsilon }: NormalizationGeometry,
  x: Numbers,
  dy: Numbers,
  gamma: Numbers,
  beta: Numbers,
) {
  const columns = groups * width;
  const [y, dx] = [new Float64Array(x.length), new Float64Array(x.length)];
  const [mean, variance] = [new Float64Array(outer * groups), new Float64Array(outer * groups)];
  const [dgamma, dbeta] = [new Float64Array(columns), new Float64Array(columns)];
  for (let o = 0; o < outer; o++) {
    for (let group = 0; group < groups; group++) {
      const places: number[] = [];
      for (let row = 0; row < rows; row++) {
        for (let c = 0; c < width; c++) places.push((o * rows + row) * columns + group * width + c);
      }
      const average = (of: (i: number) => number) => places.reduce((sum, i) => sum + of(i), 0) / places.length;
      const center = average(i => x[i]!);
      const spread = average(i => (x[i]! - center) ** 2);
      const z = (i: number) => (x[i]! - center) / Math.sqrt(spread + epsilon);
      const g = (i: number) => gamma[i % columns]! * dy[i]!;
      const [plain, weighted] = [average(g), average(i => g(i) * z(i))];
      for (const i of places) {
        const column = i % columns;
        y[i] = z(i) * gamma[column]! + beta[column]!;
        dx[i] = (g(i) - plain - z(i) * weighted) / Math.sqrt(spread + epsilon);
        dgamma[column] = dgamma[column]! + dy[i]! * z(i);
        dbeta[column] = dbeta[column]! + dy[i]!;
      }
      mean[o * groups + group] = center;
      variance[o * groups + group] = spread;
    }
  }
  return { y, mean, variance, dx, dgamma, dbeta };
}

/** The root mean square of the differences over that of the result. */
function relativeError(got: ArrayLike<number>, wanted: Float64Array): number {
  const squares = (value: (i: number) => number) => wanted.reduce((sum, _, i) => sum + value(i) ** 2, 0);
  return Math.sqrt(squares(i => got[i]! - wanted[i]!) / squares(i => wanted[i]!));
}

async function computed(
  g: NormalizationGeometry,
  given: { readonly [N in 'x' | 'dy' | 'gamma' | 'beta']: Float32Array },
): Promise<{ readonly [name: string]: ArrayLike<number> }> {
  const graph = new Graph();
  const shape = [g.outer, g.rows, g.groups, g.width];
  const [x, dy] = [graph.input('x', shape), graph.input('dy', shape)];
  const [gamma, beta] = [graph.input('gamma', [g.groups, g.width]), graph.input('beta', [g.groups, g.width])];
  const statistics = [g.outer, g.groups];
  const shapes = { y: shape, mean: statistics, variance: statistics };
  const forward = graph.emit('normalizationForward', shapes, { x, gamma, beta }, g);
  const { mean, variance } = forward;
  const gradients = { dx: shape, dgamma: gamma.shape, dbeta: beta.shape };
  const backward = graph.emit('normalizationBackward', gradients, { dy, x, mean, variance, gamma }, g);
  return (await runGraph(simdBackend, graph, { ...forward, ...backward }, given)).outputs;
}

const sizes: readonly (readonly [outer: number, rows: number, groups: number, width: number])[] = [
  [1, 64 * 32 * 32, 16, 1],
  [1, 8000, 37, 1],
  [1, 4099, 3, 5],
  [16, 256, 4, 8],
  [3, 20, 700, 1],
  [500, 1, 1, 96],
  [40, 1, 5, 33],
  [4, 1, 1, 5000],
];

t.test('the relative error where the mean is 0, and 10,000 standard deviations away', async t => {
  for (const [outer, rows, groups, width] of sizes) {
    for (const far of [0, 10_000]) {
      const g = { outer, rows, groups, width, epsilon: 1e-3, isCentered: true };
      const size = outer * rows * groups * width;
      const columns = groups * width;
      const given = {
        // Each group has a mean of its own.
        x: numbers(size, 1).map((value, i) => value + far * (1 + (Math.floor((i % columns) / width) % 3))),
        dy: numbers(size, 2),
        gamma: numbers(columns, 3),
        beta: numbers(columns, 4),
      };
      const { x, dy, gamma, beta } = given;
      const wanted = expected(g, x, dy, gamma, beta);
      const got = await computed(g, given);
      for (const [name, values] of Object.entries(wanted)) {
        // The mean itself is rounded to float32, which moves all that is normalized by as much.
        const bound = far === 0 || name === 'mean' || name === 'variance' ? 2e-6 : 3 * far * 2 ** -23;
        const error = relativeError(got[name]!, values);
        t.ok(
          error < bound,
          `${name} of ${[outer, rows, groups, width].join(' x ')}, mean ${far}: ${error.toExponential(1)}`,
        );
      }
    }
  }
});
