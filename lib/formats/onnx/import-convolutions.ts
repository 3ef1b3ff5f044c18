/** Convolutions, products of matrices and pooling of ONNX as layers. */
import { type Padding, type Pair, windowAxis } from '../../../kernels/geometry.ts';
import { conv2d } from '../../layers/conv2d.ts';
import { conv2dTranspose } from '../../layers/conv2d-transpose.ts';
import { dense } from '../../layers/dense.ts';
import { depthwiseConv2d } from '../../layers/depthwise-conv2d.ts';
import { averagePooling2d, globalAveragePooling2d, globalMaxPooling2d, maxPooling2d } from '../../layers/pooling2d.ts';
import { zeroPadding2d } from '../../layers/zero-padding2d.ts';
import { type Shape, sizeOf } from '../../shape/shape.ts';
import { axisOf } from './fold-nodes.ts';
import type { Computed, ImportNode } from './import-node.ts';
import type { Importer, Linear, Numbers, Step } from './importer.ts';
import { reordered } from './known-tensors.ts';

export type Import = (node: ImportNode, importer: Importer) => Computed;

/** A window as a node has it, and what follows for the sizes of images. */
interface Window {
  readonly strides: Pair;
  readonly dilation: Pair;
  readonly padding: Padding;
  /** [top, left, bottom, right]. */
  readonly pads: readonly number[];
  /** Rows and columns of the output. */
  readonly size: Pair;
}

/** More rows or columns than any image has: what a file asks for must not take hours. */
const longest = 2 ** 16;
const isLength = (size: number): boolean => size > 0 && size <= longest;

function pairOf(node: ImportNode, name: string, otherwise: Pair): Pair {
  const [rows, columns, ...more] = node.ints(name) ?? otherwise;
  if (rows !== undefined && columns !== undefined && more.length === 0 && isLength(rows) && isLength(columns))
    return [rows, columns];
  throw node.fail(`has ${name} [${node.ints(name)?.join(', ')}], expected two numbers from 1 to ${longest}`);
}

/** `before` are pixels that are added already, [top, left, bottom, right]. */
function windowOf(node: ImportNode, [h, w]: Pair, window: Pair, before: readonly number[]): Window {
  const [strides, dilation] = [pairOf(node, 'strides', [1, 1]), pairOf(node, 'dilations', [1, 1])];
  const own = padsOf(node, [h + before[0]! + before[2]!, w + before[1]! + before[3]!], window, { strides, dilation });
  let pads = own.map((amount, side) => amount + before[side]!);
  const axes = [0, 1].map(i => {
    const [size, zeros] = [[h, w][i]!, [pads[i]!, pads[i + 2]!] as const];
    const outputs = windowAxis(size, window[i]!, strides[i]!, dilation[i]!, zeros).output;
    const extent = dilation[i]! * (window[i]! - 1) + 1;
    const room = size + zeros[0] + zeros[1] - extent;
    // A last window that the image does not fill, unless it lies behind it.
    const more = node.int('ceil_mode', 0) === 1 && room % strides[i]! !== 0 && outputs * strides[i]! < size + zeros[0];
    return { outputs: more ? outputs + 1 : outputs, missing: more ? outputs * strides[i]! - room : 0 };
  });
  pads = pads.map((amount, side) => amount + (side < 2 ? 0 : axes[side - 2]!.missing));
  const size: Pair = [axes[0]!.outputs, axes[1]!.outputs];
  if (size[0] < 1 || size[1] < 1) throw node.fail(`has a window larger than its input of [${h}, ${w}]`);
  return { strides, dilation, pads, size, padding: paddingOf([h, w], window, { strides, dilation, pads }) };
}

type Steps = Pick<Window, 'strides' | 'dilation'>;

function padsOf(node: ImportNode, size: Pair, window: Pair, { strides, dilation }: Steps): readonly number[] {
  const auto = node.text('auto_pad', 'NOTSET');
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
    const sides = [0, 1].map(i => windowAxis(size[i]!, window[i]!, strides[i]!, dilation[i]!, 'same'));
    const [top, left] = sides.map(({ before, after }) => (auto === 'SAME_LOWER' ? Math.max(before, after) : before));
    const all = sides.map(({ before, after }) => before + after);
    return [top!, left!, all[0]! - top!, all[1]! - left!];
  }
  if (auto !== 'NOTSET' && auto !== 'VALID') throw node.fail(`has the auto_pad "${auto}"`);
  const pads = (auto === 'NOTSET' ? node.ints('pads') : undefined) ?? [0, 0, 0, 0];
  if (pads.length === 4 && pads.every(amount => amount >= 0 && amount <= longest)) return pads;
  throw node.fail(`has pads [${pads.join(', ')}], expected four numbers from 0 to ${longest}`);
}

/** The padding by its name, where it is that of Keras. */
function paddingOf(size: Pair, window: Pair, { strides, dilation, pads }: Steps & Pick<Window, 'pads'>): Padding {
  const [top = 0, left = 0, bottom = 0, right = 0] = pads;
  if (pads.every(amount => amount === 0)) return 'valid';
  const same = [0, 1].map(i => windowAxis(size[i]!, window[i]!, strides[i]!, dilation[i]!, 'same'));
  const [rows, columns] = same;
  const isSame = rows!.before === top && rows!.after === bottom && columns!.before === left && columns!.after === right;
  return isSame ? 'same' : { top, left, bottom, right };
}

/** Images, and pixels around them that a window may take for its own. */
function paddedImages(node: ImportNode, importer: Importer, modes: readonly string[]): [Computed, readonly number[]] {
  const input = node.inputs[0];
  if (input?.kind === 'padded' && modes.includes(input.mode)) return [input.of, input.pads];
  return [importer.images(node, importer.computed(node, 0)), [0, 0, 0, 0]];
}

/** The filters [k, c / groups, r, s] of a node, and their sizes. */
function filtersOf(node: ImportNode): { readonly w: ArrayLike<number>; readonly shape: Shape; readonly window: Pair } {
  const { data, shape } = node.known(1);
  const [, , r, s] = shape;
  if (shape.length !== 4 || r === undefined || s === undefined) {
    throw node.fail(`has filters with ${shape.length} axes; only convolutions of images are read`);
  }
  const given = node.ints('kernel_shape');
  const fits = given === undefined || (given[0] === r && given[1] === s && given.length === 2);
  if (!fits || sizeOf(shape) === 0)
    throw node.fail(`has filters of [${shape.join(', ')}], which its kernel_shape is not`);
  return { w: data, shape, window: [r, s] };
}

const biasOf = (node: ImportNode, channels: number): Float32Array | undefined =>
  node.inputs[2] === undefined ? undefined : node.floatsOf(2, [channels]);

/** The parameters of a linear layer, when all that may change them has been read. */
const numbersOf =
  (linear: Linear, kernel = 'kernel'): (() => Numbers) =>
  () => ({ [kernel]: linear.kernel, ...(linear.bias === undefined ? {} : { bias: linear.bias }) });

const conv: Import = (node, importer) => {
  const [x, before] = paddedImages(node, importer, ['constant']);
  const { w, shape, window } = filtersOf(node);
  const [filters = 0, channels = 0] = shape;
  const [c = 0, h = 0, width = 0] = x.shape;
  const groups = node.int('group', 1);
  if (channels * groups !== c || filters % groups !== 0) {
    throw node.fail(`has ${groups} groups and filters of [${shape.join(', ')}] for images with ${c} channels`);
  }
  const { strides, dilation, padding, size } = windowOf(node, [h, width], window, before);
  const common = { kernelSize: window, strides, padding, dilationRate: dilation };
  const isDepthwise = groups === c && groups > 1;
  // [k, c / groups, r, s] -> [r, s, c / groups, k]; depthwise filters are [r, s, c, k / c], in the same order.
  const kernel = Float32Array.from(reordered(w, shape, [2, 3, 1, 0]));
  const linear: Linear = { kernel, bias: biasOf(node, filters), channelOf: element => element % filters };
  const useBias = () => linear.bias !== undefined;
  const make: Step['make'] = name =>
    isDepthwise
      ? depthwiseConv2d({ name, ...common, depthMultiplier: filters / groups, useBias: useBias() })
      : conv2d({ name, ...common, filters, groups, useBias: useBias() });
  return importer.add(node, [x], { make, linear, numbers: numbersOf(linear) }, [filters, ...size], x.axes);
};

const convTranspose: Import = (node, importer) => {
  const x = importer.images(node, importer.computed(node, 0));
  const { w, shape, window } = filtersOf(node);
  const [channels = 0, filters = 0] = shape;
  const [c = 0, h = 0, width = 0] = x.shape;
  if (node.int('group', 1) !== 1) throw node.fail('has groups, which no layer for transposed convolutions has');
  if (channels !== c) throw node.fail(`has filters of [${shape.join(', ')}] for images with ${c} channels`);
  const [strides, dilation] = [pairOf(node, 'strides', [1, 1]), pairOf(node, 'dilations', [1, 1])];
  if (node.has('output_shape') || node.text('auto_pad', 'NOTSET') !== 'NOTSET') {
    throw node.fail('leaves its pads to output_shape or auto_pad; only pads and output_padding are read');
  }
  const [top = 0, left = 0, bottom = 0, right = 0] = node.ints('pads') ?? [0, 0, 0, 0];
  const [moreRows = 0, moreColumns = 0] = node.ints('output_padding') ?? [0, 0];
  const length = (n: number, i: 0 | 1, zeros: number, more: number) =>
    (n - 1) * strides[i] + dilation[i] * (window[i] - 1) + 1 - zeros + more;
  const size = [length(h, 0, top + bottom, moreRows), length(width, 1, left + right, moreColumns)];
  // [c, k, r, s] -> [r, s, k, c]
  const kernel = Float32Array.from(reordered(w, shape, [2, 3, 1, 0]));
  const channelOf = (element: number) => Math.floor(element / channels) % filters;
  const linear: Linear = { kernel, bias: biasOf(node, filters), channelOf };
  const make: Step['make'] = name =>
    conv2dTranspose({
      name,
      filters,
      kernelSize: window,
      strides,
      padding: { top, left, bottom, right },
      dilationRate: dilation,
      outputPadding: [moreRows, moreColumns],
      useBias: linear.bias !== undefined,
    });
  return importer.add(node, [x], { make, linear, numbers: numbersOf(linear) }, [filters, ...size], x.axes);
};

/** A dense layer with the kernel [features, units], given row by row of the graph. */
function addDense(
  node: ImportNode,
  importer: Importer,
  x: Computed,
  given: Float32Array,
  bias?: Float32Array,
): Computed {
  const features = x.shape.at(-1)!;
  const units = given.length / features;
  const { joined } = x;
  // The rows belong to the elements of the input, which may be in another order in the model.
  const kernel =
    joined === undefined
      ? given
      : Float32Array.from(
          reordered(
            given,
            [...joined.shape, units],
            [...joined.axes.map((_, place) => joined.axes.indexOf(place)), joined.axes.length],
          ),
        );
  const linear: Linear = { kernel, bias, channelOf: element => element % units };
  const make: Step['make'] = name => dense({ name, units, useBias: linear.bias !== undefined });
  const shape = [...x.shape.slice(0, -1), units];
  return importer.add(node, [x], { make, linear, numbers: numbersOf(linear) }, shape, x.axes);
}

const gemm: Import = (node, importer) => {
  const x = importer.inAnyOrder(node, 0);
  const { data, shape } = node.known(1);
  const isTransposed = node.int('transB', 0) === 1;
  const [features, units] = isTransposed ? [shape[1], shape[0]] : [shape[0], shape[1]];
  if (node.int('transA', 0) !== 0) throw node.fail('transposes its input, which has the axis of the batch in front');
  if (shape.length !== 2 || x.shape.length !== 1 || features !== x.shape[0] || !units) {
    throw node.fail(`multiplies [${x.shape.join(', ')}] with a matrix of [${shape.join(', ')}]`);
  }
  const alpha = node.float('alpha', 1);
  const kernel = Float32Array.from(isTransposed ? reordered(data, shape, [1, 0]) : data);
  if (alpha !== 1) for (const [i, value] of kernel.entries()) kernel[i] = value * alpha;
  const bias = node.optionalKnown(2);
  if (bias !== undefined && bias.data.length !== 1 && (bias.data.length !== units || bias.shape.at(-1) !== units)) {
    throw node.fail(`adds numbers of [${bias.shape.join(', ')}] to ${units} outputs`);
  }
  const beta = node.float('beta', 1);
  const added =
    bias && Float32Array.from({ length: units }, (_, i) => beta * bias.data[bias.data.length === 1 ? 0 : i]!);
  return addDense(node, importer, x, kernel, added);
};

const matmul: Import = (node, importer) => {
  if (node.inputs[1]?.kind !== 'known') {
    throw node.fail('multiplies the outputs of two layers; only products with a matrix of the file are read');
  }
  const { data, shape } = node.known(1);
  const any = importer.inAnyOrder(node, 0);
  const x = any.shape.length === 1 ? any : importer.withLast(node, importer.computed(node, 0), any.shape.length - 1);
  if (shape.length !== 2 || shape[0] !== x.shape.at(-1) || !shape[1]) {
    throw node.fail(`multiplies [${x.shape.join(', ')}] with a matrix of [${shape.join(', ')}]`);
  }
  return addDense(node, importer, x, Float32Array.from(data));
};

const maxPool: Import = (node, importer) => {
  // Pixels that repeat the edge do not change the maximum of a window that reaches the edge.
  const [x, before] = paddedImages(node, importer, ['edge']);
  const [c = 0, h = 0, w = 0] = x.shape;
  const window = pairOf(node, 'kernel_shape', [0, 0]);
  const { strides, dilation, padding, size } = windowOf(node, [h, w], window, before);
  if (dilation[0] !== 1 || dilation[1] !== 1) throw node.fail('has dilations, which no layer for pooling has');
  const make: Step['make'] = name => maxPooling2d({ name, poolSize: window, strides, padding });
  return importer.add(node, [x], { make }, [c, ...size], x.axes);
};

const averagePool: Import = (node, importer) => {
  const given = importer.images(node, importer.computed(node, 0));
  const [c = 0, h = 0, w = 0] = given.shape;
  const window = pairOf(node, 'kernel_shape', [0, 0]);
  const { strides, dilation, pads, padding, size } = windowOf(node, [h, w], window, [0, 0, 0, 0]);
  if (dilation[0] !== 1 || dilation[1] !== 1) throw node.fail('has dilations, which no layer for pooling has');
  const own = padsOf(node, [h, w], window, { strides, dilation });
  if (node.int('count_include_pad', 0) === 0 || own.every(amount => amount === 0)) {
    const make: Step['make'] = name => averagePooling2d({ name, poolSize: window, strides, padding });
    return importer.add(node, [given], { make }, [c, ...size], given.axes);
  }
  // The zeros count, so that they are there before; not so those of a window that the ceiling brings.
  const [top = 0, left = 0, bottom = 0, right = 0] = own;
  const around = [
    [top, bottom],
    [left, right],
  ] as const;
  const whole = [c, h + top + bottom, w + left + right];
  const x = importer.add(node, [given], { make: name => zeroPadding2d({ name, padding: around }) }, whole, given.axes);
  const rest = pads.map((amount, side) => amount - own[side]!);
  const after = paddingOf([whole[1]!, whole[2]!], window, { strides, dilation, pads: rest });
  const make: Step['make'] = name => averagePooling2d({ name, poolSize: window, strides, padding: after });
  return importer.add(node, [x], { make }, [c, ...size], x.axes);
};

/** The mean or the maximum over all pixels. */
const globalPool =
  (isMean: boolean): Import =>
  (node, importer) => {
    const x = importer.images(node, importer.computed(node, 0));
    return addGlobalPool(node, importer, x, isMean, true);
  };

function addGlobalPool(
  node: ImportNode,
  importer: Importer,
  x: Computed,
  isMean: boolean,
  keepDims: boolean,
): Computed {
  const make: Step['make'] = name =>
    isMean ? globalAveragePooling2d({ name, keepDims }) : globalMaxPooling2d({ name, keepDims });
  const c = x.shape[0]!;
  return keepDims ? importer.add(node, [x], { make }, [c, 1, 1], x.axes) : importer.add(node, [x], { make }, [c], [0]);
}

/** A reduction over all pixels, whichever axes these are in the graph. */
const reduce =
  (isMean: boolean): Import =>
  (node, importer) => {
    const given = importer.computed(node, 0);
    const axes = (node.integers(1, 'axes') ?? []).map(axis => axisOf(node, axis, given.shape.length + 1) - 1);
    const [channels, ...more] = given.shape.map((_, axis) => axis).filter(axis => !axes.includes(axis));
    if (
      given.shape.length !== 3 ||
      axes.length !== 2 ||
      axes.includes(-1) ||
      channels === undefined ||
      more.length > 0
    ) {
      throw node.fail('reduces other axes than the rows and columns of images, for which there is no layer');
    }
    const x = importer.withLast(node, given, channels);
    const isKept = node.int('keepdims', 1) === 1;
    const y = addGlobalPool(node, importer, { ...x, shape: [x.shape[channels]!, 1, 1] }, isMean, isKept);
    return isKept ? { ...y, shape: x.shape.map((size, axis) => (axis === channels ? size : 1)), axes: x.axes } : y;
  };

export const convolutions: { readonly [op: string]: Import } = {
  Conv: conv,
  ConvTranspose: convTranspose,
  Gemm: gemm,
  MatMul: matmul,
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalPool(true),
  GlobalMaxPool: globalPool(false),
  ReduceMean: reduce(true),
  ReduceMax: reduce(false),
};
