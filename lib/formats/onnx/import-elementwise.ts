/** What ONNX does to all elements alike, and to several tensors at once, as layers. */
import { activation, elu, leakyRelu, relu, softmax } from '../../layers/activation-layers.ts';
import type { ActivationLike } from '../../layers/activation-option.ts';
import type { Activation } from '../../layers/activations.ts';
import { logSoftmax } from '../../layers/activations.ts';
import { depthwiseConv2d } from '../../layers/depthwise-conv2d.ts';
import { flatten } from '../../layers/flatten.ts';
import { add, average, concatenate, maximum, minimum, multiply, subtract } from '../../layers/merging.ts';
import { prelu } from '../../layers/prelu.ts';
import { reshape } from '../../layers/reshape.ts';
import { broadcastShape, type Shape, sameShape } from '../../shape/shape.ts';
import { axisOf } from './fold-nodes.ts';
import type { Import } from './import-convolutions.ts';
import type { Computed, ImportNode, NormalShare } from './import-node.ts';
import { type Importer, inputStep, type Linear, type Step } from './importer.ts';
import type { Known } from './known-tensors.ts';

/** An activation as a layer of that name. */
const activated =
  (of: ActivationLike): Import =>
  (node, importer) => {
    const make: Step['make'] = name => activation({ name, activation: of });
    const named = typeof of === 'string' ? { activation: of } : {};
    return importer.addElementwise(node, importer.inAnyOrder(node, 0), { make, ...named });
  };

/** A layer that treats all elements alike, with options that the node gives. */
const layer =
  (maker: (node: ImportNode) => Step['make']): Import =>
  (node, importer) =>
    importer.addElementwise(node, importer.inAnyOrder(node, 0), { make: maker(node) });

/** x, but at least `min` and at most `max`. */
const clip: Import = (node, importer) => {
  const bound = (index: number, name: 'min' | 'max', otherwise: number) =>
    node.optionalKnown(index)?.data[0] ?? node.float(name, otherwise);
  const [min, max] = [bound(1, 'min', Number.NEGATIVE_INFINITY), bound(2, 'max', Number.POSITIVE_INFINITY)];
  const x = importer.inAnyOrder(node, 0);
  const most = 3.4e38;
  const [hasMin, hasMax] = [min > -most, max < most];
  if (hasMin && hasMax && max < min) throw node.fail(`has the bounds ${min} and ${max}`);
  if (min === -1 && max === 1) return activated('hardTanh')(node, importer);
  const rectified = (of: Computed, maxValue: number | null) =>
    importer.addElementwise(node, of, { make: name => relu({ name, maxValue }) });
  if (hasMin) {
    const shifted = rectified(importer.rescaled(node, x, 1, -min), hasMax ? max - min : null);
    return importer.rescaled(node, shifted, 1, min);
  }
  if (!hasMax) return x;
  return importer.rescaled(node, rectified(importer.rescaled(node, x, -1, max), null), -1, max);
};

/** max(0, min(1, alpha x + beta)), which has a name for 1 / 6 and 1 / 2. */
const hardSigmoid: Import = (node, importer) => {
  const [alpha, beta] = [node.float('alpha', 0.2), node.float('beta', 0.5)];
  if (Math.abs(alpha - 1 / 6) < 1e-6 && beta === 0.5) return activated('hardSigmoid')(node, importer);
  const scaled = importer.rescaled(node, importer.inAnyOrder(node, 0), alpha, beta);
  return importer.addElementwise(node, scaled, { make: name => relu({ name, maxValue: 1 }) });
};

/** Along an axis; before operator set 13 the axes behind it count as well. */
const alongAxis =
  (make: (name: string, axis: number) => ReturnType<Step['make']>): Import =>
  (node, importer) => {
    const x = importer.computed(node, 0);
    const rank = x.shape.length + 1;
    const axis = axisOf(node, node.int('axis', node.opset < 13 ? 1 : -1), rank);
    if (axis === 0) throw node.fail('normalizes over the batch');
    if (node.opset < 13 && x.shape.slice(axis).some(size => size !== 1)) {
      throw node.fail('normalizes over several axes, as before operator set 13; export the model for a newer one');
    }
    return importer.add(node, [x], { make: name => make(name, x.axes[axis - 1]! + 1) }, x.shape, x.axes);
  };

const prelus: Import = (node, importer) => {
  const given = importer.computed(node, 0);
  const slope = node.known(1);
  const { axis } = alongOne(node, slope, given.shape);
  if (axis === undefined) {
    const x = given;
    const sharedAxes = x.shape.map((_, i) => i + 1);
    const numbers = () => ({ alpha: Float32Array.from(slope.data) });
    return importer.add(node, [x], { make: name => prelu({ name, sharedAxes }), numbers }, x.shape, x.axes);
  }
  const x = importer.withLast(node, given, axis);
  const sharedAxes = x.shape.length === 1 ? null : x.shape.slice(1).map((_, i) => i + 1);
  const numbers = () => ({ alpha: Float32Array.from(slope.data) });
  return importer.add(node, [x], { make: name => prelu({ name, sharedAxes }), numbers }, x.shape, x.axes);
};

/** The one axis of a shape along which numbers of the file differ; none for a single number. Throws FormatError. */
function alongOne(node: ImportNode, { shape, data }: Known, of: Shape): { readonly axis: number | undefined } {
  if (data.length === 1 && shape.length <= of.length + 1) return { axis: undefined };
  const whole = [1, ...of];
  const missing = whole.length - shape.length;
  const axes = [...shape.keys()].filter(axis => shape[axis] !== 1);
  const [only = 0, ...more] = axes;
  const place = only + missing;
  if (missing >= 0 && place >= 1 && axes.length === 1 && more.length === 0 && shape[only] === whole[place]) {
    return { axis: place - 1 };
  }
  throw node.fail(
    `combines [${of.join(', ')}] with numbers of [${shape.join(', ')}]; only one for each channel is read`,
  );
}

/** Each channel times a number and plus another: in the layer before, if that is linear, or in one of its own. */
function channelwise(node: ImportNode, importer: Importer, numbers: Known, of: Channelwise): Computed {
  const any = importer.inAnyOrder(
    node,
    node.inputs.findIndex(input => input !== numbers),
  );
  if (numbers.data.length === 1 && numbers.shape.length <= any.shape.length + 1) {
    const { scale, offset } = of(numbers.data[0]!);
    return importer.rescaled(node, any, scale, offset);
  }
  const given = any.joined === undefined ? any : importer.separated(node, any, any.joined);
  const { axis } = alongOne(node, numbers, given.shape);
  const x = importer.withLast(node, given, axis!);
  const each = Array.from(numbers.data, of);
  const linear = importer.linearOf(x) ?? scaledImages(node, importer, x, each.length);
  const [target, output] = 'output' in linear ? [linear.linear, linear.output] : [linear, x];
  for (let i = 0; i < target.kernel.length; i++) target.kernel[i]! *= each[target.channelOf(i)]!.scale;
  const bias = target.bias ?? new Float32Array(each.length);
  // Zeros that are added are a bias, which may learn.
  if (target.bias !== undefined || node.op === 'Add' || node.op === 'Sub') {
    target.bias = bias.map((value, i) => value * each[i]!.scale + each[i]!.offset);
  }
  return output;
}

type Channelwise = (number: number) => { readonly scale: number; readonly offset: number };

/** A layer that scales the channels of images, or the places of vectors, each by a number of its own; at first by 1. */
function scaledImages(
  node: ImportNode,
  importer: Importer,
  x: Computed,
  channels: number,
): { readonly linear: Linear; readonly output: Computed } {
  const linear: Linear = {
    kernel: new Float32Array(channels).fill(1),
    bias: undefined,
    channelOf: element => element,
  };
  // What the input goes through is no part of what is learned.
  const trainable = x.step !== inputStep;
  const make: Step['make'] = name =>
    depthwiseConv2d({ name, kernelSize: 1, useBias: linear.bias !== undefined, ...(trainable ? {} : { trainable }) });
  const numbers = () => ({ kernel: linear.kernel, ...(linear.bias === undefined ? {} : { bias: linear.bias }) });
  if (x.shape.length === 3) {
    return { linear, output: importer.add(node, [x], { make, linear, numbers }, x.shape, x.axes) };
  }
  if (x.shape.length !== 1) throw node.fail('scales the channels of what are neither images nor vectors');
  const pixel = importer.add(
    node,
    [x],
    { make: name => reshape({ name, targetShape: [1, 1, channels] }) },
    [1, 1, channels],
    [0, 1, 2],
  );
  const scaled = importer.add(node, [pixel], { make, linear, numbers }, pixel.shape, pixel.axes);
  return { linear, output: importer.add(node, [scaled], { make: name => flatten({ name }) }, x.shape, [0]) };
}

/** Both inputs with their axes alike in the model, and the shape of what they give together. */
function alike(node: ImportNode, importer: Importer): { readonly values: readonly Computed[]; readonly shape: Shape } {
  const given = node.inputs.map((_, i) => importer.computed(node, i));
  const [head] = given;
  if (head === undefined) throw node.fail('has no inputs');
  if (given.some(({ shape }) => shape.length !== head.shape.length)) {
    throw node.fail('has inputs with different numbers of axes');
  }
  const values = given.map(each => (sameShape(each.axes, head.axes) ? each : importer.plain(node, each)));
  const isAlike = values.every(each => sameShape(each.axes, head.axes));
  const turned = isAlike ? values : given.map(each => importer.plain(node, each));
  return { values: turned, shape: turned.map(each => each.shape).reduce((a, b) => broadcastShape(node.op, a, b)) };
}

const merged =
  (make: (name: string) => ReturnType<Step['make']>): Import =>
  (node, importer) => {
    const { values, shape } = alike(node, importer);
    return importer.add(node, values, { make }, shape, values[0]!.axes);
  };

/** A sum or the like of two tensors, or of a tensor and numbers of the file. */
const arithmetic =
  (withNumber: (number: number, isFirst: boolean) => ReturnType<Channelwise> | undefined, both: Import): Import =>
  (node, importer) => {
    const [a, b] = node.inputs;
    const numbers = a?.kind === 'known' ? a : b?.kind === 'known' ? b : undefined;
    if (numbers === undefined) return both(node, importer);
    return channelwise(node, importer, numbers, number => {
      const found = withNumber(number, numbers === a);
      if (found !== undefined) return found;
      throw node.fail('divides by the output of a layer, for which there is no layer');
    });
  };

/** x sigmoid(x) and its like, by their names. */
const gates: { readonly [gate: string]: string } = { sigmoid: 'silu', hardSigmoid: 'hardSilu' };

/** x times a function of x that is an activation by itself; undefined if it is none. */
function gated(node: ImportNode, importer: Importer): Computed | undefined {
  const values = node.inputs.map((_, i) => importer.inAnyOrder(node, i));
  for (const [x, gate] of [values, values.toReversed()]) {
    const step = importer.steps.get(gate!.step);
    if (step?.activation === undefined) continue;
    const [before = ''] = step.inputs;
    const inner = importer.steps.get(before);
    const isMish = step.activation === 'tanh' && inner?.activation === 'softplus' && inner.inputs[0] === x!.step;
    const found = isMish ? 'mish' : before === x!.step ? gates[step.activation] : undefined;
    if (found === undefined) continue;
    return importer.addElementwise(node, x!, {
      make: name => activation({ name, activation: found }),
      activation: found,
    });
  }
  return undefined;
}

const product: Import = (node, importer) => {
  const share = node.inputs.findIndex(input => input?.kind === 'share');
  if (share >= 0) return gelu(node, importer, node.inputs[share] as NormalShare, 1 - share);
  return gated(node, importer) ?? merged(name => multiply({ name }))(node, importer);
};

/** x, perhaps times a number, times the share of a normal distribution below x. */
function gelu(node: ImportNode, importer: Importer, { step, factor, isErf }: NormalShare, other: number): Computed {
  const x = importer.inAnyOrder(node, other);
  const before = importer.steps.get(x.step);
  const isScaled = before?.rescaling?.offset === 0 && before.inputs[0] === step;
  if (isErf || !(x.step === step || isScaled))
    throw node.fail('multiplies the error function with other than its input');
  const scale = factor * (isScaled ? before.rescaling!.scale : 1);
  const of = isScaled ? { ...x, step } : x;
  const y = importer.addElementwise(node, of, { make: name => activation({ name, activation: 'gelu' }) });
  return importer.rescaled(node, y, scale, 0);
}

/** The error function on the way to gelu; see NormalShare. Undefined where the node is no part of that. */
export function normalShare(node: ImportNode, importer: Importer): NormalShare | undefined {
  const { op, inputs } = node;
  const share = inputs.find((input): input is NormalShare => input?.kind === 'share');
  if (op === 'Erf') {
    const x = importer.inAnyOrder(node, 0);
    const { rescaling, inputs: from = [] } = importer.steps.get(x.step) ?? {};
    const isOfRoot = rescaling?.offset === 0 && Math.abs(rescaling.scale - Math.SQRT1_2) < 1e-6;
    if (!isOfRoot) throw node.fail('is read as a part of gelu alone: of x / sqrt(2)');
    return { kind: 'share', step: from[0]!, factor: 2, isErf: true };
  }
  const number = inputs.find((input): input is Known => input?.kind === 'known' && input.data.length === 1)?.data[0];
  if (share === undefined || number === undefined) return undefined;
  if (op === 'Add' && share.isErf && number === 1) return { ...share, isErf: false };
  if (op === 'Mul' && !share.isErf) return { ...share, factor: share.factor * number };
  return undefined;
}

const power: Import = (node, importer) => {
  const exponent = node.known(1);
  if (exponent.data.length !== 1 || exponent.data[0] !== 2) {
    throw node.fail('raises to other powers than 2, for which there is no layer');
  }
  const x = importer.inAnyOrder(node, 0);
  const y = importer.add(node, [x, x], { make: name => multiply({ name }) }, x.shape, x.axes);
  return x.joined === undefined ? y : { ...y, joined: x.joined };
};

const concat: Import = (node, importer) => {
  const rank = importer.computed(node, 0).shape.length;
  const axis = axisOf(node, node.int('axis', 1), rank + 1) - 1;
  if (axis < 0) throw node.fail('joins batches');
  const given = node.inputs.map((_, i) => importer.computed(node, i));
  const head = given[0]!;
  const fits = given.every(
    ({ shape }) => shape.length === rank && shape.every((size, i) => i === axis || size === head.shape[i]),
  );
  if (!fits) throw node.fail('joins tensors whose other axes differ');
  const isAlike = given.every(each => sameShape(each.axes, head.axes));
  const values = isAlike ? given : given.map(each => importer.plain(node, each));
  const length = values.reduce((sum, { shape }) => sum + shape[axis]!, 0);
  const { axes } = values[0]!;
  const make: Step['make'] = name => concatenate({ name, axis: axes[axis]! + 1 });
  return importer.add(
    node,
    values,
    { make },
    head.shape.map((size, i) => (i === axis ? length : size)),
    axes,
  );
};

const difference: Import = (node, importer) => merged(name => subtract({ name }))(node, importer);
const refusesQuotients: Import = node => {
  throw node.fail('divides the output of one layer by that of another, for which there is no layer');
};

const logSoftmaxOf = (axis: number): Activation => logSoftmax({ axis });

export const elementwise: { readonly [op: string]: Import } = {
  Relu: layer(() => name => relu({ name })),
  LeakyRelu: layer(node => name => leakyRelu({ name, negativeSlope: node.float('alpha', 0.01) })),
  ThresholdedRelu: layer(node => name => relu({ name, threshold: node.float('alpha', 1) })),
  PRelu: prelus,
  Elu: layer(node => name => elu({ name, alpha: node.float('alpha', 1) })),
  Celu: layer(node => name => activation({ name, activation: { name: 'celu', alpha: node.float('alpha', 1) } })),
  Selu: activated('selu'),
  Sigmoid: activated('sigmoid'),
  Tanh: activated('tanh'),
  Softplus: activated('softplus'),
  Softsign: activated('softsign'),
  Exp: activated('exponential'),
  Mish: activated('mish'),
  HardSwish: activated('hardSilu'),
  HardSigmoid: hardSigmoid,
  Gelu: layer(node => {
    const approximate = node.text('approximate', 'none') === 'tanh';
    return name => activation({ name, activation: { name: 'gelu', approximate } });
  }),
  Clip: clip,
  Softmax: alongAxis((name, axis) => softmax({ name, axis })),
  LogSoftmax: alongAxis((name, axis) => activation({ name, activation: logSoftmaxOf(axis) })),
  Neg: (node, importer) => importer.rescaled(node, importer.inAnyOrder(node, 0), -1, 0),
  Add: arithmetic(
    offset => ({ scale: 1, offset }),
    merged(name => add({ name })),
  ),
  Sub: arithmetic(
    (number, isFirst) => (isFirst ? { scale: -1, offset: number } : { scale: 1, offset: -number }),
    difference,
  ),
  Mul: arithmetic(scale => ({ scale, offset: 0 }), product),
  Div: arithmetic((number, isFirst) => (isFirst ? undefined : { scale: 1 / number, offset: 0 }), refusesQuotients),
  Pow: power,
  Sum: merged(name => add({ name })),
  Mean: merged(name => average({ name })),
  Max: merged(name => maximum({ name })),
  Min: merged(name => minimum({ name })),
  Concat: concat,
};
