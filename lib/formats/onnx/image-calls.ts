/** Calls on images, which ONNX has as [n, c, h, w], and on matrices. */

import type { MatmulGeometry } from '../../../kernels/contract.ts';
import type { Conv2dGeometry, Window2dGeometry } from '../../../kernels/geometry.ts';
import type { Value } from '../../plan/graph.ts';
import type { WriteCall } from './elementwise-calls.ts';
import { flattenedImages, type HeldValues, type Order } from './held-values.ts';
import type { Attributes } from './onnx-graph.ts';
import type { Composed } from './trace.ts';

/** Zeros around the input, so many that the output has the size of the geometry: [top, left, bottom, right]. */
function padsOf(g: Window2dGeometry): number[] {
  const behind = (outputs: number, stride: number, dilation: number, window: number, before: number, size: number) =>
    Math.max(0, (outputs - 1) * stride + dilation * (window - 1) + 1 - before - size);
  const bottom = behind(g.p, g.strideH, g.dilationH, g.r, g.padTop, g.h);
  const right = behind(g.q, g.strideW, g.dilationW, g.s, g.padLeft, g.w);
  return [g.padTop, g.padLeft, bottom, right];
}

const windowAttributes = (g: Window2dGeometry): Attributes => ({
  kernel_shape: { ints: [g.r, g.s] },
  strides: { ints: [g.strideH, g.strideW] },
  pads: { ints: padsOf(g) },
  ...(g.dilationH === 1 && g.dilationW === 1 ? {} : { dilations: { ints: [g.dilationH, g.dilationW] } }),
});

/** Filters with their axes in the order of ONNX; those that are computed are turned around by a node. */
function filters(held: HeldValues, w: Value, order: readonly number[]): string {
  const constant = held.constantOf(w);
  if (constant !== undefined) return held.permuted(constant, w.shape, order);
  return held.node('Transpose', [held.get(w, 'plain')], { perm: { ints: order } });
}

const conv2d: WriteCall = (held, { inputs, outputs, geometry }) => {
  const g = geometry as Conv2dGeometry;
  // [r, s, c / groups, k] -> [k, c / groups, r, s]
  const w = filters(held, inputs['w']!, [3, 2, 0, 1]);
  const group: Attributes = g.groups === 1 ? {} : { group: { int: g.groups } };
  const attributes = { ...windowAttributes(g), ...group };
  const y = held.node('Conv', [held.get(inputs['x']!, 'channelsFirst'), w], attributes);
  held.define(outputs['y']!, 'channelsFirst', y);
};

const conv2dTranspose: WriteCall = (held, { inputs, outputs, geometry }) => {
  const g = geometry as Conv2dGeometry;
  // [r, s, filters, channels] -> [channels, filters, r, s]
  const w = filters(held, inputs['w']!, [3, 2, 0, 1]);
  const [top = 0, left = 0, bottom = 0, right = 0] = padsOf(g);
  const whole = [
    (g.p - 1) * g.strideH + g.dilationH * (g.r - 1) + 1 - top - bottom,
    (g.q - 1) * g.strideW + g.dilationW * (g.s - 1) + 1 - left - right,
  ];
  const more = [g.h - whole[0]!, g.w - whole[1]!];
  const output: Attributes = more.some(size => size > 0) ? { output_padding: { ints: more } } : {};
  const attributes = { ...windowAttributes(g), ...output };
  const y = held.node('ConvTranspose', [held.get(inputs['x']!, 'channelsFirst'), w], attributes);
  held.define(outputs['y']!, 'channelsFirst', y);
};

const pooling =
  (op: string): WriteCall =>
  (held, { inputs, outputs, geometry }) => {
    const x = held.get(inputs['x']!, 'channelsFirst');
    const y = held.node(op, [x], windowAttributes(geometry as Window2dGeometry));
    held.define(outputs['y']!, 'channelsFirst', y);
  };

/** ONNX divides alpha by the size of the window. */
const localResponseNormalization: WriteCall = (held, { inputs, outputs, geometry }) => {
  const { depthRadius, bias, alpha, beta } = geometry as { [name: string]: number };
  const size = 2 * depthRadius! + 1;
  const y = held.node('LRN', [held.get(inputs['x']!, 'channelsFirst')], {
    size: { int: size },
    alpha: { float: alpha! * size },
    beta: { float: beta! },
    bias: { float: bias! },
  });
  held.define(outputs['y']!, 'channelsFirst', y);
};

/** A bias is part of the convolution or of the matrix product before it, if nothing else takes what these give. */
const bias: WriteCall = (held, { inputs, outputs }) => {
  const [x, b] = [inputs['x']!, inputs['b']!];
  const rows = held.rowsOf(x);
  if (rows !== undefined) {
    const name = held.node('Add', [rows.name, held.operand(b, 'plain')]);
    held.defineRows(outputs['y']!, { ...rows, name });
    return;
  }
  const order: Order = held.hasChannelsFirst(x) ? 'channelsFirst' : 'plain';
  const name = held.get(x, order);
  const before = held.onnx.producer(name);
  const takesBias = before !== undefined && ['Conv', 'ConvTranspose', 'Gemm'].includes(before.op);
  if (takesBias && before.inputs.length === 2 && held.isUsedOnce(x) && held.constantOf(b) !== undefined) {
    before.inputs.push(held.get(b, 'plain'));
    held.define(outputs['y']!, order, name);
    return;
  }
  const along = held.constantOf(b) === undefined ? 'plain' : order;
  held.define(outputs['y']!, along, held.node('Add', [held.get(x, along), held.operand(b, along)]));
};

const scaleShift: WriteCall = (held, { inputs, outputs }) => {
  const [x, scale, shift] = [inputs['x']!, inputs['scale']!, inputs['shift']!];
  const scaled = held.node('Mul', [held.get(x, 'plain'), held.operand(scale, 'plain')]);
  held.define(outputs['y']!, 'plain', held.node('Add', [scaled, held.operand(shift, 'plain')]));
};

/** What a matrix is that was made of a tensor with more axes, whose last one is that of its columns. */
function rowsAreOf(matrix: Value): Value | undefined {
  const columns = matrix.shape.at(-1);
  for (let value = matrix.viewOf; value !== undefined; value = value.viewOf) {
    if (value.shape.length > 2 && value.shape.at(-1) === columns) return value;
  }
  return undefined;
}

/**
 * Behind images that are flattened the rows of the matrix change their places in place of the pixels. What has more axes
 * than two keeps them.
 */
const matmul: WriteCall = (held, { inputs, outputs, geometry }) => {
  const { transposeA, transposeB } = geometry as MatmulGeometry;
  const [a, b] = [inputs['a']!, inputs['b']!];
  const images = transposeA || transposeB ? undefined : flattenedImages(held, a);
  const constant = held.constantOf(b);
  const source = transposeA || transposeB || constant === undefined ? undefined : rowsAreOf(a);
  if (images === undefined && source !== undefined) {
    const name = held.node('MatMul', [held.get(source, 'plain'), held.get(b, 'plain')]);
    held.defineRows(outputs['c']!, { name, shape: [...source.shape.slice(0, -1), b.shape[1]!] });
    return;
  }
  const names =
    images === undefined || constant === undefined
      ? [held.get(a, 'plain'), held.get(b, 'plain')]
      : [
          held.node('Flatten', [held.get(images, 'channelsFirst')], { axis: { int: 1 } }),
          held.permuted(constant, [...images.shape.slice(1), b.shape[1]!], [2, 0, 1, 3], b.shape),
        ];
  const attributes: Attributes = {
    ...(transposeA ? { transA: { int: 1 } } : {}),
    ...(transposeB ? { transB: { int: 1 } } : {}),
  };
  held.define(outputs['c']!, 'plain', held.node('Gemm', names, attributes));
};

export const imageCalls: { readonly [kernel: string]: WriteCall } = {
  conv2dForward: conv2d,
  conv2dTransposeForward: conv2dTranspose,
  maxPool2dForward: pooling('MaxPool'),
  averagePool2dForward: pooling('AveragePool'),
  localResponseNormalizationForward: localResponseNormalization,
  biasForward: bias,
  scaleShiftForward: scaleShift,
  matmulForward: matmul,
};

/** Batch normalization, where ONNX has it: along the axis behind that of the batch. Gives whether it was written. */
export function writeNormalizeBy(held: HeldValues, composed: Composed & { kind: 'normalizeBy' }): boolean {
  const { x, output, options } = composed;
  const { axis = -1, epsilon, gamma, beta, mean, variance } = options;
  const rank = x.shape.length;
  const place = axis < 0 ? axis + rank : axis;
  const isOfImages = rank === 4 && place === 3;
  if (!isOfImages && place !== 1) return false;
  const order: Order = isOfImages ? 'channelsFirst' : 'plain';
  const channels = x.shape[place]!;
  const numbers = (value: Value | undefined, otherwise: number): string =>
    value === undefined
      ? held.onnx.floats(`${channels} times ${otherwise}`, [channels], () => new Float32Array(channels).fill(otherwise))
      : held.get(value, 'plain');
  const inputs = [held.get(x, order), numbers(gamma, 1), numbers(beta, 0), held.get(mean, 'plain')];
  const y = held.node('BatchNormalization', [...inputs, held.get(variance, 'plain')], { epsilon: { float: epsilon } });
  held.define(output, order, y);
  return true;
}

/** Pixels are places between borders, as in TensorFlow. */
export function writeResize(held: HeldValues, composed: Composed & { kind: 'resize' }): boolean {
  const { x, output, interpolation } = composed;
  const name = held.get(x, 'channelsFirst');
  const [, h = 0, w = 0, c = 0] = x.shape;
  const [, height = 0, width = 0] = output.shape;
  const isWhole = height % h === 0 && width % w === 0;
  const factors = [1, 1, height / h, width / w];
  const inputs = isWhole
    ? [name, '', held.onnx.floats(`factors ${factors.join(' ')}`, [4], () => Float32Array.from(factors))]
    : [name, '', '', sizesOf(held, name, [c, height, width])];
  const nearest: Attributes = { mode: { text: 'nearest' }, nearest_mode: { text: 'round_prefer_ceil' } };
  const y = held.node('Resize', inputs, {
    coordinate_transformation_mode: { text: 'half_pixel' },
    ...(interpolation === 'nearest' ? nearest : { mode: { text: 'linear' } }),
  });
  held.define(output, 'channelsFirst', y);
  return true;
}

/** The size of the batch, and those given behind it. */
function sizesOf(held: HeldValues, x: string, sizes: readonly number[]): string {
  const { onnx } = held;
  const batch = held.node('Slice', [held.node('Shape', [x]), onnx.integers([0]), onnx.integers([1])]);
  return held.node('Concat', [batch, onnx.integers(sizes)], { axis: { int: 0 } });
}
