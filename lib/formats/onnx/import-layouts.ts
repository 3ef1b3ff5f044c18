/** What ONNX does to the places of elements, and its normalizations, as layers. */
import { batchNormalization } from '../../layers/batch-normalization.ts';
import { cropping2d } from '../../layers/cropping2d.ts';
import { dropout } from '../../layers/dropout.ts';
import { groupNormalization } from '../../layers/group-normalization.ts';
import { layerNormalization } from '../../layers/layer-normalization.ts';
import { localResponseNormalization } from '../../layers/local-response-normalization.ts';
import { reshape } from '../../layers/reshape.ts';
import { resizing } from '../../layers/resizing.ts';
import { upSampling2d } from '../../layers/up-sampling2d.ts';
import { type Shape, sameShape, sizeOf } from '../../shape/shape.ts';
import { axisOf, permutation, slices, squeezed } from './fold-nodes.ts';
import type { Import } from './import-convolutions.ts';
import type { Computed, Imported, ImportNode } from './import-node.ts';
import type { Importer, Step } from './importer.ts';
import { known, reordered } from './known-tensors.ts';

/** Any number of elements is left as it is. */
const same: Import = (node, importer) => importer.inAnyOrder(node, 0);

/** The same elements under another shape, without the batch axis. */
function withShape(node: ImportNode, importer: Importer, target: Shape): Computed {
  const any = importer.inAnyOrder(node, 0);
  if (sameShape(target, any.shape)) return any;
  const x = importer.computed(node, 0);
  if (target.length === 1) return importer.joined(node, x);
  const plain = importer.plain(node, x);
  const make: Step['make'] = name => reshape({ name, targetShape: target });
  return importer.add(
    node,
    [plain],
    { make },
    target,
    target.map((_, axis) => axis),
  );
}

const reshaped: Import = (node, importer) => {
  const { shape } = importer.inAnyOrder(node, 0);
  const wanted = node.integers(1, 'shape') ?? [];
  const [first, ...rest] = wanted;
  const copies = node.int('allowzero', 0) === 0;
  // In front stands the size of the batch, or what stands for it.
  const isBatch =
    first !== undefined && (Number.isNaN(first) || first === -1 || (first === 0 && copies) || first === node.batch);
  const sizes = rest.map((size, i) => (size === 0 && copies ? (shape[i] ?? 0) : size));
  const free = sizes.filter(size => size === -1).length;
  const left = sizeOf(shape) / sizeOf(sizes.filter(size => size !== -1));
  const target = sizes.map(size => (size === -1 ? left : size));
  const fits = sizeOf(target) === sizeOf(shape) && target.every(size => Number.isSafeInteger(size) && size > 0);
  if (isBatch && fits && free <= 1 && target.length > 0) return withShape(node, importer, target);
  throw node.fail(
    `brings [batch, ${shape.join(', ')}] into the shape [${wanted.join(', ')}]; the batch must stay in front`,
  );
};

const flattened: Import = (node, importer) => {
  const { shape } = importer.inAnyOrder(node, 0);
  if (axisOf(node, node.int('axis', 1), shape.length + 1) !== 1)
    throw node.fail('flattens from another axis than 1 on');
  return withShape(node, importer, [sizeOf(shape)]);
};

/** Squeeze and Unsqueeze, which must leave the batch in front. */
const squeezedShape: Import = (node, importer) => {
  const { shape } = importer.inAnyOrder(node, 0);
  // No axis has the size 0, which stands for that of the batch here.
  const [batch, ...rest] = squeezed(node, [0, ...shape]);
  if (batch !== 0 || rest.length === 0) throw node.fail('puts an axis in front of that of the batch');
  return withShape(node, importer, rest);
};

const transposed: Import = (node, importer) => {
  const x = importer.computed(node, 0);
  const [batch, ...order] = permutation(node, x.shape.length + 1);
  if (batch !== 0) throw node.fail('moves the axis of the batch');
  const places = order.map(axis => axis - 1);
  return { ...x, shape: places.map(axis => x.shape[axis]!), axes: places.map(axis => x.axes[axis]!) };
};

/** The shape of a tensor as numbers, in which NaN stands for the size of the batch. */
export function shapeOf(node: ImportNode, input: Imported): Imported {
  const shape = sizesOf(node, input);
  const [start, end] = [node.int('start', 0), node.int('end', shape.length)];
  const part = shape.slice(start, end);
  return known([part.length], part, true);
}

function sizesOf(node: ImportNode, input: Imported): Shape {
  switch (input.kind) {
    case 'known':
      return input.shape;
    case 'computed':
      return [node.batch ?? Number.NaN, ...input.shape];
    case 'padded': {
      const [top = 0, left = 0, bottom = 0, right = 0] = input.pads;
      const [c = 0, h = 0, w = 0] = input.of.shape;
      return [node.batch ?? Number.NaN, c, h + top + bottom, w + left + right];
    }
    case 'share':
      throw node.fail('takes the shape of the error function');
  }
}

/** Zeros around images, or what repeats their edges; [top, left, bottom, right]. Convolutions and pooling take them up. */
export function padded(node: ImportNode, importer: Importer): Imported {
  const given = importer.computed(node, 0);
  const rank = given.shape.length + 1;
  const listed = node.integers(1, 'pads') ?? [];
  const axes = node.integers(3, 'axes')?.map(axis => axisOf(node, axis, rank)) ?? [...new Array(rank).keys()];
  const all = new Array<number>(2 * rank).fill(0);
  for (const [i, axis] of axes.entries()) {
    all[axis] = listed[i] ?? 0;
    all[rank + axis] = listed[axes.length + i] ?? 0;
  }
  if (listed.length !== 2 * axes.length || !all.every(amount => Number.isInteger(amount) && amount >= 0)) {
    throw node.fail(`has pads [${listed.join(', ')}], expected two numbers of 0 or more for each axis`);
  }
  if (all.every(amount => amount === 0)) return given;
  const [mode, value] = [node.text('mode', 'constant'), node.optionalKnown(2)?.data[0] ?? node.float('value', 0)];
  if (!(mode === 'edge' || (mode === 'constant' && value === 0))) {
    throw node.fail(`pads with other than zeros (mode "${mode}", ${value}), for which there is no layer`);
  }
  const [rows, columns] = rank === 4 ? paddedAxes(all) : [];
  if (rows === undefined || columns === undefined)
    throw node.fail('pads other axes than the rows and columns of images');
  const pads = [all[rows]!, all[columns]!, all[rank + rows]!, all[rank + columns]!];
  if (rows === 1) return paddedAtOnce(node, importer, given, pads, mode);
  return { kind: 'padded', of: importer.images(node, given), node, pads, mode };
}

/** The axes of rows and columns in the graph, with the batch as axis 0: those behind the channels, or those before. */
function paddedAxes(all: readonly number[]): readonly number[] {
  const isPadded = (axis: number) => all[axis]! + all[axis + 4]! > 0;
  if (isPadded(0) || (isPadded(1) && isPadded(3))) return [];
  return isPadded(1) ? [1, 2] : [2, 3];
}

/** Images with their channels behind in the graph. */
function paddedAtOnce(
  node: ImportNode,
  importer: Importer,
  x: Computed,
  pads: readonly number[],
  mode: 'constant' | 'edge',
): Computed {
  const images: Computed = {
    ...x,
    shape: [x.shape[2]!, x.shape[0]!, x.shape[1]!],
    axes: [x.axes[2]!, x.axes[0]!, x.axes[1]!],
  };
  const y = importer.padded(node, { kind: 'padded', of: importer.images(node, images), node, pads, mode });
  const [c = 0, h = 0, w = 0] = y.shape;
  const [first = 0, second = 0, third = 0] = y.axes;
  return { ...y, shape: [h, w, c], axes: [second, third, first] };
}

const cropped: Import = (node, importer) => {
  const given = importer.computed(node, 0);
  const ranges = slices(node, [node.batch ?? Number.MAX_SAFE_INTEGER, ...given.shape]);
  const isWhole = ({ begin, count, step }: (typeof ranges)[number], size: number) =>
    begin === 0 && step === 1 && count === size;
  if (!isWhole(ranges[0]!, node.batch ?? Number.MAX_SAFE_INTEGER)) throw node.fail('takes a part of the batch');
  const [channels, rows, columns] = ranges.slice(1);
  if (ranges.slice(1).every((range, axis) => isWhole(range, given.shape[axis]!))) return given;
  const fits =
    given.shape.length === 3 && isWhole(channels!, given.shape[0]!) && rows!.step === 1 && columns!.step === 1;
  if (!fits)
    throw node.fail('takes a part of other axes than the rows and columns of images, for which there is no layer');
  const x = importer.images(node, given);
  const [c = 0, h = 0, w = 0] = x.shape;
  const sides = [rows!, columns!].map(({ begin, count }, i) => [begin, [h, w][i]! - begin - count] as const);
  const cropping = [sides[0]!, sides[1]!] as const;
  return importer.add(
    node,
    [x],
    { make: name => cropping2d({ name, cropping }) },
    [c, rows!.count, columns!.count],
    x.axes,
  );
};

/** Gamma and beta, mean and variance, of so many channels. */
const batchNormalized: Import = (node, importer) => {
  const x = importer.computed(node, 0);
  const channels = [x.shape[0]!];
  if (node.int('spatial', 1) !== 1) throw node.fail('normalizes each place by itself, which no layer does');
  if (node.int('training_mode', 0) !== 0) throw node.fail('is in training mode; export the model for predictions');
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map(index => node.floatsOf(index, channels));
  const [axis, epsilon, momentum] = [x.axes[0]! + 1, node.float('epsilon', 1e-5), node.float('momentum', 0.9)];
  const make: Step['make'] = name => batchNormalization({ name, axis, epsilon, momentum });
  const numbers = () => ({ gamma: gamma!, beta: beta!, moving_mean: mean!, moving_variance: variance! });
  return importer.add(node, [x], { make, numbers }, x.shape, x.axes);
};

const instanceNormalized: Import = (node, importer) => grouped(node, importer, importer.computed(node, 0).shape[0]!);

/** Before operator set 21 there is one number for each group, and no longer one for each channel. */
const groupNormalized: Import = (node, importer) => grouped(node, importer, node.int('num_groups', 0));

function grouped(node: ImportNode, importer: Importer, groups: number): Computed {
  const x = importer.computed(node, 0);
  const [channels = 0] = x.shape;
  if (groups < 1 || channels % groups !== 0) throw node.fail(`divides ${channels} channels into ${groups} groups`);
  const perGroup = node.op === 'GroupNormalization' && node.opset < 21;
  const numbersOf = (index: number) => {
    const given = node.floatsOf(index, [perGroup ? groups : channels]);
    return Float32Array.from(
      { length: channels },
      (_, i) => given[perGroup ? Math.floor((i * groups) / channels) : i]!,
    );
  };
  const [gamma, beta] = [numbersOf(1), numbersOf(2)];
  const [axis, epsilon] = [x.axes[0]! + 1, node.float('epsilon', 1e-5)];
  const make: Step['make'] = name => groupNormalization({ name, groups, axis, epsilon });
  return importer.add(node, [x], { make, numbers: () => ({ gamma, beta }) }, x.shape, x.axes);
}

const layerNormalized: Import = (node, importer) => {
  const x = importer.computed(node, 0);
  const first = axisOf(node, node.int('axis', -1), x.shape.length + 1) - 1;
  if (first < 0) throw node.fail('normalizes over the batch');
  const shape = x.shape.slice(first);
  const places = x.axes.slice(first);
  // The parameters have the axes in the order of the model.
  const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]!);
  const inOrder = (index: number) => Float32Array.from(reordered(node.floatsOf(index, shape), shape, order));
  const gamma = inOrder(1);
  const beta = node.inputs[2] === undefined ? undefined : inOrder(2);
  const axis = places.map(place => place + 1);
  const [epsilon, center] = [node.float('epsilon', 1e-5), beta !== undefined];
  const make: Step['make'] = name => layerNormalization({ name, axis, epsilon, center });
  const numbers = () => ({ gamma, ...(beta === undefined ? {} : { beta }) });
  return importer.add(node, [x], { make, numbers }, x.shape, x.axes);
};

/** ONNX divides alpha by the size of the window. */
const responseNormalized: Import = (node, importer) => {
  const x = importer.images(node, importer.computed(node, 0));
  const size = node.int('size', 0);
  if (size < 1 || size % 2 !== 1) throw node.fail(`has a window of ${size} channels, expected an odd number`);
  const settings = {
    depthRadius: (size - 1) / 2,
    bias: node.float('bias', 1),
    alpha: node.float('alpha', 1e-4) / size,
    beta: node.float('beta', 0.75),
  };
  const make: Step['make'] = name => localResponseNormalization({ name, ...settings });
  return importer.add(node, [x], { make }, x.shape, x.axes);
};

/** Modes in which pixels are places between borders, or, with whole factors, give the same. */
const resized: Import = (node, importer) => {
  const x = importer.images(node, importer.computed(node, 0));
  const [c = 0, h = 0, w = 0] = x.shape;
  const isUpsample = node.op === 'Upsample';
  const factors = isUpsample || node.opset < 11 ? node.optionalKnown(1)?.data : node.optionalKnown(2)?.data;
  const sizes = node.optionalKnown(3)?.data;
  const scales = factors !== undefined && factors.length > 0 ? Array.from(factors) : (node.floats('scales') ?? []);
  const scaled = scales.map((scale, axis) => Math.floor([1, c, h, w][axis]! * scale));
  const [, channels, height = 0, width = 0] = sizes === undefined ? scaled : Array.from(sizes);
  if (channels !== c || !(height >= 1 && width >= 1) || node.has('axes')) {
    throw node.fail('makes other axes than rows and columns longer, or gives no sizes');
  }
  const mode = node.text('mode', 'nearest');
  const places = node.text(
    'coordinate_transformation_mode',
    isUpsample || node.opset < 11 ? 'asymmetric' : 'half_pixel',
  );
  const isWhole = height % h === 0 && width % w === 0;
  const between = places === 'half_pixel' || places === 'pytorch_half_pixel';
  const isNearest = mode === 'nearest' && (isWhole ? between || places === 'asymmetric' : between);
  const isFloor =
    places !== 'asymmetric' ||
    isUpsample ||
    node.opset < 11 ||
    node.text('nearest_mode', 'round_prefer_floor') === 'floor';
  const isRounded = isWhole || node.text('nearest_mode', 'round_prefer_floor') === 'round_prefer_ceil';
  if (!((isNearest && isFloor && isRounded) || (mode === 'linear' && between))) {
    throw node.fail(`resizes in the mode "${mode}" with places "${places}", for which there is no layer`);
  }
  const interpolation = mode === 'nearest' ? ('nearest' as const) : ('bilinear' as const);
  const make: Step['make'] = name =>
    isWhole
      ? upSampling2d({ name, size: [height / h, width / w], interpolation })
      : resizing({ name, height, width, interpolation });
  return importer.add(node, [x], { make }, [c, height, width], x.axes);
};

/** It acts in training alone; what a file holds of it goes on doing so. */
const dropped: Import = (node, importer) => {
  const rate = node.optionalKnown(1)?.data[0] ?? node.float('ratio', 0.5);
  if (!(rate >= 0 && rate < 1)) throw node.fail(`drops a share of ${rate}, expected 0 <= ratio < 1`);
  return importer.addElementwise(node, importer.inAnyOrder(node, 0), { make: name => dropout({ name, rate }) });
};

export const layouts: { readonly [op: string]: Import } = {
  Identity: same,
  Cast: (node, importer) => {
    const floats = [1, 10, 11, 16];
    if (floats.includes(node.int('to', 0))) return importer.inAnyOrder(node, 0);
    throw node.fail('makes integers of the output of a layer, for which there is no layer');
  },
  Reshape: reshaped,
  Flatten: flattened,
  Squeeze: squeezedShape,
  Unsqueeze: squeezedShape,
  Transpose: transposed,
  Slice: cropped,
  BatchNormalization: batchNormalized,
  InstanceNormalization: instanceNormalized,
  GroupNormalization: groupNormalized,
  LayerNormalization: layerNormalized,
  LRN: responseNormalized,
  Resize: resized,
  Upsample: resized,
  Dropout: dropped,
};
