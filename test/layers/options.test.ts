/** The options of layers as plain JavaScript may give them, and their shorthands. */
import t from 'tap';
import {
  activation,
  averagePooling2d,
  conv2d,
  dense,
  dropout,
  elu,
  flatten,
  globalMaxPooling2d,
  type Layer,
  localResponseNormalization,
  maxPooling2d,
  relu,
  rescaling,
  reshape,
  Sequential,
} from '../../lib/index.ts';
import { errorOf } from '../error-of.ts';

/** A factory as a caller without types sees it. */
const loose = (factory: object) => factory as (...options: unknown[]) => Layer;

t.test('shorthands are the layers that options make', async t => {
  const pairs: [Layer, Layer][] = [
    [conv2d(32, 3), conv2d({ filters: 32, kernelSize: 3 })],
    [
      conv2d(8, [3, 5], { activation: 'relu', padding: 'same', name: 'a' }),
      conv2d({ filters: 8, kernelSize: [3, 5], activation: 'relu', padding: 'same', name: 'a' }),
    ],
    [dense(10), dense({ units: 10 })],
    [dense(10, { activation: 'softmax', useBias: false }), dense({ units: 10, activation: 'softmax', useBias: false })],
    [dropout(0.5), dropout({ rate: 0.5 })],
    [reshape([8, -1]), reshape({ targetShape: [8, -1] })],
    [maxPooling2d(3), maxPooling2d({ poolSize: 3 })],
    [rescaling(1 / 255), rescaling({ scale: 1 / 255, offset: 0 })],
    [activation('tanh'), activation({ activation: 'tanh' })],
  ];
  for (const [short, long] of pairs) {
    t.same([short.className, short.name, short.config], [long.className, long.name, long.config]);
  }
});

t.test('options that are missing, wrong or unknown are named', async t => {
  const faults: [() => unknown, string][] = [
    [() => loose(dense)(), 'dense: units must be a positive integer, got undefined'],
    [() => loose(dense)(null), 'dense: units must be a positive integer, got null'],
    [() => loose(dense)('10'), 'dense: units must be a positive integer, got "10"'],
    [() => loose(dense)({}), 'dense: units must be a positive integer, got undefined'],
    [
      () => loose(dense)({ unit: 3 }),
      'unknown option of dense "unit": did you mean "units"? Known: units, activation, useBias, kernelInitializer, kernelRegularizer, kernelConstraint, biasInitializer, biasRegularizer, biasConstraint, activityRegularizer, name, inputShape, trainable',
    ],
    [() => loose(dense)(3, { useBias: 'no' }), 'dense: useBias must be true or false, got "no"'],
    [() => loose(dense)(3, { name: 'a/b' }), 'dense: name must be a text without "/" and ":", got "a/b"'],
    [() => loose(dense)(3, { inputShape: 4 }), 'dense: inputShape must be a list of positive integers, got 4'],
    [() => loose(dense)(3, { trainable: 1 }), 'dense: trainable must be true or false, got 1'],
    [() => loose(conv2d)(), 'conv2d: filters must be a positive integer, got undefined'],
    [() => loose(conv2d)(8), 'conv2d: kernelSize must be a number or [rows, columns], got undefined'],
    [
      () => loose(conv2d)(8, 3, { stride: 2 }),
      'unknown option of conv2d "stride": did you mean "strides"? Known: filters, kernelSize, strides, padding, dilationRate, activation, useBias, biasInitializer, biasRegularizer, biasConstraint, activityRegularizer, groups, kernelInitializer, kernelRegularizer, kernelConstraint, name, inputShape, trainable',
    ],
    [
      () => loose(conv2d)(8, 3, { padding: 2 }),
      "conv2d: padding must be 'valid', 'same' or { top, bottom, left, right }, got 2",
    ],
    [() => loose(maxPooling2d)('big'), 'maxPooling2d: poolSize must be a number or [rows, columns], got "big"'],
    [
      () => loose(averagePooling2d)({ poolSize: 2, padding: { top: 1 } }),
      'averagePooling2d: padding.bottom must be an integer of 0 or more, got undefined',
    ],
    [() => loose(dropout)(), 'dropout: rate must be at least 0 and less than 1, got undefined'],
    [() => loose(dropout)(1), 'dropout: rate must be at least 0 and less than 1, got 1'],
    [() => loose(dropout)('0.5'), 'dropout: rate must be at least 0 and less than 1, got "0.5"'],
    [() => loose(reshape)(), 'reshape: targetShape must hold positive integers and at most one -1, got undefined'],
    [() => loose(reshape)(4), 'reshape: targetShape must hold positive integers and at most one -1, got 4'],
    [() => loose(flatten)(3), 'flatten: expected an object with options, got 3'],
    [
      () => loose(relu)({ max: 6 }),
      'unknown option of relu "max"; known: maxValue, negativeSlope, threshold, name, inputShape, trainable',
    ],
    [() => loose(elu)({ alpha: '1' }), 'elu: alpha must be a finite number, got "1"'],
    [() => loose(rescaling)(), 'rescaling: scale must be a finite number, got undefined'],
    [() => loose(rescaling)({ scale: 1, offset: Number.NaN }), 'rescaling: offset must be a finite number, got NaN'],
    [() => loose(globalMaxPooling2d)({ keepDims: 1 }), 'globalMaxPooling2d: keepDims must be true or false, got 1'],
    [
      () => loose(localResponseNormalization)({ radius: 2 }),
      'unknown option of localResponseNormalization "radius"; known: depthRadius, bias, alpha, beta, name, inputShape, trainable',
    ],
    [
      () => loose(activation)(),
      'expected an activation: its name, a config or an object, got undefined; known: linear, relu, leakyRelu, relu6, elu, selu, celu, gelu, silu, swish, mish, sigmoid, tanh, softmax, logSoftmax, logSigmoid, softplus, softsign, exponential, hardSigmoid, hardSilu, hardSwish, hardTanh, hardShrink, softShrink, tanhShrink, threshold, squareplus, sparsePlus, sparseSigmoid, sparsemax',
    ],
  ];
  for (const [fault, message] of faults) t.equal(errorOf(fault), `OptionError: ${message}`);
});

t.test('pooling windows that lie in the padding alone are refused', async t => {
  const pools: [number, number, readonly [number, number, number, number], string | undefined][] = [
    [2, 2, [2, 0, 0, 0], '[2, 0, 0, 0]'],
    [2, 2, [0, 2, 0, 0], '[0, 2, 0, 0]'],
    [2, 1, [0, 0, 3, 0], '[0, 0, 3, 0]'],
    [2, 1, [0, 0, 0, 2], '[0, 0, 0, 2]'],
    [2, 2, [1, 1, 1, 1], undefined],
    [2, 1, [1, 1, 1, 1], undefined],
    [3, 2, [2, 1, 2, 1], undefined],
  ];
  for (const pool of [maxPooling2d, averagePooling2d]) {
    for (const [poolSize, strides, [top, bottom, left, right], padding] of pools) {
      const add = () =>
        new Sequential({ inputShape: [4, 4, 1] as number[] }).add(
          pool({ poolSize, strides, padding: { top, bottom, left, right } }),
        );
      if (padding === undefined) t.ok(add());
      else {
        const name = pool === maxPooling2d ? 'maxPooling2d "max_pooling2d"' : 'averagePooling2d "average_pooling2d"';
        t.equal(
          errorOf(add),
          `ShapeError: ${name}: a ${poolSize}x${poolSize} pool on 4x4 lies in the padding ${padding} alone somewhere; use less padding or a larger poolSize`,
        );
      }
    }
  }
});
