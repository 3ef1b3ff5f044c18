// Made by `npm run generate`; what is changed here is lost.

import { forAxes } from '../axes.binding.ts';
import { broadcastStage, elementStage, rowStage } from '../formulas.binding.ts';
import type { Bindings } from '../stages.binding.ts';

export const formulaBindings: Bindings<
  | 'reluForward'
  | 'reluBackward'
  | 'thresholdedReluForward'
  | 'thresholdedReluBackward'
  | 'leakyReluForward'
  | 'leakyReluBackward'
  | 'preluForward'
  | 'eluForward'
  | 'eluBackward'
  | 'geluForward'
  | 'geluBackward'
  | 'geluTanhForward'
  | 'geluTanhBackward'
  | 'sigmoidForward'
  | 'sigmoidBackward'
  | 'siluForward'
  | 'siluBackward'
  | 'hardSiluForward'
  | 'hardSiluBackward'
  | 'softplusForward'
  | 'softplusBackward'
  | 'tanhForward'
  | 'tanhBackward'
  | 'softmaxForward'
  | 'softmaxBackward'
  | 'logSoftmaxForward'
  | 'logSoftmaxBackward'
  | 'addForward'
  | 'subtractForward'
  | 'multiplyForward'
  | 'divideForward'
  | 'affineForward'
  | 'negateForward'
  | 'squareForward'
  | 'maximumForward'
  | 'minimumForward'
  | 'powForward'
  | 'equal'
  | 'notEqual'
  | 'less'
  | 'lessEqual'
  | 'greater'
  | 'greaterEqual'
  | 'whereForward'
  | 'whereBackward'
  | 'clipForward'
  | 'clipBackward'
  | 'sign'
  | 'floor'
  | 'assign'
  | 'movingAverage'
  | 'expForward'
  | 'logForward'
  | 'log1pForward'
  | 'cosOfTurnsForward'
  | 'erfForward'
  | 'sqrtForward'
  | 'absForward'
  | 'absBackward'
  | 'fill'
  | 'softmaxCrossEntropyForward'
  | 'softmaxCrossEntropyBackward'
  | 'crossEntropyForward'
  | 'crossEntropyBackward'
  | 'sigmoidBinaryCrossEntropyForward'
  | 'sigmoidBinaryCrossEntropyBackward'
  | 'binaryCrossEntropyForward'
  | 'binaryCrossEntropyBackward'
  | 'meanSquaredErrorForward'
  | 'meanSquaredErrorBackward'
  | 'categoricalAccuracy'
  | 'binaryAccuracy'
  | 'sgdUpdate'
  | 'momentumUpdate'
  | 'nesterovUpdate'
  | 'adamUpdate'
  | 'amsgradUpdate'
  | 'nadamUpdate'
  | 'adamaxUpdate'
  | 'rmspropUpdate'
  | 'rmspropMomentumUpdate'
  | 'centeredRmspropUpdate'
  | 'centeredRmspropMomentumUpdate'
  | 'adagradUpdate'
  | 'adadeltaUpdate'
  | 'ftrlUpdate'
  | 'ftrlPowerUpdate'
  | 'lionUpdate'
  | 'adamDirectionUpdate'
> = {
  reluForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('reluForward', [x, y], size, pieces),
  ],
  reluBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry: { size }, pieces }) => [
    elementStage('reluBackward', [dy, y, dx], size, pieces),
  ],
  thresholdedReluForward: ({
    inputs: { x },
    outputs: { y },
    geometry: { size, alpha, maxValue, threshold },
    pieces,
  }) => [elementStage('thresholdedReluForward', [x, y], size, pieces, alpha, maxValue, threshold)],
  thresholdedReluBackward: ({
    inputs: { dy, x },
    outputs: { dx },
    geometry: { size, alpha, maxValue, threshold },
    pieces,
  }) => [elementStage('thresholdedReluBackward', [dy, x, dx], size, pieces, alpha, maxValue, threshold)],
  leakyReluForward: ({ inputs: { x }, outputs: { y }, geometry: { size, alpha }, pieces }) => [
    elementStage('leakyReluForward', [x, y], size, pieces, alpha),
  ],
  leakyReluBackward: ({ inputs: { dy, x }, outputs: { dx }, geometry: { size, alpha }, pieces }) => [
    elementStage('leakyReluBackward', [dy, x, dx], size, pieces, alpha),
  ],
  preluForward: ({ inputs: { a, b }, outputs: { y }, geometry, pieces }) => [
    broadcastStage('preluForward', a, b, y, geometry, pieces),
  ],
  eluForward: ({ inputs: { x }, outputs: { y }, geometry: { size, alpha }, pieces }) => [
    elementStage('eluForward', [x, y], size, pieces, alpha),
  ],
  eluBackward: ({ inputs: { dy, x, y }, outputs: { dx }, geometry: { size, alpha }, pieces }) => [
    elementStage('eluBackward', [dy, x, y, dx], size, pieces, alpha),
  ],
  geluForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('geluForward', [x, y], size, pieces),
  ],
  geluBackward: ({ inputs: { dy, x }, outputs: { dx }, geometry: { size }, pieces }) => [
    elementStage('geluBackward', [dy, x, dx], size, pieces),
  ],
  geluTanhForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('geluTanhForward', [x, y], size, pieces),
  ],
  geluTanhBackward: ({ inputs: { dy, x }, outputs: { dx }, geometry: { size }, pieces }) => [
    elementStage('geluTanhBackward', [dy, x, dx], size, pieces),
  ],
  sigmoidForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('sigmoidForward', [x, y], size, pieces),
  ],
  sigmoidBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry: { size }, pieces }) => [
    elementStage('sigmoidBackward', [dy, y, dx], size, pieces),
  ],
  siluForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('siluForward', [x, y], size, pieces),
  ],
  siluBackward: ({ inputs: { dy, x }, outputs: { dx }, geometry: { size }, pieces }) => [
    elementStage('siluBackward', [dy, x, dx], size, pieces),
  ],
  hardSiluForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('hardSiluForward', [x, y], size, pieces),
  ],
  hardSiluBackward: ({ inputs: { dy, x }, outputs: { dx }, geometry: { size }, pieces }) => [
    elementStage('hardSiluBackward', [dy, x, dx], size, pieces),
  ],
  softplusForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('softplusForward', [x, y], size, pieces),
  ],
  softplusBackward: ({ inputs: { dy, x }, outputs: { dx }, geometry: { size }, pieces }) => [
    elementStage('softplusBackward', [dy, x, dx], size, pieces),
  ],
  tanhForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('tanhForward', [x, y], size, pieces),
  ],
  tanhBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry: { size }, pieces }) => [
    elementStage('tanhBackward', [dy, y, dx], size, pieces),
  ],
  softmaxForward: ({ inputs: { x }, outputs: { y }, geometry, pieces }) => [
    rowStage(
      'softmaxForward',
      [
        [x, 'matrix'],
        [y, 'matrix'],
      ],
      geometry,
      pieces,
    ),
  ],
  softmaxBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry, pieces }) => [
    rowStage(
      'softmaxBackward',
      [
        [dy, 'matrix'],
        [y, 'matrix'],
        [dx, 'matrix'],
      ],
      geometry,
      pieces,
    ),
  ],
  logSoftmaxForward: ({ inputs: { x }, outputs: { y }, geometry, pieces }) => [
    rowStage(
      'logSoftmaxForward',
      [
        [x, 'matrix'],
        [y, 'matrix'],
      ],
      geometry,
      pieces,
    ),
  ],
  logSoftmaxBackward: ({ inputs: { dy, y }, outputs: { dx }, geometry, pieces }) => [
    rowStage(
      'logSoftmaxBackward',
      [
        [dy, 'matrix'],
        [y, 'matrix'],
        [dx, 'matrix'],
      ],
      geometry,
      pieces,
    ),
  ],
  addForward: ({ inputs: { a, b }, outputs: { y }, geometry, pieces }) => [
    broadcastStage('addForward', a, b, y, geometry, pieces),
  ],
  subtractForward: ({ inputs: { a, b }, outputs: { y }, geometry, pieces }) => [
    broadcastStage('subtractForward', a, b, y, geometry, pieces),
  ],
  multiplyForward: ({ inputs: { a, b }, outputs: { y }, geometry, pieces }) => [
    broadcastStage('multiplyForward', a, b, y, geometry, pieces),
  ],
  divideForward: ({ inputs: { a, b }, outputs: { y }, geometry, pieces }) => [
    broadcastStage('divideForward', a, b, y, geometry, pieces),
  ],
  affineForward: ({ inputs: { x }, outputs: { y }, geometry: { size, factor, offset }, pieces }) => [
    elementStage('affineForward', [x, y], size, pieces, factor, offset),
  ],
  negateForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('negateForward', [x, y], size, pieces),
  ],
  squareForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('squareForward', [x, y], size, pieces),
  ],
  maximumForward: ({ inputs: { a, b }, outputs: { y }, geometry, pieces }) => [
    broadcastStage('maximumForward', a, b, y, geometry, pieces),
  ],
  minimumForward: ({ inputs: { a, b }, outputs: { y }, geometry, pieces }) => [
    broadcastStage('minimumForward', a, b, y, geometry, pieces),
  ],
  powForward: ({ inputs: { a, b }, outputs: { y }, geometry, pieces }) => [
    broadcastStage('powForward', a, b, y, geometry, pieces),
  ],
  equal: ({ inputs: { a, b }, outputs: { y }, geometry, pieces }) => [
    broadcastStage('equal', a, b, y, geometry, pieces),
  ],
  notEqual: ({ inputs: { a, b }, outputs: { y }, geometry, pieces }) => [
    broadcastStage('notEqual', a, b, y, geometry, pieces),
  ],
  less: ({ inputs: { a, b }, outputs: { y }, geometry, pieces }) => [broadcastStage('less', a, b, y, geometry, pieces)],
  lessEqual: ({ inputs: { a, b }, outputs: { y }, geometry, pieces }) => [
    broadcastStage('lessEqual', a, b, y, geometry, pieces),
  ],
  greater: ({ inputs: { a, b }, outputs: { y }, geometry, pieces }) => [
    broadcastStage('greater', a, b, y, geometry, pieces),
  ],
  greaterEqual: ({ inputs: { a, b }, outputs: { y }, geometry, pieces }) => [
    broadcastStage('greaterEqual', a, b, y, geometry, pieces),
  ],
  whereForward: ({ inputs: { condition, a, b }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('whereForward', [condition, a, b, y], size, pieces),
  ],
  whereBackward: ({ inputs: { dy, condition }, outputs: { da, db }, geometry: { size }, pieces }) => [
    elementStage('whereBackward', [dy, condition, da, db], size, pieces),
  ],
  clipForward: ({ inputs: { x }, outputs: { y }, geometry: { size, min, max }, pieces }) => [
    elementStage('clipForward', [x, y], size, pieces, min, max),
  ],
  clipBackward: ({ inputs: { dy, x }, outputs: { dx }, geometry: { size, min, max }, pieces }) => [
    elementStage('clipBackward', [dy, x, dx], size, pieces, min, max),
  ],
  sign: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [elementStage('sign', [x, y], size, pieces)],
  floor: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('floor', [x, y], size, pieces),
  ],
  assign: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('assign', [x, y], size, pieces),
  ],
  movingAverage: ({ inputs: { average, x }, outputs: { y }, geometry: { size, momentum, share }, pieces }) => [
    elementStage('movingAverage', [average, x, y], size, pieces, momentum, share),
  ],
  expForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('expForward', [x, y], size, pieces),
  ],
  logForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('logForward', [x, y], size, pieces),
  ],
  log1pForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('log1pForward', [x, y], size, pieces),
  ],
  cosOfTurnsForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('cosOfTurnsForward', [x, y], size, pieces),
  ],
  erfForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('erfForward', [x, y], size, pieces),
  ],
  sqrtForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('sqrtForward', [x, y], size, pieces),
  ],
  absForward: ({ inputs: { x }, outputs: { y }, geometry: { size }, pieces }) => [
    elementStage('absForward', [x, y], size, pieces),
  ],
  absBackward: ({ inputs: { dy, x }, outputs: { dx }, geometry: { size }, pieces }) => [
    elementStage('absBackward', [dy, x, dx], size, pieces),
  ],
  fill: ({ outputs: { y }, geometry: { size, value }, pieces }) => [elementStage('fill', [y], size, pieces, value)],
  softmaxCrossEntropyForward: ({ inputs: { logits, targets }, outputs: { loss, probabilities }, geometry, pieces }) => [
    rowStage(
      'softmaxCrossEntropyForward',
      [
        [logits, 'matrix'],
        [targets, 'matrix'],
        [loss, 'perRow'],
        [probabilities, 'matrix'],
      ],
      geometry,
      pieces,
    ),
  ],
  softmaxCrossEntropyBackward: ({
    inputs: { dloss, targets, probabilities },
    outputs: { dlogits },
    geometry,
    pieces,
  }) => [
    rowStage(
      'softmaxCrossEntropyBackward',
      [
        [dloss, 'perRow'],
        [targets, 'matrix'],
        [probabilities, 'matrix'],
        [dlogits, 'matrix'],
      ],
      geometry,
      pieces,
    ),
  ],
  crossEntropyForward: ({ inputs: { x, targets }, outputs: { loss }, geometry, pieces }) => [
    rowStage(
      'crossEntropyForward',
      [
        [x, 'matrix'],
        [targets, 'matrix'],
        [loss, 'perRow'],
      ],
      geometry,
      pieces,
    ),
  ],
  crossEntropyBackward: ({ inputs: { dloss, x, targets }, outputs: { dx }, geometry, pieces }) => [
    rowStage(
      'crossEntropyBackward',
      [
        [dloss, 'perRow'],
        [x, 'matrix'],
        [targets, 'matrix'],
        [dx, 'matrix'],
      ],
      geometry,
      pieces,
    ),
  ],
  sigmoidBinaryCrossEntropyForward: ({
    inputs: { logits, targets },
    outputs: { loss, probabilities },
    geometry,
    pieces,
  }) => [
    rowStage(
      'sigmoidBinaryCrossEntropyForward',
      [
        [logits, 'matrix'],
        [targets, 'matrix'],
        [loss, 'perRow'],
        [probabilities, 'matrix'],
      ],
      geometry,
      pieces,
    ),
  ],
  sigmoidBinaryCrossEntropyBackward: ({
    inputs: { dloss, targets, probabilities },
    outputs: { dlogits },
    geometry,
    pieces,
  }) => [
    rowStage(
      'sigmoidBinaryCrossEntropyBackward',
      [
        [dloss, 'perRow'],
        [targets, 'matrix'],
        [probabilities, 'matrix'],
        [dlogits, 'matrix'],
      ],
      geometry,
      pieces,
    ),
  ],
  binaryCrossEntropyForward: ({ inputs: { x, targets }, outputs: { loss }, geometry, pieces }) => [
    rowStage(
      'binaryCrossEntropyForward',
      [
        [x, 'matrix'],
        [targets, 'matrix'],
        [loss, 'perRow'],
      ],
      geometry,
      pieces,
    ),
  ],
  binaryCrossEntropyBackward: ({ inputs: { dloss, x, targets }, outputs: { dx }, geometry, pieces }) => [
    rowStage(
      'binaryCrossEntropyBackward',
      [
        [dloss, 'perRow'],
        [x, 'matrix'],
        [targets, 'matrix'],
        [dx, 'matrix'],
      ],
      geometry,
      pieces,
    ),
  ],
  meanSquaredErrorForward: ({ inputs: { x, targets }, outputs: { loss }, geometry, pieces }) => [
    rowStage(
      'meanSquaredErrorForward',
      [
        [x, 'matrix'],
        [targets, 'matrix'],
        [loss, 'perRow'],
      ],
      geometry,
      pieces,
    ),
  ],
  meanSquaredErrorBackward: ({ inputs: { dloss, x, targets }, outputs: { dx }, geometry, pieces }) => [
    rowStage(
      'meanSquaredErrorBackward',
      [
        [dloss, 'perRow'],
        [x, 'matrix'],
        [targets, 'matrix'],
        [dx, 'matrix'],
      ],
      geometry,
      pieces,
    ),
  ],
  categoricalAccuracy: ({ inputs: { x, targets }, outputs: { correct }, geometry, pieces }) => [
    rowStage(
      'categoricalAccuracy',
      [
        [x, 'matrix'],
        [targets, 'matrix'],
        [correct, 'perRow'],
      ],
      geometry,
      pieces,
    ),
  ],
  binaryAccuracy: ({ inputs: { x, targets }, outputs: { correct }, geometry, pieces }) => [
    rowStage(
      'binaryAccuracy',
      [
        [x, 'matrix'],
        [targets, 'matrix'],
        [correct, 'perRow'],
      ],
      geometry,
      pieces,
    ),
  ],
  sgdUpdate: ({ inputs: { dw, hyper }, outputs: { w }, geometry: { size }, pieces }) => [
    elementStage('sgdUpdate', [w, dw], size, pieces, hyper),
  ],
  momentumUpdate: ({ inputs: { dw, hyper }, outputs: { w, velocity }, geometry: { size }, pieces }) => [
    elementStage('momentumUpdate', [w, velocity, dw], size, pieces, hyper),
  ],
  nesterovUpdate: ({ inputs: { dw, hyper }, outputs: { w, velocity }, geometry: { size }, pieces }) => [
    elementStage('nesterovUpdate', [w, velocity, dw], size, pieces, hyper),
  ],
  adamUpdate: ({ inputs: { dw, hyper }, outputs: { w, m, v }, geometry: { size }, pieces }) => [
    elementStage('adamUpdate', [w, m, v, dw], size, pieces, hyper),
  ],
  amsgradUpdate: ({ inputs: { dw, hyper }, outputs: { w, m, v, largest }, geometry: { size }, pieces }) => [
    elementStage('amsgradUpdate', [w, m, v, largest, dw], size, pieces, hyper),
  ],
  nadamUpdate: ({ inputs: { dw, hyper }, outputs: { w, m, v }, geometry: { size }, pieces }) => [
    elementStage('nadamUpdate', [w, m, v, dw], size, pieces, hyper),
  ],
  adamaxUpdate: ({ inputs: { dw, hyper }, outputs: { w, m, norm }, geometry: { size }, pieces }) => [
    elementStage('adamaxUpdate', [w, m, norm, dw], size, pieces, hyper),
  ],
  rmspropUpdate: ({ inputs: { dw, hyper }, outputs: { w, v }, geometry: { size }, pieces }) => [
    elementStage('rmspropUpdate', [w, v, dw], size, pieces, hyper),
  ],
  rmspropMomentumUpdate: ({ inputs: { dw, hyper }, outputs: { w, v, step }, geometry: { size }, pieces }) => [
    elementStage('rmspropMomentumUpdate', [w, v, step, dw], size, pieces, hyper),
  ],
  centeredRmspropUpdate: ({ inputs: { dw, hyper }, outputs: { w, v, mean }, geometry: { size }, pieces }) => [
    elementStage('centeredRmspropUpdate', [w, v, mean, dw], size, pieces, hyper),
  ],
  centeredRmspropMomentumUpdate: ({
    inputs: { dw, hyper },
    outputs: { w, v, mean, step },
    geometry: { size },
    pieces,
  }) => [elementStage('centeredRmspropMomentumUpdate', [w, v, mean, step, dw], size, pieces, hyper)],
  adagradUpdate: ({ inputs: { dw, hyper }, outputs: { w, v }, geometry: { size }, pieces }) => [
    elementStage('adagradUpdate', [w, v, dw], size, pieces, hyper),
  ],
  adadeltaUpdate: ({ inputs: { dw, hyper }, outputs: { w, v, moved }, geometry: { size }, pieces }) => [
    elementStage('adadeltaUpdate', [w, v, moved, dw], size, pieces, hyper),
  ],
  ftrlUpdate: ({ inputs: { dw, hyper }, outputs: { w, v, linear }, geometry: { size }, pieces }) => [
    elementStage('ftrlUpdate', [w, v, linear, dw], size, pieces, hyper),
  ],
  ftrlPowerUpdate: ({ inputs: { dw, hyper }, outputs: { w, v, linear }, geometry: { size }, pieces }) => [
    elementStage('ftrlPowerUpdate', [w, v, linear, dw], size, pieces, hyper),
  ],
  lionUpdate: ({ inputs: { dw, hyper }, outputs: { w, m }, geometry: { size }, pieces }) => [
    elementStage('lionUpdate', [w, m, dw], size, pieces, hyper),
  ],
  adamDirectionUpdate: ({ inputs: { dw, hyper }, outputs: { u, m, v }, geometry: { size }, pieces }) => [
    elementStage('adamDirectionUpdate', [u, m, v, dw], size, pieces, hyper),
  ],
};

/** Scratch memory of what broadcasts. */
export const broadcastScratch = {
  preluForward: forAxes,
  addForward: forAxes,
  subtractForward: forAxes,
  multiplyForward: forAxes,
  divideForward: forAxes,
  maximumForward: forAxes,
  minimumForward: forAxes,
  powForward: forAxes,
  equal: forAxes,
  notEqual: forAxes,
  less: forAxes,
  lessEqual: forAxes,
  greater: forAxes,
  greaterEqual: forAxes,
};
