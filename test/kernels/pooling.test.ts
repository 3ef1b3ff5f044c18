import t from 'tap';
import { window2dGeometry } from '../../kernels/geometry.ts';
import { loops } from '../../kernels/loops/index.ts';

const scratch = new Float64Array(4);
const whole = window2dGeometry([1, 2, 2, 1], { window: [2, 2], strides: [1, 1], dilation: [1, 1], padding: 'valid' });

t.test('of equal maxima the first gets the gradient', async t => {
  const x = Float32Array.of(1, 3, 3, 3);
  const y = new Float32Array(1);
  loops.maxPool2dForward({ y }, { x }, whole, scratch);
  const dx = new Float32Array(4);
  loops.maxPool2dBackward({ dx }, { dy: Float32Array.of(5), x, y }, whole, scratch);
  t.same([...y], [3]);
  t.same([...dx], [0, 5, 0, 0]);
});

t.test('NaN is not hidden by a maximum', async t => {
  const y = new Float32Array(1);
  loops.maxPool2dForward({ y }, { x: Float32Array.of(1, Number.NaN, 3, 2) }, whole, scratch);
  t.ok(Number.isNaN(y[0]));
});

t.test('a window in the padding alone: no maximum, a mean of 0, no gradient', async t => {
  const padding = { top: 2, bottom: 0, left: 0, right: 0 };
  const g = window2dGeometry([1, 2, 1, 1], { window: [2, 1], strides: [2, 1], dilation: [1, 1], padding });
  const x = Float32Array.of(4, 6);
  const y = new Float32Array(2);
  loops.maxPool2dForward({ y }, { x }, g, scratch);
  t.same([...y], [Number.NEGATIVE_INFINITY, 6]);
  const dx = new Float32Array(2);
  loops.maxPool2dBackward({ dx }, { dy: Float32Array.of(7, 5), x, y }, g, scratch);
  t.same([...dx], [0, 5]);
  loops.averagePool2dForward({ y }, { x }, g, scratch);
  t.same([...y], [0, 5]);
  loops.averagePool2dBackward({ dx }, { dy: Float32Array.of(7, 8) }, g, scratch);
  t.same([...dx], [4, 4]);
});
