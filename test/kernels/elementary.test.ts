/** Errors of the float32 functions of kernels/simd/elementary.ts against float64, over the whole range of float32. */
import t from 'tap';
import { reservedBytes } from '../../kernels/simd/index.binding.ts';
import { erfByIntegral } from './erf.ts';
import { memory, wasm } from './wasm.ts';

const capacity = 1 << 20;
const x = new Float32Array(memory.buffer, reservedBytes, capacity);
const bits = new Uint32Array(memory.buffer, reservedBytes, capacity);
const y = new Float32Array(memory.buffer, reservedBytes + 4 * capacity, capacity);

type Unary =
  | 'expForward'
  | 'logForward'
  | 'tanhForward'
  | 'sigmoidForward'
  | 'eluForward'
  | 'log1pForward'
  | 'erfForward';
function run(kernel: Unary, count: number): void {
  const alpha = kernel === 'eluForward' ? [1] : [];
  wasm[kernel](x.byteOffset, y.byteOffset, count, ...alpha);
}

const largest = 2 ** 128 - 2 ** 103;

/** Distance from a float32 to the next, at the place of `value`. */
function ulp(value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude < 2 ** -126) return 2 ** -149;
  return 2 ** (Math.floor(Math.log2(magnitude)) - 23);
}

/** How far a result is off, in ulp; 0 for what has to be infinite or NaN and is. */
function error(got: number, exact: number): number {
  if (Number.isNaN(exact)) return Number.isNaN(got) ? 0 : Number.POSITIVE_INFINITY;
  if (Math.abs(exact) >= largest) return got === (exact > 0 ? Infinity : -Infinity) ? 0 : error(got, exact / 2 ** 128);
  return Math.abs(got - exact) / ulp(exact);
}

/** The errors that the docstrings promise, and what is promised at its places. */
const promised: { readonly [F in Unary]: readonly [limit: number, exact: (x: number) => number] } = {
  expForward: [1, Math.exp],
  logForward: [1, Math.log],
  tanhForward: [2.5, Math.tanh],
  sigmoidForward: [2.5, value => (value < 0 ? Math.exp(value) / (1 + Math.exp(value)) : 1 / (1 + Math.exp(-value)))],
  eluForward: [1, value => (value > 0 ? value : Math.expm1(value))],
  log1pForward: [2, Math.log1p],
  erfForward: [2, erfByIntegral],
};
const kernels = Object.keys(promised) as Unary[];

const ends = [0, -0, 1, -1, Infinity, -Infinity, NaN, 2 ** -149, -(2 ** -149), 2 ** -126, 3.4028234e38, -3.4028234e38];
const edges = [
  88.72283, 88.722839, 88.73, 89, 90, -87.33654, -87.4, -103.97, -103.98, -104, -105, -17.3, -18, -19, 9, 10, 3.9, 3.93,
  4, 4.01, -0.9999999, -0.99999994, 1e-8, -1e-8,
];

/** Calls `each` with all numbers of a sample, in portions: every 1021st float32, the ends, and edges of ranges. */
function overFloats(each: (count: number) => void): void {
  const step = Number(process.env['INKLING_TEST_STEP'] ?? 1021);
  for (let next = 0; next < 2 ** 32; ) {
    let count = 0;
    for (; count < capacity && next < 2 ** 32; next += step) bits[count++] = next;
    each(count);
  }
  x.set([...ends, ...edges]);
  each(ends.length + edges.length);
}

for (const kernel of kernels) {
  const [limit, exact] = promised[kernel];
  t.test(`${kernel} is within ${limit} ulp`, async t => {
    let worst = 0;
    let place = 0;
    overFloats(count => {
      run(kernel, count);
      for (let i = 0; i < count; i++) {
        const off = error(y[i]!, exact(x[i]!));
        if (off > worst) [worst, place] = [off, x[i]!];
      }
    });
    t.ok(worst <= limit, `${worst} at ${place}`);
    t.comment(`${kernel}: ${worst} ulp at ${place}`);
  });
}

t.test('the place of a number among the others changes no bit', async t => {
  const numbers = [0.3, -0.7, 1.9, -2.4, 5, -9, 0.01, -88.1, 1e-40, 2e-39, 31, -0.5, 77];
  const results = new Uint32Array(memory.buffer, y.byteOffset, 64);
  for (const kernel of kernels) {
    x.set(numbers);
    const alone = numbers.map(value => {
      x[0] = value;
      run(kernel, 1);
      return results[0];
    });
    for (let size = 1; size <= numbers.length; size++) {
      x.set(numbers);
      y.fill(7);
      run(kernel, size);
      t.same([...results.subarray(0, size)], alone.slice(0, size), `${kernel}, ${size}`);
      t.equal(y[size], 7, 'nothing is written behind the last');
    }
  }
});
