/** What the WebAssembly kernels make of NaN, infinities and other ends; loops are asked in activations and pooling.test.ts. */
import t from 'tap';
import { window2dGeometry } from '../../kernels/geometry.ts';
import { placed, reservedBytes, type SimdFunctionName } from '../../kernels/simd/index.binding.ts';
import { windowSetup } from '../../kernels/simd/window.binding.ts';
import { memory, wasm } from './wasm.ts';

const { NaN: nan, POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: minusInfinity } = Number;

/** Addresses of operands, 64 elements each. */
const places = Array.from({ length: 6 }, (_, i) => reservedBytes + 256 * i);
const [first, second, third, fourth] = places as [number, number, number, number];
const view = (place: number): Float32Array => new Float32Array(memory.buffer, place, 64);

/** What a kernel writes to the operand at `to`. */
function result(name: SimdFunctionName, numbers: readonly number[], to: number, length: number): number[] {
  view(to).fill(-7);
  wasm[name](...numbers);
  t.equal(view(to)[length], -7, `${name} writes nothing behind its result`);
  return [...view(to).subarray(0, length)];
}

t.test('NaN stays NaN, at every place of a vector', async t => {
  const x = [nan, 1, nan, nan, nan, 4];
  for (const name of [
    'reluForward',
    'sigmoidForward',
    'tanhForward',
    'expForward',
    'logForward',
    'log1pForward',
    'erfForward',
    'absForward',
  ] as const) {
    view(first).set(x);
    const y = result(name, [first, second, x.length], second, x.length);
    t.same(y.map(Number.isNaN), x.map(Number.isNaN), name);
  }
  for (const name of ['leakyReluForward', 'eluForward'] as const) {
    view(first).set(x);
    const y = result(name, [first, second, x.length, 0.5], second, x.length);
    t.same(y.map(Number.isNaN), x.map(Number.isNaN), name);
  }
});

t.test('infinities', async t => {
  view(first).set([infinity, minusInfinity, 0, -1]);
  t.same(result('expForward', [first, second, 3], second, 3), [infinity, 0, 1]);
  t.same(result('logForward', [first, second, 4], second, 4), [infinity, nan, minusInfinity, nan]);
  t.same(result('log1pForward', [first, second, 4], second, 4), [infinity, nan, 0, minusInfinity]);
  t.same(result('erfForward', [first, second, 3], second, 3), [1, -1, 0]);
  t.same(result('tanhForward', [first, second, 3], second, 3), [1, -1, 0]);
  t.same(result('sigmoidForward', [first, second, 3], second, 3), [1, 0, 0.5]);
  t.same(result('eluForward', [first, second, 3, 2], second, 3), [infinity, -2, 0]);
});

t.test('a negative zero stays one where the function is x near 0', async t => {
  view(first).set([-0, 0]);
  for (const name of ['log1pForward', 'erfForward', 'tanhForward'] as const) {
    const [negative, positive] = result(name, [first, second, 2], second, 2);
    t.ok(Object.is(negative, -0) && Object.is(positive, 0), name);
  }
});

t.test('the gradient of the magnitude is 0 at 0', async t => {
  view(first).set([5, 5, 5, 5]);
  view(second).set([2, -2, 0, nan]);
  t.same(result('absBackward', [first, second, third, 4], third, 4), [5, -5, 0, 0]);
});

t.test('extreme logits neither overflow nor lose the loss', async t => {
  view(first).set([1000, -1000, 0, -1e30, 1e30, 0]);
  view(second).set([0, 1, 0, 0, 1, 0]);
  t.same(result('softmaxCrossEntropyForward', [first, second, third, fourth, 2, 3], third, 2), [2000, 0]);
  t.same([...view(fourth).subarray(0, 6)], [1, 0, 0, 0, 1, 0]);
  view(first).set([800, -800]);
  view(second).set([0, 1]);
  t.same(result('sigmoidBinaryCrossEntropyForward', [first, second, third, fourth, 1, 2], third, 1), [800]);
  t.same([...view(fourth).subarray(0, 2)], [1, 0]);
});

t.test('a loss near 0 keeps its digits', async t => {
  view(first).set([20, 0]);
  view(second).set([1, 0]);
  const [loss] = result('softmaxCrossEntropyForward', [first, second, third, fourth, 1, 2], third, 1);
  const exact = Math.log1p(Math.exp(-20));
  t.ok(Math.abs(loss! - exact) < 1e-6 * exact, `${loss}, not ${exact}`);
});

t.test('certain probabilities are clipped as in float64', async t => {
  view(first).set([1, 0]);
  view(second).set([0, 1]);
  const [loss] = result('binaryCrossEntropyForward', [first, second, third, 1, 2], third, 1);
  t.ok(Math.abs(loss! + Math.log(1e-7)) < 1e-5, `${loss}`);
  view(fourth).set([1]);
  const gradient = result('binaryCrossEntropyBackward', [fourth, first, second, third, 1, 2], third, 2);
  t.same(gradient, [0, 0]);
});

t.test('a label that is no column gives a row of zeros', async t => {
  new Int32Array(memory.buffer, first, 3).set([1, 7, -1]);
  t.same(result('oneHot', [first, second, 3, 2], second, 6), [0, 1, 0, 0, 0, 0]);
});

t.test('a window in the padding alone: a mean of 0, no gradient', async t => {
  const padding = { top: 2, bottom: 0, left: 0, right: 0 };
  const g = window2dGeometry([1, 2, 1, 1], { window: [2, 1], strides: [2, 1], dilation: [1, 1], padding });
  const [name, ...numbers] = windowSetup(fourth, g);
  wasm[name](...placed(numbers, 0));
  view(first).set([4, 6]);
  t.same(result('averagePool2dForward', [first, second, 0, 1, fourth], second, 2), [0, 5]);
  view(first).set([7, 8]);
  t.same(result('averagePool2dBackward', [first, second, 0, 1, fourth], second, 2), [4, 4]);
});
