/** Convolutions of all kinds and sizes of images: shorthands, what plain JavaScript may give, operands that do not fit, cost. */
import t from 'tap';
import {
  conv2d,
  conv2dTranspose,
  cropping2d,
  depthwiseConv2d,
  type Layer,
  resizing,
  Sequential,
  separableConv2d,
  upSampling2d,
  zeroPadding2d,
} from '../../lib/index.ts';
import { planFlops } from '../../lib/plan/cost.ts';
import { Graph } from '../../lib/plan/graph.ts';
import { Ops } from '../../lib/plan/ops.ts';
import { errorOf } from '../error-of.ts';

/** A factory as a caller without types sees it. */
const loose = (factory: object) => factory as (...options: unknown[]) => Layer;

t.test('shorthands are the layers that options make', async t => {
  const sides = [
    [0, 1],
    [2, 3],
  ] as const;
  const pairs: [Layer, Layer][] = [
    [depthwiseConv2d(3), depthwiseConv2d({ kernelSize: 3 })],
    [depthwiseConv2d([3, 5], { strides: 2 }), depthwiseConv2d({ kernelSize: [3, 5], strides: [2, 2] })],
    [separableConv2d(8, 3, { name: 'a' }), separableConv2d({ filters: 8, kernelSize: 3, name: 'a' })],
    [conv2dTranspose(8, 3, { strides: 2 }), conv2dTranspose({ filters: 8, kernelSize: 3, strides: 2 })],
    [zeroPadding2d(2), zeroPadding2d({ padding: [2, 2] })],
    [zeroPadding2d(sides), zeroPadding2d({ padding: sides })],
    [cropping2d([1, 2]), cropping2d({ cropping: [[1, 1], 2] as never })],
    [upSampling2d(3), upSampling2d({ size: [3, 3], interpolation: 'nearest' })],
    [resizing(4, 5), resizing({ height: 4, width: 5, interpolation: 'bilinear' })],
  ];
  for (const [short, long] of pairs) {
    t.same(short.config, long.config);
    t.same([short.className, short.name], [long.className, long.name]);
  }
});

t.test('options that make no sense', async t => {
  const faults: [() => unknown, string][] = [
    [() => loose(conv2d)(8, 3, { groups: 0 }), 'conv2d: groups must be a positive integer, got 0'],
    [() => loose(conv2d)(8, 3, { groups: 3 }), 'conv2d: 8 filters cannot be divided into 3 groups'],
    [() => loose(depthwiseConv2d)(), 'depthwiseConv2d: kernelSize must be a number or [rows, columns], got undefined'],
    [
      () => loose(depthwiseConv2d)(3, { depthMultiplier: '2' }),
      'depthwiseConv2d: depthMultiplier must be a positive integer, got "2"',
    ],
    [
      () => loose(depthwiseConv2d)(3, { kernelInitializer: 'zeros' }),
      'unknown option of depthwiseConv2d "kernelInitializer"; known: kernelSize, strides, padding, dilationRate, activation, useBias, biasInitializer, biasRegularizer, biasConstraint, activityRegularizer, depthMultiplier, depthwiseInitializer, depthwiseRegularizer, depthwiseConstraint, name, inputShape, trainable',
    ],
    [() => loose(separableConv2d)(8), 'separableConv2d: kernelSize must be a number or [rows, columns], got undefined'],
    [
      () => loose(separableConv2d)(8, 3, { depthMultiplier: 0 }),
      'separableConv2d: depthMultiplier must be a positive integer, got 0',
    ],
    [
      () => loose(conv2dTranspose)(8, 3, { outputPadding: 'same' }),
      'conv2dTranspose: outputPadding must be an integer of 0 or more, got "same"',
    ],
    [
      () => loose(conv2dTranspose)(8, 3, { outputPadding: [1] }),
      'conv2dTranspose: outputPadding must be a number or [rows, columns], got [1]',
    ],
    [
      () => conv2dTranspose(8, 3, { strides: [2, 1], outputPadding: 1 }),
      'conv2dTranspose: outputPadding must be less than the strides [2, 1], got [1, 1]',
    ],
    [
      () => conv2dTranspose(8, [3, 4], { strides: 2, padding: 'same', outputPadding: 0 }),
      "conv2dTranspose: with padding 'same' and a window that spans an even number, outputPadding must be at least 1, got [0, 0]",
    ],
    [() => loose(zeroPadding2d)(-1), 'zeroPadding2d: padding must be an integer of 0 or more, got -1'],
    [() => loose(zeroPadding2d)('1'), 'zeroPadding2d: padding must be an integer of 0 or more, got "1"'],
    [
      () => loose(zeroPadding2d)([1, 2, 3]),
      'zeroPadding2d: padding must be a number, [rows, columns] or [[top, bottom], [left, right]], got [1,2,3]',
    ],
    [
      () => loose(cropping2d)({ cropping: [[1], 2] }),
      'cropping2d: cropping must be a number, [rows, columns] or [[top, bottom], [left, right]], got [[1],2]',
    ],
    [() => loose(upSampling2d)({ size: 1.5 }), 'upSampling2d: size must be a positive integer, got 1.5'],
    [
      () => loose(upSampling2d)({ interpolation: 'bicubic' }),
      'unknown interpolation of upSampling2d "bicubic"; known: nearest, bilinear',
    ],
    [() => loose(resizing)(3), 'resizing: width must be a positive integer, got undefined'],
    [() => loose(resizing)(3, 3, { fillValue: '0' }), 'resizing: fillValue must be a finite number, got "0"'],
    [
      () => resizing(3, 3, { cropToAspectRatio: true, padToAspectRatio: true }),
      'resizing: only one of cropToAspectRatio and padToAspectRatio can be true',
    ],
  ];
  for (const [fault, message] of faults) t.equal(errorOf(fault), `OptionError: ${message}`);
});

t.test('operands of operations that do not go together', async t => {
  const graph = new Graph();
  const ops = new Ops(graph, { training: true });
  const x = graph.input('x', [2, 8, 8, 4]);
  const w = (...shape: number[]) => graph.input('w', shape);
  const steps = { strides: [1, 1], dilation: [1, 1], padding: 'same' } as const;
  const faults: [() => unknown, string][] = [
    [
      () => ops.conv2d(x, w(3, 3, 3, 5), steps),
      'ShapeError: conv2d: filters [3, 3, 3, 5] for 3 channels do not go with images [2, 8, 8, 4] of 4',
    ],
    [
      () => ops.conv2d(x, w(3, 3, 4, 6), { ...steps, groups: 2 }),
      'ShapeError: conv2d: filters [3, 3, 4, 6] for 4 channels in each of 2 groups do not go with images [2, 8, 8, 4] of 4',
    ],
    [
      () => ops.conv2d(x, w(3, 3, 2, 5), { ...steps, groups: 2 }),
      'ShapeError: conv2d: 5 filters cannot be divided into 2 groups',
    ],
    [
      () => ops.depthwiseConv2d(x, w(3, 3, 3, 2), steps),
      'ShapeError: depthwiseConv2d: filters [3, 3, 3, 2] for 3 channels do not go with images [2, 8, 8, 4] of 4',
    ],
    [
      () => ops.conv2dTranspose(x, w(3, 3, 4, 2), steps),
      'ShapeError: conv2dTranspose: filters [3, 3, 4, 2] for 2 channels do not go with images [2, 8, 8, 4] of 4',
    ],
    [
      () => ops.conv2dTranspose(x, w(2, 2, 3, 4), { ...steps, strides: [2, 2], outputPadding: [0, 0] }),
      'ShapeError: conv2dTranspose: no input of a convolution gives [2, 8, 8, 4] with these options',
    ],
    [
      () => ops.depthwiseConv2d(ops.reshape(x, [2, 64, 4]), w(3, 3, 4, 2), steps),
      'ShapeError: depthwiseConv2d: expected 4 axes, got [2, 64, 4]',
    ],
    [() => ops.resize(x, [0, 3]), 'OptionError: resize: size must be a positive integer, got 0'],
  ];
  for (const [fault, message] of faults) t.equal(errorOf(fault), message);
});

t.test('parameters, output and cost of a separable convolution', async t => {
  const model = new Sequential({ inputShape: [8, 8, 6] })
    .add(separableConv2d(10, 3, { padding: 'same', depthMultiplier: 2, useBias: false }))
    .add(conv2d(4, 1, { groups: 2, useBias: false }));
  t.equal(model.countParams(), 3 * 3 * 6 * 2 + 12 * 10 + (10 / 2) * 4);
  const pixels = 3 * 8 * 8;
  t.equal(planFlops(model.plan('predict', 3)), 2 * pixels * (9 * 12 + 12 * 10 + 5 * 4));
});
