// Made by `npm run generate`; what is changed here is lost.
import type { KernelName } from '../../../kernels/contract.ts';
import { gradientOps, type Rules, summedTo } from '../gradient-rules.ts';

/** The rules of the kernels that have formulas. */
export const formulaRules: Rules<
  | 'reluForward'
  | 'thresholdedReluForward'
  | 'leakyReluForward'
  | 'preluForward'
  | 'eluForward'
  | 'geluForward'
  | 'geluTanhForward'
  | 'sigmoidForward'
  | 'siluForward'
  | 'hardSiluForward'
  | 'softplusForward'
  | 'tanhForward'
  | 'softmaxForward'
  | 'logSoftmaxForward'
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
  | 'whereForward'
  | 'clipForward'
  | 'expForward'
  | 'logForward'
  | 'log1pForward'
  | 'cosOfTurnsForward'
  | 'erfForward'
  | 'sqrtForward'
  | 'absForward'
  | 'softmaxCrossEntropyForward'
  | 'crossEntropyForward'
  | 'sigmoidBinaryCrossEntropyForward'
  | 'binaryCrossEntropyForward'
  | 'meanSquaredErrorForward'
> = {
  reluForward: (graph, { inputs: { x }, outputs: { y }, geometry }, { y: dy }) => {
    const { dx } = graph.emit('reluBackward', { dx: x.shape }, { dy, y }, geometry);
    return { x: dx };
  },
  thresholdedReluForward: (graph, { inputs: { x }, geometry }, { y: dy }) => {
    const { dx } = graph.emit('thresholdedReluBackward', { dx: x.shape }, { dy, x }, geometry);
    return { x: dx };
  },
  leakyReluForward: (graph, { inputs: { x }, geometry }, { y: dy }) => {
    const { dx } = graph.emit('leakyReluBackward', { dx: x.shape }, { dy, x }, geometry);
    return { x: dx };
  },
  preluForward: (graph, { inputs: { a, b } }, { y: dy }) => {
    const ops = gradientOps(graph);
    return {
      a: summedTo(graph, a.shape, ops.where(ops.greater(a, 0), dy, ops.multiply(dy, b))),
      b: summedTo(graph, b.shape, ops.multiply(dy, ops.minimum(a, 0))),
    };
  },
  eluForward: (graph, { inputs: { x }, outputs: { y }, geometry }, { y: dy }) => {
    const { dx } = graph.emit('eluBackward', { dx: x.shape }, { dy, x, y }, geometry);
    return { x: dx };
  },
  geluForward: (graph, { inputs: { x }, geometry }, { y: dy }) => {
    const { dx } = graph.emit('geluBackward', { dx: x.shape }, { dy, x }, geometry);
    return { x: dx };
  },
  geluTanhForward: (graph, { inputs: { x }, geometry }, { y: dy }) => {
    const { dx } = graph.emit('geluTanhBackward', { dx: x.shape }, { dy, x }, geometry);
    return { x: dx };
  },
  sigmoidForward: (graph, { inputs: { x }, outputs: { y }, geometry }, { y: dy }) => {
    const { dx } = graph.emit('sigmoidBackward', { dx: x.shape }, { dy, y }, geometry);
    return { x: dx };
  },
  siluForward: (graph, { inputs: { x }, geometry }, { y: dy }) => {
    const { dx } = graph.emit('siluBackward', { dx: x.shape }, { dy, x }, geometry);
    return { x: dx };
  },
  hardSiluForward: (graph, { inputs: { x }, geometry }, { y: dy }) => {
    const { dx } = graph.emit('hardSiluBackward', { dx: x.shape }, { dy, x }, geometry);
    return { x: dx };
  },
  softplusForward: (graph, { inputs: { x }, geometry }, { y: dy }) => {
    const { dx } = graph.emit('softplusBackward', { dx: x.shape }, { dy, x }, geometry);
    return { x: dx };
  },
  tanhForward: (graph, { inputs: { x }, outputs: { y }, geometry }, { y: dy }) => {
    const { dx } = graph.emit('tanhBackward', { dx: x.shape }, { dy, y }, geometry);
    return { x: dx };
  },
  softmaxForward: (graph, { inputs: { x }, outputs: { y }, geometry }, { y: dy }) => {
    const { dx } = graph.emit('softmaxBackward', { dx: x.shape }, { dy, y }, geometry);
    return { x: dx };
  },
  logSoftmaxForward: (graph, { inputs: { x }, outputs: { y }, geometry }, { y: dy }) => {
    const { dx } = graph.emit('logSoftmaxBackward', { dx: x.shape }, { dy, y }, geometry);
    return { x: dx };
  },
  addForward: (graph, { inputs: { a, b } }, { y: dy }) => {
    return { a: summedTo(graph, a.shape, dy), b: summedTo(graph, b.shape, dy) };
  },
  subtractForward: (graph, { inputs: { a, b } }, { y: dy }) => {
    const ops = gradientOps(graph);
    return { a: summedTo(graph, a.shape, dy), b: summedTo(graph, b.shape, ops.negate(dy)) };
  },
  multiplyForward: (graph, { inputs: { a, b } }, { y: dy }) => {
    const ops = gradientOps(graph);
    return { a: summedTo(graph, a.shape, ops.multiply(dy, b)), b: summedTo(graph, b.shape, ops.multiply(dy, a)) };
  },
  divideForward: (graph, { inputs: { a, b }, outputs: { y } }, { y: dy }) => {
    const ops = gradientOps(graph);
    return {
      a: summedTo(graph, a.shape, ops.divide(dy, b)),
      b: summedTo(graph, b.shape, ops.negate(ops.multiply(ops.divide(dy, b), y))),
    };
  },
  affineForward: (graph, { geometry }, { y: dy }) => {
    const ops = gradientOps(graph);
    return { x: ops.affine(dy, geometry.factor, 0) };
  },
  negateForward: (graph, _, { y: dy }) => {
    const ops = gradientOps(graph);
    return { x: ops.negate(dy) };
  },
  squareForward: (graph, { inputs: { x } }, { y: dy }) => {
    const ops = gradientOps(graph);
    return { x: ops.multiply(ops.multiply(2, x), dy) };
  },
  maximumForward: (graph, { inputs: { a, b } }, { y: dy }) => {
    const ops = gradientOps(graph);
    return {
      a: summedTo(graph, a.shape, ops.where(ops.greaterEqual(a, b), dy, 0)),
      b: summedTo(graph, b.shape, ops.where(ops.greaterEqual(a, b), 0, dy)),
    };
  },
  minimumForward: (graph, { inputs: { a, b } }, { y: dy }) => {
    const ops = gradientOps(graph);
    return {
      a: summedTo(graph, a.shape, ops.where(ops.lessEqual(a, b), dy, 0)),
      b: summedTo(graph, b.shape, ops.where(ops.lessEqual(a, b), 0, dy)),
    };
  },
  powForward: (graph, { inputs: { a, b }, outputs: { y } }, { y: dy }) => {
    const ops = gradientOps(graph);
    return {
      a: summedTo(graph, a.shape, ops.multiply(dy, ops.multiply(b, ops.pow(a, ops.subtract(b, 1))))),
      b: summedTo(graph, b.shape, ops.multiply(dy, ops.multiply(y, ops.log(ops.where(ops.greater(a, 0), a, 1))))),
    };
  },
  whereForward: (graph, { inputs: { condition, a, b }, geometry }, { y: dy }) => {
    const { da, db } = graph.emit('whereBackward', { da: a.shape, db: b.shape }, { dy, condition }, geometry);
    return { a: da, b: db };
  },
  clipForward: (graph, { inputs: { x }, geometry }, { y: dy }) => {
    const { dx } = graph.emit('clipBackward', { dx: x.shape }, { dy, x }, geometry);
    return { x: dx };
  },
  expForward: (graph, { outputs: { y } }, { y: dy }) => {
    const ops = gradientOps(graph);
    return { x: ops.multiply(dy, y) };
  },
  logForward: (graph, { inputs: { x } }, { y: dy }) => {
    const ops = gradientOps(graph);
    return { x: ops.divide(dy, x) };
  },
  log1pForward: (graph, { inputs: { x } }, { y: dy }) => {
    const ops = gradientOps(graph);
    return { x: ops.divide(dy, ops.add(1, x)) };
  },
  cosOfTurnsForward: (graph, { inputs: { x } }, { y: dy }) => {
    const ops = gradientOps(graph);
    return { x: ops.multiply(ops.multiply(-6.283185307179586, dy), ops.cosOfTurns(ops.subtract(x, 0.25))) };
  },
  erfForward: (graph, { inputs: { x } }, { y: dy }) => {
    const ops = gradientOps(graph);
    return { x: ops.multiply(ops.multiply(1.1283791670955126, dy), ops.exp(ops.negate(ops.square(x)))) };
  },
  sqrtForward: (graph, { outputs: { y } }, { y: dy }) => {
    const ops = gradientOps(graph);
    return { x: ops.divide(ops.multiply(0.5, dy), y) };
  },
  absForward: (graph, { inputs: { x }, geometry }, { y: dy }) => {
    const { dx } = graph.emit('absBackward', { dx: x.shape }, { dy, x }, geometry);
    return { x: dx };
  },
  softmaxCrossEntropyForward: (
    graph,
    { inputs: { logits, targets }, outputs: { probabilities }, geometry },
    { loss: dloss },
  ) => {
    const { dlogits } = graph.emit(
      'softmaxCrossEntropyBackward',
      { dlogits: logits.shape },
      { dloss, targets, probabilities },
      geometry,
    );
    return { logits: dlogits };
  },
  crossEntropyForward: (graph, { inputs: { x, targets }, geometry }, { loss: dloss }) => {
    const { dx } = graph.emit('crossEntropyBackward', { dx: x.shape }, { dloss, x, targets }, geometry);
    return { x: dx };
  },
  sigmoidBinaryCrossEntropyForward: (
    graph,
    { inputs: { logits, targets }, outputs: { probabilities }, geometry },
    { loss: dloss },
  ) => {
    const { dlogits } = graph.emit(
      'sigmoidBinaryCrossEntropyBackward',
      { dlogits: logits.shape },
      { dloss, targets, probabilities },
      geometry,
    );
    return { logits: dlogits };
  },
  binaryCrossEntropyForward: (graph, { inputs: { x, targets }, geometry }, { loss: dloss }) => {
    const { dx } = graph.emit('binaryCrossEntropyBackward', { dx: x.shape }, { dloss, x, targets }, geometry);
    return { x: dx };
  },
  meanSquaredErrorForward: (graph, { inputs: { x, targets }, geometry }, { loss: dloss }) => {
    const { dx } = graph.emit('meanSquaredErrorBackward', { dx: x.shape }, { dloss, x, targets }, geometry);
    return { x: dx };
  },
};

/** Kernels whose gradient is 0 wherever there is one. */
export const flatKernels: readonly KernelName[] = [
  'equal',
  'notEqual',
  'less',
  'lessEqual',
  'greater',
  'greaterEqual',
  'sign',
  'floor',
  'assign',
  'movingAverage',
];
